"""The result of a run as tables that a person can read."""

from __future__ import annotations

import math

import polars as pl
from rich.table import Table

from sim.measure import Error, Interval
from sim.report.tables import Summary, causes_in_all

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


def _figure(interval: Interval) -> str:
    half = (interval.high - interval.low) / 2
    return f"{interval.mean:.4f}" + ("" if math.isnan(half) else f" ± {half:.4f}")
