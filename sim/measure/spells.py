"""Interactions as spells, page loads as stretches: what follows one another with the same ids becomes one row.

The ten million interactions of a replication are a few million spells, and nearly all that metrics count can be
counted from those.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.measure.joining import BLOCK, Joining
from sim.measure.visits import Stretches, join_loads
from sim.records import DAY, NONE, Action, Bool, Columns, Int8, Int32, Int64, Observations, Trace, Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells(Columns):
    """Interactions of one browser that follow one another with the same ids on one day: a row for all of them."""

    interactions: Int64
    """How many they are."""
    person: Int64
    """Person whom they are by."""
    identity: Int64
    """Identity that they are credited to; `NONE` for an interaction that has none, which is a spell by itself."""
    visitor: Int64
    """Visitor id that they were recorded with."""
    contact: Int64
    """Contact that they are credited to."""
    day: Int64
    """Day that they happened on, from the epoch, in UTC."""
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
    events, first = trace.events, first_of_event(belief)
    browsers = int(events.browser.max(initial=NONE)) + 1
    joined = Joining(Spells, _join, browsers=browsers)
    pages = Joining(Stretches, join_loads, browsers=browsers)
    for start in range(0, len(belief), BLOCK):
        block = slice(start, start + BLOCK)
        row = belief.row[block]
        browser, time, action = events.browser[row], events.time[row], events.action[row]
        ids = (belief.identity[block], belief.visitor[block], belief.contact[block])
        joined.add(browser, truth.person[row], *ids, time, action)
        loads = np.flatnonzero(first[block] & (action == Action.LOAD))
        visit, believed = truth.visit[row[loads]], belief.visit[block][loads]
        pages.add(browser[loads], visit, believed, time[loads], events.dwell[row[loads]])
    return joined.finish(), pages.finish()


def first_of_event(belief: Observations) -> Bool:
    """Whether an interaction is the first that was recorded of its event; for a page load, the load itself."""
    first = np.ones(len(belief), np.bool_)
    first[1:] = belief.row[1:] != belief.row[:-1]
    return first


_INTERACTIONS, _PERSON, _IDENTITY, _VISITOR, _CONTACT, _DAY, _SUBMISSIONS = range(7)
_SUBMIT = int(Action.SUBMIT)


@njit(cache=True)
def _join(
    spells: Int64,
    closed: Int64,
    browser: Int32,
    person: Int32,
    identity: Int64,
    visitor: Int64,
    contact: Int64,
    time: Int64,
    action: Int8,
) -> int:
    """Join a block of interactions to the spells that are open (see `Joining`)."""
    count = 0
    for i in range(len(browser)):
        spell = spells[browser[i]]
        if (
            spell[_INTERACTIONS] == 0
            or identity[i] == NONE
            or identity[i] != spell[_IDENTITY]
            or person[i] != spell[_PERSON]
            or visitor[i] != spell[_VISITOR]
            or contact[i] != spell[_CONTACT]
            or not 0 <= time[i] - spell[_DAY] * DAY < DAY
        ):
            if spell[_INTERACTIONS]:
                closed[count] = spell
                count += 1
            spell[_INTERACTIONS] = 0
            spell[_PERSON] = person[i]
            spell[_IDENTITY] = identity[i]
            spell[_VISITOR] = visitor[i]
            spell[_CONTACT] = contact[i]
            spell[_DAY] = time[i] // DAY
            spell[_SUBMISSIONS] = 0
        spell[_INTERACTIONS] += 1
        spell[_SUBMISSIONS] += action[i] == _SUBMIT
    return count
