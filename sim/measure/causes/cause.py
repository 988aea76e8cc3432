"""What can be the cause of an error, and the table in which errors are charged to causes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Self

from numba import njit
from numpy.typing import NDArray

from sim.browser import Absence


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


class Cause(IntEnum):
    """Why an error came about; a number, so that millions of them are a column."""

    text: str
    """In words."""

    def __new__(cls, text: str) -> Self:
        """Number causes in the order in which they stand here."""
        number = len(cls.__members__)
        cause = int.__new__(cls, number)
        cause._value_ = number
        cause.text = text
        return cause

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


UNKNOWN = -1

_LOSSES = (
    (int(Absence.CLEARED), int(Cause.COOKIES_CLEARED)),
    (int(Absence.RESET), int(Cause.DEVICE_RESET)),
    (int(Absence.PURGED), int(Cause.PURGED)),
    (int(Absence.CAPPED), int(Cause.CAPPED)),
    (int(Absence.EXPIRED), int(Cause.EXPIRED)),
    (int(Absence.EVICTED), int(Cause.EVICTED)),
    # a persistent cookie that ends with the session was cleared at the close
    (int(Absence.CLOSED), int(Cause.COOKIES_CLEARED)),
    (int(Absence.SAME_SITE), int(Cause.SAME_SITE)),
    (int(Absence.REFUSED), int(Cause.REFUSED)),
    (int(Absence.PARTITIONED), int(Cause.PARTITIONED)),
    (int(Absence.BLOCKED), int(Cause.BLOCKED)),
)
"""Causes of an id that was lost, in order of precedence: what ended a cookie comes before what keeps one from being."""


@njit(cache=True)
def cause_of_loss(third_party: int, first_party: int) -> int:
    """The cause that an id was not there, of the reasons why its cookies were not; `UNKNOWN` where they say nothing.

    >>> Cause(cause_of_loss(Absence.BLOCKED, Absence.CAPPED)).text
    'capped by the browser'
    """
    for absence, cause in _LOSSES:
        if absence in (third_party, first_party):
            return cause
    return UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """Errors of one kind, one row each."""

    error: Error
    cause: NDArray[Any]
    """Each is a `Cause`."""
    row: NDArray[Any]
    """Row of the observations at which it is charged."""
    interactions: NDArray[Any]
    """How many interactions it affects: those of the person under the identity, or the page loads of the visit."""
