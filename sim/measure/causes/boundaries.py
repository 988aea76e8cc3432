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

from sim.browser import Absence
from sim.measure.browsing import first_of_event
from sim.measure.causes.cause import Cause, Charges, Error, cause_of_loss, first_that_holds
from sim.measure.causes.evidence import Evidence, without_consent
from sim.measure.contingency import numbered, order_by, run_starts
from sim.records import DAY, NONE, Action, Int32, Int64, Truth


def boundary_errors(evidence: Evidence, truth: Truth) -> tuple[Charges, Charges]:
    """Charge each boundary added, and each missed."""
    belief, events = evidence.belief, evidence.trace.events
    loads = np.flatnonzero(first_of_event(belief) & (evidence.action == Action.LOAD))
    loads = loads[order_by(evidence.browser[loads])]
    browser = evidence.browser[loads]
    true_visit, believed = numbered(truth.visit[belief.row[loads]]), numbered(belief.visit[loads])
    same_browser = browser[1:] == browser[:-1]
    true = same_browser & (true_visit[1:] != true_visit[:-1])
    said = same_browser & (believed[1:] != believed[:-1])
    gap = np.diff(events.time[belief.row[loads]])
    longest = int(gap[same_browser & ~said].max(initial=0))
    added, missed = np.flatnonzero(said & ~true), np.flatnonzero(true & ~said)
    return (
        Charges(
            error=Error.BOUNDARY_ADDED,
            cause=_cause_added(evidence, loads[added], loads[added + 1], longest),
            row=loads[added + 1],
            interactions=_run_length(browser, believed)[added + 1],
        ),
        Charges(
            error=Error.BOUNDARY_MISSED,
            cause=first_that_holds(
                len(missed),
                (evidence.person[loads[missed]] != evidence.person[loads[missed + 1]], Cause.SHARED_ACCOUNT),
                (np.ones(len(missed), np.bool_), Cause.WITHIN_WINDOW),
            ),
            row=loads[missed + 1],
            interactions=_run_length(browser, true_visit)[missed + 1],
        ),
    )


def _cause_added(evidence: Evidence, before: Int64, at: Int64, longest: int) -> Int64:
    belief, events = evidence.belief, evidence.trace.events
    refused, unanswered = without_consent(evidence, at)
    refused_before, unanswered_before = without_consent(evidence, before)
    time, time_before = events.time[belief.row[at]], events.time[belief.row[before]]
    website = evidence.site.website[events.page[belief.row]]
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
        (website[at] != website[before], Cause.WEBSITE_ID),
        (visitor_changed, cause_of_loss(belief.absent_third_party[at], belief.absent_first_party[at])),
        (visitor_changed, Cause.ID_CHANGED),
        (session_ended & ~session_held, Cause.CLOSED),
        (time - time_before > longest, Cause.IDLE),
        (time // DAY != time_before // DAY, Cause.CLOCK_CUT),
        (np.ones(len(at), np.bool_), Cause.FIXED_WINDOW),
    )


def _run_length(browser: Int32, visit: Int64) -> Int64:
    """Page loads of the visit that each one lies in, as far as they follow one another in its browser."""
    start = run_starts(browser, visit)
    length = np.diff(start, append=len(visit))
    return np.repeat(length, length)
