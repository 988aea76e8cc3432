"""Groups: who is in one, what they share, and that only one person at a time uses a shared device."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import sim.world
from sim.draws import Stream
from sim.records import Action
from sim.world import live
from sim.world.groups import cohorts_of_groups
from tests.conftest import build
from tests.world.histories import assert_same, columns_of

HOUSEHOLD = {
    "share": 0.7,
    "people": {"1": 0.3, "2": 0.3, "4": 0.4},
    "devices": {"0": 0.2, "1": 0.5, "2": 0.3},
    "device_kinds": {"desktop": 0.6, "tablet": 0.4},
    "use": 0.6,
}
OFFICE = {"share": 0.3, "people": {"12": 1}, "devices": {"1": 1}, "own_accounts": 0.2, "use": 0.3, "turn_away": 0.2}
SHARING = {"population": {"groups": [HOUSEHOLD, OFFICE], "visits_per_month": 30}}


def stays_of(trace, truth):
    """First load, last moment, person, browser of each true visit, by visit."""
    loads = trace.events.action == Action.LOAD
    spans = {}
    for visit, person, browser, time, dwell in zip(
        truth.visit[loads],
        truth.person[loads],
        trace.events.browser[loads],
        trace.events.time[loads],
        trace.events.dwell[loads],
        strict=True,
    ):
        first, _, _, _ = spans.get(visit, (time, 0, 0, 0))
        spans[visit] = (int(first), int(time + dwell), int(person), int(browser))
    return list(spans.values())


def shared_devices(trace, truth):
    """Devices with the stays of several people on them, and those stays."""
    by_device = {}
    for first, last, person, browser in stays_of(trace, truth):
        by_device.setdefault(int(trace.browsers.device[browser]), []).append((first, last, person))
    return {device: sorted(stays) for device, stays in by_device.items() if len({stay[2] for stay in stays}) > 1}


@settings(max_examples=15)
@given(
    use=st.floats(0, 1),
    turn_away=st.floats(0, 1),
    own_accounts=st.floats(0, 1),
    people=st.integers(2, 6),
    seed=st.integers(0, 1000),
)
def test_a_shared_device_is_never_used_by_two_people_at_once(use, turn_away, own_accounts, people, seed):
    home = {"share": 1, "people": {str(people): 1}, "devices": {"1": 1}, "use": use, "turn_away": turn_away}
    said = {"groups": [home | {"own_accounts": own_accounts}], "visits_per_month": 300, "people": 24}
    trace, truth = live(build({"seed": seed, "days": 5, "population": said}), 0)
    for stays in shared_devices(trace, truth).values():
        assert all(before[1] < after[0] for before, after in pairwise(stays))
    by_person = {}
    for first, last, person, _ in stays_of(trace, truth):
        by_person.setdefault(person, []).append((first, last))
    for stays in by_person.values():
        assert all(before[1] < after[0] for before, after in pairwise(sorted(stays)))


def test_people_wait_for_a_taken_device_or_turn_to_their_own(scenario):
    def visits_on_shared(turn_away):
        home = {"share": 1, "people": {"4": 1}, "devices": {"1": 1}, "use": 0.8, "turn_away": turn_away}
        said = {"groups": [home], "visits_per_month": 600, "people": 40}
        trace, truth = live(scenario({"days": 5, "population": said}), 0)
        return sum(len(stays) for stays in shared_devices(trace, truth).values())

    assert visits_on_shared(1) < 0.9 * visits_on_shared(0)


def test_own_accounts_have_own_browsers_and_a_common_account_has_the_same(scenario):
    for own_accounts in (0, 1):
        home = {"share": 1, "people": {"3": 1}, "devices": {"1": 1}, "use": 1, "turn_away": 0}
        home |= {"own_accounts": own_accounts}
        trace, truth = live(scenario({"population": {"groups": [home], "visits_per_month": 30}}), 0)
        loads = trace.events.action == Action.LOAD
        account, person = trace.browsers.account[trace.events.browser[loads]], truth.person[loads]
        people_an_account = [len(np.unique(person[account == one])) for one in np.unique(account)]
        assert (max(people_an_account) == 1) is bool(own_accounts)
        assert len(np.unique(trace.browsers.device[trace.events.browser[loads]])) == 20  # of 60 people in threes


def test_browsers_are_told_apart_and_belong_to_one_account_on_one_device(scenario):
    trace, _ = live(scenario(SHARING), 0)
    browsers = trace.browsers
    assert len(np.unique(browsers.key)) == len(browsers)
    for account in np.unique(browsers.account):
        assert len(np.unique(browsers.device[browsers.account == account])) == 1
    for device in np.unique(browsers.device):
        assert len(np.unique(browsers.kind[browsers.device == device])) == 1


def test_a_person_uses_the_devices_of_their_own_group_alone(scenario):
    said = scenario(SHARING)
    trace, truth = live(said, 0)
    groups = list(cohorts_of_groups(said.population, Stream(said.seed, 0), 1000))
    group_of = np.repeat(np.concatenate([one.number for one in groups]), np.concatenate([one.size for one in groups]))
    device = trace.browsers.device[trace.events.browser]
    for one in np.unique(device):
        assert len(np.unique(group_of[truth.person[device == one]])) == 1


def test_more_groups_leave_the_groups_before_unchanged(scenario):
    few, more = scenario(SHARING), scenario(SHARING, {"population": {"people": 75}})
    sizes = np.concatenate([one.size for one in cohorts_of_groups(few.population, Stream(few.seed, 0), 1000)])
    whole = 60 - sizes[-1]  # the last group may be cut
    first, second = live(few, 0), live(more, 0)
    assert (second[1].person >= 60).any()
    assert_same(columns_of(*first, first[1].person < whole), columns_of(*second, second[1].person < whole))


def test_where_cohorts_of_groups_are_cut_changes_nothing(scenario, monkeypatch):
    whole = live(scenario(SHARING), 0)
    monkeypatch.setattr(sim.world, "COHORT_PEOPLE", 7)
    cut = live(scenario(SHARING), 0)
    assert_same(columns_of(*whole, slice(None)), columns_of(*cut, slice(None)))


def test_sizes_and_kinds_of_groups_follow_their_shares(scenario):
    population = scenario(SHARING, {"population": {"people": 40_000}}).population
    cohorts = list(cohorts_of_groups(population, Stream(3, 0), 1000))
    kind, size = (np.concatenate([getattr(one, name) for one in cohorts]) for name in ("kind", "size"))
    assert size.sum() == 40_000
    assert stats.binomtest(int((kind == 0).sum()), len(kind), 0.7).pvalue > 0.001
    homes = np.bincount(size[:-1][kind[:-1] == 0])[[1, 2, 4]]
    assert stats.chisquare(homes, np.array([0.3, 0.3, 0.4]) * homes.sum()).pvalue > 0.001
    assert all(one.first_person == sum(other.size.sum() for other in cohorts[:row]) for row, one in enumerate(cohorts))


@pytest.mark.parametrize("zones", [{"0": 0.25, "6": 0.75}, {"-5": 1}])
def test_people_live_by_the_clock_of_their_time_zone(scenario, zones):
    hours = [0] * 24
    hours[9] = 1
    rhythm = {"hours": hours, "weekdays": [1] * 7, "time_zones": zones}
    said = {"people": 2000, "rhythm": rhythm, "return_gap": {"minimum": "1s"}, "activity_spread": 0}
    trace, truth = live(scenario({"population": said}), 0)
    loads = np.flatnonzero(trace.events.action == Action.LOAD)
    _, first = np.unique(truth.visit[loads], return_index=True)
    counts = np.bincount(trace.events.time[loads][first] // 3_600_000 % 24, minlength=24)
    people = np.bincount([(9 - int(zone)) % 24 for zone in zones], list(zones.values()), 24)
    busy = np.flatnonzero(people)
    assert counts[busy].sum() > 0.98 * counts.sum()  # a few come a visit's length later
    # Visits of one person fall in one zone: the variance of their number is some 10 times a Poisson's.
    assert np.abs(counts / counts.sum() - people).max() < 5 * np.sqrt(0.25 * 10 / counts.sum())
