"""The estimators that simulated and published behaviour are compared by, on data of which the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import invgauss

from sim.calibrate.estimators import (
    GAP_BINS,
    cookies_per_person,
    inverse_gaussian_fit,
    inverse_gaussian_gain,
    inverse_gaussian_pages,
    valley_hours,
    weibull_shape,
)
from sim.records import Action, Browsers, Events, Forms, Trace, Truth


@pytest.mark.parametrize("shape", [0.6, 1.0, 1.4])
def test_the_shape_of_stays_that_are_cut_is_found_again(shape):
    # 40,000 stays: the standard error of the shape is below 0.006 of it.
    drawn = 40 * np.random.default_rng(1).weibull(shape, 40_000)
    assert weibull_shape(np.minimum(drawn, 200), 200) == pytest.approx(shape, rel=0.02)


def test_an_inverse_gaussian_is_told_from_a_geometric_law():
    random = np.random.default_rng(2)
    ours = np.bincount(np.ceil(invgauss.rvs(4 / 3, scale=3, size=40_000, random_state=random)).astype(int))
    assert inverse_gaussian_gain(ours) > 0.01
    mean, shape = inverse_gaussian_fit(ours)
    assert (mean, shape) == pytest.approx((4, 3), rel=0.05)
    assert inverse_gaussian_gain(np.bincount(random.geometric(0.25, 40_000))) < 0


def test_chances_of_pages_make_one():
    assert inverse_gaussian_pages(4, 3, 2000).sum() == pytest.approx(1)


def test_the_valley_is_where_gaps_are_fewest_between_two_peaks():
    random = np.random.default_rng(3)
    gaps = np.concatenate([random.normal(5, 1.5, 50_000), random.normal(17, 1.5, 50_000)])
    counts, _ = np.histogram(gaps, GAP_BINS)
    # Two equal bells: the valley is in the middle, at 2 ** 11 s, give or take two bins.
    assert valley_hours(counts) == pytest.approx(2**11 / 3600, rel=0.45)
    one, _ = np.histogram(random.normal(5, 1.5, 50_000), GAP_BINS)
    assert np.isnan(valley_hours(one * 0 + np.arange(len(one))[::-1]))


def test_a_browser_has_one_cookie_and_another_one_after_each_loss():
    load, clear, close, reset = Action.LOAD, Action.CLEAR, Action.CLOSE, Action.RESET
    actions = [
        # browser, action: 0 is plain, 1 private, 2 clears on close
        (0, load), (0, load), (0, close), (0, load), (0, clear), (0, load), (0, reset), (0, load),
        (1, load), (1, close), (1, load),
        (2, load), (2, close), (2, load), (2, clear),
    ]  # fmt: skip
    count = len(actions)
    zero = {name: np.zeros(count, dtype) for name, dtype in Events.schema().items()}
    zero["browser"] = np.array([browser for browser, _ in actions], np.int32)
    zero["action"] = np.array([action for _, action in actions], np.int8)
    browsers = {name: np.zeros(3, dtype) for name, dtype in Browsers.schema().items()}
    browsers["private"], browsers["clear_on_close"] = np.array([0, 1, 0], bool), np.array([0, 0, 1], bool)
    trace = Trace(
        events=Events(**zero), browsers=Browsers(**browsers), forms=Forms.empty(), days_used=np.zeros((3, 1), bool)
    )
    truth = Truth(person=np.zeros(count, np.int32), visit=np.ones(count, np.int64))
    assert cookies_per_person(trace, truth) == 3 + 2 + 2
