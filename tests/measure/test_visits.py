"""Visits: each metric against its definition written out, and against nltk and segeval."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
import segeval
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics import segmentation
from scipy.stats import ks_2samp

from sim.measure import visits
from sim.records import DAY, NONE, SECOND
from tests.measure.cases import clusters, each_none_alone, page_loads, pages_of, pairs


def cut_of(case):
    return visits.segmentation(pages_of(*case))


def within_browser(browser, belief):
    """Believed visits as numbers that no two browsers share; `NONE` stays."""
    return np.where(belief == NONE, NONE, browser * 100 + belief)


def boundaries_of(browser, visit):
    """Rows that a visit begins at, one of the same browser lying before."""
    alone = each_none_alone(visit)
    return {row for row in range(1, len(visit)) if browser[row] == browser[row - 1] and alone[row] != alone[row - 1]}


@given(page_loads())
def test_boundary_scores_are_shares_of_boundaries(case):
    browser, truth, belief, _, _ = case
    true, believed = boundaries_of(browser, truth), boundaries_of(browser, belief)
    got = visits.boundary(cut_of(case).boundaries)
    assert got.precision == (len(true & believed) / len(believed) if believed else 1)
    assert got.recall == (len(true & believed) / len(true) if true else 1)


@given(page_loads())
def test_visits_are_clusters_of_page_loads_browser_by_browser(case):
    browser, truth, belief, _, _ = case
    belief = within_browser(browser, belief)
    true, believed = clusters(truth), clusters(belief)
    of = cut_of(case).grouping
    assert (of.truths, of.beliefs) == (len(true), len(believed))
    assert of.exact == sum(one in believed for one in true)
    assert of.split == sum(sum(bool(one & other) for other in believed) > 1 for one in true)
    assert of.merged == sum(any(one & other and other - one for other in believed) for one in true)
    shared = pairs(truth) & pairs(belief)
    assert (of.true_links, of.believed_links, of.shared_links) == (len(pairs(truth)), len(pairs(belief)), len(shared))
    assert visits.pairwise(of).precision == (len(shared) / len(pairs(belief)) if pairs(belief) else 1)
    assert visits.pairwise(of).recall == (len(shared) / len(pairs(truth)) if pairs(truth) else 1)


@given(page_loads(), st.integers(1, 4))
def test_windows_slide_over_each_browser_and_over_no_two(case, length):
    browser, truth, belief, _, _ = case
    true, believed = boundaries_of(browser, truth), boundaries_of(browser, belief)
    rows = [row for row in range(len(browser) - length) if browser[row] == browser[row + length]]
    inside = [set(range(row + 1, row + length + 1)) for row in rows]
    slid = visits.windows(cut_of(case).boundaries, length)
    counts = [(len(one & true), len(one & believed)) for one in inside]
    assert slid == (len(counts), sum(a != b for a, b in counts), sum((a > 0) != (b > 0) for a, b in counts))
    assert visits.window_diff(slid) == (np.mean([a != b for a, b in counts]) if counts else 0)
    assert visits.pk(slid) == (np.mean([(a > 0) != (b > 0) for a, b in counts]) if counts else 0)


def one_browser(masses, believed_masses):
    """Page loads of one browser in visits of so many page loads."""
    truth = np.repeat(np.arange(len(masses)), masses)
    belief = np.repeat(np.arange(len(believed_masses)), believed_masses)
    zeros = np.zeros(len(truth), np.int64)
    return cut_of((zeros, truth, belief, zeros, zeros))


@st.composite
def segmentations(draw):
    """Two segmentations of as many page loads, as lengths of their visits, and a window that fits."""
    n = draw(st.integers(5, 25))
    cuts = [sorted(draw(st.sets(st.integers(1, n - 1)))) for _ in range(2)]
    masses = tuple(np.diff([0, *one, n]).tolist() for one in cuts)
    return *masses, draw(st.integers(1, 3))


def gaps(masses):
    """Boundaries as nltk wants them when each gap between two units is a sign: 1 where a visit ends."""
    return "1".join("0" * (mass - 1) for mass in masses)


@given(segmentations())
def test_window_diff_and_pk_are_those_of_nltk_over_gaps(case):
    true, believed, window = case
    slid = visits.windows(one_browser(true, believed).boundaries, window)
    assert visits.window_diff(slid) == pytest.approx(segmentation.windowdiff(gaps(true), gaps(believed), window))
    assert visits.pk(slid) == pytest.approx(segmentation.pk(gaps(true), gaps(believed), window))


@given(segmentations())
def test_window_diff_is_that_of_segeval(case):
    true, believed, window = case
    slid = visits.windows(one_browser(true, believed).boundaries, window)
    # segeval calls the two of them reference and hypothesis, and takes the hypothesis first.
    theirs = segeval.window_diff(tuple(believed), tuple(true), window_size=window)
    assert Decimal(visits.window_diff(slid)) == pytest.approx(theirs)


def test_the_window_is_half_a_mean_true_visit_and_at_least_one_page_load():
    assert visits.window_length(loads=16, visits=2) == 4
    assert visits.window_length(loads=2, visits=2) == 1
    assert visits.window_length(loads=0, visits=0) == 1


@given(page_loads())
def test_time_on_page_runs_to_the_next_page_load_of_the_visit(case):
    browser, _, belief, time, dwell = case
    alone = each_none_alone(within_browser(browser, belief))
    errors = []
    for row in range(len(time)):
        later = [time[other] for other in range(row + 1, len(time)) if alone[other] == alone[row]]
        if later:
            errors.append((later[0] - time[row] - dwell[row]) / 1000)
    pages = pages_of(*case)
    got = visits.time_on_page(pages, visits.segmentation(pages))
    assert got.pages == len(errors)
    assert got.error == pytest.approx(np.mean(errors) if errors else np.nan, nan_ok=True)
    assert got.absolute_error == pytest.approx(np.mean(np.abs(errors)) if errors else np.nan, nan_ok=True)


def gap_of_distributions(first, second):
    return max(
        abs(sum(one <= step for one in first) / len(first) - sum(one <= step for one in second) / len(second))
        for step in [*first, *second]
    )


@given(page_loads())
def test_all_metrics_of_visits_come_from_the_same_page_loads(case):
    browser, truth, belief, time, dwell = case
    time, dwell = time * 1000, dwell * 1000
    got = visits.visit_metrics(pages_of(browser, truth, belief, time, dwell))
    true_visits = clusters(truth)
    believed_visits = clusters(within_browser(browser, belief))
    stays = [int(time[max(one)] + dwell[max(one)] - time[min(one)]) for one in true_visits]
    believed = [int(time[max(one)] - time[min(one)]) for one in believed_visits]
    last_pages = len(believed_visits)
    assert got["visits.time_on_page.unknown"] == pytest.approx(last_pages / len(time) if len(time) else 0)
    if len(time):
        assert got["visits.duration.distance"] == pytest.approx(gap_of_distributions(stays, believed))
        sizes = [len(one) for one in true_visits], [len(one) for one in believed_visits]
        assert got["visits.pages.distance"] == pytest.approx(gap_of_distributions(*sizes))


def test_an_error_of_time_on_page_is_in_seconds_and_signed():
    zeros = np.zeros(3, np.int64)
    time, dwell = np.array([0, 60_000, 70_000]), np.array([20_000, 12_000, 3_000])
    got = visits.visit_metrics(pages_of(zeros, zeros, zeros, time, dwell))
    assert got["visits.time_on_page.error"] == pytest.approx((40 - 2) / 2)
    assert got["visits.time_on_page.absolute_error"] == pytest.approx((40 + 2) / 2)


def distribution(sample):
    return visits.Distribution(*np.unique(np.array(sample, np.int64), return_counts=True))


def test_distance_is_scipys_statistic():
    first, second = np.arange(40) ** 2 % 97, np.arange(70) ** 3 % 101
    got = visits.distance(distribution(first), distribution(second))
    assert got == pytest.approx(ks_2samp(first, second).statistic)


def test_distance_of_nothing():
    nothing, something = distribution([]), distribution([7])
    assert visits.distance(nothing, nothing) == 0
    assert visits.distance(nothing, something) == visits.distance(something, nothing) == 1


def test_visits_may_last_for_years():
    time = np.array([0, 5, 10 * 365 * DAY, 10 * 365 * DAY + 1])
    pages = pages_of(np.zeros(4, np.int64), np.array([7, 7, 7, 8]), np.array([1, NONE, 1, 2]), time, np.zeros(4, int))
    cut = visits.segmentation(pages)
    years = 10 * 365 * DAY // SECOND
    assert cut.true.seconds.numbers.tolist() == cut.believed.seconds.numbers.tolist() == [0, years]
    assert cut.true.seconds.counts.tolist() == [1, 1]
    assert cut.believed.seconds.counts.tolist() == [2, 1]
    assert cut.true.loads.numbers.tolist() == [1, 3]
