"""Two runs held against each other."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import ttest_ind

from sim.report import FinishedRun, FolderError, compare
from sim.report.terminal import HEADLINES


@pytest.fixture
def finished(scenario, tmp_path):
    """A function that writes a run's folder with given values of all metrics of its systems."""

    def write(name, values, *changes, resampled=None):
        folder = tmp_path / name
        folder.mkdir()
        whole = scenario(*changes)
        manifest = {"state": "finished", "scenario": whole.model_dump(mode="json")}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        (folder / "summary.json").write_text("{}")
        tables = {"metrics": values} | ({"resampled": resampled} if resampled else {})
        for table, column in tables.items():
            rows = [(system, metric, value) for system in whole.systems for metric in HEADLINES for value in column]
            schema = {"system": pl.String, "metric": pl.String, "value": pl.Float64}
            pl.DataFrame(rows, schema=schema, orient="row").write_parquet(folder / f"{table}.parquet")
        return FinishedRun.read(folder)

    return write


def test_runs_with_the_same_visitors_are_paired(finished):
    comparison = compare(
        finished("a", [0.1, 0.5, 0.9]), finished("b", [0.2, 0.6, 1.0], {"consent": {"banner": "opt_out"}})
    )
    assert comparison.paired
    interval = comparison.differences["as_is"]["visits.exact"]
    assert (interval.mean, interval.low, interval.high) == pytest.approx((0.1, 0.1, 0.1))


@pytest.mark.parametrize("change", [{"seed": 2}, {"days": 31}, {"population": {"people": 61}}])
def test_runs_with_other_visitors_have_welchs_interval(finished, change):
    first, second = np.array([0.1, 0.5, 0.9]), np.array([0.2, 0.6, 1.3, 1.1])
    comparison = compare(finished("a", first.tolist()), finished("b", second.tolist(), change))
    assert not comparison.paired
    expected = ttest_ind(second, first, equal_var=False).confidence_interval(0.95)
    interval = comparison.differences["as_is"]["visits.exact"]
    assert interval.mean == pytest.approx(0.3)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_single_replications_are_compared_draw_by_draw(finished):
    first = finished("a", [0.5], resampled=[0.1, 0.5, 0.9])
    interval = compare(first, finished("b", [0.6], resampled=[0.2, 0.6, 1.0])).differences["as_is"]["visits.exact"]
    assert (interval.low, interval.high) == pytest.approx((0.1, 0.1))


def test_the_same_everywhere_has_no_unpaired_interval_and_warns_of_nothing(finished):
    interval = compare(finished("a", [1.0, 1.0]), finished("b", [1.0, 1.0], {"seed": 2})).differences["as_is"]
    assert math.isnan(interval["visits.exact"].low)


def test_runs_without_a_system_in_common_are_refused(finished, scenario):
    first = finished("a", [1.0])
    other = FinishedRun(
        first.folder,
        first.scenario.model_copy(update={"systems": {"other": first.scenario.systems["as_is"]}}),
        first.manifest,
        first.results,
    )
    with pytest.raises(FolderError, match="no system of one"):
        compare(first, other)


def test_a_run_that_gives_the_same_each_time_can_be_compared_without_a_warning(finished):
    first, second = finished("a", [0.5, 0.5, 0.5]), finished("b", [0.5, 0.5, 0.6], {"seed": 2})
    interval = compare(first, second).differences["as_is"]["visits.exact"]
    assert interval.low < interval.mean < interval.high
