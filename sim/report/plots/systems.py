"""Systems side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure import Interval
from sim.report.plots.style import PALETTE
from sim.report.tables import Summary


def by_system(summary: Summary, metrics: Mapping[str, str], title: str, label: str) -> Figure:
    """Points with 95 % intervals: systems down the side, one colour a metric."""
    figure = Figure(figsize=(9, 1.7 + 0.75 * len(summary)), layout="constrained")
    axes: Axes = figure.subplots()
    systems = list(summary)
    offsets = np.linspace(-0.2, 0.2, len(metrics)) if len(metrics) > 1 else [0.0]
    for (metric, name), offset, colour in zip(metrics.items(), offsets, PALETTE, strict=False):
        intervals = [summary[system][metric] for system in systems]
        means = np.array([interval.mean for interval in intervals])
        spread = np.nan_to_num([[one.mean - one.low for one in intervals], [one.high - one.mean for one in intervals]])
        at = np.arange(len(systems)) + offset
        axes.errorbar(means, at, xerr=spread, fmt="o", color=colour, capsize=4, markersize=7, label=name)
        for mean, height in zip(means, at, strict=True):
            axes.annotate(f"{mean:.3f}", (mean, height), (0, 7), textcoords="offset points", ha="center", fontsize=10)
    axes.set_yticks(range(len(systems)), systems)
    axes.set_ylim(len(systems) - 0.45, -0.55)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel(f"{label} (mean, 95 % interval)")
    axes.set_title(title)
    axes.grid(axis="x", color="0.9")
    figure.legend(loc="outside right upper", frameon=False)
    return figure


def precision_recall(summary: Summary) -> Figure:
    """Each system as a point with both 95 % intervals, over curves of equal F1; identities and visit boundaries."""
    figure = Figure(figsize=(11, 5.5), layout="constrained")
    panels = {"identity.pairwise": "identities, over pairs", "visits.boundary": "visit boundaries"}
    for axes, (metric, title) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        _equal_f1(axes)
        looks = zip(PALETTE * len(summary), _MARKERS * len(summary), strict=False)
        for place, ((system, metrics), (colour, marker)) in enumerate(zip(summary.items(), looks, strict=False)):
            recall, precision = metrics[f"{metric}.recall"], metrics[f"{metric}.precision"]
            axes.errorbar(
                recall.mean,
                precision.mean,
                xerr=_spread(recall),
                yerr=_spread(precision),
                fmt=marker,
                markersize=9 + 3 * (place % 4),  # so that systems at one point are told apart
                markerfacecolor="none",
                markeredgewidth=2,
                color=colour,
                capsize=4,
                label=system if title == panels["identity.pairwise"] else None,
                clip_on=False,
                zorder=3,
            )
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="recall", ylabel="precision", title=title)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def _spread(interval: Interval) -> Any:
    """Distances of the bounds from the mean, as `errorbar` takes them; no share lies beyond 0 or 1."""
    low, high = max(interval.low, 0.0), min(interval.high, 1.0)
    return np.nan_to_num([[interval.mean - low], [high - interval.mean]])


_MARKERS = "osD^vP*X"


def _equal_f1(axes: Axes) -> None:
    for f1 in (0.2, 0.4, 0.6, 0.8):
        recall = np.linspace(f1 / (2 - f1), 1, 100)
        axes.plot(recall, f1 * recall / (2 * recall - f1), color="0.85", linewidth=1)
        axes.annotate(
            f"F1 {f1}", (1, f1 / (2 - f1)), (-3, 3), textcoords="offset points", ha="right", fontsize=9, color="0.5"
        )
