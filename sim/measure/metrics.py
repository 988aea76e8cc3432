"""All metrics of one system on one replication, by name; and what each name means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measure.boundaries import boundaries, boundary_score
from sim.measure.contingency import contingency
from sim.measure.credit import correctness, coverage, owners
from sim.measure.groupings import Score, bcubed, exact, groups_met, pairwise, share
from sim.records import NONE, Action, Bool, Int64, Observations, Trace, Truth


@dataclass(frozen=True, slots=True)
class Metric:
    """What a metric says."""

    definition: str
    best: float
    """The value that a perfect system has."""
    most: float = 1.0
    """The greatest value that it can have; the least is 0."""


METRICS: dict[str, Metric] = {
    "identity.pairwise.precision": Metric(
        "Share, of the pairs of interactions put under one identity, by one person.", 1
    ),
    "identity.pairwise.recall": Metric("Share, of the pairs of interactions by one person, put under one identity.", 1),
    "identity.pairwise.f1": Metric("Harmonic mean of the two.", 1),
    "identity.bcubed.precision": Metric("Mean over interactions: share of their identity that is by their person.", 1),
    "identity.bcubed.recall": Metric("Mean over interactions: share of their person that is under their identity.", 1),
    "identity.bcubed.f1": Metric("Harmonic mean of the two.", 1),
    "identity.exact": Metric("Share of the people reached who have one identity, and it is theirs alone.", 1),
    "identity.fragmentation": Metric("Identities per person reached.", 1, np.inf),
    "identity.visitor_inflation": Metric("Distinct visitor ids per person reached.", 1, np.inf),
    "contacts.coverage": Metric("Share of submitters' interactions that are credited to a contact of theirs.", 1),
    "contacts.correctness": Metric(
        "Share of credited interactions that are by the person whom the contact stands for.", 1
    ),
    "visits.count_ratio": Metric("Visits that the system counts per true visit.", 1, np.inf),
    "visits.boundary.precision": Metric("Share of the boundaries between visits that are true ones.", 1),
    "visits.boundary.recall": Metric("Share of the true boundaries between visits that are found.", 1),
    "visits.boundary.f1": Metric("Harmonic mean of the two.", 1),
    "visits.exact": Metric("Share of the true visits that are recovered exactly, page load by page load.", 1),
}
"""Every metric that `measure` gives."""


def measure(*, trace: Trace, truth: Truth, belief: Observations) -> dict[str, float]:
    """Hold what a system believed against the truth.

    Args:
        trace: What people did.
        truth: Who did it, row by row with the trace.
        belief: What the system made of it.

    Returns:
        A value for each of `METRICS`. People, page loads and visits that the system recorded nothing of do not count.
    """
    person = truth.person[belief.row].astype(np.int64)
    action = trace.events.action[belief.row]
    identity = contingency(truth=person, belief=belief.identity)
    people = len(identity.true_sizes)
    visitors = len(np.unique(belief.visitor[belief.visitor != NONE]))

    submitters = np.unique(truth.person[trace.events.action == Action.SUBMIT]).astype(np.int64)
    owner = owners(person=person, contact=belief.contact, submission=action == Action.SUBMIT)

    loads = np.flatnonzero(_first_of_its_row(belief.row) & (action == Action.LOAD))
    browser = trace.events.browser[belief.row[loads]].astype(np.int64)
    loads = loads[np.argsort(browser, kind="stable")]
    browser.sort()
    true_visit, visit = truth.visit[belief.row[loads]], belief.visit[loads]
    visits = contingency(truth=true_visit, belief=visit)
    boundary = boundary_score(
        truth=boundaries(browser=browser, visit=true_visit), belief=boundaries(browser=browser, visit=visit)
    )
    return {
        **_named("identity.pairwise", pairwise(identity)),
        **_named("identity.bcubed", bcubed(identity)),
        "identity.exact": exact(identity),
        "identity.fragmentation": share(int(groups_met(identity).sum()), people),
        "identity.visitor_inflation": share(visitors, people),
        "contacts.coverage": coverage(person=person, contact=belief.contact, owner=owner, submitters=submitters),
        "contacts.correctness": correctness(person=person, contact=belief.contact, owner=owner),
        "visits.count_ratio": share(len(visits.believed_sizes), len(visits.true_sizes)),
        **_named("visits.boundary", boundary),
        "visits.exact": exact(visits),
    }


def identities_per_person(*, person: Int64, identity: Int64) -> Int64:
    """Number of identities of each person, in the order of their numbers; `NONE` counts each time."""
    return groups_met(contingency(truth=person, belief=identity))


def _first_of_its_row(row: Int64) -> Bool:
    """Whether an observation is the first of its event: a page load comes before what is done on the page."""
    return np.asarray(np.diff(row, prepend=-1) != 0)


def _named(prefix: str, score: Score) -> dict[str, float]:
    return {f"{prefix}.precision": score.precision, f"{prefix}.recall": score.recall, f"{prefix}.f1": score.f1}
