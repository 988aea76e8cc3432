"""Leads: scores by hand, correlation against scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.measure import join, leads
from sim.measure.leads import Scoring
from sim.records import DAY, NONE
from tests.measure.cases import replication_of

scores = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12)


@given(scores)
def test_rank_correlation_is_scipys(case):
    truth, belief = np.array(case, float).T
    got = leads.rank_correlation(truth=truth, belief=belief)
    if len(set(truth)) == 1 or len(set(belief)) == 1:
        assert math.isnan(got)
    else:
        assert got == pytest.approx(stats.spearmanr(truth, belief).statistic)


@given(scores)
def test_errors_are_counted_over_leads(case):
    truth, belief = np.array(case, float).T
    below = [believed for true, believed in case if true < 3]
    reached = [believed for true, believed in case if true >= 3]
    assert leads.score_error(truth=truth, belief=belief) == pytest.approx(np.mean([abs(a - b) for a, b in case]))
    passed = leads.wrongly_passed(truth=truth, belief=belief, threshold=3)
    missed = leads.wrongly_missed(truth=truth, belief=belief, threshold=3)
    assert passed == pytest.approx(sum(one >= 3 for one in below) / len(below) if below else 0)
    assert missed == pytest.approx(sum(one < 3 for one in reached) / len(reached) if reached else 0)


def test_points_lose_half_their_worth_in_a_half_life():
    scoring = Scoring(points={0: 8.0}, half_life=DAY)
    got = leads.worth(scoring, kind=np.array([0, 0, 1]), time=np.array([0, DAY, DAY]), end=2 * DAY)
    assert got.tolist() == [2, 4, 0]


def test_a_lead_has_the_score_of_its_highest_contact_and_none_without_one():
    # Ann (0) has two contacts, Bob (1) none, Cem (2) never submitted; contact 2 is Cem's.
    truth, belief = leads.lead_scores(
        worth=np.array([1.0, 2.0, 4.0, 8.0, 16.0]),
        person=np.array([0, 0, 0, 1, 2]),
        contact=np.array([0, 1, 0, NONE, 2]),
        owner=np.array([0, 0, 2]),
        submitter=np.array([True, True, False]),
    )
    assert truth.tolist() == [7, 8]
    assert belief.tolist() == [5, 0]


def test_without_leads_there_is_no_error():
    joined = join(**replication_of(events={"time": [5]}, truth={}, seen={"contact": [NONE]}))
    got = leads.lead_metrics(
        Scoring(points={0: 1.0}), joined=joined, owner=np.array([], np.int64), submitter=np.array([False])
    )
    assert math.isnan(got.pop("leads.rank_correlation"))
    assert set(got.values()) == {0}
