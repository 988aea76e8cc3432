"""The message driver plays every action, as a browser would; the reference system records what it is told."""

from __future__ import annotations

import numpy as np
import pytest

from sim.browser import Absence
from sim.draws import Stream
from sim.drive import drive, open_system
from sim.measure import join, measure
from sim.records import NONE, Action
from sim.system import InteractionKind
from sim.world import live
from tests.conftest import build
from tests.world.test_streams import EVERYTHING

MAILING = {
    "on_list": 0.6,
    "campaigns": [{"sent": "2d", "opened": 0.8, "clicked": 0.6, "forwarded": 0.3}, {"sent": "9d", "opened": 0.9}],
}


def lived(*changes, settings=None, **population):
    said = {
        "consent": {"banner": "none"},
        "population": {"mailing": MAILING, "ad_blockers": 0, **population},
        "systems": {"as_is": {"use": "outbound_marketing", "settings": settings or {}}},
    }
    scenario = build(EVERYTHING, said, *changes)
    stream = Stream(scenario.seed, 0)
    trace, truth = live(scenario, 0)
    seen = drive(trace, scenario, open_system("as_is", scenario.systems["as_is"], stream), stream)
    return trace, truth, seen


@pytest.fixture(scope="module")
def everything():
    return lived()


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (Action.LOAD, InteractionKind.WEBSITE_VISITED),
        (Action.CLICK, InteractionKind.WEBSITE_CLICKED),
        (Action.SUBMIT, InteractionKind.FORM_SUBMITTED),
        (Action.FOLLOW_EMAIL_LINK, InteractionKind.EMAIL_CLICKED),
        (Action.FOLLOW_REDIRECT, InteractionKind.REDIRECT_LINK_CLICKED),
        (Action.REGISTER, InteractionKind.EVENT_REGISTRATION),
    ],
)
def test_each_action_is_recorded_once(everything, action, kind):
    trace, _, seen = everything
    rows = np.flatnonzero(trace.events.action == action)
    assert len(rows)
    np.testing.assert_array_equal(seen.row[seen.kind == kind], rows)


def test_a_mails_link_credits_its_addressee_whoever_follows_it(everything):
    trace, truth, seen = everything
    clicks = seen.kind == InteractionKind.EMAIL_CLICKED
    addressee = trace.mails.addressee[trace.events.detail[seen.row[clicks]]]
    assert len(np.unique(np.stack([addressee, seen.contact[clicks]]), axis=1).T) == len(np.unique(addressee))
    email = trace.forms.email[addressee]
    followed_by_others = [f".{who}@" not in one for who, one in zip(truth.person[seen.row[clicks]], email, strict=True)]
    assert any(followed_by_others)


def test_who_registers_is_credited_to_the_contact_of_their_sign_in(everything):
    _, truth, seen = everything
    registered = seen.kind == InteractionKind.EVENT_REGISTRATION
    person, contact = truth.person[seen.row[registered]], seen.contact[registered]
    assert (contact != NONE).all()
    assert len(np.unique(np.stack([person, contact]), axis=1).T) == len(np.unique(person))


def test_a_redirect_link_is_recognised_by_its_cookie_where_the_browser_keeps_it(everything):
    _, _, seen = everything
    by_link = seen.kind == InteractionKind.REDIRECT_LINK_CLICKED
    loaded = seen.visitor[seen.kind == InteractionKind.WEBSITE_VISITED]
    known = np.isin(seen.visitor[by_link], loaded)
    assert known.any()
    assert not known.all()  # a browser that partitions or blocks holds another id at the service's own address


def test_a_link_sets_no_cookie_where_the_policy_says_never():
    _, _, seen = lived(settings={"link_cookie": "never"})
    by_link = np.isin(seen.kind, (InteractionKind.REDIRECT_LINK_CLICKED, InteractionKind.EMAIL_CLICKED))
    assert (seen.visitor[by_link] == NONE).any()


def test_an_email_click_identifies_the_visitor_where_the_policy_says_so(everything):
    _, _, seen = everything
    _, _, mapped = lived(settings={"email_click_identifies": True})
    loads = seen.kind == InteractionKind.WEBSITE_VISITED
    assert (mapped.contact[loads] != NONE).sum() > (seen.contact[loads] != NONE).sum()


def test_consent_changed_in_the_settings_holds_from_then_on():
    asked = {"consent": {"banner": "opt_in", "accept": 1, "reject": 0, "ignore": 0, "cookie": {"set_by": "server"}}}
    keeps = {"clearing": [{"share": 1}], "private_windows": {"people": 0}, "device_reset": {"every": None}}
    trace, _, seen = lived(asked, consent_change={"visits": 0.5, "accept": 0}, **keeps)
    loads = np.flatnonzero(seen.kind == InteractionKind.WEBSITE_VISITED)
    browser, time = trace.events.browser[seen.row[loads]], trace.events.time[seen.row[loads]]
    changed = np.flatnonzero(trace.events.action == Action.CHANGE_CONSENT)
    first_refusal = np.full(len(trace.browsers), np.iinfo(np.int64).max)
    np.minimum.at(first_refusal, trace.events.browser[changed], trace.events.time[changed])
    later = time > first_refusal[browser]
    assert later.any()
    assert not seen.consent[loads[later]].any()
    assert seen.consent[loads[~later]].any()


def test_everything_can_be_measured(everything):
    trace, truth, seen = everything
    figures = measure(join(trace=trace, truth=truth, belief=seen))
    assert 0 < figures["identity.bcubed.recall"] < 1
    assert 0 < figures["contacts.correctness"] < 1  # forms are filled in for others, on shared devices


def test_what_script_writes_after_a_decorated_link_lives_a_day_in_safari():
    safari = {"browsers": {kind: {"safari": 1.0} for kind in ("desktop", "phone", "tablet")}}
    keeps = {"clearing": [{"share": 1}], "private_windows": {"people": 0}, "device_reset": {"every": None}}

    def capped(decorated):
        site = {"website": {"decorated_links": decorated}}
        _, _, seen = lived(safari, site, redirect_links=0.5, days_of_use=0, **keeps)
        return (seen.absent_first_party == Absence.CAPPED).sum()

    assert capped(True) > capped(False) == 0
