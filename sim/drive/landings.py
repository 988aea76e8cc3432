"""Pages that the system's links lead to, where these links are decorated."""

from __future__ import annotations

import numpy as np

from sim.records import Action, Events, Int64


def places(events: Events, pages: int) -> Int64:
    """Where on the website each action is: the number of its page, and `pages` more on a page that a link led to."""
    order = np.argsort(events.browser, kind="stable")
    action = events.action[order]
    loads = np.flatnonzero(action == Action.LOAD)
    follows = np.flatnonzero(np.isin(action, (Action.FOLLOW_EMAIL_LINK, Action.FOLLOW_REDIRECT)))
    following = np.searchsorted(loads, follows)
    follows, following = follows[following < len(loads)], following[following < len(loads)]
    landing = loads[following]
    landing = landing[events.browser[order[landing]] == events.browser[order[follows]]]
    place = events.page.astype(np.int64)
    place[order[landing]] += pages
    return place
