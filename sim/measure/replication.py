"""All metrics of one system over one replication."""

from __future__ import annotations

from sim.measure.consent import consent_metrics
from sim.measure.contacts import contact_metrics, credit, people_of
from sim.measure.identity import identity_metrics
from sim.measure.joined import Joined
from sim.measure.leads import Scoring, lead_metrics
from sim.measure.reach import reach_metrics
from sim.measure.scores import share
from sim.measure.visits import visit_metrics

_UNSCORED = Scoring()


def measure(joined: Joined, *, scoring: Scoring = _UNSCORED) -> dict[str, float]:
    """Hold what a system believed against what was true.

    Args:
        joined: What the system recorded, and what was true. What it did not record counts nowhere but in
            `visits.recorded`, among the people who submitted a form, and in `contacts.days_to_identification`, as the
            first page load of a person.
        scoring: How the system scores leads; by default nothing scores.

    Returns:
        The value of each metric of `METRICS`, in that order.
    """
    stays = joined.stays
    people = people_of(joined.trace, joined.truth)
    of = credit(**{name: stays[name] for name in ("person", "contact", "interactions", "submissions")})
    return {
        **identity_metrics(joined.identities),
        **reach_metrics(joined.presence),
        **contact_metrics(of, joined=joined, people=people),
        **lead_metrics(scoring, joined=joined, owner=of.owner, submitter=people.submitter),
        **visit_metrics(joined.pages),
        "visits.recorded": share(joined.pages.loads, people.loads),
        **consent_metrics(joined.without_consent, interactions=len(joined.belief)),
    }
