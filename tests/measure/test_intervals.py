"""Student's interval against scipy, and at its edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.measure import student


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
