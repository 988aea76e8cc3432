"""Prefill: a form shows a contact's details to nobody but a browser of theirs that asked to be remembered."""

from __future__ import annotations

import pytest

from reference_impl.outbound_marketing.rules import FIRST_PARTY_VISITOR, THIRD_PARTY_VISITOR, prefills
from sim.browser import Page, PageEvent, PageEventKind, Request
from sim.system import NOBODY
from tests.reference_impl.outbound_marketing.test_system import SHOP, Visitor, system

ADA = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace", "phone": "1815"}
BOB = {"email": "bob@example.org", "first_name": "Bob", "last_name": "Moog", "phone": "1934"}


def page(visitor, **config):
    visitor.now += 1000
    told = {"website_id": "main", "hostname": "org.svc.dynamics.example", "Anonymize": visitor.anonymize}
    return Page(SHOP, visitor.window, visitor.now, next(visitor.tokens), told | {"prefill": True} | config)


def shown(visitor, **config):
    """What the form shows."""
    seen = page(visitor, **config)
    visitor.system.on_event(seen, PageEvent(PageEventKind.FORM_VIEW))
    return dict(seen.form)


def submit(visitor, fields, remember_me=True):
    visitor.system.on_event(page(visitor), PageEvent(PageEventKind.SUBMIT, fields, remember_me))


@pytest.mark.parametrize("make", ["chromium", "safari"])
def test_who_asked_to_be_remembered_is_shown_their_details(make):
    visitor = Visitor(system(), make)
    assert shown(visitor) == {}
    submit(visitor, ADA)
    assert shown(visitor) == ADA


def test_who_did_not_ask_is_not():
    visitor = Visitor(system())
    submit(visitor, ADA, remember_me=False)
    assert shown(visitor) == {}


def test_who_asked_once_need_not_ask_again():
    visitor = Visitor(system())
    submit(visitor, ADA)
    submit(visitor, ADA | {"phone": "1852"}, remember_me=False)
    assert shown(visitor) == ADA | {"phone": "1852"}


@pytest.mark.parametrize("config", [{"prefill": False}, {"captured": True}])
def test_a_form_that_is_not_to_be_filled_in_is_not(config):
    visitor = Visitor(system())
    submit(visitor, ADA)
    assert shown(visitor, **config) == {}


def test_nothing_is_filled_in_without_non_essential_cookies():
    visitor = Visitor(system())
    submit(visitor, ADA)
    visitor.anonymize = True
    assert shown(visitor) == {}


def test_the_next_person_at_a_shared_browser_is_not_shown_the_former_ones_details():
    visitor = Visitor(system())
    submit(visitor, ADA)
    submit(visitor, BOB, remember_me=False)
    assert shown(visitor) == {}
    submit(visitor, BOB)
    assert shown(visitor) == BOB


def test_where_the_first_contact_stays_a_second_one_is_never_shown():
    visitor = Visitor(system(conflict="first_wins"))
    submit(visitor, ADA)
    submit(visitor, BOB, remember_me=False)
    assert shown(visitor) == ADA
    submit(visitor, BOB)
    assert shown(visitor) == {}  # the browser asked for Bob, whom it does not stand for


def test_another_browser_of_the_same_person_has_not_asked():
    one = Visitor(system())
    submit(one, ADA)
    other = Visitor(one.system)
    submit(other, ADA, remember_me=False)
    assert shown(other) == {}


@pytest.mark.parametrize("guess", ["A" * 40, "1", "", "ada@example.org"])
def test_a_guessed_id_is_shown_nothing(guess):
    """Neither as a cookie of the service nor in the message."""
    known = Visitor(system())
    submit(known, ADA)
    for cookies, visitor in (({THIRD_PARTY_VISITOR: guess}, None), ({}, guess)):
        body = {"website_id": "main", "page": "/", "visitor": visitor, "visit": None, "prefill": True}
        request = Request("https://org.svc.dynamics.example/form-view", known.now, 10**6, "POST", body, cookies)
        assert "form" not in known.system.handle(request).body


def test_an_id_that_has_not_submitted_is_shown_nothing_though_another_of_the_browser_has():
    known = Visitor(system())
    submit(known, ADA)
    stranger = Visitor(known.system)
    stranger.load()
    held = stranger.held()
    assert held[FIRST_PARTY_VISITOR] != known.held()[FIRST_PARTY_VISITOR]
    assert shown(stranger) == {}


def test_where_forms_update_nothing_nobody_is_remembered():
    visitor = Visitor(system(form_updates="neither"))
    submit(visitor, ADA)
    assert shown(visitor) == {}


def test_nobody_is_no_contact():
    assert not prefills(NOBODY, None)
    assert not prefills(NOBODY, 0)
    assert not prefills(0, None)
    assert prefills(0, 0)
