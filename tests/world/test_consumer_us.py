"""The preset `consumer_us` against what it says it is taken from: comScore's study of cookie deletion."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.calibrate import COMSCORE_2007, TOLERANCE
from sim.measure import deletion_figures
from sim.records import Action
from sim.scenario import parse, presets
from sim.world import live

WATCHED_DAILY = {
    "preset": "consumer_us",
    "people": 12_000,
    "groups": [{"share": 1}],
    "devices": {"1": 1},
    "device_kinds": {"desktop": 1},
    "device_reset": {"every": None},
    "private_windows": {"people": 0},
    "visits_per_month": 60,
    "activity_spread": 0,
    "return_gap": {"tail": 3},
    "pages": {"mean": 0.5},
}
"""The people of the preset, each with one computer, as visitors of a site that they come to every day."""


def test_its_browsers_and_clearing_are_those_fitted_to_the_study():
    fitted, taken = (presets("population")[name].figures for name in ("comscore_2007", "consumer_us"))
    for field in ("browsers", "main_browser", "clearing"):
        assert taken[field].value == fitted[field].value


@pytest.fixture(scope="module")
def figures():
    said = {"name": "one", "seed": 4712, "days": 31, "population": WATCHED_DAILY}
    scenario = parse(json.dumps(said | {"systems": {"as_is": {"use": "outbound_marketing"}}}))
    trace, truth = live(scenario, 0)
    action = trace.events.action
    return deletion_figures(
        owner=truth.person.astype(np.int64),
        browser=trace.events.browser.astype(np.int64),
        load=action == Action.LOAD,
        cleared=action == Action.CLEAR,
    )


@pytest.mark.parametrize("figure", list(COMSCORE_2007))
def test_a_site_visited_daily_sees_cookies_deleted_as_often_as_published(figures, figure):
    # 12,000 computers: the standard error of the share of heavy ones is 0.0023, 3 % of it.
    assert figures[figure] == pytest.approx(COMSCORE_2007[figure], rel=TOLERANCE)
