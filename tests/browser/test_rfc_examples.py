"""Conversations between a server and a browser: those of RFC 6265bis, section 3.1, and such as test parsers.

Each: the headers that an address sets, in order, and the Cookie header that a later request carries.
"""

from __future__ import annotations

import pytest

from sim.browser import Context, CookieJar, profile

NOW = 1_767_571_200_000
PARSER = "http://home.example.org:8888/cookie-parser?n"


def carried(headers: list[str], url: str = PARSER, to: str | None = None, name: str = "rfc6265bis") -> str:
    jar = CookieJar(profile(name))
    for header in headers:
        jar.set_cookie(header, url, NOW, Context.top_level(url))
    to = to or url
    return "; ".join(map(str, jar.cookies_for(to, NOW + 1, Context.top_level(to))))


@pytest.mark.parametrize("name", ["rfc6265bis", "chromium", "firefox", "safari"])
def test_the_examples_of_section_3_1(name):
    site, sibling = "https://site.example/", "https://www.site.example/x"
    session = "SID=31d4d96e407aad42; Path=/; Secure; HttpOnly"
    language = "lang=en-US; Path=/; Domain=site.example"
    assert carried(["SID=31d4d96e407aad42"], site, name=name) == "SID=31d4d96e407aad42"
    assert carried(["SID=31d4d96e407aad42; Path=/; Domain=site.example"], site, sibling, name) == "SID=31d4d96e407aad42"
    assert carried([session, language], site, name=name) == "SID=31d4d96e407aad42; lang=en-US"
    assert carried([session, language], site, sibling, name) == "lang=en-US"
    renewed = "lang=en-US; Expires=Wed, 09 Jun 2027 10:18:14 GMT"
    gone = "lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT"
    assert carried(["SID=31d4d96e407aad42", renewed], site, name=name) == "SID=31d4d96e407aad42; lang=en-US"
    assert carried(["SID=31d4d96e407aad42", renewed, gone], site, name=name) == "SID=31d4d96e407aad42"


@pytest.mark.parametrize(
    ("headers", "cookie"),
    [
        (["foo=bar"], "foo=bar"),
        (["foo=bar; Expires=Fri, 07 Aug 2007 08:04:19 GMT"], ""),
        (["foo=bar; Expires=Fri, 07 Aug 2030 08:04:19 GMT", "foo2=bar2; max-age=1000"], "foo=bar; foo2=bar2"),
        (["foo=bar; expires=Friday, 01-Jan-2038 00:00:00", "foo=bar; max-age=0"], ""),
        (["foo=bar; Expires=not a date"], "foo=bar"),
        (["foo=bar; max-age=bogus"], "foo=bar"),
        (["foo", "bar"], "bar"),
        (["=foo"], "foo"),
        (["foo=", "bar="], "foo=; bar="),
        (["foo=bar=baz"], "foo=bar=baz"),
        (['foo="bar; baz"'], 'foo="bar'),
        (["  foo  =  bar  ;"], "foo=bar"),
        (["foo=bar, baz=qux"], "foo=bar, baz=qux"),
        (["foo=\tbar\t"], "foo=bar"),
        (["foo=bar;;;;"], "foo=bar"),
        (["foo=bar; secure"], ""),
        (["foo=bar; secureX"], "foo=bar"),
        (["foo=bar; path=/cookie-parser/x"], ""),
        (["foo=bar; path=/cookie-parser"], "foo=bar"),
        (["foo=bar; path=/cookie-parse"], ""),
        (["foo=bar; path=cookie-parser/x"], "foo=bar"),
        (["foo=bar; path="], "foo=bar"),
        (["foo=bar; domain=example.org"], "foo=bar"),
        (["foo=bar; domain=.example.org"], "foo=bar"),
        (["foo=bar; domain=..example.org"], ""),
        (["foo=bar; domain=org"], ""),
        (["foo=bar; domain=.org"], ""),
        (["foo=bar; domain=example.org:8888"], ""),
        (["foo=bar; domain=www.home.example.org"], ""),
        (["foo=bar; domain=HOME.EXAMPLE.ORG"], "foo=bar"),
        (["foo=bar; domain="], "foo=bar"),
        (["foo=bar; domain=other.org; domain=example.org"], "foo=bar"),
        (["foo=bar; domain=example.org; domain=other.org"], ""),
        (["foo=1", "foo=2; path=/", "foo=3; domain=example.org"], "foo=2; foo=3"),
        (["foo=1; path=/cookie-parser", "foo=2; path=/"], "foo=1; foo=2"),
        (["foo=bar", "foo=baz", "bar=1", "foo=qux"], "foo=qux; bar=1"),
    ],
)
def test_a_parser_is_told_by_what_it_sends_back(headers, cookie):
    assert carried(headers) == cookie


@pytest.mark.parametrize(
    ("header", "to", "cookie"),
    [
        ("foo=bar", "http://www.home.example.org:8888/cookie-parser", ""),
        ("foo=bar; domain=home.example.org", "http://www.home.example.org:8888/cookie-parser", "foo=bar"),
        ("foo=bar; domain=home.example.org", "http://example.org:8888/cookie-parser", ""),
        ("foo=bar; domain=example.org", "http://sibling.example.org:8888/cookie-parser", "foo=bar"),
        ("foo=bar; domain=example.org", "http://badexample.org:8888/cookie-parser", ""),
        ("foo=bar; domain=example.org; domain=", "http://sibling.example.org:8888/cookie-parser", ""),
        ("foo=bar; path=/a", "http://home.example.org:8888/a/b", "foo=bar"),
        ("foo=bar; path=/a/", "http://home.example.org:8888/a", ""),
        ("foo=bar; path=/a", "http://home.example.org:8888/ab", ""),
        ("foo=bar; path=/a", "http://home.example.org:8888/a?b", "foo=bar"),
        ("foo=bar; path=/a%62", "http://home.example.org:8888/ab", ""),
    ],
)
def test_a_cookie_goes_where_its_domain_and_path_say(header, to, cookie):
    assert carried([header], to=to) == cookie
