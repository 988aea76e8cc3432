"""What can be the cause of an error, and the table in which errors are charged to causes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sim.browser import Absence
from sim.records import Bool, Int64


class Error(StrEnum):
    """What is charged."""

    BREAK = "break"
    """An identity of a person beyond their first, charged at its first interaction. They add up to fragmentation."""
    MERGE = "merge"
    """A person beyond the first under one identity, charged at their first interaction there. They add up to
    conflation."""
    BOUNDARY_ADDED = "boundary added"
    """A boundary between two consecutive page loads of a browser that the system believes in and that is none."""
    BOUNDARY_MISSED = "boundary missed"
    """A true boundary that the system does not believe in."""


class Cause(StrEnum):
    """Why an error came about."""

    CONSENT_REFUSED = "consent refused"
    BANNER_UNANSWERED = "banner unanswered"
    OTHER_DEVICE = "other device"
    OTHER_ACCOUNT = "other account"
    OTHER_BROWSER = "other browser"
    PRIVATE_WINDOW = "private window"
    COOKIES_CLEARED = "cookies cleared"
    DEVICE_RESET = "device reset"
    EXPIRED = "cookie expired as asked"
    CAPPED = "capped by the browser"
    PURGED = "purged by the browser"
    EVICTED = "evicted"
    BLOCKED = "third-party blocked"
    PARTITIONED = "partitioned"
    SAME_SITE = "SameSite refused"
    REFUSED = "refused by the browser"
    LINK_ID = "tracked-link id not seen again"
    WEBSITE_ID = "other website id"
    OTHER_ADDRESS = "second address or typo"
    NOT_YET_IDENTIFIED = "not yet identified"
    SHARED_ACCOUNT = "shared account"
    FOR_ANOTHER = "form filled for another"
    DUPLICATE_DETECTION = "duplicate detection matched two people"
    REMAPPED = "first_wins / last_wins remap"
    FORWARDED_LINK = "forwarded link"
    SHARED_MAILBOX = "shared mailbox"
    SHARED_NETWORK = "shared network and agent"
    IDLE = "idle longer than the window"
    CLOSED = "browser closed within a visit"
    WITHIN_WINDOW = "two visits within the window"
    FIXED_WINDOW = "fixed window ran out"
    ID_CHANGED = "id changed within the visit"
    CLOCK_CUT = "clock cut"
    SYSTEM_FAILED = "the system failed"
    """The cookies were there, and nothing else explains it."""


_LOSSES: dict[Absence, Cause] = {
    Absence.CLEARED: Cause.COOKIES_CLEARED,
    Absence.RESET: Cause.DEVICE_RESET,
    Absence.PURGED: Cause.PURGED,
    Absence.CAPPED: Cause.CAPPED,
    Absence.EXPIRED: Cause.EXPIRED,
    Absence.EVICTED: Cause.EVICTED,
    Absence.CLOSED: Cause.COOKIES_CLEARED,  # a persistent cookie that ends with the session was cleared at the close
    Absence.SAME_SITE: Cause.SAME_SITE,
    Absence.REFUSED: Cause.REFUSED,
    Absence.PARTITIONED: Cause.PARTITIONED,
    Absence.BLOCKED: Cause.BLOCKED,
}
"""Causes of an id that was lost, in order of precedence: what ended a cookie comes before what keeps one from being."""

CAUSES = tuple(Cause)
_NUMBER = {cause: number for number, cause in enumerate(CAUSES)}
UNKNOWN = -1


def number_of(cause: Cause) -> int:
    """The number that stands for a cause in a column."""
    return _NUMBER[cause]


def cause_of_loss(*absences: NDArray[np.int8]) -> Int64:
    """The cause that an id was not there, of the reasons why its cookies were not; `UNKNOWN` where they say nothing.

    >>> CAUSES[int(cause_of_loss(np.array([Absence.BLOCKED]), np.array([Absence.CAPPED]))[0])].value
    'capped by the browser'
    """
    found = np.full(len(absences[0]), UNKNOWN)
    for absence, cause in reversed(_LOSSES.items()):
        for column in absences:
            found[column == absence] = number_of(cause)
    return found


def first_that_holds(size: int, *cases: tuple[Bool, Cause | Int64]) -> Int64:
    """For each row the cause of the first case that holds; `SYSTEM_FAILED` where none does.

    Args:
        size: Number of rows.
        cases: Where the case holds, and its cause: one for all rows, or a number for each, `UNKNOWN` for none.
    """
    found = np.full(size, UNKNOWN)
    for holds, cause in cases:
        open_rows = (found == UNKNOWN) & holds
        found[open_rows] = number_of(cause) if isinstance(cause, Cause) else cause[open_rows]
    found[found == UNKNOWN] = number_of(Cause.SYSTEM_FAILED)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """Errors of one kind, one row each."""

    error: Error
    cause: Int64
    """Index in `CAUSES`."""
    row: Int64
    """Row of the observations at which it is charged."""
    interactions: Int64
    """How many interactions it affects: those of the person under the identity, or the page loads of the visit."""
