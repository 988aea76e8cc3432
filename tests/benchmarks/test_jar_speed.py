"""What a cookie jar costs: `pytest tests/benchmarks/test_jar_speed.py --benchmark-only`."""

from __future__ import annotations

import tracemalloc

import pytest

from sim.browser import Context, CookieJar, Route, SetCookie, profile

NOW = 1_767_571_200_000
SHOP, SERVICE = "https://www.shop.example/", "https://org.svc.example/t"
AT_SHOP, AT_SERVICE = Route.of(SHOP, Context.top_level(SHOP)), Route.of(SERVICE, Context(SHOP, "POST"))
THEIRS = [f"visitor={'v' * 36}; Max-Age=63072000; SameSite=None; Secure; HttpOnly", "visit=1; SameSite=None; Secure"]
OWN = [f"msd365mkttr={'v' * 40}; Max-Age=63072000; Path=/", "msd365mkttrs=12345678; Path=/"]


def filled(name: str) -> CookieJar:
    jar = CookieJar(profile(name))
    for text in THEIRS:
        jar.store(SetCookie.parse(text), AT_SERVICE, NOW)
    for text in OWN:
        jar.script_store(text, AT_SHOP, NOW)
    jar.sent(AT_SERVICE, NOW)
    jar.script_values(AT_SHOP, NOW)
    return jar


makes = pytest.mark.parametrize("name", ["chromium", "firefox", "safari"])


@makes
def test_what_is_sent_when_nothing_has_changed(benchmark, name):
    benchmark(filled(name).sent, AT_SERVICE, NOW + 1)


@makes
def test_why_a_cookie_is_absent(benchmark, name):
    benchmark(filled(name).absence, "nothing", AT_SERVICE, NOW + 1)


@makes
def test_storing_a_new_value_and_sending_it(benchmark, name):
    jar, values = filled(name), [SetCookie.parse(text) for text in (THEIRS[1], THEIRS[1].replace("=1", "=2"))]

    def renew():
        for value in values:
            jar.store(value, AT_SERVICE, NOW)
            jar.sent(AT_SERVICE, NOW)

    benchmark(renew)


@makes
def test_reading_a_header(benchmark, name):
    benchmark(SetCookie.parse, THEIRS[0], profile(name).quirks)


def test_200_000_jars_fit_in_memory():
    filled("firefox")  # what all jars share
    tracemalloc.start()
    jars = [filled("firefox") for _ in range(1000)]
    octets = tracemalloc.get_traced_memory()[0] / len(jars)
    tracemalloc.stop()
    assert octets < 3000, f"{octets:.0f} octets a jar with four cookies, their values included"
