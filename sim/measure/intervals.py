"""How sure a figure is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    """Lower bound; NaN where nothing is known of the uncertainty."""
    high: float
    """Upper bound; NaN likewise."""
    sd: float
    """Standard deviation of the values; NaN likewise."""
    n: int
    """Number of values: replications."""

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


def bootstrapped(whole: float, draws: NDArray[Any]) -> Interval:
    """Interval of a metric where there is one replication, from draws of its people: see `sim.measure.resampling`.

    Args:
        whole: The metric of the replication itself.
        draws: The metric of each draw; NaN where it had nothing to measure, which is left out.

    >>> bootstrapped(0.7, np.array([0.6, 0.7, 0.8, math.nan])).n
    1
    """
    draws = np.asarray(draws, np.float64)
    draws = draws[~np.isnan(draws)]
    if len(draws) < 2 or math.isnan(whole):
        return Interval(whole, math.nan, math.nan, math.nan, 1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return Interval(whole, float(low), float(high), float(draws.std(ddof=1)), 1)
