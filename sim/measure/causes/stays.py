"""Interactions that follow one another by one person in one browser under one identity, as one row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.measure.browsing import Browsing
from sim.measure.causes.evidence import Evidence
from sim.measure.contingency import run_starts
from sim.measure.numbers import numbered_within, previous_of_same
from sim.records import NONE, Columns, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays(Columns):
    """A row for interactions that follow one another; an interaction without an identity is a stay by itself.

    They stand browser by browser, in the order of time.
    """

    person: Int64
    browser: Int64
    identity: Int64
    """Identity; where there is none, `NONE` at first and a number of its own when all are joined."""
    first: Int64
    """Row of the first interaction in the observations."""
    last: Int64
    """Row of the last one."""
    interactions: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The pairs of a person and an identity that interactions have."""

    person: Int64
    identity: Int64
    stay: Int64
    """The first stay."""
    interactions: Int64


_PERSON, _BROWSER, _IDENTITY, _FIRST, _LAST, _INTERACTIONS = range(6)


@njit(cache=True)
def join_stays(interactions: Browsing, stays: Int64) -> int:
    """Join interactions of some browsers.

    Args:
        interactions: The interactions, browser by browser in the order of time.
        stays: Columns of `Stays`, to be filled; with room for as many rows as there are interactions.

    Returns:
        How many stays there are.
    """
    count = 0
    for i in range(len(interactions)):
        this = interactions[i]
        stay = stays[:, count - 1]
        if (
            count == 0
            or this.identity == NONE
            or this.identity != stay[_IDENTITY]
            or this.person != stay[_PERSON]
            or this.browser != stay[_BROWSER]
        ):
            stay = stays[:, count]
            count += 1
            stay[_PERSON] = this.person
            stay[_BROWSER] = this.browser
            stay[_IDENTITY] = this.identity
            stay[_FIRST] = this.place
            stay[_INTERACTIONS] = 0
        stay[_LAST] = this.place
        stay[_INTERACTIONS] += 1
    return count


def pairs(of: Stays) -> Pairs:
    """Find who is under which identity, and since when."""
    order = np.lexsort((of.first, of.identity, of.person))
    start = run_starts(of.person[order], of.identity[order])
    total = np.add.reduceat(of.interactions[order], start) if len(start) else np.empty(0, np.int64)
    stay = order[start]
    return Pairs(person=of.person[stay], identity=of.identity[stay], stay=stay, interactions=total)


def latest_before(evidence: Evidence, of: Stays, stay: Int64) -> tuple[Int64, Int64]:
    """The interaction that the first one of a stay is compared with: the person's one before it in the same browser,
    else the first of their latest stay begun before on the same device, else of the latest begun before anywhere.

    One with an identity is compared with one that has one, too, if there is any: what lies between says nothing of how
    an id was lost.

    Args:
        evidence: What is known of the interactions.
        of: All stays.
        stay: Stays that are not their person's first.

    Returns:
        That interaction, and the one that would be compared if any would do.
    """
    order = np.lexsort((of.first, of.person))
    known = order[evidence.belief.identity[of.first[order]] != NONE]
    any_before, known_before = _latest(evidence, of, order), _latest(evidence, of, known)
    return np.where(known_before != NONE, known_before, any_before)[stay], any_before[stay]


def _latest(evidence: Evidence, of: Stays, among: Int64) -> Int64:
    """For each stay the interaction before it, some stays alone being looked at; `NONE`: there is none.

    Args:
        evidence: What is known of the interactions.
        of: All stays.
        among: Those looked at, person by person in the order of time.
    """
    first, last, person, browser = of.first[among], of.last[among], of.person[among], of.browser[among]
    device = evidence.trace.browsers.device[browser].astype(np.int64)
    in_browser, on_device, anywhere = (
        previous_of_same(numbered_within(person, place)) for place in (browser, device, np.zeros_like(browser))
    )
    found = np.where(anywhere != NONE, first[anywhere], NONE)
    found = np.where(on_device != NONE, first[on_device], found)
    latest = np.full(len(of), NONE)
    latest[among] = np.where(in_browser != NONE, last[in_browser], found)
    return latest
