"""Where RFC 6265bis answers otherwise than RFC 6265 did, with its section.

The public http-state cases were written for RFC 6265. A case of theirs that falls under one of these answers has
another answer here; all others are to hold as they stand.
"""

from __future__ import annotations

import pytest

from sim.browser import Context, CookieJar, profile

SHOP = "https://home.example.org/cookie-parser"
PLAIN = "http://home.example.org/cookie-parser"
NOW = 1_767_571_200_000
DAY = 86_400_000

CHANGES = [
    # section 5.6, step 1: a control character refuses the cookie; RFC 6265, section 5.2, knew none
    ("5.6 step 1", ["a=b\x01c"], SHOP, "", "a=b\x01c"),
    ("5.6 step 1", ["a=b\x7f"], SHOP, "", "a=b\x7f"),
    # section 5.6, step 3: without an equals sign all is the value of a nameless cookie; it was ignored
    ("5.6 step 3", ["foo"], SHOP, "foo", ""),
    ("5.6 step 3", ["foo; path=/"], SHOP, "foo", ""),
    # section 5.6, steps 3 to 5: an empty name makes a nameless cookie; it was ignored
    ("5.6 step 5", ["=bar"], SHOP, "bar", ""),
    ("5.6 step 5", ["  =  bar"], SHOP, "bar", ""),
    # a second nameless cookie takes the place of the first: section 5.7, step 23
    ("5.7 step 23", ["foo", "=bar"], SHOP, "bar", ""),
    # section 5.6, step 6: name and value are 4096 octets together at most; there was no limit
    ("5.6 step 6", ["a=" + "x" * 4096], SHOP, "", "a=" + "x" * 4096),
    # section 5.6.3: an empty Domain says `this host`, and the last one counts; it was to be ignored
    ("5.6.3", ["a=b; domain=.example.org; domain="], SHOP, "a=b", "a=b"),
    # section 5.7, steps 8 and 12: a page that is not secure neither sets Secure nor lies over what is; both were free
    ("5.7 step 8", ["a=b; secure"], PLAIN, "", ""),
    # section 5.7, steps 20 to 22: names that promise something are held to it; they were names like any other
    ("5.7 step 20", ["__Secure-a=b"], SHOP, "", "__Secure-a=b"),
    ("5.7 step 21", ["__Host-a=b; secure; domain=example.org; path=/"], SHOP, "", "__Host-a=b"),
    ("5.7 step 22", ["__Host-a"], SHOP, "", ""),
]


def header(cookies):
    return "; ".join(map(str, cookies))


@pytest.mark.parametrize(("section", "headers", "url", "now_sent", "sent_before"), CHANGES)
def test_the_draft_decides(section, headers, url, now_sent, sent_before):
    jar = CookieJar(profile("rfc6265bis"))
    for place, text in enumerate(headers):
        jar.set_cookie(text, url, NOW + place, Context.top_level(url))
    assert header(jar.cookies_for(url, NOW + 10, Context.top_level(url))) == now_sent


def test_an_empty_domain_is_this_host_alone():
    jar = CookieJar(profile("rfc6265bis"))
    jar.set_cookie("a=b; domain=.example.org; domain=", SHOP, NOW, Context.top_level(SHOP))
    elsewhere = "https://www.example.org/"
    assert jar.cookies_for(elsewhere, NOW, Context.top_level(elsewhere)) == []


def test_a_page_that_is_not_secure_does_not_lie_over_a_secure_cookie():
    """Section 5.7, step 12; RFC 6265 let it overwrite."""
    jar = CookieJar(profile("rfc6265bis"))
    jar.set_cookie("a=secret; secure; path=/", SHOP, NOW, Context.top_level(SHOP))
    jar.set_cookie("a=other; path=/cookie-parser", PLAIN, NOW + 1, Context.top_level(PLAIN))
    assert header(jar.cookies_for(SHOP, NOW + 2, Context.top_level(SHOP))) == "a=secret"


def test_lives_end_after_400_days_however_long_was_asked():
    """Sections 5.6.1 and 5.6.2; RFC 6265 had no limit."""
    jar = CookieJar(profile("rfc6265bis"))
    jar.set_cookie("a=b; max-age=99999999999", SHOP, NOW, Context.top_level(SHOP))
    assert header(jar.cookies_for(SHOP, NOW + 399 * DAY, Context.top_level(SHOP))) == "a=b"
    assert jar.cookies_for(SHOP, NOW + 401 * DAY, Context.top_level(SHOP)) == []


def test_an_attribute_of_more_than_1024_octets_is_ignored():
    """Section 5.6; RFC 6265 had no limit."""
    jar = CookieJar(profile("rfc6265bis"))
    jar.set_cookie(f"a=b; path=/{'x' * 1024}", SHOP, NOW, Context.top_level(SHOP))
    assert header(jar.cookies_for(SHOP, NOW, Context.top_level(SHOP))) == "a=b"


def test_same_site_is_heeded_and_lax_where_it_is_not_given():
    """Sections 5.6.7 and 5.8.3; RFC 6265 sent cookies to whoever was asked."""
    jar = CookieJar(profile("rfc6265bis"))
    jar.set_cookie("a=b", SHOP, NOW, Context.top_level(SHOP))
    assert jar.cookies_for(SHOP, NOW, Context("https://other.example/")) == []
