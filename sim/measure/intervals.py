"""How sure a figure is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.records import Float64


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    """Lower bound; NaN where there is one value alone, which says nothing of its own uncertainty."""
    high: float
    """Upper bound; NaN likewise."""
    sd: float
    """Standard deviation of the values; NaN likewise."""
    n: int
    """Number of values."""

    @property
    def includes_zero(self) -> bool:
        """Whether a difference of this interval may be none at all; so it is where there are no bounds."""
        return not (self.low > 0 or self.high < 0)


def student(values: NDArray[Any]) -> Interval:
    """Mean over replications with Student's 95 % interval ("The probable error of a mean", Biometrika 6, 1908).

    Args:
        values: The metric in each replication; NaN where it had nothing to measure, which is left out. One value
            alone has no interval.

    >>> interval = student(np.array([0.70, 0.72, 0.74]))
    >>> round(interval.low, 4), round(interval.mean, 4), round(interval.high, 4)
    (0.6703, 0.72, 0.7697)
    >>> student(np.array([0.7])).low
    nan
    """
    values = np.asarray(values, np.float64)
    values = values[~np.isnan(values)]
    n = len(values)
    mean = float(values.mean()) if n else math.nan
    if n < 2:
        return Interval(mean, math.nan, math.nan, math.nan, n)
    sd = float(values.std(ddof=1))
    half = float(stdtrit(n - 1, 0.975)) * sd / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, sd, n)


def paired_difference(*, first: NDArray[Any], second: NDArray[Any]) -> Interval:
    """How much higher the second is than the first, on the same visitors doing the same things.

    What makes a replication easy or hard for both cancels out, so that the interval is narrower than those of the two.

    Args:
        first: The metric of one system in each replication.
        second: The metric of the other system in the same replications, in the same order.

    >>> paired_difference(first=np.array([0.5, 0.7]), second=np.array([0.6, 0.8])).includes_zero
    False
    """
    return student(np.asarray(second, np.float64) - np.asarray(first, np.float64))


def bootstrap(parts: NDArray[Any], statistic: Callable[[Float64], Float64], weights: NDArray[Any]) -> Interval:
    """Interval of a metric where there is one replication: persons or households are drawn anew, with replacement.

    The bounds are percentiles of the draws (Efron, "Bootstrap methods: another look at the jackknife", Annals of
    Statistics 7, 1979).

    Args:
        parts: What each group adds to the sums that the metric is made of; shape (groups, sums).
        statistic: The metric from such sums; takes shape (draws, sums), returns shape (draws,).
        weights: How often each group was drawn in each draw; shape (draws, groups).

    >>> credited = np.array([[1, 1], [0, 1], [1, 2]])
    >>> everyone_once = np.ones((5, 3))
    >>> bootstrap(credited, lambda sums: sums[:, 0] / sums[:, 1], everyone_once).low
    0.5
    """
    values = statistic(np.asarray(weights, np.float64) @ np.asarray(parts, np.float64))
    whole = float(statistic(np.asarray(parts, np.float64).sum(axis=0, keepdims=True))[0])
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(whole, float(low), float(high), float(values.std(ddof=1)), len(parts))
