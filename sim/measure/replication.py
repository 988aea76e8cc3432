"""All metrics of one system over one replication."""

from __future__ import annotations

import numpy as np

from sim.measure.consent import consent_metrics
from sim.measure.contacts import contact_metrics, credit
from sim.measure.contingency import contingency, order_by, run_starts, small_numbers
from sim.measure.identity import identity_metrics, visitor_inflation
from sim.measure.leads import Scoring, lead_metrics
from sim.measure.reach import reach_metrics
from sim.measure.scores import share
from sim.measure.visits import visit_metrics
from sim.records import Action, Int64, Observations, Trace, Truth


def measure(
    *,
    trace: Trace,
    truth: Truth,
    belief: Observations,
    scoring: Scoring = Scoring(),  # noqa: B008
) -> dict[str, float]:
    """Hold what a system believed against what was true.

    Args:
        trace: What people did.
        truth: Who did it and in which true visit, row by row with the trace.
        belief: What the system recorded. What it did not record counts nowhere but in `visits.recorded` and among the
            people who submitted a form.
        scoring: How the system scores leads.

    Returns:
        The value of each metric of `METRICS`, in that order.
    """
    # Sorted by browser, nearly all rows have the ids of the row before, which makes counting them cheap.
    order = order_by(trace.events.browser[belief.row])
    row = belief.row[order]
    person, browser, time = truth.person[row], trace.events.browser[row], trace.events.time[row]
    submission = trace.events.action[row] == Action.SUBMIT
    identity, visitor, contact = belief.identity[order], belief.visitor[order], small_numbers(belief.contact[order])
    submitter = np.zeros(_people(truth), np.bool_)
    submitter[truth.person[trace.events.action == Action.SUBMIT]] = True
    credited = credit(person=person, contact=contact, submission=submission)

    first = run_starts(row)  # of all that is recorded of one event; for a page load, the load
    absences = (
        belief.absent_third_party,
        belief.absent_first_party,
        belief.absent_third_party_visit,
        belief.absent_first_party_visit,
    )
    loads = first[trace.events.action[row[first]] == Action.LOAD]
    page = row[loads]
    return {
        **identity_metrics(contingency(truth=person, belief=identity)),
        "identity.visitor_inflation": visitor_inflation(person=person, visitor=visitor),
        **reach_metrics(person=person, identity=identity, visitor=visitor, time=time),
        **contact_metrics(
            credited,
            person=person,
            contact=contact,
            submission=submission,
            time=time,
            submitter=submitter,
            first_load=_first_loads(trace, truth),
        ),
        **visit_metrics(
            browser=browser[loads],
            truth=truth.visit[page],
            belief=belief.visit[order[loads]],
            time=time[loads],
            dwell=trace.events.dwell[page],
        ),
        "visits.recorded": share(len(loads), np.count_nonzero(trace.events.action == Action.LOAD)),
        **lead_metrics(
            scoring=scoring,
            kind=belief.kind[order],
            time=time,
            person=person,
            contact=contact,
            owner=credited.owner,
            submitter=submitter,
        ),
        **consent_metrics(
            browser=browser,
            time=time,
            consent=belief.consent[order],
            visitor=visitor,
            contact=contact,
            submission=submission,
            first=first,
            absences=tuple(absence[order[first]] for absence in absences),
        ),
    }


def _people(truth: Truth) -> int:
    return int(truth.person.max(initial=-1)) + 1


def _first_loads(trace: Trace, truth: Truth) -> Int64:
    """When each person, by number, loaded a page first, in ms; 0 where never."""
    latest_first = np.flatnonzero(trace.events.action == Action.LOAD)[::-1]
    first = np.zeros(_people(truth), np.int64)
    first[truth.person[latest_first]] = trace.events.time[latest_first]
    return first
