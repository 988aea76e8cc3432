"""How a simulated site's visits are summed up, as the studies did: pure functions of a trace, or of counts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import brentq, minimize
from scipy.stats import invgauss

from sim.measure import deletion_figures
from sim.records import HOUR, SECOND, Action, Float64, Int64, Trace, Truth

GAP_BINS = np.arange(-10, 23.01, 0.25)
"""Bounds of the bins of gaps, in the binary logarithm of seconds: 1 millisecond to 97 days."""
_PEAKS = (10 * 60, 3 * 3600)
"""Seconds before which the peak of gaps within visits is looked for, and after which the one between visits."""


def cookies_per_person(trace: Trace, truth: Truth) -> float:
    """Mean number of cookies that a site sets for one person: one for each browser, and one more after each loss."""
    events, browsers = trace.events, trace.browsers
    forgets = (browsers.private | browsers.clear_on_close)[events.browser]
    lost = (events.action == Action.CLEAR) | (events.action == Action.RESET)
    figures = deletion_figures(
        owner=truth.person.astype(np.int64),
        browser=events.browser.astype(np.int64),
        load=events.action == Action.LOAD,
        cleared=lost | ((events.action == Action.CLOSE) & forgets),
    )
    return figures["mean_per_computer"]


def gap_counts(trace: Trace) -> Int64:
    """Gaps between page loads of one browser, counted in `GAP_BINS`."""
    loads = np.flatnonzero(trace.events.action == Action.LOAD)
    order = loads[np.argsort(trace.events.browser[loads], kind="stable")]
    same = np.diff(trace.events.browser[order]) == 0
    gaps = np.diff(trace.events.time[order])[same] / SECOND
    counts, _ = np.histogram(np.log2(gaps[gaps > 0]), GAP_BINS)
    return counts.astype(np.int64)


def valley_hours(counts: Int64) -> float:
    """Where gaps are fewest between their two peaks, in hours. Not a number where there are no two peaks."""
    smooth = gaussian_filter1d(counts.astype(np.float64), 2)
    middle = (GAP_BINS[:-1] + GAP_BINS[1:]) / 2
    within, between = (np.log2(seconds) for seconds in _PEAKS)
    first = int(np.argmax(np.where(middle < within, smooth, -1)))
    second = int(np.argmax(np.where(middle > between, smooth, -1)))
    lowest = first + int(np.argmin(smooth[first : second + 1]))
    if lowest in (first, second):
        return math.nan
    return float(2 ** middle[lowest] * SECOND / HOUR)


def page_counts(trace: Trace, truth: Truth) -> Int64:
    """True visits by their number of page loads."""
    visits = truth.visit[trace.events.action == Action.LOAD]
    _, pages = np.unique(visits, return_counts=True)
    return np.bincount(pages).astype(np.int64)


def inverse_gaussian_gain(counts: Int64) -> float:
    """How much likelier an inverse Gaussian makes the pages of a visit than a geometric law does, in log-likelihood a
    visit, each with its likeliest parameters.
    """
    pages = np.arange(1, len(counts))
    share = counts[1:] / counts.sum()
    mean = float((pages * share).sum())
    geometric = float((share * ((pages - 1) * np.log1p(-1 / mean) - np.log(mean))).sum())
    return _log_likelihood(inverse_gaussian_fit(counts), share) - geometric


def inverse_gaussian_fit(counts: Int64) -> tuple[float, float]:
    """Mean and shape of the inverse Gaussian that makes numbers of pages likeliest, rounded up."""
    share = counts[1:] / counts.sum()
    mean = float((np.arange(1, len(counts)) * share).sum())

    def loss(free: Float64) -> float:
        return -_log_likelihood((math.exp(free[0]), math.exp(free[1])), share)

    found = minimize(loss, np.log(np.array([mean, mean])), method="Nelder-Mead")
    return math.exp(found.x[0]), math.exp(found.x[1])


def inverse_gaussian_pages(mean: float, shape: float, most: int) -> Float64:
    """Chance of each number of pages from 1 on: of the inverse Gaussian, rounded up."""
    below = invgauss.cdf(np.arange(most + 1), mean / shape, scale=shape)
    return np.diff(below)


def _log_likelihood(parameters: tuple[float, float], share: NDArray[np.float64]) -> float:
    chances = inverse_gaussian_pages(*parameters, len(share))
    return float((share * np.log(np.maximum(chances, 1e-300))).sum())


def weibull_shape(dwell: Float64, longest: float) -> float:
    """The likeliest shape of a Weibull distribution, where stays are cut at the longest.

    Args:
        dwell: Seconds, all above 0.
        longest: Seconds at which a stay is cut.
    """
    whole = dwell < longest
    logs = np.log(dwell)
    mean = float(logs[whole].mean())

    def slope(shape: float) -> float:
        weights = dwell**shape
        return float((weights * logs).sum() / weights.sum() - 1 / shape - mean)

    return float(brentq(slope, 0.05, 20))
