"""What comes out of a simulated population against the distributions that the scenario asks for, on fixed seeds.

Each tolerance is stated with its statistical error; tests of fit refuse at one in a thousand.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.records import DAY, HOUR, Action
from sim.world import live

ALONE = {"people": 3000, "visits_per_month": 10, "return_gap": {"tail": 3, "minimum": "1s"}}


def visits_of(trace, truth):
    """Pages and first load of each visit that is over long before the end."""
    loads = np.flatnonzero(trace.events.action == Action.LOAD)
    _, first, pages = np.unique(truth.visit[loads], return_index=True, return_counts=True)
    whole = trace.events.time[loads][first] < trace.events.time.max() - DAY
    return pages[whole], loads[first[whole]]


def test_pages_of_a_visit_are_inverse_gaussian_rounded_up(scenario):
    trace, truth = live(scenario({"population": ALONE | {"pages": {"mean": 3.5, "shape": 3}}}), 0)
    pages, _ = visits_of(trace, truth)
    edges = np.array([*range(13), np.inf])
    expected = np.diff(stats.invgauss(3.5 / 3, scale=3).cdf(edges)) * len(pages)
    counts = np.histogram(pages, edges + 0.5)[0]
    assert stats.chisquare(counts, expected * counts.sum() / expected.sum()).pvalue > 0.001


def test_dwell_ages_negatively_as_the_weibull_that_is_asked_for(scenario):
    dwell = {"scale": "40s", "shape": 0.7, "maximum": "10y"}
    trace, _ = live(scenario({"population": ALONE | {"people": 300, "dwell": dwell}}), 0)
    seconds = trace.events.dwell[trace.events.action == Action.LOAD] / 1000
    # Whole ms, at least 10: below that the drawn distribution has a step.
    assert stats.kstest(seconds[seconds > 0.1], truncated(stats.weibull_min(0.7, scale=40), 0.1)).pvalue > 0.001
    left = [np.mean(seconds[seconds > start] < start + 10) for start in (0, 30, 120)]
    assert left[0] > left[1] > left[2]  # who has stayed longer is less likely to leave within the next ten seconds


def truncated(law, low):
    return lambda value: (law.cdf(value) - law.cdf(low)) / law.sf(low)


def test_a_few_people_make_most_of_the_visits(scenario):
    said = ALONE | {"visits_per_month": 150, "activity_spread": 0.8, "pages": {"mean": 0.3}, "pause": {"share": 0}}
    _, truth = live(scenario({"days": 20, "population": said}), 0)
    counts = np.sort(np.bincount(truth.person[np.unique(truth.visit, return_index=True)[1]], minlength=3000))
    # The top tenth of a log-normal with spread 0.8 holds Phi(0.8 - 1.2816) of the whole. Its standard error at 3,000
    # people is 0.01; that counts scatter about the rates, and that nobody is at two visits at once, shifts it by less.
    assert counts[-300:].sum() / counts.sum() == pytest.approx(stats.norm.cdf(0.8 - 1.2816), abs=0.04)


def test_browsers_are_cleared_as_often_as_their_owners_kind_does(scenario):
    habits = [{"share": 0.5}, {"share": 0.3, "every": "10d"}, {"share": 0.2, "every": "2d"}]
    trace, _ = live(scenario({"population": ALONE | {"visits_per_month": 1, "clearing": habits}}), 0)
    cleared = trace.events.browser[trace.events.action == Action.CLEAR]
    counts = np.bincount(cleared, minlength=len(trace.browsers))
    # Numbers of clearings in 30 days: a mix of none, Poisson(3) and Poisson(15). Kinds go by person, and a person has 2
    # browsers: 3,000 independent draws, whose shares have a standard error below 0.01.
    for least, most in ((0, 0), (1, 8), (9, 99)):
        share = np.mean((counts >= least) & (counts <= most))
        mix = [(0.5, 0), (0.3, 3), (0.2, 15)]
        expected = sum(
            part * (stats.poisson(mean).cdf(most) - stats.poisson(mean).cdf(least - 1)) for part, mean in mix
        )
        assert share == pytest.approx(expected, abs=0.04)


def test_gaps_between_visits_have_a_heavy_tail(scenario):
    said = {"people": 1500, "visits_per_month": 30, "activity_spread": 0, "pause": {"share": 0}}
    flat = {"hours": [1] * 24, "weekdays": [1] * 7}
    said |= {"return_gap": {"tail": 1.8, "minimum": "0s"}, "rhythm": flat, "pages": {"mean": 0.2}}
    trace, truth = live(scenario({"days": 200, "population": said | {"dwell": {"scale": "1s", "maximum": "2s"}}}), 0)
    _, starts = visits_of(trace, truth)
    order = np.lexsort((trace.events.time[starts], truth.person[starts]))
    person, time = truth.person[starts][order], trace.events.time[starts][order]
    gaps = np.diff(time)[person[1:] == person[:-1]] / HOUR
    # Long gaps are cut off by the end: of gaps below 10 days, less than 0.1 % are missing in 200 days.
    law = truncated_above(stats.lomax(1.8, scale=24 * 0.8), 240)
    assert stats.kstest(gaps[(gaps < 240)][:20_000], law).statistic < 0.02


def truncated_above(law, high):
    return lambda value: law.cdf(value) / law.cdf(high)


def test_weekdays_are_as_busy_as_the_scenario_says(scenario):
    rhythm = {"hours": [1] * 24, "weekdays": [4, 1, 1, 1, 1, 1, 1]}
    trace, truth = live(scenario({"days": 28, "population": ALONE | {"rhythm": rhythm, "activity_spread": 0}}), 0)
    _, starts = visits_of(trace, truth)
    weekday = (trace.events.time[starts] // DAY + 3) % 7  # the epoch was a Thursday
    # The last day is left out, a Sunday. Visits of a person cluster: the error is some 2 times a binomial one, 0.005.
    assert np.mean(weekday == 0) == pytest.approx(16 / 39, abs=0.02)


def test_devices_and_browsers_are_as_many_as_the_scenario_says(scenario):
    said = ALONE | {"devices": {"1": 0.4, "2": 0.45, "3": 0.15}, "browsers": {"1": 0.8, "2": 0.2}}
    trace, _ = live(scenario({"population": said | {"visits_per_month": 1}}), 0)
    browsers = trace.browsers
    device, browsers_on = np.unique(browsers.device, return_counts=True)
    owner = browsers.key[np.unique(browsers.device, return_index=True)[1]] // 64
    devices = np.bincount(np.bincount(owner, minlength=3000), minlength=4)[1:]
    assert stats.chisquare(devices, np.array([0.4, 0.45, 0.15]) * 3000).pvalue > 0.001
    assert stats.binomtest(int((browsers_on == 2).sum()), len(device), 0.2).pvalue > 0.001
