"""Interactions that follow one another in a browser with the same ids become one row.

The ten million interactions of a replication are a few million spells, and nearly all that metrics count can be
counted from those.
"""

from __future__ import annotations

from dataclasses import dataclass

from numba import njit

from sim.measure.browsing import Browsing
from sim.records import DAY, NONE, Action, Columns, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells(Columns):
    """Interactions of one browser that follow one another with the same ids on one day: a row for all of them.

    They stand browser by browser, in the order of time.
    """

    browser: Int64
    """Their browser."""
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
    interactions: Int64
    """How many they are."""
    submissions: Int64
    """How many of them are forms that were submitted."""


_BROWSER, _PERSON, _IDENTITY, _VISITOR, _CONTACT, _DAY, _INTERACTIONS, _SUBMISSIONS = range(8)
_SUBMIT = int(Action.SUBMIT)


@njit(cache=True)
def join_interactions(interactions: Browsing, spells: Int64) -> int:
    """Join interactions of some browsers.

    Args:
        interactions: The interactions, browser by browser in the order of time.
        spells: Columns of `Spells`, to be filled; with room for as many rows as there are interactions.

    Returns:
        How many spells there are.
    """
    count = 0
    for i in range(len(interactions)):
        this = interactions[i]
        spell = spells[:, count - 1]
        if (
            count == 0
            or this.identity == NONE
            or this.identity != spell[_IDENTITY]
            or this.browser != spell[_BROWSER]
            or this.person != spell[_PERSON]
            or this.visitor != spell[_VISITOR]
            or this.contact != spell[_CONTACT]
            or this.time >= (spell[_DAY] + 1) * DAY
        ):
            spell = spells[:, count]
            count += 1
            spell[_BROWSER] = this.browser
            spell[_PERSON] = this.person
            spell[_IDENTITY] = this.identity
            spell[_VISITOR] = this.visitor
            spell[_CONTACT] = this.contact
            spell[_DAY] = this.time // DAY
            spell[_INTERACTIONS] = 0
            spell[_SUBMISSIONS] = 0
        spell[_INTERACTIONS] += 1
        spell[_SUBMISSIONS] += this.action == _SUBMIT
    return count
