"""Student's interval against scipy, and at its edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.measure import bootstrapped, paired_difference, student


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_it_is_scipys_interval(values):
    interval = student(np.array(values))
    assert interval.mean == pytest.approx(np.mean(values))
    if interval.sd > 1e-9 * max(1, abs(interval.mean)):
        low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
        assert (interval.low, interval.high) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))


def test_one_value_has_no_interval_and_none_has_no_mean():
    one, none = student(np.array([0.5])), student(np.array([]))
    assert one.mean == 0.5
    assert math.isnan(one.low)
    assert math.isnan(none.mean)


def test_it_holds_the_truth_nineteen_times_of_twenty():
    from sim.draws import Purpose, Stream

    samples = Stream(4, 0).uniforms(Purpose.PAGE, np.arange(4000), 6)
    held = sum(one.low <= 0.5 <= one.high for one in map(student, samples))
    assert stats.binomtest(held, 4000, 0.95).proportion_ci(0.999).low < 0.95
    assert held / 4000 > 0.93


def test_what_was_not_measured_is_left_out():
    assert student(np.array([1.0, math.nan, 3.0])) == student(np.array([1.0, 3.0]))


def test_a_paired_difference_is_narrower_where_both_go_up_and_down_together():
    easy_or_hard = np.array([0.1, 0.5, 0.9, 0.3])
    difference = paired_difference(first=easy_or_hard, second=easy_or_hard + np.array([0.1, 0.11, 0.1, 0.09]))
    assert difference.mean == pytest.approx(0.1)
    assert not difference.includes_zero
    apart = student(easy_or_hard + 0.1), student(easy_or_hard)
    assert apart[0].low < apart[1].high


def test_a_difference_may_be_none_where_its_interval_includes_zero_or_is_not_there():
    assert paired_difference(first=np.array([0.0, 0.2]), second=np.array([0.1, 0.0])).includes_zero
    assert paired_difference(first=np.array([0.0]), second=np.array([0.1])).includes_zero


def drawn_anew(groups, draws):
    """How often each group is drawn in each draw, with replacement."""
    from sim.draws import Purpose, Stream

    picks = (Stream(2, 0).uniforms(Purpose.DWELL, np.arange(draws), groups) * groups).astype(np.int64)
    return np.stack([np.bincount(one, minlength=groups) for one in picks])


def test_a_bootstrap_of_means_is_about_students_interval():
    from sim.draws import Purpose, Stream

    values = Stream(3, 0).uniform(Purpose.PAGE, np.arange(200))
    draws = drawn_anew(200, 4000) @ values / 200
    interval = bootstrapped(float(values.mean()), draws)
    expected = student(values)
    assert interval.mean == pytest.approx(expected.mean)
    assert interval.low == pytest.approx(expected.low, abs=0.005)
    assert interval.high == pytest.approx(expected.high, abs=0.005)


def test_draws_without_a_value_are_left_out_and_too_few_give_no_interval():
    nan = math.nan
    assert bootstrapped(0.5, np.array([0.4, nan, 0.6])).low == pytest.approx(0.405)
    assert math.isnan(bootstrapped(0.5, np.array([0.4, nan])).low)
    assert math.isnan(bootstrapped(nan, np.array([0.4, 0.6])).low)
