"""What is compared on the same visitors: systems with one another, and a world with itself without some causes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import polars as pl

from sim.measure import Interval, bootstrapped, paired_difference
from sim.records import Float64

WHAT_IF_COLUMNS = {
    "replication": pl.Int32,
    "system": pl.String,
    "alternative": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
}
_INTERVAL = {"mean": pl.Float64, "low": pl.Float64, "high": pl.Float64, "sd": pl.Float64, "n": pl.Int64}
DIFFERENCE_COLUMNS = {"metric": pl.String, "first": pl.String, "second": pl.String, **_INTERVAL}
GAIN_COLUMNS = {"system": pl.String, "alternative": pl.String, "against": pl.String, "metric": pl.String, **_INTERVAL}
ALL_REMOVED = "without all"


def what_if_table(replication: int, values: dict[tuple[str, str], dict[str, float]]) -> pl.DataFrame:
    """One row a metric of a system in an alternative.

    Args:
        replication: Number of the replication.
        values: Metrics by system and alternative.
    """
    rows = [
        (replication, system, alternative, metric, value)
        for (system, alternative), metrics in values.items()
        for metric, value in metrics.items()
    ]
    return pl.DataFrame(rows, schema=WHAT_IF_COLUMNS, orient="row")


def differences(metrics: pl.DataFrame, resampled: pl.DataFrame | None = None) -> pl.DataFrame:
    """How much higher each metric is for one system than for another one before it, replication by replication.

    Args:
        metrics: The tidy table of a run.
        resampled: Draws of the people of a single replication, the same people for each system.

    Returns:
        Metric, first and second system, the paired difference (second less first) with its 95 % interval.
    """
    by_system = dict(_values(metrics, "system"))
    draws = {} if resampled is None else dict(_values(resampled, "system"))
    rows = []
    for first, second in combinations(by_system, 2):
        for metric, values in by_system[first].items():
            interval = paired_difference(first=values, second=by_system[second][metric])
            if draws:
                interval = bootstrapped(interval.mean, draws[second][metric] - draws[first][metric])
            rows.append((metric, first, second, *_row(interval)))
    return pl.DataFrame(rows, schema=DIFFERENCE_COLUMNS, orient="row")


def gains(metrics: pl.DataFrame, what_if: pl.DataFrame) -> pl.DataFrame:
    """What each alternative gains, replication by replication.

    Returns:
        System, alternative, what it is held against (`as it is`; for `only ...` the world without all those causes, so
        that the gain is what the cause costs alone), metric, the gain with its 95 % interval.
    """
    base = dict(_values(metrics, "system"))
    rows = []
    for (system,), table in what_if.group_by("system", maintain_order=True):
        alternatives = dict(_values(table, "alternative"))
        for name, values in alternatives.items():
            only = name.startswith("only ")
            against = alternatives[ALL_REMOVED] if only else base[str(system)]
            for metric, value in values.items():
                interval = paired_difference(first=against[metric], second=value)
                rows.append((system, name, ALL_REMOVED if only else "as it is", metric, *_row(interval)))
    return pl.DataFrame(rows, schema=GAIN_COLUMNS, orient="row")


def _values(table: pl.DataFrame, by: str) -> Iterator[tuple[str, dict[str, Float64]]]:
    """Values of each metric in the order of replications, by a column."""
    for (name,), rows in table.group_by(by, maintain_order=True):
        of_metric = rows.sort("replication", maintain_order=True).group_by("metric", maintain_order=True)
        yield str(name), {str(metric): values["value"].to_numpy() for (metric,), values in of_metric}


def _row(interval: Interval) -> tuple[float, float, float, float, int]:
    return interval.mean, interval.low, interval.high, interval.sd, interval.n
