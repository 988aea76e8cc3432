"""Whether a system keeps to what people consented to, and what refusal costs it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.records import DAY, NONE, Bool, Int64

PRESENT = 0
"""What the columns of absent cookies hold where the cookie is there."""


def ids_without_consent(*, consent: Bool, visitor: NDArray[Any]) -> float:
    """Share of the events without consent in force that a visitor id was recorded with.

    From 0 to 1, and it must be 0 where the site asks first; 0 without such events.

    Args:
        consent: Whether consent was in force, for each event.
        visitor: Visitor id that its first interaction was recorded with. The first, since what is recorded later on a
            page may follow the person's consent on it.

    >>> ids_without_consent(consent=np.array([True, False, False]), visitor=np.array([4, 4, NONE]))
    0.5
    """
    return _share_of(visitor != NONE, ~consent)


def cookies_without_consent(
    *, browser: NDArray[Any], time: Int64, consent: Bool, absences: tuple[NDArray[Any], ...]
) -> float:
    """Share of the pairs of events without consent in force between which a non-essential cookie was set.

    From 0 to 1, and it must be 0 where the site asks first; 0 without such pairs. A cookie was set if it is there at an
    event and was not at the browser's event before, up to a day earlier: so long a browser remembers what was answered.

    Args:
        browser: Browser of each event; sorted by browser, and by time within it.
        time: When it happened, in ms.
        consent: Whether consent was in force.
        absences: For each kind of cookie, why it was not there at the event; `PRESENT` where it was.
    """
    neighbours = (browser[1:] == browser[:-1]) & (time[1:] - time[:-1] <= DAY)
    appeared = np.zeros(len(neighbours), np.bool_)
    for absence in absences:
        appeared |= (absence[1:] == PRESENT) & (absence[:-1] != PRESENT)
    return _share_of(appeared, neighbours & ~consent[1:] & ~consent[:-1])


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


def consent_metrics(
    *,
    browser: NDArray[Any],
    time: Int64,
    consent: Bool,
    visitor: NDArray[Any],
    contact: NDArray[Any],
    submission: Bool,
    first: NDArray[np.int64],
    absences: tuple[NDArray[Any], ...],
) -> dict[str, float]:
    """All metrics of consent, from interactions sorted by browser and time.

    Args:
        browser: Browser of each interaction.
        time: When it happened, in ms.
        consent: Whether consent was in force.
        visitor: Visitor id that it was recorded with.
        contact: Contact that it is credited to.
        submission: Whether it is a form that was submitted.
        first: Row of the first interaction of each event.
        absences: For each kind of cookie, why it was not there; by event.
    """
    return {
        "consent.ids_without": ids_without_consent(consent=consent[first], visitor=visitor[first]),
        "consent.cookies_without": cookies_without_consent(
            browser=browser[first], time=time[first], consent=consent[first], absences=absences
        ),
        "consent.credited_without": credited_without_consent(consent=consent, contact=contact, submission=submission),
        "consent.lost": lost_to_refusal(consent=consent, visitor=visitor),
    }


def _share_of(marked: Bool, rows: Bool) -> float:
    """Share of the rows that are marked; 0 without rows."""
    count = np.count_nonzero(rows)
    return float(np.count_nonzero(marked & rows) / count) if count else 0.0
