"""The plots of a run, as PNG and SVG: readable on a slide, with intervals, and safe for the colour-blind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure import student
from sim.report.folder import RunFolder
from sim.report.tables import Summary

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000")
"""Okabe and Ito's colours, which all common kinds of colour vision tell apart."""

_STYLE = {
    "font.size": 13,
    "axes.titlesize": 15,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.dpi": 110,
    "savefig.dpi": 160,
    "svg.hashsalt": "crumbline",
}


def draw_plots(folder: RunFolder, summary: Summary, tables: Mapping[str, pl.DataFrame]) -> None:
    """Draw the plots of a run into its folder."""
    with mpl.rc_context(cast(Any, _STYLE)):
        _save(folder, "identity_f1", _by_system(
            summary,
            {"identity.pairwise.f1": "pairs", "identity.bcubed.f1": "B-cubed"},
            "How well identities are resolved",
            "F1 of identities",
        ))  # fmt: skip
        _save(folder, "visit_boundaries", _by_system(
            summary,
            {
                "visits.boundary.precision": "precision",
                "visits.boundary.recall": "recall",
                "visits.boundary.f1": "F1",
            },
            "How well visits are told apart",
            "visit boundaries, share",
        ))  # fmt: skip
        _save(folder, "identities_per_person", _identities_per_person(tables["fragmentation"]))


def _by_system(summary: Summary, metrics: Mapping[str, str], title: str, label: str) -> Figure:
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


def _identities_per_person(fragmentation: pl.DataFrame, most: int = 10) -> Figure:
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


def _save(folder: RunFolder, name: str, figure: Figure) -> None:
    for kind in ("png", "svg"):
        with folder.writing(f"{name}.{kind}") as temporary:
            figure.savefig(temporary, format=kind, metadata={"Date": None} if kind == "svg" else None)
