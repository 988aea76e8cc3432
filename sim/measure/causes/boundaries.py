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

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.browser import Absence
from sim.measure.causes.cause import UNKNOWN, Cause, Charges, Error, cause_of_loss
from sim.measure.causes.evidence import Evidence, refused, refuses, unanswered
from sim.measure.joined import Joined
from sim.records import DAY, NONE, Bool, Int8, Int16, Int32, Int64


def boundary_errors(evidence: Evidence) -> tuple[Charges, Charges]:
    """Charge each boundary added, and each missed."""
    misplaced = evidence.joined.pages.misplaced
    missed = misplaced["missed"]
    return _added(evidence, misplaced[~missed]), _missed(evidence.joined, misplaced[missed])


def _missed(joined: Joined, boundaries: NDArray[np.void]) -> Charges:
    before, at = (joined.truth.person[joined.belief.row[boundaries[name]]] for name in ("before", "at"))
    cause = np.where(before != at, np.int8(Cause.SHARED_ACCOUNT), np.int8(Cause.WITHIN_WINDOW))
    return Charges(error=Error.BOUNDARY_MISSED, cause=cause, row=boundaries["at"], interactions=boundaries["loads"])


def _added(evidence: Evidence, boundaries: NDArray[np.void]) -> Charges:
    joined, belief, events = evidence.joined, evidence.joined.belief, evidence.joined.trace.events
    before, at = boundaries["before"], boundaries["at"]
    cause = _causes(
        before,
        at,
        refuses(evidence, before),
        refuses(evidence, at),
        joined.pages.longest,
        belief.row,
        belief.visit,
        belief.visitor,
        belief.consent,
        belief.absent_third_party,
        belief.absent_first_party,
        belief.absent_third_party_visit,
        belief.absent_first_party_visit,
        events.time,
        events.page,
        evidence.site.website,
    )
    return Charges(error=Error.BOUNDARY_ADDED, cause=cause, row=at, interactions=boundaries["loads"])


@njit(cache=True)
def _causes(
    before: Int32,
    at: Int32,
    refuses_before: Bool,
    refuses_at: Bool,
    longest: int,
    row: Int64,
    visit: Int64,
    visitor: Int64,
    consent: Bool,
    third_party: Int8,
    first_party: Int8,
    third_party_visit: Int8,
    first_party_visit: Int8,
    time: Int64,
    page: Int16,
    website: Int64,
) -> Int8:
    """Causes of boundaries added, between page loads `before` and `at`; the other columns are those of the tables."""
    causes = np.empty(len(at), np.int8)
    for i in range(len(at)):
        one, two = before[i], at[i]
        cookieless = NONE in (visit[one], visit[two])
        lost = cause_of_loss(third_party[two], first_party[two])
        cookies = (third_party_visit[two], first_party_visit[two])
        moments = (time[row[one]], time[row[two]])
        if cookieless and (
            refused(refuses_before[i], consent[one], visitor[one]) or refused(refuses_at[i], consent[two], visitor[two])
        ):
            causes[i] = Cause.CONSENT_REFUSED
        elif cookieless and (unanswered(refuses_before[i], consent[one]) or unanswered(refuses_at[i], consent[two])):
            causes[i] = Cause.BANNER_UNANSWERED
        elif website[page[row[one]]] != website[page[row[two]]]:
            causes[i] = Cause.WEBSITE_ID
        elif visitor[one] != visitor[two]:
            causes[i] = lost if lost != UNKNOWN else Cause.ID_CHANGED
        elif Absence.CLOSED in cookies and Absence.PRESENT not in cookies:
            causes[i] = Cause.CLOSED
        elif moments[1] - moments[0] > longest:
            causes[i] = Cause.IDLE
        elif moments[0] // DAY != moments[1] // DAY:
            causes[i] = Cause.CLOCK_CUT
        else:
            causes[i] = Cause.FIXED_WINDOW
    return causes
