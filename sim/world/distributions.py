"""From uniform numbers to the distributions of the population, by their inverse: monotone, so that a changed parameter
moves every draw the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Numbers = NDArray[np.float64]


def pick(uniform: Numbers, shares: Iterable[float]) -> NDArray[np.int64]:
    """Position in `shares` of the choice that each uniform number falls on."""
    bounds = np.cumsum(list(shares))
    return np.minimum(np.searchsorted(bounds, uniform, side="right"), len(bounds) - 1)


def choose(uniform: Numbers, shares: Mapping[int, float]) -> NDArray[np.int64]:
    """The number that each uniform number falls on, from numbers with their shares."""
    return np.array(list(shares), np.int64)[pick(uniform, shares.values())]


def pick_main(uniform: Numbers, main: float, choices: NDArray[Any]) -> NDArray[np.int64]:
    """Choose 0 with the share `main`, else one of 1 to `choices - 1`, all alike; 0 where it is the only choice."""
    others = choices - 1
    rest = (uniform - main) / (1 - main) if main < 1 else np.zeros_like(uniform)
    side = 1 + np.minimum((rest * others).astype(np.int64), others - 1)
    return np.where((uniform < main) | (others == 0), 0, side)


def exponential(uniform: Numbers, mean: Numbers | float) -> Numbers:
    """Exponential with this mean."""
    return -np.log1p(-uniform) * mean


def lomax(uniform: Numbers, tail: float, scale: Numbers | float) -> Numbers:
    """Lomax (Pareto II) with shape `tail`; its mean is scale / (tail - 1)."""
    return scale * np.expm1(-np.log1p(-uniform) / tail)


def weibull(uniform: Numbers, scale: float, shape: float) -> Numbers:
    """Weibull; with a shape below 1 the chance to leave falls with time."""
    return scale * (-np.log1p(-uniform)) ** (1 / shape)


def lognormal_factor(uniform: Numbers, spread: float) -> Numbers:
    """Log-normal with mean 1, `spread` being the standard deviation of the logarithm."""
    return np.exp(spread * ndtri(uniform) - spread**2 / 2)


def log_uniform(uniform: Numbers, shortest: float, longest: float) -> Numbers:
    """Between two bounds, uniform in the logarithm."""
    return shortest * (longest / shortest) ** uniform if shortest else uniform * longest


def inverse_gaussian(uniform: Numbers, side: Numbers, mean: float, shape: float) -> Numbers:
    """Inverse Gaussian, from two uniform numbers each.

    Michael, Schucany and Haas, "Generating random variates using transformations with multiple roots", The American
    Statistician 30, 1976: a chi-square gives two roots, the second number chooses between them.
    """
    scaled = mean * ndtri(uniform) ** 2 / (2 * shape)
    root = mean * (1 + scaled - np.sqrt(scaled * (2 + scaled)))
    return np.where(side <= mean / (mean + root), root, mean**2 / root)
