"""Why accuracy is lost, and what would be gained."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure import Error, student
from sim.report.plots.style import PALETTE

_SHOWN = 8


def waterfall(causes: pl.DataFrame, fragmentation: pl.DataFrame) -> Figure:
    """From one identity a person to as many as there are: what each cause adds, one panel a system."""
    systems = fragmentation["system"].unique(maintain_order=True).to_list()
    steps = {system: _steps(causes, fragmentation, system) for system in systems}
    rows = max(len(step) for step in steps.values())
    figure = Figure(figsize=(9, 1 + len(systems) * (0.9 + 0.42 * (rows + 1))), layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(systems), 1, sharex=True))
    for axes, (system, step) in zip(panels, steps.items(), strict=True):
        start = 1.0
        for place, (_, values) in enumerate(step):
            interval = student(np.array(values))
            half = np.nan_to_num((interval.high - interval.low) / 2)
            axes.barh(place, interval.mean, left=start, color=PALETTE[0], height=0.7)
            axes.errorbar(start + interval.mean, place, xerr=half, color="0.25", capsize=3, elinewidth=1)
            start += interval.mean
            axes.annotate(
                f"+{interval.mean:.2f}",
                (start + half, place),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=10,
            )
        axes.barh(len(step), start - 1, left=1, color="0.7", height=0.7)
        _label(axes, f"{start:.2f}", start, len(step))
        axes.set_yticks(range(len(step) + 1), [*(cause for cause, _ in step), "identities a person"], fontsize=11)
        axes.set_ylim(len(step) + 0.6, -0.6)
        axes.set_title(f"Why a person is several identities: {system}")
        axes.margins(x=0.12)
    panels[-1].set_xlabel("identities a person, from 1 (mean, 95 % interval of each step)")
    return figure


def _label(axes: Axes, text: str, x: float, y: float) -> None:
    axes.annotate(text, (x, y), (5, 0), textcoords="offset points", va="center", fontsize=10)


def _steps(causes: pl.DataFrame, fragmentation: pl.DataFrame, system: str) -> list[tuple[str, list[float]]]:
    """Breaks a person by cause in each replication, the greatest first; small ones together."""
    people = dict(
        fragmentation.filter(pl.col("system") == system).group_by("replication").agg(pl.col("people").sum()).rows()
    )
    rows = causes.filter((pl.col("system") == system) & (pl.col("error") == Error.BREAK.value))
    by_cause: dict[str, list[float]] = {}
    for cause, replication, count in rows.select("cause", "replication", "count").rows():
        by_cause.setdefault(cause, [0.0] * len(people))[sorted(people).index(replication)] = count / people[replication]
    ordered = sorted(by_cause.items(), key=lambda item: -sum(item[1]))
    if len(ordered) <= _SHOWN:
        return ordered
    rest = np.sum([values for _, values in ordered[_SHOWN - 1 :]], axis=0).tolist()
    return [*ordered[: _SHOWN - 1], (f"{len(ordered) - _SHOWN + 1} others", rest)]


_GAINS = {
    "identity.pairwise.f1": "identity F1",
    "contacts.coverage": "contact coverage",
    "visits.boundary.f1": "visit boundary F1",
}


def what_if(gains: pl.DataFrame) -> Figure:
    """What is gained without each cause, and what each costs alone; one panel a metric, bars by system."""
    systems = gains["system"].unique(maintain_order=True).to_list()
    causes = [
        name.removeprefix("without ")
        for name in gains["alternative"].unique(maintain_order=True)
        if name.startswith("without ")
    ]
    figure = Figure(figsize=(12, 1.8 + 0.45 * len(causes) * max(1, len(systems) * 0.7)), layout="constrained")
    height = 0.8 / len(systems)
    for axes, (metric, title) in zip(figure.subplots(1, len(_GAINS), sharey=True), _GAINS.items(), strict=True):
        for place, (system, colour) in enumerate(zip(systems, PALETTE * len(systems), strict=False)):
            of_system = gains.filter((pl.col("system") == system) & (pl.col("metric") == metric))
            rows = {row["alternative"]: row for row in of_system.to_dicts()}
            at = np.arange(len(causes)) + (place - (len(systems) - 1) / 2) * height
            _bars(axes, at, height, [rows[f"without {cause}"] for cause in causes], colour, system)
            alone = [
                (y, rows[f"only {cause}"]["mean"])
                for y, cause in zip(at, causes, strict=True)
                if f"only {cause}" in rows
            ]
            axes.plot(
                [mean for _, mean in alone], [y for y, _ in alone], "|", color=colour, markersize=11, markeredgewidth=2
            )
        axes.axvline(0, color="0.4", linewidth=1)
        axes.set_title(title)
        axes.grid(axis="x", color="0.9")
        axes.set_yticks(range(len(causes)), [f"without {cause}" for cause in causes])
        axes.set_ylim(len(causes) - 0.4, -0.6)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=len(systems), frameon=False)
    figure.supxlabel("gain on the same visitors (95 % interval); | what the cause costs alone", fontsize=13)
    return figure


def _bars(axes: Axes, at: Any, height: float, rows: list[dict[str, Any]], colour: str, label: str) -> None:
    means = [row["mean"] for row in rows]
    half = np.nan_to_num([(row["high"] - row["low"]) / 2 for row in rows])
    axes.barh(at, means, height * 0.9, color=colour, label=label)
    axes.errorbar(means, at, xerr=half, fmt="none", ecolor="0.25", elinewidth=1, capsize=2)
