"""Tracked links and the event website, request by request."""

from __future__ import annotations

import pytest

from reference_impl.outbound_marketing import OutboundMarketing
from reference_impl.outbound_marketing.event_site import LANGUAGE, SESSION
from reference_impl.outbound_marketing.links import addressee_of
from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.rules import THIRD_PARTY_VISITOR
from sim.browser import Context, CookieJar, Request, Route, profile
from sim.draws import Identifiers, Purpose, Stream
from sim.system import NOBODY, InteractionKind

SERVICE, EVENTS = "https://org.svc.dynamics.example", "https://events.portal.example"
ADA = {"email": "ada@mail.example", "first_name": "Ada", "last_name": "King", "phone": ""}


@pytest.fixture
def system():
    return OutboundMarketing(Policy(), Identifiers(Stream(1, 0), Purpose.SERVICE_IDS))


def cookies_of(response):
    return {cookie.name: cookie.value for cookie in response.set_cookies}


@pytest.mark.parametrize(
    ("query", "addressee"),
    [("addressee=7&campaign=1", 7), ("campaign=1", None), ("addressee=x", None), ("addressee=1&addressee=2", None)],
)
def test_a_mails_link_names_its_addressee(query, addressee):
    assert addressee_of(f"{SERVICE}/email-link?{query}") == addressee


def test_an_email_click_is_credited_to_the_addressee_and_sets_the_cookie(system):
    system.import_contacts({7: ADA})
    answer = system.handle(Request(f"{SERVICE}/email-link?addressee=7&campaign=0", 1000, 0, "GET"))
    stranger = system.handle(Request(f"{SERVICE}/email-link?addressee=8&campaign=0", 2000, 1, "GET"))
    assert THIRD_PARTY_VISITOR in cookies_of(answer)
    assert cookies_of(answer) != cookies_of(stranger)
    seen = system.assignment()
    assert seen.kind.tolist() == [InteractionKind.EMAIL_CLICKED] * 2
    assert seen.contact.tolist() == [0, NOBODY]
    assert seen.visit.tolist() == [NOBODY, NOBODY]


def test_a_redirect_link_goes_by_the_cookie_alone(system):
    first = system.handle(Request(f"{SERVICE}/redirect-link", 1000, 0, "GET"))
    again = system.handle(Request(f"{SERVICE}/redirect-link", 2000, 1, "GET", cookies=cookies_of(first)))
    assert cookies_of(again) == cookies_of(first)
    seen = system.assignment()
    assert seen.visitor.tolist() == [0, 0]
    assert seen.contact.tolist() == [NOBODY, NOBODY]


def test_who_is_not_signed_in_is_sent_to_do_so_and_then_registers(system):
    refused = system.handle(Request(f"{EVENTS}/register", 1000, 0))
    assert refused.status == 401
    signed_in = system.handle(Request(f"{EVENTS}/sign-in", 2000, 0, "POST", {"fields": ADA}))
    accepted = system.handle(Request(f"{EVENTS}/register", 3000, 0, "POST", cookies=cookies_of(signed_in)))
    assert accepted.status == 200
    seen = system.assignment()
    assert seen.kind.tolist() == [InteractionKind.EVENT_REGISTRATION]
    assert seen.contact.tolist() == [0]


@pytest.mark.parametrize("anonymize", [False, True])
def test_the_event_websites_cookies_are_set_whatever_the_consent(system, anonymize):
    """They are essential; the page's configuration is not asked."""
    body = {"fields": ADA, "language": "de"} | ({"anonymize": True} if anonymize else {})
    answer = system.handle(Request(f"{EVENTS}/sign-in", 1000, 0, "POST", body))
    assert {cookie.name for cookie in answer.set_cookies} == {SESSION, LANGUAGE}


def test_the_session_ends_with_the_browser_and_the_language_stays(system):
    jar, route = CookieJar(profile("chromium")), Route.of(f"{EVENTS}/", Context(f"{EVENTS}/", "POST", True))
    for cookie in system.handle(
        Request(f"{EVENTS}/sign-in", 1000, 0, "POST", {"fields": ADA, "language": "de"})
    ).set_cookies:
        jar.store(cookie, route, 1000)
    assert set(jar.sent(route, 2000)) == {SESSION, LANGUAGE}
    jar.close_browser(now=3000)
    held = dict(jar.sent(route, 4000))
    assert held == {LANGUAGE: "de"}
    again = system.handle(Request(f"{EVENTS}/sign-in", 5000, 1, "POST", {"fields": ADA}, held))
    assert cookies_of(again)[LANGUAGE] == "de"


@pytest.mark.parametrize(("asked", "set_to"), [("de", "de"), ("pt-BR", "pt-BR"), ("<b>", "en"), ("", "en")])
def test_a_language_is_a_languages_code(system, asked, set_to):
    answer = system.handle(Request(f"{EVENTS}/sign-in", 1000, 0, "POST", {"fields": ADA, "language": asked}))
    assert cookies_of(answer)[LANGUAGE] == set_to
