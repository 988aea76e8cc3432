"""The result of a run as tables that a person can read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl
from rich.table import Table

from sim.measure import Error, Interval
from sim.report.tables import Summary, causes_in_all
from sim.scenario import Experiment

HEADLINES = {
    "identity.pairwise.precision": "identity: precision",
    "identity.pairwise.recall": "identity: recall",
    "identity.pairwise.f1": "identity: F1",
    "identity.bcubed.f1": "identity: F1, B-cubed",
    "identity.visitor_inflation": "visitor ids per person",
    "contacts.coverage": "contacts: coverage",
    "contacts.correctness": "contacts: correctness",
    "visits.count_ratio": "visits per true visit",
    "visits.boundary.precision": "boundaries: precision",
    "visits.boundary.recall": "boundaries: recall",
    "visits.boundary.f1": "boundaries: F1",
    "visits.exact": "visits exact",
}
"""The metrics that a run shows first, with what to call them."""


def results_table(summary: Summary) -> Table:
    """Headline metrics, one row each, one column a system."""
    table = Table(
        caption="mean over replications, ± half of the 95 % interval; identities over pairs, or B-cubed",
        caption_justify="left",
    )
    table.add_column("metric")
    for system in summary:
        table.add_column(system, justify="right")
    for metric, label in HEADLINES.items():
        table.add_row(label, *(_figure(values[metric]) for values in summary.values()))
    return table


def causes_seen(causes: pl.DataFrame) -> Table:
    """What errors are charged to: the share of each cause in all errors of a kind, one column a system."""
    table = Table(caption="share of the errors of a kind, over all replications", caption_justify="left")
    table.add_column("error")
    table.add_column("cause")
    systems = causes["system"].unique(maintain_order=True).to_list()
    for system in systems:
        table.add_column(system, justify="right")
    counted = causes_in_all(causes)
    counted = counted.with_columns(share=pl.col("count") / pl.col("count").sum().over("system", "error"))
    for error in Error:
        rows = counted.filter(pl.col("error") == error.value)
        for cause in rows["cause"].unique(maintain_order=True).to_list()[:_CAUSES_SHOWN]:
            shares = {row["system"]: row["share"] for row in rows.filter(pl.col("cause") == cause).to_dicts()}
            table.add_row(error.value, cause, *(f"{shares[name]:.1%}" if name in shares else "" for name in systems))
    return table


_CAUSES_SHOWN = 5
_COMPARED = {name: HEADLINES[name] for name in ("identity.pairwise.f1", "contacts.coverage", "visits.boundary.f1")}


def differences_seen(differences: pl.DataFrame) -> Table:
    """Paired differences of the other systems from the first one; in brackets those whose interval includes zero."""
    first = differences["first"][0]
    table = Table(
        caption=f"difference from {first} on the same visitors, ± half of the 95 % interval; (it may be none at all)",
        caption_justify="left",
    )
    table.add_column("system")
    for label in _COMPARED.values():
        table.add_column(label, justify="right")
    from_first = differences.filter(pl.col("first") == first)
    for system in from_first["second"].unique(maintain_order=True):
        of_system = {row["metric"]: row for row in from_first.filter(pl.col("second") == system).to_dicts()}
        table.add_row(system, *(_difference(of_system[metric]) for metric in _COMPARED))
    return table


def gains_seen(gains: pl.DataFrame) -> Table:
    """What would be gained without each cause; in brackets what may be nothing. What each costs alone is in the table
    of gains.
    """
    table = Table(
        caption="gain on the same visitors, ± half of the 95 % interval; (it may be none at all)",
        caption_justify="left",
    )
    table.add_column("system")
    table.add_column("what if")
    for label in _COMPARED.values():
        table.add_column(label, justify="right")
    without = gains.filter(pl.col("alternative").str.starts_with("without "))
    for (system, alternative), rows in without.group_by("system", "alternative", maintain_order=True):
        of_metric = {row["metric"]: row for row in rows.to_dicts()}
        table.add_row(str(system), str(alternative), *(_difference(of_metric[metric]) for metric in _COMPARED))
    return table


def points_seen(experiment: Experiment, summaries: Sequence[Summary]) -> Table:
    """Headline metrics of each point and system."""
    traces = len(experiment.groups())
    shared = "all points share one trace" if traces == 1 else f"{len(experiment.points)} points, {traces} traces"
    table = Table(caption=f"mean over replications, ± half of the 95 % interval; {shared}", caption_justify="left")
    for field in experiment.points[0].values:
        table.add_column(field.rpartition(".")[2], justify="right")
    table.add_column("system")
    for label in _COMPARED.values():
        table.add_column(label, justify="right")
    for point, summary in zip(experiment.points, summaries, strict=True):
        values = [f"{value:.4g}" if isinstance(value, float) else str(value) for value in point.values.values()]
        for system, metrics in summary.items():
            table.add_row(*values, system, *(_figure(metrics[metric]) for metric in _COMPARED))
    return table


def _difference(row: dict[str, Any]) -> str:
    return difference_seen(Interval(*(row[name] for name in ("mean", "low", "high", "sd", "n"))))


def difference_seen(interval: Interval) -> str:
    """A difference with half of its interval, in brackets if it may be none at all."""
    figure = f"{interval.mean:+.4f}"
    if not math.isnan(interval.low):
        figure += f" ± {(interval.high - interval.low) / 2:.4f}"
    return f"({figure})" if interval.includes_zero else figure


def _figure(interval: Interval) -> str:
    half = (interval.high - interval.low) / 2
    return f"{interval.mean:.4f}" + ("" if math.isnan(half) else f" ± {half:.4f}")
