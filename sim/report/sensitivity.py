"""Which swept field a metric depends on: Sobol' indices, from the points of a `saltelli` sample."""

from __future__ import annotations

import numpy as np
import polars as pl

from sim.scenario import Sweep

COLUMNS = {
    "system": pl.String,
    "metric": pl.String,
    "field": pl.String,
    "first": pl.Float64,
    "first_half": pl.Float64,
    "total": pl.Float64,
    "total_half": pl.Float64,
}


def sensitivity(sweep: Sweep, metrics: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Share of a metric's variance that is due to a field by itself, and with all that it acts together with.

    Saltelli et al., Computer Physics Communications 181, 2010. The metric of a point is its mean over replications, so
    that what replications differ by counts as if no field explained it.

    Args:
        sweep: A sweep by a `saltelli` sample.
        metrics: The tidy table, with its points.
        seed: Seed of the bootstrap of the indices.

    Returns:
        One row a field of a metric of a system: the index of the first order and in total, each with half of its 95 %
        interval. Metrics that are the same at all points have none.
    """
    from SALib.analyze import sobol  # noqa: PLC0415 - it takes a second to import

    means = metrics.group_by("system", "metric", "point", maintain_order=True).agg(pl.col("value").mean())
    rows = []
    for (system, metric), table in means.group_by("system", "metric", maintain_order=True):
        values = table.sort("point")["value"].to_numpy()
        if np.isnan(values).any() or np.ptp(values) == 0:
            continue
        found = sobol.analyze(sweep.problem(), values, calc_second_order=False, seed=seed)
        rows += [
            (system, metric, field, *(float(found[name][place]) for name in ("S1", "S1_conf", "ST", "ST_conf")))
            for place, field in enumerate(sweep.axes)
        ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")
