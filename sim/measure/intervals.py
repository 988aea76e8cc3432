"""How sure a figure is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval; not a number where there are too few values."""

    mean: float
    low: float
    high: float
    sd: float
    """Standard deviation of the values."""
    n: int
    """How many values."""


def student(values: NDArray[Any]) -> Interval:
    """Mean of independent values with Student's 95 % interval.

    One value has no interval: its bounds and standard deviation are not a number. For values that are all alike the
    interval is the value. Values that are not a number are left out.

    >>> interval = student(np.array([1.0, 2.0, 3.0]))
    >>> interval.mean, interval.sd, round(interval.low, 3), round(interval.high, 3)
    (2.0, 1.0, -0.484, 4.484)
    """
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    count = len(known)
    mean = float(known.mean()) if count else float("nan")
    if count < 2:
        return Interval(mean, float("nan"), float("nan"), float("nan"), count)
    sd = float(known.std(ddof=1))
    half = float(t.ppf(0.975, count - 1)) * sd / count**0.5
    return Interval(mean, mean - half, mean + half, sd, count)
