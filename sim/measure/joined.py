"""What a system recorded, joined with the truth: the few rows that most of metrics and causes is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.measure.contingency import Contingency
from sim.records import Columns, Int32, Int64, Observations, Trace, Truth

Record = Any
"""A row of a table of records, whose fields are attributes to compiled code."""

Stays = NDArray[np.void]
"""A row for interactions of one browser that follow one another, by one person and with one identity, visitor id and
contact, with the fields of `STAY`; one without an identity is a stay by itself. They stand in the order in which they
began."""

STAY = np.dtype(
    [
        ("identity", np.int64),  # that they are credited to
        ("visitor", np.int64),  # id that they were recorded with
        ("contact", np.int64),  # that they are credited to
        ("person", np.int32),  # whom they are by
        ("browser", np.int32),
        ("first", np.int32),  # row of the first one in the observations
        ("last", np.int32),
        ("interactions", np.int32),  # how many they are
        ("submissions", np.int32),  # how many of them are forms that were submitted
    ]
)

STRETCH = np.dtype(
    [
        ("truth", np.int64),  # true visit
        ("belief", np.int64),  # believed visit; `NONE` for page loads that have none, each being a visit by itself
        ("begin", np.int64),  # when the first page was loaded, in ms
        ("last", np.int64),  # when the last one was
        ("last_dwell", np.int32),  # how long the last page was in the foreground, in ms
        ("loads", np.int32),  # page loads in it
    ]
)

MISPLACED = np.dtype(
    [
        ("before", np.int32),  # row in the observations of the page load before the boundary
        ("at", np.int32),  # row of the one after it
        ("missed", np.bool_),  # whether only the truth has it; else only the belief has
        ("loads", np.int32),  # page loads that follow one another in the visit that begins here
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence(Columns):
    """Who was there on which day, as the truth and the system have it, in the order of time.

    What follows one another in a browser is one row, so that a day may have several that are alike.
    """

    person: Int32
    identity: Int64
    visitor: Int64
    day: Int32
    """From the epoch, in UTC."""


class Pages(NamedTuple):
    """Page loads. Of each, the first interaction that was recorded of it is the load."""

    stretches: NDArray[np.void]
    """A row for page loads of one browser that follow one another in one true and one believed visit, or in no believed
    one, with the fields of `STRETCH`; those of one browser are in the order of time."""
    browser: Int32
    """Browser of each stretch."""
    browsers: int
    """Browsers are numbered below it."""
    misplaced: NDArray[np.void]
    """A row for each boundary between two consecutive page loads of one browser that only the truth has, or only the
    belief, with the fields of `MISPLACED`; in the order of time."""
    loads: int
    """How many page loads there are."""
    error: int
    """Sum over all pages but the last of each stretch that has a believed visit: time until the next page load,
    less the time in the foreground, in ms."""
    absolute_error: int
    """Likewise, each difference without its sign."""
    longest: int
    """The longest time that the system left between two consecutive page loads of one visit, in ms."""
    most: int
    """The most page loads of one browser."""


class Without(NamedTuple):
    """What was recorded without consent in force.

    An event that was recorded as several interactions counts by the first: what is recorded later on a page may follow
    the person's consent on it. A tracked link that is followed has no page to ask for consent, and is counted apart.
    """

    lost: int
    """Interactions that have no visitor id."""
    unsubmitted: int
    """Interactions that are no submissions: a submission says itself whose it is."""
    credited: int
    """Of those, the ones that are credited to a contact."""
    on_pages: int
    """Events, links left out."""
    ids_on_pages: int
    """Of those, the ones that a visitor id was recorded with."""
    cookies_on_pages: int
    """Of those, the ones by which a non-essential cookie was set. It was if it is there at the browser's next event and
    was not at this one, consent in force at neither, and the one no more than a day after the other: so long a browser
    remembers what was answered."""
    by_links: int
    """Tracked links that were followed."""
    ids_by_links: int
    """Likewise."""
    cookies_by_links: int
    """Likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One system's view of one replication, and what was true."""

    trace: Trace
    """What people did."""
    truth: Truth
    """Who did it and in which true visit, row by row with the trace."""
    belief: Observations
    """What the system recorded; contacts and visitor ids are numbers that can index an array."""
    stays: Stays
    pair: Int32
    """Number of each stay's person and identity: the cell of `identities` that it lies in."""
    identities: Contingency
    """Interactions counted by person and identity."""
    presence: Presence
    pages: Pages
    submission: Int32
    """Rows of the observations that are forms that were submitted."""
    without_consent: Without
