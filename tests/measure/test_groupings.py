"""Measures of groupings against scikit-learn, and against their definitions written out on small cases."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import pair_confusion_matrix

from sim.measure.boundaries import boundaries, boundary_score
from sim.measure.contingency import contingency
from sim.measure.credit import correctness, coverage, owners
from sim.measure.groupings import Score, bcubed, exact, groups_met, pairwise
from sim.records import NONE

cases = st.lists(st.tuples(st.integers(0, 4), st.integers(NONE, 4)), min_size=1, max_size=14).map(
    lambda rows: (np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
)


def together(groups, one, other):
    return groups[one] == groups[other] and groups[one] != NONE


@given(cases)
def test_pairwise_is_its_definition_over_all_pairs(case):
    truth, belief = case
    pairs = list(combinations(range(len(truth)), 2))
    claimed = [together(belief, *pair) for pair in pairs]
    due = [together(truth, *pair) for pair in pairs]
    both = sum(a and b for a, b in zip(claimed, due, strict=True))
    score = pairwise(contingency(truth=truth, belief=belief))
    assert score.precision == pytest.approx(both / sum(claimed) if sum(claimed) else 1)
    assert score.recall == pytest.approx(both / sum(due) if sum(due) else 1)


@given(cases)
def test_bcubed_is_its_definition_over_all_things(case):
    truth, belief = case
    precise, found = [], []
    for thing in range(len(truth)):
        cluster = {other for other in range(len(truth)) if other == thing or together(belief, thing, other)}
        due = {other for other in range(len(truth)) if truth[other] == truth[thing]}
        precise.append(len(cluster & due) / len(cluster))
        found.append(len(cluster & due) / len(due))
    score = bcubed(contingency(truth=truth, belief=belief))
    assert score.precision == pytest.approx(np.mean(precise))
    assert score.recall == pytest.approx(np.mean(found))


@given(cases)
def test_exact_and_groups_met_are_their_definitions(case):
    truth, belief = case
    table = contingency(truth=truth, belief=belief)
    whole, met = 0, []
    for group in np.unique(truth):
        members = set(np.flatnonzero(truth == group))
        clusters = [
            frozenset(np.flatnonzero(belief == belief[one])) if belief[one] != NONE else frozenset([one])
            for one in members
        ]
        met.append(len(set(clusters)))
        whole += set(clusters) == {frozenset(members)}
    assert exact(table) == pytest.approx(whole / len(met))
    assert groups_met(table).tolist() == met


def test_pairwise_agrees_with_scikit_learn_on_many_things():
    from sim.draws import Purpose, Stream

    truth = (Stream(1, 0).uniform(Purpose.PAGE, np.arange(5000)) * 300).astype(np.int64)
    belief = np.where(
        Stream(1, 0).uniform(Purpose.DWELL, np.arange(5000)) < 0.8, truth // 2, truth + 1000 + np.arange(5000) % 3
    )
    (_, false_positive), (false_negative, both) = pair_confusion_matrix(truth, belief)
    score = pairwise(contingency(truth=truth, belief=belief))
    assert score.precision == pytest.approx(both / (both + false_positive))
    assert score.recall == pytest.approx(both / (both + false_negative))
    assert score.f1 == pytest.approx(2 * both / (2 * both + false_positive + false_negative))


@given(cases, st.permutations(range(6)))
def test_neither_names_nor_order_matter(case, names):
    truth, belief = case
    renamed = np.where(belief == NONE, NONE, np.array(names)[belief])
    plain, other = contingency(truth=truth, belief=belief), contingency(truth=truth[::-1] + 7, belief=renamed[::-1])
    assert bcubed(plain).precision == pytest.approx(bcubed(other).precision)
    assert bcubed(plain).recall == pytest.approx(bcubed(other).recall)
    assert pairwise(plain) == pairwise(other)


@given(cases)
def test_scores_are_shares_and_a_perfect_belief_has_all(case):
    truth, belief = case
    for score in (bcubed(contingency(truth=truth, belief=belief)), pairwise(contingency(truth=truth, belief=belief))):
        low, high = sorted((score.precision, score.recall))
        assert 0 <= low <= score.f1 + 1e-12 <= high + 2e-12 <= 1 + 3e-12
    perfect = contingency(truth=truth, belief=truth)
    assert pairwise(perfect) == Score(1, 1)
    assert exact(perfect) == 1


def test_who_claims_nothing_claims_nothing_wrong():
    table = contingency(truth=np.array([0, 0, 1]), belief=np.array([NONE, NONE, NONE]))
    assert pairwise(table) == Score(1, 0)
    assert pairwise(table).f1 == 0
    assert bcubed(table).precision == 1


visit_cases = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(NONE, 3)), min_size=1, max_size=12
).map(lambda rows: tuple(np.array(column) for column in zip(*sorted(rows, key=lambda row: row[0]), strict=True)))


@given(visit_cases)
def test_boundaries_are_their_definition(case):
    browser, truth, belief = case
    due, claimed = [], []
    for at in range(1, len(browser)):
        if browser[at] == browser[at - 1]:
            due.append(truth[at] != truth[at - 1])
            claimed.append(belief[at] != belief[at - 1] or belief[at] == NONE)
    true_boundaries, believed = boundaries(browser=browser, visit=truth), boundaries(browser=browser, visit=belief)
    assert true_boundaries.tolist() == due
    assert believed.tolist() == claimed
    both = sum(a and b for a, b in zip(due, claimed, strict=True))
    score = boundary_score(truth=true_boundaries, belief=believed)
    assert score.precision == (both / sum(claimed) if sum(claimed) else 1)
    assert score.recall == (both / sum(due) if sum(due) else 1)


def test_credit_by_hand():
    # Ann (0) submits as contact 0; Bob (1) reads under her id, then submits as contact 1; Cem (2) never submits.
    person = np.array([0, 0, 1, 1, 1, 2])
    contact = np.array([0, 0, 0, 1, NONE, NONE])
    submission = np.array([False, True, False, True, False, False])
    owner = owners(person=person, contact=contact, submission=submission)
    assert owner.tolist() == [0, 1]
    assert coverage(person=person, contact=contact, owner=owner, submitters=np.array([0, 1])) == 3 / 5
    assert correctness(person=person, contact=contact, owner=owner) == 3 / 4


def test_without_submissions_nothing_is_missing_and_nothing_is_wrong():
    nobody = np.array([NONE, NONE])
    owner = owners(person=np.array([0, 1]), contact=nobody, submission=np.array([False, False]))
    assert coverage(person=np.array([0, 1]), contact=nobody, owner=owner, submitters=np.array([], np.int64)) == 1
    assert correctness(person=np.array([0, 1]), contact=nobody, owner=owner) == 1
