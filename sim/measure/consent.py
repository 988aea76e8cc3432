"""Whether a system keeps to what people consented to, and what refusal costs it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.records import DAY, NONE, Bool, Int64


def ids_without_consent(*, consent: Bool, visitor: NDArray[Any], link: Bool) -> tuple[float, float]:
    """Share of the events without consent in force that a visitor id was recorded with: on pages, and of links.

    From 0 to 1, and on pages it must be 0 where the site asks first; 0 without such events.

    Args:
        consent: Whether consent was in force, for each event.
        visitor: Visitor id that its first interaction was recorded with. The first, since what is recorded later on a
            page may follow the person's consent on it.
        link: Whether it is a tracked link that was followed, which has no page to ask for consent.

    >>> no = np.zeros(3, np.bool_)
    >>> ids_without_consent(consent=no, visitor=np.array([4, NONE, 4]), link=np.array([False, False, True]))
    (0.5, 1.0)
    """
    has_id = visitor != NONE
    return _share_of(has_id, ~consent & ~link), _share_of(has_id, ~consent & link)


def cookies_set_without_consent(
    *, browser: NDArray[Any], time: Int64, consent: Bool, cookies: NDArray[np.int8], link: Bool
) -> tuple[int, int]:
    """Number of events by which a non-essential cookie was set without consent in force: on pages, and by links.

    A cookie was set if it is there at an event and was not at the browser's event before, consent in force at neither,
    and the one no more than a day after the other: so long a browser remembers what was answered.

    Args:
        browser: Browser of each event; sorted by browser, and by time within it.
        time: When it happened, in ms.
        consent: Whether consent was in force.
        cookies: The cookies that were there, a bit for each kind.
        link: Whether it is a tracked link that was followed, which has no page to ask for consent.
    """
    appeared = cookies[1:] & ~cookies[:-1] != 0
    one_after_another = (browser[1:] == browser[:-1]) & (time[1:] - time[:-1] <= DAY)
    was_set = appeared & one_after_another & ~consent[1:] & ~consent[:-1]
    return int(np.count_nonzero(was_set & ~link[:-1])), int(np.count_nonzero(was_set & link[:-1]))


def credited_without_consent(*, consent: Bool, contact: NDArray[Any], submission: Bool) -> float:
    """Share of the interactions without consent in force that are credited to a contact, submissions left out.

    Submissions say themselves whose they are. From 0 to 1, lower is better; 0 without such interactions.

    Args:
        consent: Whether consent was in force, for each interaction.
        contact: Contact that it is credited to.
        submission: Whether it is a form that was submitted.
    """
    return _share_of(contact != NONE, ~consent & ~submission)


def lost_to_refusal(*, consent: Bool, visitor: NDArray[Any]) -> float:
    """Share of all interactions that have no visitor id and no consent in force; from 0 to 1, lower is better."""
    return _share_of(~consent & (visitor == NONE), np.ones(len(consent), np.bool_))


def _share_of(marked: Bool, rows: Bool) -> float:
    """Share of the rows that are marked; 0 without rows."""
    count = np.count_nonzero(rows)
    return float(np.count_nonzero(marked & rows) / count) if count else 0.0
