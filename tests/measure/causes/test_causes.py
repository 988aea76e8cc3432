"""Each miniature world has one known cause, and each error is charged to it; in all worlds the sums are the totals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from sim.browser import Absence
from sim.draws import Stream
from sim.drive import drive, open_system
from sim.measure import join
from sim.measure.causes import Cause, Error, Site, charges, counts
from sim.measure.causes.cause import UNKNOWN, cause_of_loss
from sim.measure.contingency import contingency
from sim.measure.identity import identities_per_person, persons_per_identity
from sim.records import Action, Browsers, Forms
from sim.runs import site_of
from sim.scenario import load
from sim.world import live
from tests.measure.cases import filled, replication_of
from tests.measure.causes.worlds import DAY, IGNORES, MINUTE, REFUSES, World, blamed
from tests.measure.test_replication import replications

SCENARIOS = Path(__file__).parents[3] / "scenarios"
NO_BANNER = {"consent": {"banner": "none"}}
LAPTOP, PHONE = (0, 0, "desktop", False), (1, 1, "phone", False)


def breaks(cause, count=1):
    return {("break", cause): count}


def test_a_world_without_errors_is_charged_with_nothing():
    assert blamed(World().load(0).load(MINUTE).load(DAY, visit=1), NO_BANNER) == {}


def test_cookies_cleared():
    world = World().load(0).do(Action.CLEAR, at=MINUTE).load(DAY, visit=1)
    assert blamed(world, NO_BANNER) == breaks("cookies cleared")


def test_cookies_cleared_where_the_site_asks_again():
    world = World().load(0).load(MINUTE).do(Action.CLEAR, at=2 * MINUTE).load(DAY, visit=1).load(DAY + MINUTE, visit=1)
    seen = blamed(world)
    assert seen["break", "cookies cleared"] == 1
    assert seen["break", "banner unanswered"] == 2  # each first page was loaded before the answer


def test_another_device():
    world = World(browsers=[LAPTOP, PHONE]).load(0).load(DAY, browser=1, visit=1).load(2 * DAY, visit=2)
    assert blamed(world, NO_BANNER) == breaks("other device")


def test_another_browser_on_the_device():
    world = World(browsers=[LAPTOP, LAPTOP]).load(0).load(DAY, browser=1, visit=1)
    assert blamed(world, NO_BANNER) == breaks("other browser")


def test_another_account_on_the_device():
    world = World(browsers=[LAPTOP, (0, 1, "desktop", False)]).load(0).load(DAY, browser=1, visit=1)
    assert blamed(world, NO_BANNER) == breaks("other account")


def test_a_private_window():
    world = World(browsers=[LAPTOP, (0, 0, "desktop", True)]).load(0).load(DAY, browser=1, visit=1)
    assert blamed(world, NO_BANNER) == breaks("private window")


def test_a_life_capped_by_the_browser():
    world = World().load(0).load(401 * DAY, visit=1)
    assert blamed(world, NO_BANNER) == breaks("capped by the browser")


def test_a_script_cookie_capped_to_seven_days():
    world = World().load(0).load(8 * DAY, visit=1)
    assert blamed(world, NO_BANNER, makes={"desktop": "safari_expiry_7d"}) == breaks("capped by the browser")


def test_a_cookie_that_lived_as_long_as_was_asked():
    world = World().load(0).load(731 * DAY, visit=1)
    assert blamed(world, NO_BANNER, makes={"desktop": "webkit_allow_all"}) == breaks("cookie expired as asked")


def test_storage_purged_after_seven_days_of_use_without_interaction():
    world = World().load(0).load(9 * DAY, visit=1)
    assert blamed(world, NO_BANNER, makes={"desktop": "safari"}) == breaks("purged by the browser")


def test_third_party_cookies_blocked_and_nothing_to_fall_back_to():
    world = World().load(0).load(DAY, visit=1)
    seen = blamed(world, NO_BANNER, makes={"desktop": "safari"}, settings={"first_party_id": "off"})
    assert seen == breaks("third-party blocked")


def test_same_site_refuses_the_cookie_and_nothing_to_fall_back_to():
    world = World().load(0).load(DAY, visit=1)
    seen = blamed(world, NO_BANNER, settings={"first_party_id": "off", "samesite": "unset"})
    assert seen == breaks("SameSite refused")


def test_consent_refused():
    world = World(habit=REFUSES).load(0).load(DAY, visit=1).load(2 * DAY, visit=2)
    assert blamed(world) == breaks("consent refused", 2)


def test_a_refusal_that_deletes_an_id_breaks_the_visit_on_the_page_itself():
    world = World(habit=REFUSES).load(0).load(MINUTE)
    seen = blamed(world, {"consent": {"banner": "opt_out"}})
    assert seen == {("break", "consent refused"): 1, ("boundary added", "consent refused"): 1}


def test_the_banner_left_unanswered():
    world = World(habit=IGNORES).load(0).load(DAY, visit=1)
    assert blamed(world) == breaks("banner unanswered")


def test_a_second_address():
    world = World().submit(0, "ann@home.example").submit(DAY, "ann@work.example", visit=1)
    world.load(2 * DAY, visit=2)
    assert blamed(world, NO_BANNER)["break", "second address or typo"] == 1


def test_a_registration_for_an_event_whose_browser_is_not_identified():
    world = World().load(0)
    assert blamed(world.register(10 * MINUTE, "ann@home.example"), NO_BANNER) == breaks("not yet identified")


def test_a_mail_that_somebody_known_follows_before_their_browser_is():
    world = World().load(0).follow_mail(DAY, "ann@home.example", visit=1)
    assert blamed(world, NO_BANNER) == breaks("not yet identified")


def test_a_forwarded_mail():
    world = World(browsers=[LAPTOP, PHONE])
    world.follow_mail(0, "ann@home.example").follow_mail(DAY, "ann@home.example", person=1, browser=1, visit=1)
    seen = blamed(world, NO_BANNER)
    assert seen["merge", "forwarded link"] == 1


def test_the_id_of_a_tracked_link_is_not_seen_again_where_the_browser_holds_another_for_the_site():
    world = World().load(0).follow_redirect(DAY, visit=1)
    assert blamed(world, NO_BANNER, makes={"desktop": "safari"}) == breaks("tracked-link id not seen again")


def test_a_device_reset():
    world = World().load(0).do(Action.RESET, at=MINUTE).load(DAY, visit=1)
    assert blamed(world, NO_BANNER) == breaks("device reset")


def test_a_form_filled_in_for_another():
    world = World(browsers=[LAPTOP, PHONE])
    world.submit(0, "bob@home.example", person=1, browser=1)
    world.submit(DAY, "ann@home.example", visit=1).submit(2 * DAY, "ann@home.example", visit=2)
    world.submit(3 * DAY, "bob@home.example", visit=3)
    assert blamed(world, NO_BANNER) == {(error, "form filled for another"): 1 for error in ("merge", "break")}


def test_two_people_in_one_account():
    world = World().load(0).load(DAY, person=1, visit=1)
    assert blamed(world, NO_BANNER) == {("merge", "shared account"): 1}


def test_two_people_in_one_account_of_whom_one_is_known():
    world = World().submit(0, "ann@home.example").load(DAY, person=1, visit=1)
    assert blamed(world, NO_BANNER) == {("merge", "shared account"): 1}


def test_two_people_in_one_account_within_the_window():
    world = World().load(0).load(MINUTE, person=1, visit=1)
    assert blamed(world, NO_BANNER) == {("merge", "shared account"): 1, ("boundary missed", "shared account"): 1}


def test_a_mapping_that_the_last_submission_takes_over():
    world = World().load(0).submit(DAY, "ann@home.example", visit=1)
    world.submit(2 * DAY, "bob@home.example", person=1, visit=2).load(3 * DAY, visit=3)
    seen = blamed(world, NO_BANNER)
    assert seen["merge", "first_wins / last_wins remap"] == 1


def test_a_shared_mailbox():
    world = World(browsers=[LAPTOP, PHONE])
    world.submit(0, "office@firm.example").submit(DAY, "office@firm.example", person=1, browser=1, visit=1)
    assert blamed(world, NO_BANNER) == {("merge", "shared mailbox"): 1}


def test_two_people_of_one_name_where_duplicates_are_detected_by_it():
    world = World(browsers=[LAPTOP, PHONE])
    world.submit(0, "ann@home.example", "Lee").submit(DAY, "bob@home.example", "Lee", person=1, browser=1, visit=1)
    seen = blamed(world, NO_BANNER, settings={"match_on": ["last_name"]})
    assert seen == {("merge", "duplicate detection matched two people"): 1}


def test_two_browsers_that_look_alike_to_a_system_without_cookies():
    world = World(browsers=[LAPTOP, (1, 1, "desktop", False)]).load(0).load(DAY, person=1, browser=1, visit=1)
    one = lambda belief: {"visitor": np.zeros(2, np.int64), "identity": np.zeros(2, np.int64)}  # noqa: E731
    assert blamed(world, NO_BANNER, believed=one) == {("merge", "shared network and agent"): 1}


@pytest.mark.parametrize(("absence", "cause"), [(Absence.EVICTED, "evicted"), (Absence.PARTITIONED, "partitioned")])
def test_a_cookie_thrown_out_for_others_or_kept_for_another_site(absence, cause):
    def lost(belief):
        gone = np.array([belief.absent_first_party[0], absence], np.int8)
        again = np.array([belief.visitor[0], belief.visitor.max() + 1])
        return {"visitor": again, "identity": again, "absent_third_party": gone, "absent_first_party": gone}

    assert blamed(World().load(0).load(DAY, visit=1), NO_BANNER, believed=lost) == breaks(cause)


def test_a_system_that_ends_visits_at_midnight():
    world = World().load(0).load(10 * MINUTE).load(DAY - MINUTE, visit=1).load(DAY + MINUTE, visit=1)
    cut = lambda belief: {"visit": np.array([0, 0, 1, 2])}  # noqa: E731
    assert blamed(world, NO_BANNER, believed=cut) == {("boundary added", "clock cut"): 1}


def test_a_system_that_gives_out_a_new_id_within_a_visit():
    renewed = lambda belief: {"visitor": np.arange(2), "visit": np.arange(2), "identity": np.arange(2)}  # noqa: E731
    seen = blamed(World().load(0).load(MINUTE), NO_BANNER, believed=renewed)
    assert seen["boundary added", "id changed within the visit"] == 1


def test_idle_longer_than_the_window():
    world = World().load(0).load(MINUTE).load(45 * MINUTE)
    assert blamed(world, NO_BANNER) == {("boundary added", "idle longer than the window"): 1}


def test_the_browser_closed_within_a_visit():
    world = World().load(0).load(3 * MINUTE).do(Action.CLOSE, at=4 * MINUTE).load(5 * MINUTE)
    changes = {"population": {"closing": {"restores_session": 0}}}
    assert blamed(world, NO_BANNER, changes) == {("boundary added", "browser closed within a visit"): 1}


def test_two_visits_within_the_window():
    world = World().load(0).load(10 * MINUTE, visit=1)
    assert blamed(world, NO_BANNER) == {("boundary missed", "two visits within the window"): 1}


def test_a_fixed_window_that_ran_out():
    world = World()
    for step in range(5):
        world.load(step * 10 * MINUTE)
    seen = blamed(world, NO_BANNER, settings={"visit_window": "fixed"})
    assert seen == {("boundary added", "fixed window ran out"): 1}


def test_pages_under_two_website_ids():
    pages = [{"path": "/", "share": 0.5}, {"path": "/event", "share": 0.5, "website_id": "event"}]
    world = World().load(0).load(MINUTE, page=1)
    seen = blamed(world, NO_BANNER, {"website": {"pages": pages}})
    assert seen == {("boundary added", "other website id"): 1}


def test_cookies_cleared_within_a_visit():
    world = World().load(0).do(Action.CLEAR, at=MINUTE).load(2 * MINUTE)
    assert blamed(world, NO_BANNER) == {("break", "cookies cleared"): 1, ("boundary added", "cookies cleared"): 1}


@pytest.mark.parametrize(
    "settings", [{}, {"first_party_id": "off"}, {"first_party_id": "independent"}, {"link": "none"}]
)
@pytest.mark.parametrize("banner", ["none", "opt_in", "opt_out"])
def test_less_than_a_hundredth_is_left_to_the_system(scenario, settings, banner):
    world = scenario(
        {"population": {"people": 300}, "consent": {"banner": banner}},
        {"systems": {"as_is": {"settings": settings}}},
    )
    assert_explained(world)


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_less_than_a_hundredth_is_left_to_the_system_in_each_scenario(path):
    world = load(path)
    few = world.population.model_copy(update={"people": min(world.population.people, 300)})
    assert_explained(world.model_copy(update={"population": few}))


def assert_explained(world):
    """Nearly all errors of the scenario's first system have another cause than that it failed."""
    trace, truth = live(world, 0)
    stream = Stream(world.seed, 0)
    name, system = next(iter(world.systems.items()))
    belief = drive(trace, world, open_system(name, system, stream), stream)
    charged = charges(join(trace=trace, truth=truth, belief=belief), site=site_of(world))
    failed = sum(count for _, cause, count, _ in counts(charged) if cause is Cause.SYSTEM_FAILED)
    assert failed <= sum(len(kind.cause) for kind in charged) / 100
    assert len(charged[0].cause) > 100


@given(replications())
def test_the_sums_are_the_totals(replication):
    trace, truth, belief = replication
    trace = with_browsers(trace)
    site = Site(website=np.zeros(1, np.int64), refuses_from=0.4, ignores_from=0.7)
    charged = {kind.error: kind for kind in charges(join(trace=trace, truth=truth, belief=belief), site=site)}
    person = truth.person[belief.row].astype(np.int64)
    table = contingency(truth=person, belief=belief.identity)
    identities, persons = identities_per_person(table), persons_per_identity(table)
    assert len(charged[Error.BREAK].cause) == (identities - 1).sum()
    assert len(charged[Error.MERGE].cause) == (persons - 1).sum()
    added, missed = boundaries(trace, truth, belief)
    assert sorted(charged[Error.BOUNDARY_ADDED].row.tolist()) == added
    assert sorted(charged[Error.BOUNDARY_MISSED].row.tolist()) == missed
    for kind in charged.values():
        assert ((kind.cause >= 0) & (kind.cause < len(Cause))).all()
        assert (kind.interactions >= 1).all()


def boundaries(trace, truth, belief):
    """Interactions at which a boundary was added, and missed, by going through the page loads of each browser."""
    added, missed, before = [], [], {}
    for place, row in enumerate(belief.row.tolist()):
        first = place == 0 or belief.row[place - 1] != row
        if not first or trace.events.action[row] != Action.LOAD:
            continue
        browser = int(trace.events.browser[row])
        visits = (int(truth.visit[row]), int(belief.visit[place]) if belief.visit[place] >= 0 else f"alone {place}")
        if browser in before:
            true, said = (one != other for one, other in zip(visits, before[browser], strict=True))
            added += [place] * (said and not true)
            missed += [place] * (true and not said)
        before[browser] = visits
    return added, missed


def with_browsers(trace):
    """The trace with browsers on two devices, and a form for whoever submits one."""
    columns = {
        "key": range(3),
        "device": [0, 0, 1],
        "account": [0, 1, 2],
        "kind": [0, 0, 1],
        "private": [False, False, True],
        "consent_habit": [0.1, 0.5, 0.9],
    }
    browsers = Browsers(
        **{name: np.asarray(columns.get(name, [0, 0, 0]), dtype) for name, dtype in Browsers.schema().items()}
    )
    texts = np.array(["a@example.com", "b@example.com"], object)
    forms = Forms(email=texts, first_name=texts, last_name=texts, phone=texts)
    detail = np.arange(len(trace.events), dtype=np.int32) % 2
    return replace(trace, browsers=browsers, forms=forms, events=replace(trace.events, detail=detail))


@pytest.mark.parametrize(
    ("browsers", "pages", "complaint"),
    [(1, 1, "events are of 2 browsers, of which 1 are known"), (2, 0, "an event on page 0, and website ids are of 0")],
)
def test_what_nothing_is_known_of_is_told(browsers, pages, complaint):
    tables = replication_of(events={"browser": [0, 1]}, truth={}, seen={})
    tables["trace"] = replace(tables["trace"], browsers=filled(Browsers, {}, browsers))
    site = Site(website=np.zeros(pages, np.int64), refuses_from=0.4, ignores_from=0.7)
    with pytest.raises(ValueError, match=complaint):
        charges(join(**tables), site=site)


def test_every_reason_why_a_cookie_is_not_there_has_a_cause():
    for reason in set(Absence) - {Absence.PRESENT, Absence.NEVER_SET}:
        assert cause_of_loss(reason, Absence.PRESENT) != UNKNOWN
        assert cause_of_loss(Absence.NEVER_SET, reason) != UNKNOWN
