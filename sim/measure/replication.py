"""All metrics of one system over one replication: from a run's tables to the arrays that the metrics are made from."""

from __future__ import annotations

import numpy as np

from sim.measure.consent import (
    cookies_without_consent,
    credited_without_consent,
    ids_without_consent,
    lost_to_refusal,
)
from sim.measure.contacts import Credit, contact_metrics, credit
from sim.measure.contingency import contingency, order_by, run_starts, small_numbers
from sim.measure.identity import identity_metrics
from sim.measure.leads import Scoring, lead_metrics
from sim.measure.reach import reach_metrics
from sim.measure.scores import share
from sim.measure.visits import visit_metrics
from sim.records import Action, Bool, Int32, Int64, Observations, Trace, Truth


def measure(*, trace: Trace, truth: Truth, belief: Observations, scoring: Scoring | None = None) -> dict[str, float]:
    """Hold what a system believed against what was true.

    Args:
        trace: What people did.
        truth: Who did it and in which true visit, row by row with the trace.
        belief: What the system recorded. What it did not record counts nowhere but in `visits.recorded` and among the
            people who submitted a form.
        scoring: How the system scores leads; by default as `Scoring` says.

    Returns:
        The value of each metric of `METRICS`, in that order.
    """
    replication = _Replication(trace, truth, belief)
    contact = small_numbers(belief.contact)
    credited, contacts = replication.contacts(contact)
    return {
        **replication.identity(),
        **contacts,
        **replication.visits(),
        **replication.leads(contact, credited, scoring or Scoring()),
        **replication.consent(),
    }


class _Replication:
    """Columns that several metrics need. What is sorted is sorted by browser, and by time within it: there nearly all
    rows have the ids of the row before, which makes counting them cheap. Other columns are not kept: ten million rows
    leave no room for it.
    """

    def __init__(self, trace: Trace, truth: Truth, belief: Observations) -> None:
        events = trace.events
        self._events, self._truth, self._belief = events, truth, belief
        browser = events.browser[belief.row]
        self._order = order_by(browser).astype(np.int64)
        self._browser = np.repeat(np.arange(int(browser.max(initial=-1)) + 1, dtype=np.int32), np.bincount(browser))
        self._person: Int32 = truth.person[belief.row][self._order]
        self._time: Int64 = events.time[belief.row][self._order]
        self._submission: Bool = events.action[belief.row] == Action.SUBMIT
        self._first: Bool = np.zeros(len(belief), np.bool_)
        self._first[run_starts(belief.row)] = True  # of what is recorded of one event; for a page load, the load
        self._submitter: Bool = np.zeros(int(truth.person.max(initial=-1)) + 1, np.bool_)
        self._submitter[truth.person[events.action == Action.SUBMIT]] = True

    def identity(self) -> dict[str, float]:
        identity = self._belief.identity[self._order]
        visitor = self._belief.visitor[self._order]
        return {
            **identity_metrics(contingency(truth=self._person, belief=identity)),
            **reach_metrics(person=self._person, identity=identity, visitor=visitor, time=self._time),
        }

    def contacts(self, contact: Int64) -> tuple[Credit, dict[str, float]]:
        contact, submission = contact[self._order], self._submission[self._order]
        of = credit(person=self._person, contact=contact, submission=submission)
        return of, contact_metrics(
            of,
            person=self._person,
            contact=contact,
            submission=submission,
            time=self._time,
            submitter=self._submitter,
            first_load=self._first_loads(),
        )

    def visits(self) -> dict[str, float]:
        row, events = self._belief.row, self._events
        is_load = self._first & (events.action[row] == Action.LOAD)
        loads = np.flatnonzero(is_load[self._order])
        at = self._order[loads]
        return {
            **visit_metrics(
                browser=self._browser[loads],
                truth=self._truth.visit[row][at],
                belief=self._belief.visit[at],
                time=self._time[loads],
                dwell=events.dwell[row][at],
            ),
            "visits.recorded": share(len(loads), np.count_nonzero(events.action == Action.LOAD)),
        }

    def leads(self, contact: Int64, credited: Credit, scoring: Scoring) -> dict[str, float]:
        row = self._belief.row
        return lead_metrics(
            scoring=scoring,
            kind=self._belief.kind,
            time=self._events.time[row],
            person=self._truth.person[row],
            contact=contact,
            owner=credited.owner,
            submitter=self._submitter,
        )

    def consent(self) -> dict[str, float]:
        belief, first = self._belief, self._first
        events = np.flatnonzero(first[self._order])
        without = np.flatnonzero(~belief.consent[self._order[events]])
        at = self._order[events[without]]
        absences = (
            belief.absent_third_party[at],
            belief.absent_first_party[at],
            belief.absent_third_party_visit[at],
            belief.absent_first_party_visit[at],
        )
        return {
            "consent.ids_without": ids_without_consent(consent=belief.consent[first], visitor=belief.visitor[first]),
            "consent.cookies_without": cookies_without_consent(
                place=without,
                browser=self._browser[events[without]],
                time=self._time[events[without]],
                absences=absences,
            ),
            "consent.credited_without": credited_without_consent(
                consent=belief.consent, contact=belief.contact, submission=self._submission
            ),
            "consent.lost": lost_to_refusal(consent=belief.consent, visitor=belief.visitor),
        }

    def _first_loads(self) -> Int64:
        """When each person, by number, loaded a page first, in ms; 0 where never."""
        latest_first = np.flatnonzero(self._events.action == Action.LOAD)[::-1]
        first = np.zeros(len(self._submitter), np.int64)
        first[self._truth.person[latest_first]] = self._events.time[latest_first]
        return first
