"""Simulated beside published: what agrees, and on which seeds it does."""

from __future__ import annotations

import json
import math

import polars as pl
import pytest

from sim.calibrate import Agreement, Comparison, calibrate, write
from sim.calibrate.comscore import COMSCORE_2007, STUDY, cookie_deletion
from sim.measure import Interval
from tests.publish_calibration import PAGE, page

UNSEEN = (4711, 31337, 90210)
"""Seeds that the preset was not fitted on."""


def compared(least, most, **bounds):
    interval = Interval((least + most) / 2, least, most, 0.1, 5)
    if bounds:
        return Comparison(study="a", figure="b", published="c", simulated=interval, **bounds)
    return Comparison.within_tolerance("a", "b", 2.0, interval)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.81, 2.19, Agreement.AGREES),
        (1.79, 2.0, Agreement.NOT_SURE),
        (2.0, 2.21, Agreement.NOT_SURE),
        (1.0, 3.0, Agreement.NOT_SURE),
        (2.21, 2.3, Agreement.DIFFERS),
        (1.7, 1.79, Agreement.DIFFERS),
    ],
)
def test_the_whole_interval_decides(low, high, expected):
    assert compared(low, high).agreement is expected


def test_a_bound_may_be_one_sided_or_none():
    assert compared(0.1, 5, low=0.0, high=math.inf).agreement is Agreement.AGREES
    assert compared(0.1, 5, value=1.0).agreement is Agreement.BESIDE


@pytest.mark.parametrize("seed", UNSEEN)
def test_each_first_party_figure_of_comscore_is_within_ten_percent_with_its_interval(seed):
    # 50,000 computers: the standard error of the share of heavy ones is 0.0011, 1.6 % of it, and Student's factor 2.3.
    compared = cookie_deletion(seed, 5000, 10, lambda: None)
    assert [one.figure for one in compared] == [name.replace("_", " ") for name in COMSCORE_2007]
    assert {one.figure: one.agreement for one in compared} == {one.figure: Agreement.AGREES for one in compared}


@pytest.fixture(scope="module")
def calibration():
    return calibrate(seed=4711, people=300, replications=2)


def test_every_study_is_in_the_results(calibration):
    studies = {one.study for one in calibration.comparisons}
    assert studies == {
        STUDY, "Commanders Act 2018", "Commanders Act 2019", "Commanders Act 2022", "Fox Rothschild 2019",
        "StatCounter",
        "Coey, Bailey 2016", "Halfaker et al. 2015", "Huberman et al. 1998", "Liu et al. 2010",
    }  # fmt: skip


def test_tables_and_plots_are_written_and_the_summary_comes_last(calibration, tmp_path, monkeypatch):
    write(calibration, tmp_path)
    told = json.loads((tmp_path / "calibration.json").read_text())
    table = pl.read_parquet(tmp_path / "calibration.parquet")
    assert len(told["comparisons"]) == len(table) == len(calibration.comparisons)
    assert {path.name for path in tmp_path.iterdir()} == {
        "calibration.json", "calibration.parquet",
        *(f"{name}.{kind}" for name in ("cookie_deletion", "shares", "behaviour") for kind in ("png", "svg")),
    }  # fmt: skip

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.calibrate.results.shares_plot", full)
    with pytest.raises(OSError, match="No space"):
        write(calibration, tmp_path)
    assert not (tmp_path / "calibration.json").exists()


def test_the_published_page_is_what_was_published():
    assert PAGE.read_text(encoding="utf-8") == page()
