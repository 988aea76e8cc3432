"""Interactions in the order of browsers, and of time within each; a replication has them in the order of time.

They are sorted in two steps, since ten million are more than a processor's cache holds, and reaching across memory for
each would cost more than all metrics together. First they are dealt out to groups of browsers, in one pass; then each
group, which fits into the cache, is sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.records import NONE, Bool, Int8, Int32, Int64, Observations, Trace, Truth

Browsing = NDArray[np.void]
"""What is known of interactions, one row each, as fields of the names below."""

BROWSING = np.dtype(
    [
        ("identity", np.int64),
        ("visitor", np.int64),
        ("visit", np.int64),
        ("true_visit", np.int64),
        ("time", np.int64),
        ("contact", np.int32),
        ("browser", np.int32),
        ("person", np.int32),
        ("dwell", np.int32),
        ("place", np.int32),  # row in the observations
        ("action", np.int8),
        ("first", np.bool_),  # whether it is the first that was recorded of its event; of a page load, the load itself
        ("consent", np.bool_),
        ("cookies", np.int8),  # a bit for each of the four cookies that was there
    ]
)
"""A row is a line of the cache, 64 bytes."""

_GROUP = 2**16
"""Interactions that a group of browsers should have."""


def browser_by_browser(*, trace: Trace, truth: Truth, belief: Observations) -> Iterator[Browsing]:
    """Sort interactions by browser.

    Args:
        trace: What people did.
        truth: Who did it and in which true visit.
        belief: What the system recorded, contacts in small numbers.

    Yields:
        All interactions of some browsers, until there were all.
    """
    events = trace.events
    browsers = int(events.browser.max(initial=NONE)) + 1
    groups = len(belief) // _GROUP + 1
    size = browsers // groups + 1
    counts = _count(belief.row, events.browser, size, groups)
    ends = np.cumsum(counts)
    dealt = np.empty(len(belief), BROWSING)
    _deal(
        dealt,
        ends - counts,
        size,
        belief.row,
        events.browser,
        events.time,
        events.action,
        events.dwell,
        truth.person,
        truth.visit,
        belief.identity,
        belief.visitor,
        belief.visit,
        belief.contact,
        belief.consent,
        belief.absent_third_party,
        belief.absent_first_party,
        belief.absent_third_party_visit,
        belief.absent_first_party_visit,
    )
    for start, end in zip((ends - counts).tolist(), ends.tolist(), strict=True):
        yield _sorted(dealt[start:end], np.empty(end - start, BROWSING), size)


def events_of(interactions: Browsing, action: int = NONE) -> Browsing:
    """The events that interactions were recorded of, by the first interaction of each.

    Args:
        interactions: The interactions.
        action: The `Action` that is wanted; `NONE` is any.
    """
    events = np.empty_like(interactions)
    return events[: _events(interactions, events, int(action))]


def first_of_event(belief: Observations) -> Bool:
    """Whether an interaction is the first that was recorded of its event; for a page load, the load itself."""
    first = np.ones(len(belief), np.bool_)
    first[1:] = belief.row[1:] != belief.row[:-1]
    return first


def column(rows: Browsing, name: str) -> NDArray[Any]:
    """A field of the rows, its values side by side."""
    return np.ascontiguousarray(rows[name])


@njit(cache=True)
def _events(interactions: Browsing, events: Browsing, action: int) -> int:
    count = 0
    for i in range(len(interactions)):
        if interactions[i].first and (action < 0 or interactions[i].action == action):
            events[count] = interactions[i]
            count += 1
    return count


@njit(cache=True)
def _sorted(group: Browsing, by_browser: Browsing, size: int) -> Browsing:
    """Sort the interactions of a group of so many browsers into an array for them: a counting sort."""
    following = np.zeros(size + 1, np.int64)
    for i in range(len(group)):
        following[group[i].browser % size + 1] += 1
    for browser in range(size):
        following[browser + 1] += following[browser]
    for i in range(len(group)):
        browser = group[i].browser % size
        by_browser[following[browser]] = group[i]
        following[browser] += 1
    return by_browser


@njit(cache=True)
def _count(row: Int64, browser: Int32, size: int, groups: int) -> Int64:
    """How many interactions each group of so many browsers has."""
    counts = np.zeros(groups, np.int64)
    for at in row:
        counts[browser[at] // size] += 1
    return counts


@njit(cache=True)
def _deal(
    dealt: Browsing,
    following: Int64,
    size: int,
    row: Int64,
    browser: Int32,
    time: Int64,
    action: Int8,
    dwell: Int32,
    person: Int32,
    true_visit: Int64,
    identity: Int64,
    visitor: Int64,
    visit: Int64,
    contact: Int64,
    consent: Bool,
    absent_third_party: Int8,
    absent_first_party: Int8,
    absent_third_party_visit: Int8,
    absent_first_party_visit: Int8,
) -> None:
    """Deal interactions out to groups of so many browsers; `following` says where the next one of each group goes."""
    for i in range(len(row)):
        at = row[i]
        group = browser[at] // size
        to = dealt[following[group]]
        following[group] += 1
        to.identity = identity[i]
        to.visitor = visitor[i]
        to.visit = visit[i]
        to.true_visit = true_visit[at]
        to.time = time[at]
        to.contact = contact[i]
        to.browser = browser[at]
        to.person = person[at]
        to.dwell = dwell[at]
        to.place = i
        to.action = action[at]
        to.first = i == 0 or at != row[i - 1]
        to.consent = consent[i]
        to.cookies = (
            (absent_third_party[i] == 0)
            | (absent_first_party[i] == 0) << 1
            | (absent_third_party_visit[i] == 0) << 2
            | (absent_first_party_visit[i] == 0) << 3
        )
