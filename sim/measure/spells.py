"""Interactions as spells, page loads as stretches: what follows one another with the same ids becomes one row.

The ten million interactions of a replication are a few million spells, and all that metrics count can be counted from
those. Rows are sorted block by block, since a block fits into the processor's cache, where sorting it costs little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measure.contingency import order_by, run_starts_none_alone
from sim.measure.visits import Stretches, stretches
from sim.records import DAY, Action, Bool, Columns, Int32, Int64, Observations, Trace, Truth

_BLOCK = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells(Columns):
    """Interactions of one browser that follow one another with the same ids on one day: a row for all of them."""

    person: Int32
    """Person whom they are by."""
    identity: Int64
    """Identity that they are credited to; `NONE` for an interaction that has none, which is a spell by itself."""
    visitor: Int64
    """Visitor id that they were recorded with."""
    contact: Int64
    """Contact that they are credited to."""
    day: Int64
    """Day that they happened on, from the epoch, in UTC."""
    interactions: Int64
    """How many they are."""
    submissions: Int64
    """How many of them are forms that were submitted."""


def spells(*, trace: Trace, truth: Truth, belief: Observations) -> tuple[Spells, Stretches]:
    """Join what follows one another; in no order of browsers, but that of time within each.

    Args:
        trace: What people did.
        truth: Who did it and in which true visit.
        belief: What the system recorded.

    Returns:
        The spells of all interactions, and the stretches of those that are page loads. Of what is recorded of one page
        load, the first is taken for the load itself.
    """
    events = trace.events
    first = first_of_event(belief)
    joined, pages = [Spells.empty()], [Stretches.empty()]
    for start in range(0, len(belief), _BLOCK):
        block = slice(start, start + _BLOCK)
        row = belief.row[block]
        order = order_by(events.browser[row]).astype(np.int64)
        row = row[order]
        browser, person, time, action = events.browser[row], truth.person[row], events.time[row], events.action[row]
        joined.append(
            _join(
                browser=browser,
                person=person,
                identity=belief.identity[block][order],
                visitor=belief.visitor[block][order],
                contact=belief.contact[block][order],
                day=time // DAY,
                submission=action == Action.SUBMIT,
            )
        )
        loads = np.flatnonzero(first[block][order] & (action == Action.LOAD))
        pages.append(
            stretches(
                browser=browser[loads],
                truth=truth.visit[row[loads]],
                belief=belief.visit[block][order[loads]],
                time=time[loads],
                dwell=events.dwell[row[loads]],
            )
        )
    return Spells.join(joined), Stretches.join(pages)


def first_of_event(belief: Observations) -> Bool:
    """Whether an interaction is the first that was recorded of its event; for a page load, the load itself."""
    first = np.ones(len(belief), np.bool_)
    first[1:] = belief.row[1:] != belief.row[:-1]
    return first


def _join(
    *,
    browser: Int32,
    person: Int32,
    identity: Int64,
    visitor: Int64,
    contact: Int64,
    day: Int64,
    submission: Bool,
) -> Spells:
    start = run_starts_none_alone(browser, person, visitor, contact, day, none_alone=identity)
    return Spells(
        person=person[start],
        identity=identity[start],
        visitor=visitor[start],
        contact=contact[start],
        day=day[start],
        interactions=np.diff(start, append=len(person)),
        submissions=np.add.reduceat(submission, start, dtype=np.int64),
    )
