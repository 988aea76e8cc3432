"""Inverses of distributions against scipy.stats."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.draws import Purpose, Stream
from sim.world import distributions as d

N = 40_000
FIRST = Stream(11, 0).uniform(Purpose.DWELL, np.arange(N))
SECOND = Stream(11, 0).uniform(Purpose.PAUSE, np.arange(N))


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (d.exponential(FIRST, 3.0), stats.expon(scale=3)),
        (d.lomax(FIRST, 1.8, 2.0), stats.lomax(1.8, scale=2)),
        (d.weibull(FIRST, 40.0, 0.75), stats.weibull_min(0.75, scale=40)),
        (d.lognormal_factor(FIRST, 0.8), stats.lognorm(0.8, scale=np.exp(-0.32))),
        (d.log_uniform(FIRST, 5.0, 90.0), stats.loguniform(5, 90)),
        (d.inverse_gaussian(FIRST, SECOND, 3.5, 3.0), stats.invgauss(3.5 / 3.0, scale=3.0)),
    ],
    ids=["exponential", "lomax", "weibull", "lognormal", "log-uniform", "inverse Gaussian"],
)
def test_draws_follow_their_distribution(drawn, expected):
    assert stats.kstest(drawn, expected.cdf).pvalue > 0.001


def test_pick_follows_the_shares():
    counts = np.bincount(d.pick(FIRST, [0.2, 0.0, 0.8]), minlength=3)
    assert counts[1] == 0
    assert stats.binomtest(int(counts[0]), N, 0.2).pvalue > 0.001


def test_the_main_choice_gets_its_share_and_the_others_the_rest_alike():
    counts = np.bincount(d.pick_main(FIRST, 0.7, np.full(N, 3)), minlength=3)
    assert stats.chisquare(counts, [0.7 * N, 0.15 * N, 0.15 * N]).pvalue > 0.001
    assert not d.pick_main(FIRST, 0.7, np.ones(N, np.int64)).any()
