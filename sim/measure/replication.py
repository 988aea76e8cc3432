"""All metrics of one system over one replication: from a run's tables to the arrays that the metrics are made from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.measure.browsing import browser_by_browser, column, events_of, first_of_event
from sim.measure.consent import (
    cookies_set_without_consent,
    credited_without_consent,
    ids_without_consent,
    lost_to_refusal,
)
from sim.measure.contacts import contact_metrics, credit, identified_at, prefill_rate
from sim.measure.contingency import contingency, small_numbers
from sim.measure.filling import Filling
from sim.measure.identity import identity_metrics
from sim.measure.leads import Scoring, lead_metrics
from sim.measure.reach import reach_metrics
from sim.measure.scores import share
from sim.measure.spells import Spells, join_interactions
from sim.measure.visits import Stretches, join_loads, visit_metrics
from sim.records import Action, Bool, Int8, Int64, Observations, Trace, Truth
from sim.system import InteractionKind

_UNSCORED = Scoring()


def measure(*, trace: Trace, truth: Truth, belief: Observations, scoring: Scoring = _UNSCORED) -> dict[str, float]:
    """Hold what a system believed against what was true.

    Args:
        trace: What people did.
        truth: Who did it and in which true visit, row by row with the trace.
        belief: What the system recorded. What it did not record counts nowhere but in `visits.recorded` and among the
            people who submitted a form.
        scoring: How the system scores leads; by default nothing scores.

    Returns:
        The value of each metric of `METRICS`, in that order.
    """
    belief = replace(belief, contact=small_numbers(belief.contact))
    joined, pages, cookies_set = _browser_by_browser(trace, truth, belief)
    return {
        **identity_metrics(contingency(truth=joined.person, belief=joined.identity, count=joined.interactions)),
        **reach_metrics(person=joined.person, identity=joined.identity, visitor=joined.visitor, day=joined.day),
        **_contacts_and_leads(trace, truth, belief, joined, scoring),
        **visit_metrics(pages),
        "visits.recorded": share(pages.loads.sum(), np.count_nonzero(trace.events.action == Action.LOAD)),
        **_consent(trace, belief, cookies_set),
    }


def _browser_by_browser(trace: Trace, truth: Truth, belief: Observations) -> tuple[Spells, Stretches, Int64]:
    """Spells, stretches, and the number of events by which a cookie was set without consent: on pages, by links."""
    joined, pages, cookies_set = (
        Filling(Spells, rows=len(belief) // 2),
        Filling(Stretches, rows=len(belief) // 2),
        np.zeros(2, np.int64),
    )
    for interactions in browser_by_browser(trace=trace, truth=truth, belief=belief):
        joined.add(join_interactions(interactions, joined.room(len(interactions))))
        events, loads = events_of(interactions), events_of(interactions, Action.LOAD)
        pages.add(
            join_loads(
                column(loads, "browser"),
                column(loads, "true_visit"),
                column(loads, "visit"),
                column(loads, "time"),
                column(loads, "dwell"),
                pages.room(len(loads)),
            )
        )
        cookies_set += cookies_set_without_consent(
            **{name: column(events, name) for name in ("browser", "time", "consent", "cookies")},
            link=_follows_link(column(events, "action")),
        )
    return joined.finish(), pages.finish(), cookies_set


def _contacts_and_leads(
    trace: Trace, truth: Truth, belief: Observations, joined: Spells, scoring: Scoring
) -> dict[str, float]:
    events = trace.events
    person, time = truth.person[belief.row], events.time[belief.row]
    of = credit(
        person=joined.person, contact=joined.contact, interactions=joined.interactions, submissions=joined.submissions
    )
    submissions = np.flatnonzero(events.action[belief.row] == Action.SUBMIT)
    submitter = np.zeros(int(truth.person.max(initial=-1)) + 1, np.bool_)
    submitter[truth.person[events.action == Action.SUBMIT]] = True
    return {
        **contact_metrics(
            of,
            interactions=np.bincount(joined.person, joined.interactions, len(submitter)).astype(np.int64),
            contact=belief.contact,
            time=time,
            identified=identified_at(
                of, person=person[submissions], contact=belief.contact[submissions], time=time[submissions]
            ),
            submitter=submitter,
            first_load=_first_loads(trace, truth, people=len(submitter)),
        ),
        "contacts.prefill_rate": prefill_rate(
            prefilled=belief.prefilled, form_view=belief.kind == InteractionKind.FORM_VISITED
        ),
        **lead_metrics(
            scoring=scoring,
            kind=belief.kind,
            time=time,
            person=person,
            contact=belief.contact,
            owner=of.owner,
            submitter=submitter,
        ),
    }


def _first_loads(trace: Trace, truth: Truth, *, people: int) -> Int64:
    """When each person, by number, loaded a page first, in ms; 0 where never."""
    latest_first = np.flatnonzero(trace.events.action == Action.LOAD)[::-1]
    first = np.zeros(people, np.int64)
    first[truth.person[latest_first]] = trace.events.time[latest_first]
    return first


def _follows_link(action: Int8) -> Bool:
    """Whether an action follows a tracked link."""
    follows: Bool = (action == Action.FOLLOW_EMAIL_LINK) | (action == Action.FOLLOW_REDIRECT)
    return follows


def _consent(trace: Trace, belief: Observations, cookies_set: Int64) -> dict[str, float]:
    first = np.flatnonzero(first_of_event(belief))
    consent, link = belief.consent[first], _follows_link(trace.events.action[belief.row[first]])
    ids_on_pages, ids_by_links = ids_without_consent(consent=consent, visitor=belief.visitor[first], link=link)
    without = np.array([np.count_nonzero(~consent & ~link), np.count_nonzero(~consent & link)])
    cookies_on_pages, cookies_by_links = cookies_set / np.maximum(without, 1)
    return {
        "consent.ids_without": ids_on_pages,
        "consent.cookies_without": float(cookies_on_pages),
        "consent.ids_by_links_without": ids_by_links,
        "consent.cookies_by_links_without": float(cookies_by_links),
        "consent.credited_without": credited_without_consent(
            consent=belief.consent,
            contact=belief.contact,
            submission=trace.events.action[belief.row] == Action.SUBMIT,
        ),
        "consent.lost": lost_to_refusal(consent=belief.consent, visitor=belief.visitor),
    }
