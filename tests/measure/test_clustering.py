"""Clusterings: each metric against scikit-learn or against its definition, pair by pair and row by row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from sklearn import metrics as oracle

from sim.measure import clustering
from sim.measure.contingency import contingency
from tests.measure.cases import as_numbers, clusterings, clusters, pairs


def cluster_of(row, labels):
    return next(cluster for cluster in clusters(labels) if row in cluster)


@given(clusterings())
def test_pairwise_scores_are_shares_of_pairs(case):
    truth, belief = case
    true, believed = pairs(truth), pairs(belief)
    got = clustering.pairwise(contingency(truth=truth, belief=belief))
    assert got.precision == (len(true & believed) / len(believed) if believed else 1)
    assert got.recall == (len(true & believed) / len(true) if true else 1)


@given(clusterings())
def test_pairwise_scores_are_those_of_scikit_learns_pair_confusion(case):
    truth, belief = case
    if not len(truth):
        return
    (_, believed_alone), (true_alone, both) = oracle.pair_confusion_matrix(as_numbers(truth), as_numbers(belief))
    got = clustering.pairwise(contingency(truth=truth, belief=belief))
    assert got.precision == (both / (both + believed_alone) if both + believed_alone else 1)
    assert got.recall == (both / (both + true_alone) if both + true_alone else 1)


@given(clusterings())
def test_bcubed_scores_are_means_over_rows(case):
    truth, belief = case
    precision, recall = [], []
    for row in range(len(truth)):
        t, c = cluster_of(row, truth), cluster_of(row, belief)
        precision.append(len(c & t) / len(c))
        recall.append(len(c & t) / len(t))
    got = clustering.bcubed(contingency(truth=truth, belief=belief))
    assert got.precision == pytest.approx(np.mean(precision) if precision else 1)
    assert got.recall == pytest.approx(np.mean(recall) if recall else 1)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (clustering.homogeneity, oracle.homogeneity_score),
        (clustering.completeness, oracle.completeness_score),
        (clustering.v_measure, oracle.v_measure_score),
        (clustering.adjusted_rand, oracle.adjusted_rand_score),
    ],
)
@given(case=clusterings())
def test_what_scikit_learn_has_too_is_the_same(ours, theirs, case):
    truth, belief = case
    expected = theirs(as_numbers(truth), as_numbers(belief))
    table = contingency(truth=truth, belief=belief)
    of = table if ours is clustering.adjusted_rand else clustering.entropies(table)
    assert ours(of) == pytest.approx(expected, abs=1e-12)


@given(clusterings())
def test_exact_match_fragmentation_and_conflation_are_counts_of_overlapping_clusters(case):
    truth, belief = case
    true, believed = clusters(truth), clusters(belief)
    overlaps = sum(bool(one & other) for one in true for other in believed)
    table = contingency(truth=truth, belief=belief)
    assert clustering.exact_match(table) == (sum(one in believed for one in true) / len(true) if true else 1)
    assert clustering.fragmentation(table) == (overlaps / len(true) if true else 1)
    assert clustering.conflation(table) == (overlaps / len(believed) if believed else 1)


def test_large_clusters_do_not_overflow():
    half = 1_000_000_000
    table = contingency(truth=np.array([0, 1]), belief=np.array([0, 0]), count=np.array([half, half]))
    assert clustering.pairwise(table).precision == pytest.approx(0.5, abs=1e-9)
    assert clustering.pairwise(table).recall == 1
    assert clustering.adjusted_rand(table) == pytest.approx(0, abs=1e-9)
