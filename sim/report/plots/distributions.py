"""How identities, accuracy and visits are distributed."""

from __future__ import annotations

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure import student
from sim.report.plots.style import PALETTE


def identities_per_person(fragmentation: pl.DataFrame, most: int = 10) -> Figure:
    """Share of people by how many identities a system takes them for; the last bar holds all above."""
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes: Axes = figure.subplots()
    systems = fragmentation["system"].unique(maintain_order=True).to_list()
    width = 0.8 / len(systems)
    for place, (system, colour) in enumerate(zip(systems, PALETTE * len(systems), strict=False)):
        rows = fragmentation.filter(pl.col("system") == system)
        shares = []
        for _, of_replication in rows.group_by("replication", maintain_order=True):
            counts = np.bincount(np.minimum(of_replication["identities"], most), of_replication["people"], most + 1)
            shares.append(counts[1:] / counts.sum())
        at = np.arange(1, most + 1) + (place - (len(systems) - 1) / 2) * width
        axes.bar(at, np.mean(shares, axis=0), width, color=colour, label=system)
        if len(shares) > 1:
            half = [(one.high - one.low) / 2 for one in map(student, np.transpose(shares))]
            axes.errorbar(at, np.mean(shares, axis=0), half, fmt="none", ecolor="0.25", elinewidth=1, capsize=2)
    axes.set_xticks(range(1, most + 1), [*map(str, range(1, most)), f"{most}+"])
    axes.set_xlabel("identities that one person is taken for")
    axes.set_ylabel("share of people (95 % interval)")
    axes.set_title("How many identities a person falls apart into")
    axes.grid(axis="y", color="0.9")
    axes.legend(frameon=False)
    return figure


def accuracy_over_time(weeks: pl.DataFrame) -> Figure:
    """B-cubed precision and recall by weeks since a person's first visit, with bands of 95 %; weeks that few reach are
    left out.
    """
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes: Axes = figure.subplots()
    systems = weeks["system"].unique(maintain_order=True).to_list()
    for system, colour in zip(systems, PALETTE * len(systems), strict=False):
        rows = weeks.filter(pl.col("system") == system)
        reached = rows.group_by("week").agg(pl.col("interactions").sum()).sort("week")
        enough = reached.filter(pl.col("interactions") >= pl.col("interactions").max() / 100)["week"].to_list()
        for metric, line in (("recall", "-"), ("precision", "--")):
            intervals = [student(rows.filter(pl.col("week") == week)[metric].to_numpy()) for week in enough]
            means = [one.mean for one in intervals]
            axes.plot(enough, means, line, color=colour, linewidth=2, label=f"{system}, {metric}")
            low, high = [one.low for one in intervals], [one.high for one in intervals]
            axes.fill_between(enough, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.set(ylim=(0, 1.02), xlabel="weeks since a person's first visit", ylabel="mean over interactions (95 % band)")
    axes.set_title("How accuracy changes over time (B-cubed)")
    axes.grid(axis="y", color="0.9")
    figure.legend(loc="outside right upper", frameon=False, fontsize=11)
    return figure


def visit_lengths(lengths: pl.DataFrame, most: int = 15) -> Figure:
    """Share of visits by their page loads, true and as each system believes; the last point holds all above."""
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes: Axes = figure.subplots()
    systems = lengths["system"].unique(maintain_order=True).to_list()
    lines = [("true visits", lengths.filter((pl.col("system") == systems[0]) & (pl.col("of") == "true")), "0.25")]
    for system, colour in zip(systems, PALETTE * len(systems), strict=False):
        lines.append((system, lengths.filter((pl.col("system") == system) & (pl.col("of") == "believed")), colour))
    for offset, (label, rows, colour) in enumerate(lines):
        shares = []
        for _, of_replication in rows.group_by("replication", maintain_order=True):
            counts = np.bincount(np.minimum(of_replication["pages"], most), of_replication["visits"], most + 1)
            shares.append(counts[1:] / counts.sum())
        half = np.nan_to_num([(one.high - one.low) / 2 for one in map(student, np.transpose(shares))])
        at = np.arange(1, most + 1) + (offset - (len(lines) - 1) / 2) * 0.06
        style = {"linewidth": 3, "alpha": 0.6} if offset == 0 else {"linewidth": 1.5, "marker": "o", "markersize": 5}
        axes.errorbar(at, np.mean(shares, axis=0), half, color=colour, capsize=2, label=label, **style)
    axes.set_xticks(range(1, most + 1), [*map(str, range(1, most)), f"{most}+"])
    axes.set(xlabel="page loads a visit", ylabel="share of visits (95 % interval)", ylim=(0, None))
    axes.set_title("How long visits are, and are believed to be")
    axes.grid(axis="y", color="0.9")
    axes.legend(frameon=False)
    return figure
