"""Simulated beside published, as pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.calibrate.comparison import TOLERANCE, Comparison
from sim.calibrate.consumers import Behaviour
from sim.calibrate.estimators import (
    GAP_BINS,
    inverse_gaussian_fit,
    inverse_gaussian_pages,
    valley_hours,
    weibull_shape,
)
from sim.measure import Interval
from sim.records import HOUR, SECOND
from sim.report.plots.style import PALETTE

_SIMULATED, _PUBLISHED, _FITTED = PALETTE[0], PALETTE[6], PALETTE[4]
_SHARES = ("Commanders Act", "Fox Rothschild", "StatCounter")


def comscore_plot(comparisons: Sequence[Comparison]) -> Figure:
    """Each figure of the study of cookie deletion as a share of the published one, with its interval and the bounds."""
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots()
    at = range(len(comparisons))
    axes.axvspan(1 - TOLERANCE, 1 + TOLERANCE, color="0.92", label=f"within {TOLERANCE:.0%}")
    axes.axvline(1, color=_PUBLISHED, linewidth=1.2, label="published")
    means = [one.simulated.mean / one.value for one in comparisons]
    spread = np.array([_spread(one.simulated) for one in comparisons]).T / [one.value for one in comparisons]
    axes.errorbar(means, at, xerr=spread, fmt="o", color=_SIMULATED, capsize=4, label="simulated, 95 % interval")
    axes.set_yticks(at, [f"{one.figure} ({one.published})" for one in comparisons])
    axes.set_ylim(len(comparisons) - 0.4, -0.6)
    axes.set(xlabel="simulated ÷ published", title="Cookie deletion, comScore 2007")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def shares_plot(comparisons: Sequence[Comparison]) -> Figure:
    """Rates of consent and shares of browsers."""
    shown = [one for one in comparisons if one.study.startswith(_SHARES)]
    figure = Figure(figsize=(11, 1.4 + 0.36 * len(shown)), layout="constrained")
    axes = figure.subplots()
    at = np.arange(len(shown))
    for place, one in enumerate(shown):
        if math.isnan(one.value):
            axes.plot([one.low, one.high], [place, place], color=_PUBLISHED, linewidth=6, alpha=0.3)
    axes.plot([one.value for one in shown], at, "|", color=_PUBLISHED, markersize=16, mew=2, label="published")
    spread = np.array([_spread(one.simulated) for one in shown]).T
    means = [one.simulated.mean for one in shown]
    axes.errorbar(means, at, xerr=spread, fmt="o", color=_SIMULATED, capsize=4, label="simulated, 95 % interval")
    axes.set_yticks(at, [f"{one.study}: {one.figure}" for one in shown])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set(xlim=(0, 1), xlabel="share", title="Consent and browsers")
    axes.grid(axis="x", color="0.9")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def behaviour_plot(behaviour: Behaviour) -> Figure:
    """Gaps between page loads with their valley, pages of visits, and how the chance to leave a page falls."""
    figure = Figure(figsize=(15, 4.8), layout="constrained")
    gaps, pages, dwell = figure.subplots(1, 3)
    _gaps(gaps, behaviour)
    _pages(pages, behaviour)
    _dwell(dwell, behaviour)
    return figure


def _gaps(axes: Axes, behaviour: Behaviour) -> None:
    hours = 2**GAP_BINS * SECOND / HOUR
    share = behaviour.gaps / behaviour.gaps.sum()
    axes.stairs(share, hours, fill=True, color=_SIMULATED, alpha=0.5)
    axes.axvline(valley_hours(behaviour.gaps), color=_FITTED, linewidth=2, label="valley, simulated")
    axes.axvline(1, color=_PUBLISHED, linestyle="--", label="near 1 hour, published")
    axes.axvline(0.5, color="0.5", linestyle=":", label="the customary 30 minutes")
    axes.set(
        xscale="log", xlabel="hours between page loads of a browser", ylabel="share of gaps (bin: a quarter octave)"
    )
    axes.set(xlim=(1e-4, None), ylim=(0, 1.35 * float(share.max())), title="Inter-activity")
    axes.legend(frameon=False, fontsize=10, loc="upper right")


def _pages(axes: Axes, behaviour: Behaviour) -> None:
    counts = behaviour.pages
    number = np.arange(1, len(counts))
    some = counts[1:] > 0
    share = counts[1:] / counts.sum()
    half = 1.96 * np.sqrt(share * (1 - share) / counts.sum())
    lower = np.minimum(half, share * 0.999)
    axes.errorbar(
        number[some], share[some], (lower[some], half[some]), fmt="o", markersize=3, color=_SIMULATED, label="simulated"
    )
    chances = inverse_gaussian_pages(*inverse_gaussian_fit(counts), len(counts) - 1)
    mean = float((number * share).sum())
    axes.plot(number, chances, color=_FITTED, label="inverse Gaussian, fitted")
    axes.plot(number, (1 - 1 / mean) ** (number - 1) / mean, color="0.5", linestyle=":", label="geometric, fitted")
    axes.set(xscale="log", yscale="log", xlabel="pages of a visit", ylabel="share of visits (95 % interval)")
    axes.set_ylim(bottom=float(share[some].min()) / 3)
    axes.set_title("Pages of a visit")
    axes.legend(frameon=False, fontsize=10)


def _dwell(axes: Axes, behaviour: Behaviour) -> None:
    bounds = np.geomspace(0.5, behaviour.longest_dwell * 0.98, 28)
    staying = np.array([(behaviour.dwell >= bound).sum() for bound in bounds])
    leaving = staying[:-1] - staying[1:]
    span = np.diff(bounds)
    middle = np.sqrt(bounds[:-1] * bounds[1:])
    some = leaving > 0
    exposed = span * (staying[:-1] + staying[1:]) / 2
    hazard = leaving[some] / exposed[some]
    half = 1.96 * hazard / np.sqrt(leaving[some])
    axes.errorbar(
        middle[some], hazard, (np.minimum(half, hazard * 0.999), half), fmt="o", markersize=4, color=_SIMULATED,
        label="simulated",
    )  # fmt: skip
    shape = weibull_shape(behaviour.dwell, behaviour.longest_dwell)
    scale = float((behaviour.dwell**shape).sum() / (behaviour.dwell < behaviour.longest_dwell).sum()) ** (1 / shape)
    axes.plot(
        middle, shape / scale * (middle / scale) ** (shape - 1), color=_FITTED, label=f"Weibull, shape {shape:.2f}"
    )
    axes.set(xscale="log", yscale="log", xlabel="seconds on a page", ylabel="chance to leave, a second (95 % interval)")
    axes.set_title("Negative aging of dwell")
    axes.legend(frameon=False, fontsize=10)


def _spread(interval: Interval) -> tuple[float, float]:
    return interval.mean - interval.low, interval.high - interval.mean
