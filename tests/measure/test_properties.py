"""What holds of metrics whatever the case: each property over the list of metrics that have it; the lists are full."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure import METRICS, Best, Scoring, join, measure
from sim.measure.clustering import exact_match, pairwise
from sim.measure.contingency import contingency
from sim.measure.identity import identity_metrics
from sim.records import DAY, HOUR, NONE, Action, Browsers, Events, Forms, Observations, Trace, Truth
from tests.measure.cases import clusterings

IDENTITY = [f"identity.pairwise.{one}" for one in ("precision", "recall", "f1")]
IDENTITY += [f"identity.bcubed.{one}" for one in ("precision", "recall", "f1")]
IDENTITY += ["identity.homogeneity", "identity.completeness", "identity.v_measure", "identity.adjusted_rand"]
IDENTITY += ["identity.exact_match", "identity.fragmentation", "identity.conflation"]

SYMMETRIC = ["identity.pairwise.f1", "identity.bcubed.f1", "identity.v_measure", "identity.adjusted_rand"]
"""Metrics of identity that do not tell truth from belief."""
SWAPPED = {
    "identity.pairwise.precision": "identity.pairwise.recall",
    "identity.bcubed.precision": "identity.bcubed.recall",
    "identity.homogeneity": "identity.completeness",
    "identity.fragmentation": "identity.conflation",
}
"""Metrics of identity that become one another when truth and belief change places."""
ONE_SIDED = ["identity.exact_match"]
"""Metrics of identity that count persons alone."""

NOT_PERFECT = {
    "visits.time_on_page.error": "a page may be left before the next one is opened",
    "visits.time_on_page.absolute_error": "likewise",
    "visits.time_on_page.unknown": "last pages have no estimate",
    "visits.duration.distance": "nor do visits know when their last page is left",
    "contacts.days_to_identification": "it is about people",
    "contacts.retroactive_share": "it is about people",
    "contacts.prefill_rate": "it is about what people ask for",
}
"""Metrics that belief can be right without having their best value, and why."""
BREAKS_TIES_BY_PERSON = ["contacts.", "leads."]
"""Metrics that depend on the numbers of persons, where two have as good a claim to a contact."""
NAN_WITHOUT_DATA = [
    "contacts.days_to_identification",
    "contacts.prefill_rate",
    "visits.time_on_page.error",
    "visits.time_on_page.absolute_error",
    "leads.rank_correlation",
]

SCORING = Scoring(points={0: 1.0, 3: 10.0}, threshold=12.0)

KIND = {Action.LOAD: 0, Action.CLICK: 1, Action.SUBMIT: 3}


@st.composite
def replications(draw, most=14):
    """A small trace, its truth, and whatever a system may believe of it; two people may share a browser."""
    n = draw(st.integers(0, most))

    def column(values, dtype=np.int64):
        return np.array(draw(st.lists(values, min_size=n, max_size=n)), dtype)

    ids = st.integers(NONE, 3)
    action = column(st.sampled_from(list(KIND)), np.int8)
    person, browser = column(st.integers(0, 2), np.int32), column(st.integers(0, 3), np.int32)
    action[np.unique(person, return_index=True)[1]] = Action.LOAD  # nobody is there before they come
    stay = column(st.integers(0, 2))
    events = Events(
        event=np.arange(n),
        time=np.cumsum(column(st.sampled_from([0, 1000, HOUR, DAY]))) + 20_000 * DAY,
        browser=browser,
        tab=np.zeros(n, np.int16),
        action=action,
        page=np.zeros(n, np.int16),
        dwell=np.where(action == Action.LOAD, column(st.integers(0, 90_000), np.int32), 0).astype(np.int32),
        interacted=np.zeros(n, np.bool_),
        network=np.zeros(n, np.int32),
        detail=np.zeros(n, np.int32),
    )
    recorded = np.flatnonzero(column(st.integers(0, 9)) > 0)
    twice = np.sort(np.concatenate([recorded, recorded[(column(st.booleans(), np.bool_) & (action == 0))[recorded]]]))
    form_view = np.diff(twice, prepend=-1) == 0
    kind = np.where(form_view, 2, [KIND[Action(one)] for one in action[twice].tolist()] if len(twice) else [])
    columns = {
        name: column(ids)[twice] for name in ("visitor", "visit", "contact", "identity", "third_party", "first_party")
    }
    absences = {
        f"absent_{name}": column(st.integers(0, 2), np.int8)[twice]
        for name in ("third_party", "first_party", "third_party_visit", "first_party_visit")
    }
    consent = column(st.booleans(), np.bool_)[twice]
    flags = {"consent": consent, "prefilled": form_view}
    seen = Observations(row=twice, kind=kind.astype(np.int8), **flags, **columns, **absences)
    trace = Trace(events=events, browsers=Browsers.empty(), forms=Forms.empty(), days_used=np.zeros((0, 0), np.bool_))
    return trace, Truth(person=person, visit=(person.astype(np.int64) * 4 + browser) * 3 + stay), seen


def measured(case):
    trace, truth, belief = case
    return measure(join(trace=trace, truth=truth, belief=belief), scoring=SCORING)


def assert_same(one, other):
    for name in METRICS:
        assert one[name] == pytest.approx(other[name], nan_ok=True), name


def renamed(ids, names):
    """Ids under other names; `NONE` stays."""
    return np.where(ids == NONE, NONE, np.array(names)[ids])


def test_the_lists_are_full():
    assert sorted([*SYMMETRIC, *SWAPPED, *SWAPPED.values(), *ONE_SIDED]) == sorted(IDENTITY)
    assert set(NOT_PERFECT) | set(NAN_WITHOUT_DATA) <= set(METRICS)
    assert all(metric.definition and metric.unit for metric in METRICS.values())


@given(replications())
def test_each_metric_is_there_and_within_its_range(case):
    got = measured(case)
    assert list(got) == list(METRICS)
    for name, value in got.items():
        if math.isnan(value):
            assert name in NAN_WITHOUT_DATA
        else:
            assert METRICS[name].low <= value <= METRICS[name].high, name


def test_without_any_data_all_is_defined():
    nothing = Trace(
        events=Events.empty(), browsers=Browsers.empty(), forms=Forms.empty(), days_used=np.zeros((0, 0), np.bool_)
    )
    got = measured((nothing, Truth.empty(), Observations.empty()))
    assert {name for name, value in got.items() if math.isnan(value)} == set(NAN_WITHOUT_DATA)


@given(replications(), st.permutations([10**12, 3, 77, 0]))
def test_names_of_ids_do_not_matter(case, names):
    trace, truth, belief = case
    other = replace(
        belief,
        **{name: renamed(getattr(belief, name), names) for name in ("visitor", "visit", "contact", "identity")},
    )
    assert_same(measured(case), measured((trace, truth, other)))


@given(replications(), st.permutations([0, 1, 2, 5]))
def test_numbers_of_browsers_do_not_matter(case, numbers):
    trace, truth, belief = case
    events = replace(trace.events, browser=np.array(numbers, np.int32)[trace.events.browser])
    assert_same(measured(case), measured((replace(trace, events=events), truth, belief)))


@given(replications(), st.permutations([0, 1, 4]))
def test_numbers_of_persons_and_visits_do_not_matter_but_for_ties(case, numbers):
    trace, truth, belief = case
    other = replace(truth, person=np.array(numbers, np.int32)[truth.person], visit=10**12 - truth.visit)
    got, expected = measured((trace, other, belief)), measured(case)
    for name in METRICS:
        if not name.startswith(tuple(BREAKS_TIES_BY_PERSON)):
            assert got[name] == pytest.approx(expected[name], nan_ok=True), name


@given(replications())
def test_a_right_belief_has_the_best_values(case):
    trace, truth, _ = case
    everything = np.arange(len(trace.events))
    person = truth.person.astype(np.int64)
    submitted = np.isin(person, person[trace.events.action == Action.SUBMIT])
    zeros = {name: np.zeros(len(everything), dtype) for name, dtype in Observations.schema().items()}
    belief = Observations(
        **zeros
        | {
            "row": everything,
            "kind": np.array([KIND[Action(one)] for one in trace.events.action.tolist()], np.int8),
            "visitor": person,
            "visit": truth.visit,
            "contact": np.where(submitted, person, NONE),
            "identity": person,
            "consent": np.ones(len(everything), np.bool_),
        }
    )
    good = {Best.HIGH: 1, Best.LOW: 0, Best.ONE: 1, Best.ZERO: 0}
    for name, value in measured((trace, truth, belief)).items():
        if name not in NOT_PERFECT and not math.isnan(value):
            assert value == pytest.approx(good[METRICS[name].best]), name


@given(clusterings())
def test_truth_and_belief_change_places(case):
    truth, belief = case
    got = identity_metrics(contingency(truth=truth, belief=belief))
    other = identity_metrics(contingency(truth=belief, belief=truth))
    assert list(got) == IDENTITY
    for name in SYMMETRIC:
        assert got[name] == pytest.approx(other[name], abs=1e-12), name
    for one, its_counterpart in SWAPPED.items():
        assert got[one] == pytest.approx(other[its_counterpart]), one


@given(clusterings(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_to_identity(case, shuffler):
    truth, belief = case
    order = list(range(len(truth)))
    shuffler.shuffle(order)
    got = identity_metrics(contingency(truth=truth, belief=belief))
    other = identity_metrics(contingency(truth=truth[order], belief=belief[order]))
    for name in IDENTITY:
        assert got[name] == pytest.approx(other[name], abs=1e-12), name


@given(clusterings())
def test_counted_rows_are_rows(case):
    truth, belief = (np.where(column == NONE, 9, column) for column in case)
    counts = np.arange(len(truth)) % 3 + 1
    counted = contingency(truth=truth, belief=belief, count=counts)
    spelled_out = contingency(truth=np.repeat(truth, counts), belief=np.repeat(belief, counts))
    assert pairwise(counted) == pairwise(spelled_out)
    assert exact_match(counted) == exact_match(spelled_out)
