"""What the service keeps from whom: contacts from strangers, cookies from scripts, its name from foreign links."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_impl.outbound_marketing import Policy
from reference_impl.outbound_marketing.rules import THIRD_PARTY_VISITOR
from reference_impl.outbound_marketing.web.pages import page
from tests.reference_impl.outbound_marketing.web.asking import (
    EVENTS,
    SERVICE,
    SHOP,
    WHO,
    Answer,
    Sent,
    Service,
    message,
)

ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path, simulated=True)


def said(answer: Answer) -> dict:
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def remembered(service: Service) -> tuple[str, str]:
    """Visitor id and the service's cookies of somebody who asked to be remembered."""
    answer = service.answer(message("form-submit", remember_me=True))
    cookies = [value.decode().partition(";")[0] for name, value in answer.headers if name == b"set-cookie"]
    return said(answer)["visitor"], "; ".join(cookies)


def looking(visitor: str | None, cookie: str = "") -> Sent:
    sent = message("form-view", prefill=True, visitor=visitor)
    return sent.with_header("cookie", cookie) if cookie else sent


def test_a_form_is_filled_in_for_the_visitor_who_asked(service):
    visitor, cookie = remembered(service)
    assert said(service.answer(looking(visitor)))["form"] == WHO
    assert said(service.answer(looking(None, cookie)))["form"] == WHO


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    guess=st.text(ID_CHARACTERS, min_size=40, max_size=40), at=st.integers(0, 39), other=st.sampled_from(ID_CHARACTERS)
)
def test_a_guessed_id_shows_nobody_even_if_it_is_one_letter_off(service, guess, at, other):
    visitor, _ = remembered(service)
    near = visitor[:at] + other + visitor[at + 1 :]
    for tried in {guess, near} - {visitor}:
        assert "form" not in said(service.answer(looking(tried)))
        assert "form" not in said(service.answer(looking(None, f"{THIRD_PARTY_VISITOR}={tried}")))


@pytest.mark.parametrize("form_updates", ["contacts_and_leads", "only_contacts", "only_leads", "neither"])
def test_whoever_knows_an_address_alone_is_shown_no_more_than_that(tmp_path, form_updates):
    service = Service(tmp_path, simulated=True, policy=Policy(form_updates=form_updates))
    remembered(service)
    only_address = {"email": WHO["email"]}
    stranger = said(service.answer(message("form-submit", fields=only_address, remember_me=True)))["visitor"]
    shown = said(service.answer(looking(stranger))).get("form", {})
    assert {value for value in shown.values() if value} <= {WHO["email"]}


def test_a_captured_form_or_one_without_prefill_shows_nobody(service):
    visitor, _ = remembered(service)
    assert "form" not in said(service.answer(message("form-view", visitor=visitor)))


def test_anonymous_messages_show_nobody_and_set_nothing(service):
    visitor, cookie = remembered(service)
    answer = service.answer(
        message("form-view", prefill=True, visitor=visitor, anonymize=True).with_header("cookie", cookie)
    )
    assert said(answer) == {}
    assert b"set-cookie" not in dict(answer.headers)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"http://{SHOP}.evil.example", f"http://{EVENTS}"])
def test_no_other_site_may_read_an_answer(service, origin):
    for sent in (
        message("load").with_header("origin", origin),
        Sent("OPTIONS", SERVICE, "/load", (("origin", origin), ("access-control-request-method", "POST"))),
    ):
        answer = service.answer(sent)
        assert answer.status in (400, 403)
        assert b"access-control-allow-origin" not in dict(answer.headers)


def test_a_registered_site_may_read_it_with_cookies(service):
    asked = (("origin", f"http://{SHOP}"), ("access-control-request-method", "POST"))
    for sent in (message("load"), Sent("OPTIONS", SERVICE, "/load", asked)):
        headers = dict(service.answer(sent).headers)
        assert headers[b"access-control-allow-origin"] == f"http://{SHOP}".encode()
        assert headers[b"access-control-allow-credentials"] == b"true"


def test_links_lead_where_they_are_registered_to_and_the_cookie_is_kept_from_script(service):
    for path in ("/redirect-link", "/redirect-link?link=contact", "/email-link?addressee=1&campaign=3"):
        answer = service.answer(Sent("GET", SERVICE, path))
        headers = dict(answer.headers)
        assert answer.status == 302
        assert headers[b"location"].decode().startswith(f"http://{SHOP}/")
        assert b"HttpOnly" in headers[b"set-cookie"]
        assert b"Secure" in headers[b"set-cookie"]


@pytest.mark.parametrize(
    "cookies",
    [
        f"{THIRD_PARTY_VISITOR}=short",
        f"{THIRD_PARTY_VISITOR}={'x' * 39}!",
        f"{THIRD_PARTY_VISITOR}={'x' * 4000}",
        "event_session=" + "<" * 24,
        'event_language=de"><script>',
        "; ; =; ==; a=b=c;;;",
        "\x00\x01=\x02",
    ],
)
def test_cookies_that_are_not_ours_are_as_if_they_were_not_there(service, cookies):
    assert len(said(service.answer(message("load").with_header("cookie", cookies)))["visitor"]) == 40
    shown = service.answer(Sent("GET", EVENTS, "/").with_header("cookie", cookies))
    assert shown.status == 200
    assert b"script>" not in shown.body


def test_what_is_typed_comes_back_as_text_only(service):
    typed = dict.fromkeys(("email", "first_name", "last_name", "phone"), HOSTILE)
    answer = service.answer(message("form-submit", fields=typed, remember_me=True))
    visitor = said(answer)["visitor"]
    again = service.answer(looking(visitor))
    assert said(again)["form"] == typed  # whole, as JSON: the loader sets it as a field's value, which is never markup
    assert dict(again.headers)[b"content-type"] == b"application/json"
    html = page("event_website", signed_in=False, language="en", registered=False, problem=HOSTILE)
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_an_error_says_nothing_of_what_was_sent(service):
    answer = service.answer(message("load", website_id=HOSTILE * 9, page=HOSTILE))
    assert answer.status == 400
    assert not re.search(rb"script|onerror", answer.body)


def test_the_loader_never_writes_markup(service):
    script = service.answer(Sent("GET", SERVICE, "/form.js")).body
    assert b".value = text" in script
    assert not re.search(rb"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


def test_somebody_elses_session_is_not_guessed(service):
    signed_in = service.answer(
        Sent("POST", EVENTS, "/sign-in", (("origin", f"http://{EVENTS}"),), b"email=ada%40mail.example")
    )
    assert signed_in.status == 303
    guess = Sent("POST", EVENTS, "/register", (("origin", f"http://{EVENTS}"), ("cookie", "event_session=" + "A" * 24)))
    assert service.answer(guess).status == 401
