"""The result of a run as a table that a person can read."""

from __future__ import annotations

import math

from rich.table import Table

from sim.measure import Interval
from sim.report.tables import Summary

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


def _figure(interval: Interval) -> str:
    half = (interval.high - interval.low) / 2
    return f"{interval.mean:.4f}" + ("" if math.isnan(half) else f" ± {half:.4f}")
