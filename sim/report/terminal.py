"""The result of a run as a table that a person can read."""

from __future__ import annotations

import math

from rich.table import Table

from sim.measure import Interval
from sim.report.tables import Summary

HEADLINES = {
    "identity.pairwise.precision": "identity, pairs: precision",
    "identity.pairwise.recall": "identity, pairs: recall",
    "identity.pairwise.f1": "identity, pairs: F1",
    "identity.bcubed.f1": "identity, B-cubed: F1",
    "identity.visitor_inflation": "visitor ids per person reached",
    "contacts.coverage": "contacts: share of their interactions credited",
    "contacts.correctness": "contacts: share of the credit that is right",
    "visits.count_ratio": "visits: predicted per true one",
    "visits.boundary.precision": "visit boundaries: precision",
    "visits.boundary.recall": "visit boundaries: recall",
    "visits.boundary.f1": "visit boundaries: F1",
    "visits.exact": "visits recovered exactly",
}
"""The metrics that a run shows first, with what to call them."""


def results_table(summary: Summary) -> Table:
    """Headline metrics, one row each, one column a system."""
    table = Table(caption="mean over replications, ± half of the 95 % interval", caption_justify="left")
    table.add_column("metric")
    for system in summary:
        table.add_column(system, justify="right")
    for metric, label in HEADLINES.items():
        table.add_row(label, *(_figure(values[metric]) for values in summary.values()))
    return table


def _figure(interval: Interval) -> str:
    half = (interval.high - interval.low) / 2
    return f"{interval.mean:.4f}" + ("" if math.isnan(half) else f" ± {half:.4f}")
