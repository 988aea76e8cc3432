"""Which cookie jar each action meets: one a browser, and where private tabs know nothing of one another, one a tab."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.browser import BrowserProfile
from sim.records import Action, Browsers, Events, Int64

_OF_WHOLE_BROWSER = (Action.CLOSE, Action.CLEAR, Action.RESET)


def jars(events: Events, browsers: Browsers, profiles: Sequence[BrowserProfile]) -> tuple[Int64, Int64]:
    """Number the jars: those of browsers by their rows, then those of private tabs.

    Args:
        events: The actions.
        browsers: The browsers.
        profiles: Their rules.

    Returns:
        For each action the jar that it meets, which for what ends a whole browser is the browser's; and for each jar
        the row of its browser.
    """
    apart = browsers.private & np.array([profile.private_per_tab for profile in profiles], np.bool_)
    rows = np.flatnonzero(apart[events.browser] & ~np.isin(events.action, _OF_WHOLE_BROWSER))
    tabs, number = np.unique(np.column_stack([events.browser[rows], events.tab[rows]]), axis=0, return_inverse=True)
    jar = events.browser.astype(np.int64)
    jar[rows] = len(browsers) + number.ravel()
    return jar, np.concatenate([np.arange(len(browsers)), tabs[:, 0]]).astype(np.int64)
