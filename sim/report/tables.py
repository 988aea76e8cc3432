"""The tidy table of metrics, and its summary over replications."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.measure import Interval, student
from sim.records import Int64

if TYPE_CHECKING:
    from sim.report.verdict import Judgement

METRIC_COLUMNS = {"replication": pl.Int32, "system": pl.String, "metric": pl.String, "value": pl.Float64}
FRAGMENTATION_COLUMNS = {"replication": pl.Int32, "system": pl.String, "identities": pl.Int64, "people": pl.Int64}

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
    for system, counts in identities:
        numbers, people = np.unique(counts, return_counts=True)
        rows = {"replication": replication, "system": system, "identities": numbers, "people": people}
        tables.append(pl.DataFrame(rows, schema=FRAGMENTATION_COLUMNS))
    return pl.concat(tables)


def summary_json(summary: Summary, judgements: Sequence[Judgement]) -> str:
    """The summary and the verdicts as JSON; what is not a number is null."""
    return json.dumps(
        {
            "metrics": {
                system: {metric: _plain(asdict(interval)) for metric, interval in metrics.items()}
                for system, metrics in summary.items()
            },
            "verdicts": [
                {"threshold": str(one.threshold), "verdict": one.verdict.value, **_plain(asdict(one.interval))}
                for one in judgements
            ],
        },
        indent=2,
    )


def _plain(figures: dict[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in figures.items()}
