"""Replications are added until the headline intervals are narrow enough, or no more are allowed."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from sim.report.precision import PRECISE, more_replications
from sim.report.tables import METRIC_COLUMNS
from sim.runs import run
from tests.test_run import no_plots, ticking  # noqa: F401


def table(values):
    rows = [
        (number, system, metric, value)
        for number, value in enumerate(values)
        for system in ("a", "b")
        for metric in PRECISE
    ]
    return pl.DataFrame(rows, schema=METRIC_COLUMNS, orient="row")


@pytest.mark.parametrize(
    ("values", "more"),
    [([0.7], range(1, 6)), ([0.7, 0.9], range(2, 7)), ([0.7, 0.7001, 0.7002], range(0)), ([0.1, 0.9] * 4, range(0))],
)
def test_few_more_until_it_is_narrow_or_enough(scenario, values, more):
    world = scenario({"precision": 0.01, "max_replications": 8})
    wanted, said = more_replications(world, table(values))
    assert wanted == more
    assert ("not reached" in said) == (len(values) == 8)


def test_without_a_precision_nothing_is_added(scenario):
    assert more_replications(scenario(), table([0.1, 0.9])) == (range(0), "")


def test_a_run_ends_as_it_says_and_the_number_of_workers_changes_nothing(scenario, tmp_path):
    world = scenario({"precision": 0.2, "max_replications": 7, "population": {"people": 25}})
    runs = [run(world, tmp_path / str(workers), clock=ticking(), workers=workers) for workers in (1, 2)]
    assert runs[0].precision.startswith(("reached with", "not reached with 7"))
    assert runs[0].precision == runs[1].precision
    assert runs[0].tables["metrics"].equals(runs[1].tables["metrics"])
    widest = max(
        (interval.high - interval.low) / 2
        for metrics in runs[0].summary.values()
        for interval in (metrics[name] for name in PRECISE)
    )
    assert (widest <= 0.2) == runs[0].precision.startswith("reached")
    assert f"{widest:.4f}" in runs[0].precision


def test_differences_are_those_of_the_same_replications(scenario, tmp_path):
    systems = {
        "as_is": {"use": "outbound_marketing"},
        "off": {"use": "outbound_marketing", "settings": {"first_party_id": "off"}},
    }
    tables = run(scenario({"systems": systems, "replications": 3}), tmp_path, clock=ticking(), workers=1).tables
    one = tables["differences"].filter(metric="identity.bcubed.f1").row(0, named=True)
    values = tables["metrics"].filter(metric="identity.bcubed.f1").sort("replication")
    first, second = (values.filter(system=name)["value"].to_numpy() for name in ("as_is", "off"))
    assert (one["first"], one["second"]) == ("as_is", "off")
    assert one["mean"] == pytest.approx(np.mean(second - first))
    interval = stats.ttest_rel(second, first).confidence_interval(0.95)
    assert (one["low"], one["high"]) == pytest.approx((interval.low, interval.high))
