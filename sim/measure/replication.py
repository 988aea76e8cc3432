"""All metrics of one system over one replication."""

from __future__ import annotations

import numpy as np

from sim.measure.contacts import contact_metrics
from sim.measure.contingency import contingency, order_by
from sim.measure.identity import identity_metrics, visitor_inflation
from sim.measure.visits import visit_metrics
from sim.records import Action, Observations, Trace, Truth

_WEBSITE_VISITED = 0
"""The kind of interaction that a page load is recorded as."""


def measure(*, trace: Trace, truth: Truth, belief: Observations) -> dict[str, float]:
    """Hold what a system believed against what was true.

    Args:
        trace: What people did.
        truth: Who did it and in which true visit.
        belief: What the system recorded.

    Returns:
        The value of each metric of `METRICS`.
    """
    # Sorted by browser, nearly all rows have the ids of the row before, which makes counting them cheap.
    order = order_by(trace.events.browser[belief.row])
    row = belief.row[order]
    person = truth.person[row]
    action = trace.events.action[row]
    submitter = np.zeros(int(truth.person.max(initial=-1)) + 1, np.bool_)
    submitter[truth.person[trace.events.action == Action.SUBMIT]] = True
    loads = order[(belief.kind[order] == _WEBSITE_VISITED) & (action == Action.LOAD)]
    page = belief.row[loads]
    return {
        **identity_metrics(contingency(truth=person, belief=belief.identity[order])),
        "identity.visitor_inflation": visitor_inflation(person=person, visitor=belief.visitor[order]),
        **contact_metrics(
            person=person, contact=belief.contact[order], submission=action == Action.SUBMIT, submitter=submitter
        ),
        **visit_metrics(
            browser=trace.events.browser[page],
            truth=truth.visit[page],
            belief=belief.visit[loads],
            time=trace.events.time[page],
            dwell=trace.events.dwell[page],
        ),
    }
