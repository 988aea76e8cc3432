"""Why visits begin where they should not, or do not where they should.

A boundary error lies between two consecutive page loads of one browser. A boundary that was added has as its cause the
first of these that holds:

1. one of the page loads has no visit id, since consent was refused, or the banner not answered;
2. they are recorded under two website ids;
3. their visitor ids differ: the reason why its cookies were not there, else the id changed within the visit;
4. the visit's cookies ended with the browser's session: the browser was closed;
5. the gap is longer than any that the system left within a visit: idle longer than the window;
6. midnight (UTC) lies between them: a clock cut;
7. the window ran out, though no gap was too long: it is a fixed one.

One that was missed lies between two people in a shared account, or between two visits within the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.browser import Absence
from sim.measure.browsing import Browsing
from sim.measure.causes.cause import Cause, Charges, Error, cause_of_loss, first_that_holds
from sim.measure.causes.evidence import Evidence, without_consent
from sim.records import DAY, NONE, Columns, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced(Columns):
    """Boundaries between two consecutive page loads of one browser that only the truth has, or only the belief."""

    before: Int64
    """Row in the observations of the page load before the boundary."""
    at: Int64
    """Row of the one after it."""
    missed: Int64
    """1 where only the truth has it, 0 where only the belief has."""
    loads: Int64
    """Page loads that follow one another in the visit that begins here."""


@njit(cache=True)
def find_misplaced(loads: Browsing, misplaced: Int64) -> tuple[int, int]:
    """Find the boundaries of some browsers that are missed or added.

    Args:
        loads: Page loads, browser by browser in the order of time.
        misplaced: Columns of `Misplaced`, to be filled; with room for as many rows as there are page loads.

    Returns:
        How many there are, and the longest time in ms that the system left between two page loads of one visit.
    """
    count = longest = 0
    for i in range(1, len(loads)):
        last, this = loads[i - 1], loads[i]
        if this.browser != last.browser:
            continue
        said = this.visit != last.visit or this.visit == NONE
        true = this.true_visit != last.true_visit or this.true_visit == NONE
        if not said:
            longest = max(longest, this.time - last.time)
        if said == true:
            continue
        end = i + 1
        while end < len(loads) and loads[end].browser == this.browser:
            following = loads[end].true_visit if true else loads[end].visit
            if following == NONE or following != (this.true_visit if true else this.visit):
                break
            end += 1
        misplaced[_BEFORE, count] = last.place
        misplaced[_AT, count] = this.place
        misplaced[_MISSED, count] = true
        misplaced[_LOADS, count] = end - i
        count += 1
    return count, longest


_BEFORE, _AT, _MISSED, _LOADS = range(4)


def boundary_errors(evidence: Evidence, misplaced: Misplaced, longest: int) -> tuple[Charges, Charges]:
    """Charge each boundary added, and each missed.

    Args:
        evidence: What is known of the interactions.
        misplaced: The boundaries.
        longest: The longest time that the system left between two page loads of one visit, in ms.
    """
    added, missed = (misplaced.take(np.flatnonzero(misplaced.missed == which)) for which in (0, 1))
    return (
        Charges(
            error=Error.BOUNDARY_ADDED,
            cause=_cause_added(evidence, added.before, added.at, longest),
            row=added.at,
            interactions=added.loads,
        ),
        Charges(
            error=Error.BOUNDARY_MISSED,
            cause=first_that_holds(
                len(missed),
                (evidence.person[missed.before] != evidence.person[missed.at], Cause.SHARED_ACCOUNT),
                (np.ones(len(missed), np.bool_), Cause.WITHIN_WINDOW),
            ),
            row=missed.at,
            interactions=missed.loads,
        ),
    )


def _cause_added(evidence: Evidence, before: Int64, at: Int64, longest: int) -> Int64:
    belief, events = evidence.belief, evidence.trace.events
    refused, unanswered = without_consent(evidence, at)
    refused_before, unanswered_before = without_consent(evidence, before)
    time, time_before = events.time[belief.row[at]], events.time[belief.row[before]]
    website, website_before = (evidence.site.website[events.page[belief.row[rows]]] for rows in (at, before))
    cookieless = (belief.visit[at] == NONE) | (belief.visit[before] == NONE)
    visitor_changed = belief.visitor[at] != belief.visitor[before]
    session_ended = (belief.absent_third_party_visit[at] == Absence.CLOSED) | (
        belief.absent_first_party_visit[at] == Absence.CLOSED
    )
    session_held = (belief.absent_third_party_visit[at] == Absence.PRESENT) | (
        belief.absent_first_party_visit[at] == Absence.PRESENT
    )
    return first_that_holds(
        len(at),
        (cookieless & (refused | refused_before), Cause.CONSENT_REFUSED),
        (cookieless & (unanswered | unanswered_before), Cause.BANNER_UNANSWERED),
        (website != website_before, Cause.WEBSITE_ID),
        (visitor_changed, cause_of_loss(belief.absent_third_party[at], belief.absent_first_party[at])),
        (visitor_changed, Cause.ID_CHANGED),
        (session_ended & ~session_held, Cause.CLOSED),
        (time - time_before > longest, Cause.IDLE),
        (time // DAY != time_before // DAY, Cause.CLOCK_CUT),
        (np.ones(len(at), np.bool_), Cause.FIXED_WINDOW),
    )
