"""Devices that are reset or replaced, private windows, ad blockers: which browsers there are, and what ends them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.records import DAY, PRIVATE, Action
from sim.world import live

RESETS = {"device_reset": {"every": "20d", "replaced": 0.5}}
PRIVATE_WINDOWS = {"private_windows": {"people": 0.5, "visits": 0.4}}
HOME = {"groups": [{"share": 1, "people": {"3": 1}, "devices": {"1": 1}, "use": 0.5}]}


def test_a_reset_reaches_every_browser_on_the_device_at_once(scenario):
    trace, _ = live(scenario({"population": HOME | {"device_reset": {"every": "20d", "replaced": 0}}}), 0)
    events, browsers = trace.events, trace.browsers
    resets = np.flatnonzero(events.action == Action.RESET)
    assert len(resets)
    device = browsers.device[events.browser[resets]]
    for one in np.unique(device):
        times, count = np.unique(events.time[resets][device == one], return_counts=True)
        assert (count == (browsers.device == one).sum()).all()
        assert len(times)


def test_a_replaced_device_is_not_used_again(scenario):
    trace, truth = live(scenario({"population": HOME | {"device_reset": {"every": "10d", "replaced": 1}}}), 0)
    events, browsers = trace.events, trace.browsers
    first_generation = browsers.key < 1 << 42
    assert not first_generation.all()
    for browser in np.unique(events.browser[events.action == Action.RESET]):
        mine = events.browser == browser
        loads, resets = (events.time[mine & (events.action == one)] for one in (Action.LOAD, Action.RESET))
        assert len(resets) == 1
        _, starts = np.unique(truth.visit[mine & (events.action == Action.LOAD)], return_index=True)
        assert (loads[starts] < resets[0]).all()  # a visit begun before goes on


def test_devices_are_reset_as_often_as_the_scenario_says(scenario):
    trace, _ = live(scenario({"population": {"people": 2000} | RESETS}), 0)
    events, browsers = trace.events, trace.browsers
    base = browsers.key < 1 << 42
    resets = np.flatnonzero(events.action == Action.RESET)
    on_device = len(
        np.unique(np.stack([browsers.device[events.browser[resets]], events.time[resets] // 1000]), axis=1).T
    )
    expected = len(np.unique(browsers.device[base])) * 30 / 20
    assert on_device == pytest.approx(expected, abs=5 * np.sqrt(expected))


def test_private_windows_stand_beside_a_browser_and_are_closed_after_each_visit(scenario):
    trace, truth = live(scenario({"population": PRIVATE_WINDOWS | {"people": 500}}), 0)
    events, browsers = trace.events, trace.browsers
    usual = {int(key): row for row, key in enumerate(browsers.key) if not browsers.private[row]}
    for row in np.flatnonzero(browsers.private):
        beside = usual[int(browsers.key[row]) - PRIVATE]
        assert browsers.device[row] == browsers.device[beside]
        assert browsers.account[row] == browsers.account[beside]
    private = browsers.private[events.browser]
    visits = np.unique(truth.visit[private & (events.action == Action.LOAD)])
    closed = truth.visit[private & (events.action == Action.CLOSE)]
    whole = np.isin(visits, closed)
    assert 0 < (~whole).sum() + 1 < 5  # those that the end of the scenario cuts off
    assert not (private & np.isin(events.action, (Action.CLEAR, Action.RESET))).any()
    share = len(visits) / len(np.unique(truth.visit[events.action == Action.LOAD]))
    assert share == pytest.approx(0.5 * 0.4, abs=0.05)  # half of 500 people: the error of their share of visits is 0.01


def test_ad_blockers_and_clearing_at_close_go_by_person(scenario):
    habits = [{"share": 0.7}, {"share": 0.3, "at_close": True}]
    trace, _ = live(scenario({"population": {"people": 3000, "ad_blockers": 0.11, "clearing": habits}}), 0)
    person = trace.browsers.key // 64
    for column, share in ((trace.browsers.ad_blocker, 0.11), (trace.browsers.clear_on_close, 0.3)):
        by_person = np.bincount(person, column) / np.bincount(person)
        assert set(by_person) == {0, 1}
        assert by_person.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 3000))


def test_the_days_of_use_of_each_browser_hold_its_visits(scenario):
    said = scenario({"population": RESETS | PRIVATE_WINDOWS | {"days_of_use": 0}})
    trace, _ = live(said, 0)
    loads = trace.events.action == Action.LOAD
    days = (trace.events.time[loads] - said.start_ms) // DAY
    assert trace.days_used[trace.events.browser[loads], days].all()
    assert trace.days_used.shape == (len(trace.browsers), said.days)
