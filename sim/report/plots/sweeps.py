"""How metrics change over a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.durations import UNITS_MS, parse_duration
from sim.report.plots.style import PALETTE
from sim.report.tables import Summary
from sim.scenario import Experiment

METRICS = {
    "identity.pairwise.f1": "identity F1",
    "contacts.coverage": "contact coverage",
    "visits.boundary.f1": "visit boundary F1",
}


def curves(experiment: Experiment, summaries: Sequence[Summary]) -> Figure:
    """Headline metrics over the values of one field, or over the points in order, with bands of 95 %."""
    (field, *others), at, ticks, unit = map(_short, experiment.points[0].values), *_axis(experiment)
    field += f" (and {len(others)} more, alike)" if others else ""
    figure = Figure(figsize=(13, 4.6), layout="constrained")
    systems = list(summaries[0])
    for axes, (metric, title) in zip(figure.subplots(1, len(METRICS)), METRICS.items(), strict=True):
        for place, (system, colour) in enumerate(zip(systems, PALETTE * len(systems), strict=False)):
            intervals = [summary[system][metric] for summary in summaries]
            mean, low, high = (np.array([getattr(one, part) for one in intervals]) for part in ("mean", "low", "high"))
            if ticks:  # what has no order has no line
                beside = at + (place - (len(systems) - 1) / 2) * 0.5 / len(systems)
                axes.errorbar(beside, mean, (mean - low, high - mean), fmt="o", capsize=3, color=colour, label=system)
            else:
                axes.plot(at, mean, "o-", color=colour, label=system)
                axes.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.set(title=title, xlabel=f"{field}{unit}")
        if ticks:
            axes.set_xticks(at, ticks, rotation=30, ha="right")
        axes.grid(axis="y", color="0.9")
    figure.axes[0].set_ylabel("mean, with 95 % interval")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(systems), frameon=False)
    return figure


def _axis(experiment: Experiment) -> tuple[Any, list[str], str]:
    """Positions of the points on the axis, their labels where they are no numbers, and the unit."""
    values = [next(iter(point.values.values())) for point in experiment.points]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return np.array(values, np.float64), [], ""
    try:
        spans = np.array([parse_duration(value) for value in values]) / UNITS_MS["min"]
    except ValueError:
        return np.arange(len(values)), [str(value) for value in values], ""
    return spans, [], " (minutes)"


def heat_map(experiment: Experiment, summaries: Sequence[Summary], system: str) -> Figure:
    """Headline metrics of a system over two fields of a grid; the value stands in each cell."""
    across, down = list(experiment.points[0].values)
    columns = list(dict.fromkeys(str(point.values[across]) for point in experiment.points))
    rows = list(dict.fromkeys(str(point.values[down]) for point in experiment.points))
    figure = Figure(figsize=(14, 1.8 + 0.55 * len(rows)), layout="constrained")
    for axes, (metric, title) in zip(figure.subplots(1, len(METRICS)), METRICS.items(), strict=True):
        grid = np.full((len(rows), len(columns)), np.nan)
        for point, summary in zip(experiment.points, summaries, strict=True):
            at = rows.index(str(point.values[down])), columns.index(str(point.values[across]))
            grid[at] = summary[system][metric].mean
        image = axes.imshow(grid, cmap="cividis", aspect="auto")
        middle = (np.nanmin(grid) + np.nanmax(grid)) / 2
        for (row, column), value in np.ndenumerate(grid):
            axes.text(column, row, f"{value:.3f}", ha="center", va="center", fontsize=9,
                      color="black" if value > middle else "white")  # fmt: skip
        axes.set_xticks(range(len(columns)), columns, rotation=45)
        axes.set_yticks(range(len(rows)), rows)
        axes.set(title=f"{title}: {system}", xlabel=_short(across))
        figure.colorbar(image, ax=axes)
    figure.axes[0].set_ylabel(_short(down))
    figure.axes[-1].set_ylabel("mean over replications")
    return figure


def _short(field: str) -> str:
    """The end of a dotted field, which is what tells it from others on a plot."""
    return ".".join(field.split(".")[-2:])


def indices(sensitivity: pl.DataFrame) -> Figure:
    """Sobol' indices of the headline metrics, of the first order and in total."""
    systems = sensitivity["system"].unique(maintain_order=True).to_list()
    fields = sensitivity["field"].unique(maintain_order=True).to_list()
    figure = Figure(figsize=(13, 1.6 + len(systems) * (0.6 + 0.5 * len(fields))), layout="constrained")
    panels = np.reshape(
        np.array(figure.subplots(len(systems), len(METRICS), sharey=True, sharex=True)), (len(systems), -1)
    )
    for row, system in zip(panels, systems, strict=True):
        for axes, (metric, title) in zip(row, METRICS.items(), strict=True):
            _index_bars(axes, sensitivity.filter(pl.col("system") == system, pl.col("metric") == metric), fields)
            axes.set_title(f"{title}: {system}")
    for axes in panels[-1]:
        axes.set_xlabel("share of variance (95 % interval)")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def _index_bars(axes: Axes, rows: pl.DataFrame, fields: list[str]) -> None:
    of_field = {row["field"]: row for row in rows.to_dicts()}
    for offset, (name, label, colour) in enumerate(
        (("first", "by itself", PALETTE[0]), ("total", "in total", PALETTE[1]))
    ):
        at = np.arange(len(fields)) + (offset - 0.5) * 0.4
        values = [of_field[field][name] if field in of_field else np.nan for field in fields]
        halves = [of_field[field][f"{name}_half"] if field in of_field else np.nan for field in fields]
        axes.barh(at, values, 0.36, xerr=halves, color=colour, ecolor="0.25", capsize=2, label=label)
    axes.set_yticks(range(len(fields)), [_short(field) for field in fields])
    axes.set_ylim(len(fields) - 0.4, -0.6)
    axes.axvline(0, color="0.4", linewidth=1)
