"""The tidy table of metrics, and its summary over replications."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.measure import (
    Charges,
    Interval,
    Joined,
    accuracy_by_week,
    bootstrapped,
    counts,
    identities_per_person,
    segmentation,
    student,
)

if TYPE_CHECKING:
    from sim.report.verdict import Judgement

METRIC_COLUMNS = {"replication": pl.Int32, "system": pl.String, "metric": pl.String, "value": pl.Float64}
FRAGMENTATION_COLUMNS = {"replication": pl.Int32, "system": pl.String, "identities": pl.Int64, "people": pl.Int64}
WEEK_COLUMNS = {
    "replication": pl.Int32,
    "system": pl.String,
    "week": pl.Int64,
    "interactions": pl.Int64,
    "precision": pl.Float64,
    "recall": pl.Float64,
}
LENGTH_COLUMNS = {
    "replication": pl.Int32,
    "system": pl.String,
    "of": pl.String,
    "pages": pl.Int64,
    "visits": pl.Int64,
}
RESAMPLED_COLUMNS = {
    "replication": pl.Int32,
    "system": pl.String,
    "metric": pl.String,
    "draw": pl.Int32,
    "value": pl.Float64,
}
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


def summarise(metrics: pl.DataFrame, resampled: pl.DataFrame | None = None) -> Summary:
    """Mean and 95 % interval of each metric over the replications, systems and metrics in the order of the table.

    Args:
        metrics: The tidy table.
        resampled: Draws of the people of a single replication, whose intervals they give.
    """
    draws = {} if resampled is None else dict(resampled.group_by("system", "metric"))
    summary: Summary = {}
    for (system, metric), rows in metrics.group_by("system", "metric", maintain_order=True):
        interval = student(rows["value"].to_numpy())
        if draws:
            interval = bootstrapped(interval.mean, draws[system, metric]["value"].to_numpy())
        summary.setdefault(str(system), {})[str(metric)] = interval
    return summary


def resampled_table(replication: int, draws: dict[str, list[dict[str, float]]]) -> pl.DataFrame:
    """One row a metric of a system in a draw.

    Args:
        replication: Number of the replication.
        draws: Metrics of each draw, by system.
    """
    rows = [
        (replication, system, metric, number, value)
        for system, of_system in draws.items()
        for number, metrics in enumerate(of_system)
        for metric, value in metrics.items()
    ]
    return pl.DataFrame(rows, schema=RESAMPLED_COLUMNS, orient="row")


def distribution_tables(replication: int, system: str, joined: Joined) -> dict[str, pl.DataFrame]:
    """What plots of distributions are drawn from, of one system, tidy.

    - `fragmentation`: how many people a system takes for how many identities;
    - `accuracy_by_week`: B-cubed precision and recall by weeks since a person's first interaction;
    - `visit_lengths`: how many visits, true and believed, have so many page loads.
    """
    column = {"replication": replication, "system": system}
    number, people = np.unique(identities_per_person(joined.identities), return_counts=True)
    fragmentation = {**column, "identities": number, "people": people}
    row = joined.belief.row
    week = accuracy_by_week(
        person=joined.truth.person[row].astype(np.int64),
        identity=joined.belief.identity,
        time=joined.trace.events.time[row],
    )
    weeks = {
        **column,
        "week": np.arange(len(week.interactions)),
        "interactions": week.interactions,
        "precision": week.precision,
        "recall": week.recall,
    }
    cut = segmentation(joined.pages)
    lengths = [
        pl.DataFrame({**column, "of": of, "pages": pages.numbers, "visits": pages.counts}, schema=LENGTH_COLUMNS)
        for of, pages in (("true", cut.true.loads), ("believed", cut.believed.loads))
    ]
    return {
        "fragmentation": pl.DataFrame(fragmentation, schema=FRAGMENTATION_COLUMNS),
        "accuracy_by_week": pl.DataFrame(weeks, schema=WEEK_COLUMNS),
        "visit_lengths": pl.concat(lengths),
    }


def causes_table(replication: int, causes: dict[str, list[Charges]]) -> pl.DataFrame:
    """How many errors each cause is charged with, and how many interactions they affect: tidy, one row a cause.

    Args:
        replication: Number of the replication.
        causes: What each system's errors are charged to.
    """
    rows = [
        (replication, system, error.value, cause.text, count, interactions)
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


def summary_json(
    summary: Summary, judgements: Sequence[Judgement], tables: Mapping[str, pl.DataFrame], precision: str = ""
) -> str:
    """The summary as JSON; what is not a number is null.

    Args:
        summary: Intervals of the metrics.
        judgements: The verdicts.
        tables: A run's tables, of which causes, differences between systems, and the gains of what-ifs are told.
        precision: What became of the precision asked for.
    """
    return json.dumps(
        {
            "metrics": {
                system: {metric: _plain(asdict(interval)) for metric, interval in metrics.items()}
                for system, metrics in summary.items()
            },
            "causes": causes_in_all(tables["causes"]).sort("system", "error", maintain_order=True).to_dicts(),
            "differences": [_plain(row) for row in tables["differences"].to_dicts()],
            **({"gains": [_plain(row) for row in tables["gains"].to_dicts()]} if "gains" in tables else {}),
            **({"precision": precision} if precision else {}),
            "verdicts": [
                {"threshold": str(one.threshold), "verdict": one.verdict.value, **_plain(asdict(one.interval))}
                for one in judgements
            ],
        },
        indent=2,
    )


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in figures.items()
    }
