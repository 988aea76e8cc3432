"""A corpus of broken requests: each is answered with 4xx, never with 5xx, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reference_impl.outbound_marketing.web.app import EVENT_HEADER, NOW_HEADER
from reference_impl.outbound_marketing.web.wire import MESSAGES, MOST_BYTES
from tests.reference_impl.outbound_marketing.web.asking import EVENTS, MESSAGE, SERVICE, SHOP, Sent, Service, message

JSON_TEXT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
).map(json.dumps)


SIGN_IN = Sent("POST", EVENTS, "/sign-in", (("origin", f"http://{EVENTS}"),), b"email=ada%40mail.example")
REGISTER = Sent("POST", EVENTS, "/register", (("origin", f"http://{EVENTS}"),))
GOOD = [*map(message, MESSAGES), SIGN_IN]
GOOD += [Sent("GET", SERVICE, path) for path in ("/redirect-link", "/email-link?addressee=1&campaign=0")]
"""Requests that are accepted, and that the broken ones are made of."""

POSTED = st.sampled_from(list(map(message, MESSAGES)))
ANY = st.sampled_from(GOOD)


@st.composite
def with_broken_body(draw: st.DrawFn) -> Sent:
    """A message that is no JSON, or not the JSON that is expected."""
    sent = draw(POSTED)
    said = json.loads(sent.body)
    field = draw(st.sampled_from(sorted(said)))
    wrong = {
        "website_id": [1, None, [], "x" * 61, "", "nobody", "ma\x00in"],
        "page": [
            1,
            None,
            "",
            "x",
            "http://evil.example/",
            "http://",
            f"http://{SHOP}.evil.example/",
            "javascript:alert(1)",
            "http://a b",
            "https://" + "x" * 3000,
            "http://a/\x7f",
        ],
        "visitor": [1, True, [], {}, "x" * 5000],
        "visit": [1, True, [], {}, "x" * 5000],
        "fields": [1, None, [], {"email": 1}, {"e-mail": "x"}, {"email": "x" * 201}, {"email": "a\nb"}, "x"],
    }[field]
    body = draw(
        st.one_of(
            st.binary(max_size=200),
            JSON_TEXT.map(str.encode),
            st.integers(0, len(sent.body) - 1).map(lambda end: sent.body[:end]),
            st.sampled_from(wrong).map(lambda value: json.dumps(said | {field: value}).encode()),
            st.sampled_from(["anonymise", "Anonymize", "now", "__proto__"]).map(
                lambda key: json.dumps(said | {key: True}).encode()
            ),
            st.sampled_from([1, "yes", None, {}]).map(lambda value: json.dumps(said | {"anonymize": value}).encode()),
            st.sampled_from(["website_id", "page"]).map(
                lambda left_out: json.dumps({key: value for key, value in said.items() if key != left_out}).encode()
            ),
            st.integers(MOST_BYTES + 1, 3 * MOST_BYTES).map(sent.body.ljust),
            st.just(b'{"website_id": ' + b"[" * 5000),
        )
    )
    return replace(sent, body=body)


@st.composite
def with_broken_headers(draw: st.DrawFn) -> Sent:
    """A request from where none may come, of another type, or without its time."""
    sent = draw(ANY)
    choices = [
        sent.with_header(
            NOW_HEADER, draw(st.sampled_from([None, "", "-1", "1.5", "now", "9" * 16, "\u0661".encode()]))
        ),
        sent.with_header(EVENT_HEADER, draw(st.sampled_from([None, "", "-1", "x", "9" * 40]))),
        replace(sent, host=draw(st.sampled_from(["", "evil.example", "localhost", "svc.localhost.evil.example"]))),
        replace(sent, method=draw(st.sampled_from(["PUT", "DELETE", "PATCH", "TRACE", "X"]))),
    ]
    if sent.method == "POST":
        foreign = [None, "", "null", "http://evil.example", f"https://{SHOP}", f"http://{SHOP}.evil.example", "*"]
        choices.append(sent.with_header("origin", draw(st.sampled_from(foreign) | st.binary(max_size=20))))
    if sent.host == SERVICE and sent.method == "POST":
        other = [
            None,
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/jsonp",
        ]
        choices.append(sent.with_header("content-type", draw(st.sampled_from(other))))
    return draw(st.sampled_from(choices))


@st.composite
def of_the_event_website(draw: st.DrawFn) -> Sent:
    """A form of the event website that it has not made, or that nobody signed in may send."""
    body = draw(
        st.one_of(
            st.binary(min_size=1, max_size=100).filter(lambda body: not body.startswith(b"email")),
            st.sampled_from([b"email=" + b"x" * 201, b"who=1", b"email=a%0Ab", b"email=%ff%00", b"a=1&" * 20]),
            st.integers(MOST_BYTES, 2 * MOST_BYTES).map(lambda size: b"email=" + b"x" * size),
        )
    )
    return replace(draw(st.sampled_from([SIGN_IN, REGISTER])), body=body)


QUERY = st.text(st.characters(codec="ascii", exclude_characters="&#"), max_size=40)


@st.composite
def of_no_page(draw: st.DrawFn) -> Sent:
    """An address that there is not, or a link that is not registered."""
    asked = draw(
        st.one_of(
            QUERY.map(lambda text: f"/x{text}"),
            st.sampled_from(
                ["/", "/load", "/..%2f..%2fetc/passwd", "/tracker.js/", "/visitor.js", "/form-submit", "//"]
            ),
            QUERY.map(lambda text: f"/redirect-link?link={text}x"),
            QUERY.map(lambda text: f"/email-link?{text}"),
            st.sampled_from(
                [
                    "/redirect-link?link=https://evil.example/",
                    "/redirect-link?link=//evil.example",
                    "/redirect-link?link=contact&link=https://evil.example" + "&x" * 20,
                    "/email-link?addressee=1",
                    "/email-link?campaign=0",
                    "/email-link?addressee=x&campaign=0",
                    "/email-link?addressee=1&campaign=-1",
                    "/email-link?addressee=1&campaign=99999999999",
                    "/email-link?addressee=1&addressee=2&campaign=0",
                    "/email-link?addressee=1&campaign=0" + "&x=1" * 50,
                    "/email-link?addressee=1&campaign=0&x=" + "x" * 900,
                    "/email-link?addressee=%00&campaign=%ff",
                    "/email-link?addressee=" + "9" * 300 + "&campaign=" + "9" * 150,
                ]
            ),
        )
    )
    return Sent("GET", SERVICE, asked)


@pytest.fixture(scope="module", params=["test mode", "for real"])
def service(request) -> Iterator[Service]:
    with TemporaryDirectory() as folder:
        yield Service(Path(folder), request.param == "test mode")


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(sent=with_broken_body() | with_broken_headers() | of_the_event_website() | of_no_page())
@example(sent=REGISTER)
@example(sent=Sent("GET", SERVICE, "/email-link?" + "a&" * 30))
@example(sent=replace(message("load"), body=json.dumps(MESSAGE | {"page": "http://x/\ud800"}).encode()))
def test_a_broken_request_is_answered_with_4xx_and_leaves_nothing_behind(service, sent):
    before = service.stored()
    answer = service.answer(sent)
    if answer.status < 400 and is_good(service, sent):
        return
    assert 400 <= answer.status < 500, answer.body
    assert service.stored() == before
    assert b"set-cookie" not in dict(answer.headers)


def is_good(service: Service, sent: Sent) -> bool:
    """Whether what was broken has come out whole: without its time, where it is no test."""
    ours = (NOW_HEADER, EVENT_HEADER)
    others = tuple(header for header in sent.headers if header[0] not in ours)
    says_no_time = not any(value for name, value in sent.headers if name in ours)
    return not service.simulated and says_no_time and replace(sent, headers=others) in GOOD


def test_what_the_broken_requests_are_made_of_is_accepted(service):
    for sent in GOOD:
        before = service.stored()[0]
        assert service.answer(sent).status < 400, sent
        assert service.stored()[0] == before + 1
