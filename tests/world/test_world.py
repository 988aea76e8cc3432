"""What the world promises: nobody's history depends on anybody else's, nor on what is not theirs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

import sim.world
from sim.records import DAY, Action, Trace
from sim.world import cohorts, live
from tests.world.histories import assert_same, columns_of


def test_one_more_person_leaves_everybody_elses_history_unchanged(scenario):
    few, more = live(scenario(), 0), live(scenario({"population": {"people": 61}}), 0)
    assert (more[1].person == 60).any()
    assert_same(columns_of(*few, few[1].person < 60), columns_of(*more, more[1].person < 60))


def test_the_number_of_days_leaves_the_days_before_unchanged(scenario):
    short, long = live(scenario(), 0), live(scenario({"days": 40}), 0)
    end = scenario().end_ms
    assert_same(columns_of(*short, short[0].events.time < end), columns_of(*long, long[0].events.time < end))


def test_clearing_leaves_visits_and_forms_unchanged(scenario):
    often, never = live(scenario({"population": {"clearing": [{"share": 1, "every": "1d"}]}}), 0), None
    never = live(scenario({"population": {"clearing": [{"share": 1}]}}), 0)
    assert (often[0].events.action == Action.CLEAR).any()
    assert not (never[0].events.action == Action.CLEAR).any()
    others = [trace.events.action != Action.CLEAR for trace, _ in (often, never)]
    assert_same(columns_of(*often, others[0]), columns_of(*never, others[1]))
    np.testing.assert_array_equal(often[0].forms.email, never[0].forms.email)


def test_consent_and_browser_mix_leave_the_trace_unchanged(scenario):
    changed = {"consent": {"accept": 0.1, "reject": 0.8, "ignore": 0.1}, "browsers": {"desktop": {"safari": 1}}}
    first, second = live(scenario(), 0), live(scenario(changed), 0)
    assert_same(columns_of(*first, slice(None)), columns_of(*second, slice(None)))


def test_where_cohorts_are_cut_changes_nothing(scenario, monkeypatch):
    whole = live(scenario(), 0)
    monkeypatch.setattr(sim.world, "COHORT_PEOPLE", 7)
    cut = live(scenario(), 0)
    assert_same(columns_of(*whole, slice(None)), columns_of(*cut, slice(None)))
    for name in whole[0].browsers.schema():
        np.testing.assert_array_equal(getattr(whole[0].browsers, name), getattr(cut[0].browsers, name))
    np.testing.assert_array_equal(whole[0].events.browser, cut[0].events.browser)
    np.testing.assert_array_equal(whole[0].days_used, cut[0].days_used)
    for trace in (whole[0], cut[0]):
        submits = trace.events.detail[trace.events.action == Action.SUBMIT]
        assert (submits >= 0).all()
        assert (submits < len(trace.forms)).all()


def test_replications_are_different_populations(scenario):
    first, second = live(scenario(), 0), live(scenario(), 1)
    assert len(first[0].events) != len(second[0].events)


def test_the_trace_is_in_the_order_of_time_and_events_are_told_apart(scenario):
    trace, _ = live(scenario(), 0)
    events = trace.events
    assert (np.diff(events.time) >= 0).all()
    assert len(np.unique(events.event)) == len(events)
    assert events.time.min() >= scenario().start_ms
    assert events.time.max() < scenario().end_ms


def test_a_visit_is_in_one_browser_and_its_persons_visits_do_not_overlap(scenario):
    trace, truth = live(scenario({"population": {"visits_per_month": 60}}), 0)
    loads = trace.events.action == Action.LOAD
    spans = {}
    for visit, person, browser, time in zip(
        truth.visit[loads], truth.person[loads], trace.events.browser[loads], trace.events.time[loads], strict=True
    ):
        first, _, owner, where = spans.get(visit, (time, time, person, browser))
        assert (owner, where) == (person, browser)
        spans[visit] = (first, time, person, browser)
    by_person = {}
    for first, last, person, _ in spans.values():
        by_person.setdefault(person, []).append((first, last))
    for visits in by_person.values():
        visits.sort()
        assert all(left[1] < right[0] for left, right in pairwise(visits))


def test_a_trace_is_read_back_as_written(scenario, tmp_path):
    trace, _ = live(scenario(), 0)
    trace.write(tmp_path)
    again = Trace.read(tmp_path)
    for table in ("events", "browsers", "forms"):
        for name in getattr(trace, table).schema():
            np.testing.assert_array_equal(getattr(getattr(trace, table), name), getattr(getattr(again, table), name))
    np.testing.assert_array_equal(trace.days_used, again.days_used)


def test_people_come_as_often_as_the_scenario_says_from_the_first_week_to_the_last(scenario):
    settings = {"people": 3000, "visits_per_month": 4, "return_gap": {"tail": 3, "minimum": "1s"}, "activity_spread": 0}
    trace, truth = live(scenario({"days": 28, "population": settings}), 0)
    loads = trace.events.action == Action.LOAD
    visits, first = np.unique(truth.visit[loads], return_index=True)
    week = (trace.events.time[loads][first] - scenario().start_ms) // (7 * DAY)
    expected = 3000 * 4 * 7 / 30
    # Visits of one person are not independent: the variance of a week's count is some times a Poisson's.
    assert np.abs(np.bincount(week) - expected).max() < 5 * np.sqrt(3 * expected)
    assert len(visits) == pytest.approx(4 * expected, rel=0.05)


def test_arrivals_follow_the_hours(scenario):
    hours = [0] * 24
    hours[9], hours[20] = 1, 3
    rhythm = {"hours": hours, "weekdays": [1] * 7, "utc_offset_hours": 2}
    settings = {"people": 1000, "rhythm": rhythm, "return_gap": {"minimum": "1s"}}
    trace, truth = live(scenario({"population": settings}), 0)
    loads = np.flatnonzero(trace.events.action == Action.LOAD)
    _, first = np.unique(truth.visit[loads], return_index=True)
    hour = trace.events.time[loads][first] // 3_600_000 % 24
    counts = np.bincount(hour, minlength=24)
    assert counts[7] + counts[18] > 0.98 * counts.sum()  # local 9 and 20 o'clock; a few come a visit's length later
    assert stats.binomtest(int(counts[7]), int(counts[7] + counts[18]), 0.25).pvalue > 0.001


def test_cohorts_come_one_by_one(scenario, monkeypatch):
    monkeypatch.setattr(sim.world, "COHORT_PEOPLE", 25)
    assert [len(np.unique(trace.browsers.key // 64)) for trace, _ in cohorts(scenario(), 0)] == [25, 25, 10]


def test_shards_are_the_cohorts_of_the_whole(scenario, monkeypatch):
    monkeypatch.setattr(sim.world, "COHORT_PEOPLE", 8)
    whole = list(cohorts(scenario(), 0))
    dealt = [list(cohorts(scenario(), 0, shard, 3)) for shard in range(3)]
    assert sum(len(shard) for shard in dealt) == len(whole) == 8
    for number, world in enumerate(whole):
        assert_same(columns_of(*world, slice(None)), columns_of(*dealt[number % 3][number // 3], slice(None)))
