"""The simulated study of cookie deletion against the published figures, on seeds that the preset was not fitted on."""

from __future__ import annotations

import polars as pl
import pytest

from sim.calibrate import COMSCORE_2007, Comparison, calibrate, calibration_table
from sim.measure import Interval


@pytest.fixture(scope="module")
def comparisons():
    return calibrate(seed=4711, people=5000, replications=4)


@pytest.mark.parametrize("row", range(len(COMSCORE_2007)), ids=list(COMSCORE_2007))
def test_each_first_party_figure_of_comscore_is_within_ten_percent(comparisons, row):
    one = comparisons[row]
    # 20,000 computers: the standard error of the share of heavy ones is 0.002, 3 % of it.
    assert one.agrees, f"{one.figure}: {one.simulated.mean:.3f} where {one.published} is published"


def test_a_figure_further_off_does_not_agree():
    near, far = (Comparison(figure="a", published=2.0, simulated=Interval(x, x, x, 0, 2)) for x in (2.19, 2.21))
    assert near.agrees
    assert not far.agrees


def test_the_table_has_a_row_for_each_figure(comparisons):
    table = calibration_table(comparisons)
    assert table["figure"].to_list() == list(COMSCORE_2007)
    assert table.filter(pl.col("low") > pl.col("simulated")).is_empty()
    assert (table["replications"] == 4).all()
