"""The message driver: what it shows a system, what it takes down, and how it bears a system that fails."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

import sim.drive.faults
from sim.browser import Absence
from sim.draws import Stream
from sim.drive import SystemFault, drive, open_system
from sim.records import NONE, Action
from sim.system import Assignment, CookieNames, InteractionKind
from sim.world import live


def observe(scenario, trace=None, tokens=None, system="as_is"):
    stream = Stream(scenario.seed, 0)
    if trace is None:
        trace, _ = live(scenario, 0)
    return drive(trace, scenario, open_system(system, scenario.systems[system], stream), stream, tokens=tokens)


def renamed(ids):
    """Ids by the order in which they first appear, so that runs that name them differently compare."""
    _, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
    return np.where(ids == NONE, NONE, np.argsort(np.argsort(first))[inverse])


def test_every_page_load_is_recorded_once(scenario):
    trace, _ = live(scenario(), 0)
    seen = observe(scenario(), trace)
    loads = np.flatnonzero(trace.events.action == Action.LOAD)
    np.testing.assert_array_equal(seen.row[seen.kind == InteractionKind.WEBSITE_VISITED], loads)
    submits = np.flatnonzero(trace.events.action == Action.SUBMIT)
    np.testing.assert_array_equal(seen.row[seen.kind == InteractionKind.FORM_SUBMITTED], submits)


def test_other_tokens_change_no_assignment(scenario):
    trace, _ = live(scenario(), 0)
    shuffled = np.argsort(Stream(5, 5).uniform(1, np.arange(len(trace.events))))
    plain, permuted = observe(scenario(), trace), observe(scenario(), trace, shuffled)
    for name in plain.schema():
        np.testing.assert_array_equal(getattr(plain, name), getattr(permuted, name))


def test_driving_twice_gives_the_same(scenario):
    first, second = observe(scenario()), observe(scenario())
    for name in first.schema():
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_nothing_is_identified_without_consent_where_the_site_asks_first(scenario):
    seen = observe(scenario({"consent": {"accept": 0, "reject": 0.5, "ignore": 0.5}}))
    assert (seen.visitor == NONE).all()
    assert (seen.third_party == NONE).all()
    assert (seen.first_party == NONE).all()
    assert not seen.consent.any()


@pytest.mark.parametrize("banner", ["opt_in", "opt_out"])
def test_who_accepts_is_tracked_once_they_have(scenario, banner):
    seen = observe(scenario({"consent": {"banner": banner, "accept": 1, "reject": 0, "ignore": 0}}))
    tracked = seen.visitor != NONE
    assert tracked[seen.consent].all()
    assert tracked.mean() > 0.5


def test_more_consent_changes_only_the_minds_that_it_must(scenario):
    some = observe(scenario({"consent": {"accept": 0.4, "reject": 0.3, "ignore": 0.3}}))
    more = observe(scenario({"consent": {"accept": 0.7, "reject": 0.2, "ignore": 0.1}}))
    assert more.consent[some.consent].all()
    assert more.consent.sum() > some.consent.sum()


def test_a_consent_cookie_set_by_script_is_asked_for_again_where_safari_has_purged_it(scenario):
    settings = {
        "days": 90,
        "population": {"interaction": 0, "days_of_use": 1, "clearing": [{"share": 1}]},
        "browsers": {kind: {"safari": 1} for kind in ("desktop", "phone", "tablet")},
        "consent": {"banner": "opt_in", "accept": 1, "reject": 0, "ignore": 0},
    }
    by_script = observe(scenario(settings))
    by_server = observe(scenario(settings, {"consent": {"cookie": {"set_by": "server"}}}))
    assert by_script.consent.sum() < by_server.consent.sum()


@pytest.mark.parametrize(
    ("make", "reason"),
    [("chromium", Absence.NEVER_SET), ("safari", Absence.BLOCKED), ("chromium_blocking", Absence.BLOCKED)],
)
def test_the_reason_why_a_third_party_cookie_is_not_there(scenario, make, reason):
    settings = {
        "population": {"clearing": [{"share": 1}], "closing": {"after_visit": 0, "within_visit": 0}},
        "browsers": {kind: {make: 1} for kind in ("desktop", "phone", "tablet")},
        "consent": {"banner": "none"},
    }
    seen = observe(scenario(settings))
    assert reason in seen.absent_third_party
    assert set(np.unique(seen.absent_third_party)) <= {Absence.PRESENT, Absence.NEVER_SET, reason}
    absent = seen.absent_third_party != Absence.PRESENT
    np.testing.assert_array_equal(absent, seen.third_party == NONE)
    assert absent.any()
    assert (seen.absent_first_party[absent] != Absence.BLOCKED).all()


def test_a_cleared_cookie_is_said_to_be_cleared(scenario):
    seen = observe(scenario({"population": {"clearing": [{"share": 1, "every": "2d"}]}, "consent": {"banner": "none"}}))
    assert (seen.absent_first_party == Absence.CLEARED).sum() > 10


class Faulty:
    """A system that records nothing, for tests to spoil."""

    cookies = CookieNames()

    def on_load(self, page):
        pass

    def on_event(self, page, event):
        pass

    def handle(self, request):
        raise NotImplementedError

    def assignment(self):
        none = np.empty(0, np.int64)
        return Assignment(event=none, kind=none, visitor=none, visit=none, contact=none, identity=none)


def play(system, scenario):
    trace, _ = live(scenario, 0)
    return drive(trace, scenario, system, Stream(1, 0), name="faulty")


def test_a_system_that_records_nothing_leaves_no_observations(scenario):
    assert len(play(Faulty(), scenario())) == 0


def test_a_system_that_raises_is_named_with_the_line(scenario):
    class Raises(Faulty):
        def on_load(self, page):
            raise KeyError("visitor")

    with pytest.raises(
        SystemFault, match=r"faulty: raised KeyError: 'visitor' \(.*test_drive.py, line \d+, in on_load"
    ):
        play(Raises(), scenario())


def test_a_system_that_hangs_is_stopped(scenario, monkeypatch):
    class Hangs(Faulty):
        def on_load(self, page):
            time.sleep(60)

    monkeypatch.setattr(sim.drive.faults, "HANG_S", 0.2)
    with pytest.raises(SystemFault, match=r"faulty: gave no answer for 0\.2 s"):
        play(Hangs(), scenario())


@pytest.mark.parametrize(
    ("nonsense", "message"),
    [
        (None, "gave NoneType, not an Assignment"),
        ({"visitor": np.zeros(2, np.int64)}, "visitor has 2 rows, event has 0"),
        ({"visit": np.zeros(0)}, "visit is not a column of whole numbers"),
        (dict.fromkeys(Assignment.__dataclass_fields__, np.full(1, 10**9)), "event holds 1000000000, a token that was"),
        (dict.fromkeys(Assignment.__dataclass_fields__, np.full(1, -2)), "event holds -2; the least allowed is 0"),
    ],
)
def test_an_assignment_that_cannot_be_one_is_refused(scenario, nonsense, message):
    class Babbles(Faulty):
        def assignment(self):
            return None if nonsense is None else replace(super().assignment(), **nonsense)

    with pytest.raises(SystemFault, match=message):
        play(Babbles(), scenario())


def test_an_event_that_no_system_was_told_of_is_refused(scenario):
    trace, _ = live(scenario(), 0)
    untold = np.flatnonzero(trace.events.action == Action.CLEAR)[:1]

    class Knows(Faulty):
        def assignment(self):
            zero = np.zeros(1, np.int64)
            return Assignment(event=untold, kind=zero, visitor=zero, visit=zero, contact=zero, identity=zero)

    with pytest.raises(SystemFault, match="an event that it was never told of"):
        play(Knows(), scenario())


def undisturbed(scenario, make="firefox", **population):
    """Two months, no consent asked, one make of browsers that keeps what it is given."""
    said = {"days": 60, "consent": {"banner": "none"}, "population": {"clearing": [{"share": 1}], **population}}
    mix = {kind: {make: 1.0} for kind in ("desktop", "phone", "tablet")}
    return scenario(said | {"browsers": mix})


def test_a_private_window_never_brings_back_what_it_was_given_before(scenario):
    said = undisturbed(scenario, private_windows={"people": 1, "visits": 0.5}, closing={"restores_session": 1})
    trace, truth = live(said, 0)
    seen = observe(said, trace)
    private = trace.browsers.private[trace.events.browser[seen.row]]
    one_visit = [len(np.unique(truth.visit[seen.row[private & (seen.visitor == one)]])) for one in set(seen.visitor)]
    assert private.any()
    assert max(one_visit) == 1
    assert set(seen.absent_first_party[private]) == {Absence.PRESENT, Absence.NEVER_SET, Absence.CLOSED}


@pytest.mark.parametrize(("make", "jar_per_tab"), [("safari", True), ("firefox", False)])
def test_private_tabs_of_safari_know_nothing_of_one_another(scenario, make, jar_per_tab):
    windows = {"people": 1, "visits": 0.5}
    said = undisturbed(scenario, make, private_windows=windows, new_tab=0.5, closing={"within_visit": 0})
    trace, truth = live(said, 0)
    seen = observe(said, trace)
    private = trace.browsers.private[trace.events.browser[seen.row]]
    for hidden in (False, True):
        chosen = seen.take(private == hidden)
        visit, tab = truth.visit[chosen.row], trace.events.tab[chosen.row]
        pairs = len(np.unique(np.column_stack([visit, tab, chosen.visitor]), axis=0))
        tabs = len(np.unique(np.column_stack([visit, tab]), axis=0))
        ids = len(np.unique(np.column_stack([visit, chosen.visitor]), axis=0))
        visits = len(np.unique(visit))
        assert pairs == tabs > visits  # one id a tab, and visits with several tabs
        assert ids == (tabs if hidden and jar_per_tab else visits)


def test_a_browser_that_clears_on_close_loses_its_persistent_cookies_then(scenario):
    keeps = undisturbed(scenario)
    clears = undisturbed(scenario, clearing=[{"share": 1, "at_close": True}])
    assert not (observe(keeps).absent_first_party == Absence.CLOSED).any()
    assert (observe(clears).absent_first_party == Absence.CLOSED).any()


def test_a_reset_device_has_lost_its_cookies_and_a_replaced_one_never_had_any(scenario):
    for replaced, why in ((0, Absence.RESET), (1, Absence.NEVER_SET)):
        said = undisturbed(scenario, device_reset={"every": "20d", "replaced": replaced}, visits_per_month=10)
        assert why in observe(said).absent_first_party
        assert (Absence.RESET in observe(said).absent_first_party) is (replaced == 0)


def test_nothing_is_recorded_of_those_whose_ad_blocker_keeps_the_system_out(scenario):
    said = undisturbed(scenario, ad_blockers=0.3)
    trace, _ = live(said, 0)
    seen = observe(said, trace)
    reached = ~trace.browsers.ad_blocker[trace.events.browser]
    loads = trace.events.action == Action.LOAD
    np.testing.assert_array_equal(
        seen.row[seen.kind == InteractionKind.WEBSITE_VISITED], np.flatnonzero(loads & reached)
    )
    assert (loads & ~reached).any()
