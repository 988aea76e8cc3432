"""Thresholds decided on the interval of a metric, not on its mean alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

from sim.measure import METRICS, Best, Interval, paired_difference
from sim.report.folder import Tables
from sim.report.tables import Summary
from sim.scenario import Threshold


class Verdict(StrEnum):
    """What is to be said of a threshold."""

    PASS = "pass"
    FAIL = "fail"
    NOT_SURE = "not sure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A threshold, the interval of what it bounds, and the verdict."""

    threshold: Threshold
    interval: Interval
    verdict: Verdict


class BaselineError(ValueError):
    """The stored run that thresholds are held against cannot be used."""


def judge(
    summary: Summary, tables: Tables, thresholds: Mapping[str, str], baseline: pl.DataFrame | None = None
) -> list[Judgement]:
    """Decide each threshold: a pass or a fail if the whole interval lies on one side of the bound, else not sure.

    Where there is no interval, nothing is sure.

    Args:
        summary: Intervals of the metrics.
        tables: A point's tables, with the `differences` between systems.
        thresholds: Bounds by name, as a scenario writes them.
        baseline: The tidy metrics of the stored run that thresholds are held against.
    """
    judgements = []
    for name, bound in thresholds.items():
        threshold = Threshold.parse(name, bound)
        if threshold.baseline:
            assert baseline is not None
            interval = _since(baseline, tables["metrics"], threshold)
        elif threshold.less:
            interval = _difference(tables["differences"], threshold)
        else:
            interval = summary[threshold.system][threshold.metric]
        judgements.append(Judgement(threshold, interval, _decide(threshold, interval)))
    return judgements


def read_baseline(folder: Path, thresholds: Mapping[str, str]) -> pl.DataFrame:
    """The tidy metrics of a stored run.

    Raises:
        BaselineError: If there is no finished run, or it lacks a system or a metric that a threshold is on.
    """
    file = folder / "metrics.parquet"
    if not file.is_file():
        raise BaselineError(f"baseline: {folder}: no metrics.parquet is there; give the folder of a finished run")
    metrics = pl.read_parquet(file)
    if "point" in metrics.columns:
        raise BaselineError(f"baseline: {folder}: is a sweep; give the folder of a run at one point")
    for name, bound in thresholds.items():
        threshold = Threshold.parse(name, bound)
        if threshold.baseline and threshold.system not in metrics["system"]:
            raise BaselineError(f"baseline: {folder}: that run has no system {threshold.system!r}")
    return metrics


def _difference(differences: pl.DataFrame, threshold: Threshold) -> Interval:
    """How much more the system has of the metric than the other one, on the same visitors."""
    rows = differences.filter(pl.col("metric") == threshold.metric)
    for row in rows.to_dicts():
        interval = Interval(*(row[name] for name in ("mean", "low", "high", "sd", "n")))
        if (row["second"], row["first"]) == (threshold.system, threshold.less):
            return interval
        if (row["first"], row["second"]) == (threshold.system, threshold.less):
            return Interval(-interval.mean, -interval.high, -interval.low, interval.sd, interval.n)
    raise AssertionError(f"{threshold} is on systems that were not compared")


def _since(baseline: pl.DataFrame, metrics: pl.DataFrame, threshold: Threshold) -> Interval:
    """How much better the metric has become, replication by replication."""

    def values(table: pl.DataFrame) -> pl.DataFrame:
        of_system = table.filter((pl.col("system") == threshold.system) & (pl.col("metric") == threshold.metric))
        return of_system.select("replication", "value")

    both = values(baseline).join(values(metrics), on="replication", suffix="_now").sort("replication")
    interval = paired_difference(first=both["value"].to_numpy(), second=both["value_now"].to_numpy())
    if METRICS[threshold.metric].best is Best.LOW:
        return Interval(-interval.mean, -interval.high, -interval.low, interval.sd, interval.n)
    return interval


def _decide(threshold: Threshold, interval: Interval) -> Verdict:
    low, high = interval.low, interval.high
    bound = -threshold.bound if threshold.baseline else threshold.bound
    if threshold.at_least:
        passed, failed = low >= bound, high < bound
    else:
        passed, failed = high <= bound, low > bound
    return Verdict.PASS if passed else Verdict.FAIL if failed else Verdict.NOT_SURE
