"""The tidy table of metrics, and its summary over replications."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.measure import Charges, Interval, counts, student
from sim.records import Int64

if TYPE_CHECKING:
    from sim.report.verdict import Judgement

METRIC_COLUMNS = {"replication": pl.Int32, "system": pl.String, "metric": pl.String, "value": pl.Float64}
FRAGMENTATION_COLUMNS = {"replication": pl.Int32, "system": pl.String, "identities": pl.Int64, "people": pl.Int64}
CAUSES_COLUMNS = {
    "replication": pl.Int32,
    "system": pl.String,
    "error": pl.String,
    "cause": pl.String,
    "count": pl.Int64,
    "interactions": pl.Int64,
}

Summary = dict[str, dict[str, Interval]]
"""Interval of each metric of each system."""


def metrics_table(replication: int, metrics: dict[str, dict[str, float]]) -> pl.DataFrame:
    """One row a metric of a system.

    Args:
        replication: Number of the replication.
        metrics: Metrics by system.
    """
    rows = [
        (replication, system, metric, value) for system, values in metrics.items() for metric, value in values.items()
    ]
    return pl.DataFrame(rows, schema=METRIC_COLUMNS, orient="row")


def summarise(metrics: pl.DataFrame) -> Summary:
    """Mean and 95 % interval of each metric over the replications, systems and metrics in the order of the table."""
    summary: Summary = {}
    for (system, metric), rows in metrics.group_by("system", "metric", maintain_order=True):
        summary.setdefault(str(system), {})[str(metric)] = student(rows["value"].to_numpy())
    return summary


def fragmentation_table(replication: int, identities: Sequence[tuple[str, Int64]]) -> pl.DataFrame:
    """How many people a system takes for how many identities: tidy, one row a number of identities.

    Args:
        replication: Number of the replication.
        identities: Name of each system with the number of identities of each person whom it saw.
    """
    tables = []
    for system, each in identities:
        numbers, people = np.unique(each, return_counts=True)
        rows = {"replication": replication, "system": system, "identities": numbers, "people": people}
        tables.append(pl.DataFrame(rows, schema=FRAGMENTATION_COLUMNS))
    return pl.concat(tables)


def causes_table(replication: int, causes: dict[str, list[Charges]]) -> pl.DataFrame:
    """How many errors each cause is charged with, and how many interactions they affect: tidy, one row a cause.

    Args:
        replication: Number of the replication.
        causes: What each system's errors are charged to.
    """
    rows = [
        (replication, system, error.value, cause.value, count, interactions)
        for system, charged in causes.items()
        for error, cause, count, interactions in counts(charged)
    ]
    return pl.DataFrame(rows, schema=CAUSES_COLUMNS, orient="row")


def causes_in_all(causes: pl.DataFrame) -> pl.DataFrame:
    """Counts over all replications: system, error, cause, count, interactions, the most frequent cause first."""
    return (
        causes.group_by("system", "error", "cause", maintain_order=True)
        .agg(pl.col("count", "interactions").sum())
        .sort("count", descending=True, maintain_order=True)
    )


def summary_json(summary: Summary, judgements: Sequence[Judgement], causes: pl.DataFrame) -> str:
    """The summary, the causes over all replications and the verdicts as JSON; what is not a number is null."""
    return json.dumps(
        {
            "metrics": {
                system: {metric: _plain(asdict(interval)) for metric, interval in metrics.items()}
                for system, metrics in summary.items()
            },
            "causes": causes_in_all(causes).sort("system", "error", maintain_order=True).to_dicts(),
            "verdicts": [
                {"threshold": str(one.threshold), "verdict": one.verdict.value, **_plain(asdict(one.interval))}
                for one in judgements
            ],
        },
        indent=2,
    )


def _plain(figures: dict[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in figures.items()}
