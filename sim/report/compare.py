"""Two runs held against each other: pairs of replications on the same visitors where there are any."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from rich.table import Table
from scipy.special import stdtrit

from sim.measure import Interval, bootstrapped, paired_difference
from sim.records import Float64
from sim.report.finished import FinishedRun
from sim.report.folder import FolderError
from sim.report.terminal import HEADLINES, difference_seen


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much higher each metric is in the second run than in the first."""

    paired: bool
    """Whether both runs have the same people who do the same things."""
    differences: dict[str, dict[str, Interval]]
    """By system, of those in both runs, and headline metric."""


def compare(first: FinishedRun, second: FinishedRun) -> Comparison:
    """Compare two runs, system by system.

    They are paired, replication by replication, where what people do depends on the same fields: seed, first day,
    days, population and website. Otherwise the interval is Welch's ("The generalization of Student's problem when
    several different population variances are involved", Biometrika 34, 1947).

    Raises:
        FolderError: If one is a sweep, or no system of one has the name of one of the other.
    """
    for run in (first, second):
        if run.points:
            raise FolderError(f"{run.folder}: this is a sweep, and two runs of one point each can be compared")
    systems = [name for name in first.scenario.systems if name in second.scenario.systems]
    if not systems:
        raise FolderError(f"{first.folder} and {second.folder}: no system of one has the name of one of the other")
    paired = all(getattr(first.scenario, name) == getattr(second.scenario, name) for name in _WHAT_PEOPLE_DO)
    differences = {
        system: {metric: _difference(first, second, system, metric, paired) for metric in HEADLINES}
        for system in systems
    }
    return Comparison(paired, differences)


_WHAT_PEOPLE_DO = ("seed", "start", "days", "population", "website")


def comparison_seen(comparison: Comparison) -> Table:
    """The comparison as a table, one column a system; in brackets what may be nothing."""
    how = "on the same visitors" if comparison.paired else "unpaired: the runs have different visitors"
    table = Table(
        caption=f"second run less first, {how}; ± half of the 95 % interval; (it may be none at all)",
        caption_justify="left",
    )
    table.add_column("metric")
    for system in comparison.differences:
        table.add_column(system, justify="right")
    for metric, label in HEADLINES.items():
        table.add_row(label, *(difference_seen(of_system[metric]) for of_system in comparison.differences.values()))
    return table


def _difference(first: FinishedRun, second: FinishedRun, system: str, metric: str, paired: bool) -> Interval:
    values = [_values(run, "metrics", system, metric) for run in (first, second)]
    if not paired:
        return _welch(*values)
    both = min(map(len, values))  # one run may have added replications for its precision
    interval = paired_difference(first=values[0][:both], second=values[1][:both])
    if both == 1 and all((run.folder / "resampled.parquet").exists() for run in (first, second)):
        draws = [_values(run, "resampled", system, metric) for run in (first, second)]
        return bootstrapped(interval.mean, draws[1] - draws[0])
    return interval


def _values(run: FinishedRun, table: str, system: str, metric: str) -> Float64:
    rows = pl.read_parquet(run.folder / f"{table}.parquet")
    return rows.filter((pl.col("system") == system) & (pl.col("metric") == metric))["value"].to_numpy()


def _welch(first: Float64, second: Float64) -> Interval:
    """Difference of means of independent samples (Welch, Biometrika 34, 1947)."""
    first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    n = min(len(first), len(second))
    mean = float(second.mean() - first.mean()) if n else math.nan
    if n < 2:
        return Interval(mean, math.nan, math.nan, math.nan, n)
    sd = math.hypot(float(first.std(ddof=1)), float(second.std(ddof=1)))
    if not sd > 0:
        return Interval(mean, math.nan, math.nan, sd, n)
    of_means = [float(values.var(ddof=1)) / len(values) for values in (first, second)]
    freedom = sum(of_means) ** 2 / sum(
        one**2 / (len(values) - 1) for one, values in zip(of_means, (first, second), strict=True)
    )
    half = float(stdtrit(freedom, 0.975)) * math.sqrt(sum(of_means))
    return Interval(mean, mean - half, mean + half, sd, n)
