"""libsoup's parser without libsoup: what each of its rules does. `tests/browsers/test_libsoup.py` has the original."""

from __future__ import annotations

import pytest

from sim.browser import Absence, Attributes, Context, CookieJar, SameSite, SetCookie, profile
from sim.browser.quirks import Quirk

NOW = 20_000 * 24 * 60 * 60 * 1000
SHOP, WWW = "https://shop.localhost/", "https://www.shop.localhost/"


def read(header: str) -> SetCookie:
    parsed = SetCookie.parse(header, frozenset({Quirk.READ_BY_LIBSOUP}))
    assert parsed is not None
    return parsed


def attributes(text: str) -> Attributes:
    return read(f"a=1; {text}").attributes


def jar_with(*headers: str, url: str = SHOP, page: str = "") -> CookieJar:
    jar = CookieJar(profile("webkit_no_third_party"))
    for header in headers:
        jar.set_cookie(header, url, NOW, Context(page) if page else Context.top_level(url))
    return jar


def sent(jar: CookieJar, url: str) -> str:
    return "; ".join(map(str, jar.cookies_for(url, NOW, Context.top_level(url))))


@pytest.mark.parametrize(
    ("header", "name", "value"),
    [
        (" a = b c ; Path=/", "a", "b c"),
        ("a=b=c", "a", "b=c"),
        ("a", "", "a"),
        ("=a", "", "a"),
        ("", "", ""),
        ("=", "", ""),
        ("\ta=\t1", "a", "1"),
        ("a\t=1", "", "a"),
        ("a=x\ty", "a", "x"),
        ("a=x\x01y", "a", "x"),
        ("a=x\x7fy", "a", "x\x7fy"),
        ("a=\x0b1", "a", ""),
        ("a=x\xc3\xa9y", "a", "x"),
        ("\xc3\xa9=1", "", ""),
        ("a,b=1", "", "a,b=1"),
        ("a=1,b", "a", "1,b"),
        ("a=" + "x" * 9000, "a", "x" * 9000),
    ],
)
def test_texts_end_at_control_characters_and_beyond_ascii(header, name, value):
    assert (read(header).name, read(header).value) == (name, value)


@pytest.mark.parametrize("end", ["\t", "\x01", "\xc3", ","])
def test_nothing_is_read_behind_the_end_of_a_text(end):
    assert attributes("Secure; HttpOnly").http_only
    assert not attributes(f"Secure{end}; HttpOnly").http_only
    assert attributes(f"Path=/{end}; HttpOnly").http_only is (end == ",")


@pytest.mark.parametrize("name", ["Path", "Domain", "Max-Age", "Expires", "SameSite"])
def test_attributes_need_their_equals_sign(name):
    said = attributes(f"Path=/x; Domain=shop.example; Max-Age=5; SameSite=Strict; {name}")
    assert (said.path, said.domain, said.max_age, said.same_site) == ("/x", "shop.example", 5, SameSite.STRICT)


def test_none_and_unknown_values_of_same_site_are_not_heard():
    assert attributes("SameSite=Strict; SameSite=Foo; SameSite=None").same_site is SameSite.STRICT
    assert attributes("SameSite=Strict; SameSite=lax").same_site is SameSite.LAX


@pytest.mark.parametrize(
    ("text", "max_age", "expires"),
    [
        ("Max-Age=7", 7, None),
        ("Max-Age=+7", 7, None),
        ("Max-Age=-7", 0, None),
        ("Max-Age=", 0, None),
        ("Max-Age=1e3", None, None),
        ("Max-Age=7; Max-Age=x", 7, None),
        ("Max-Age=2147483647", 2**31 - 1, None),
        ("Max-Age=2147483648", -(2**31), None),
        ("Max-Age=4294967295", None, None),
        ("Max-Age=4294967303", 7, None),
        ("Max-Age=" + "9" * 9000, None, None),
        ("Max-Age=-" + "9" * 9000, 0, None),
        ("Max-Age=7; Expires=Thu, 01 Jan 1970 00:00:10 GMT", None, 10_000),
        ("Expires=Thu, 01 Jan 1970 00:00:10 GMT; Max-Age=7", 7, None),
        ("Expires=Thu, 01 Jan 1970 00:00:10 GMT; Max-Age=-1", 0, None),
        ("Max-Age=7; Expires=foo", None, None),
    ],
)
def test_the_last_life_counts_and_ages_are_ints_of_c(text, max_age, expires):
    assert (attributes(text).max_age, attributes(text).expires) == (max_age, expires)


@pytest.mark.parametrize(
    ("date", "second"),
    [
        ("Thu, 01 Jan 1970 00:00:10 GMT", 10),
        ("Thursday, 01-Jan-70 00:00:10 GMT", 10),
        ("Thu Jan  1 00:00:10 1970", 10),
        ("1 Jan 1970 00:00:10", 10),
        ("1 Jan 070 00:00:10", 10),
        ("1 jan 1970 00:00:10 GMT", 10),
        ("1 jan 1970 00:00:10", None),
        ("1 January 1970 00:00:10", None),
        ("Jan 1 00:00:10 1970", None),
        ("1970-01-01T00:00:10Z", None),
        ("1/Jan/1970 00:00:10", None),
        ("1 Jan 1970 00:00", None),
        ("1 Jan 1970 00:00:60", None),
        ("32 Jan 1970 00:00:10", None),
        ("1 Jan 10000 00:00:10", None),
        ("1 Jan " + "9" * 9000 + " 00:00:10", None),
        ("1 Jan 1970 00:00:10 +" + "9" * 9000, 10),
        ("1 Jan 69 00:00:00", 3_124_224_000),
        ("1 Jan 1 00:00:00", -62_135_596_800),
        ("1 Jan 1970 02:00:10 +0200", 10),
        ("1 Jan 1970 02:30:10 +2:30", 10),
        ("1 Jan 1970 00:00:10 -0130", 5410),
        ("1 Jan 1970 00:00:10 +2500", 10),
        ("1 Jan 1970 00:00:00 EST", 0),
        ("1 Jan 1970 00:00:00 CDT", 4 * 3600),
        ("1 Jan 1970 00:00:00 PST", 15 * 3600),
    ],
)
def test_dates_are_read_in_http_s_forms_and_in_their_time_zone(date, second):
    assert attributes(f"Expires={date}").expires == (None if second is None else second * 1000)


def test_a_cookie_with_neither_name_nor_value_is_kept_and_never_shown():
    jar = jar_with("a=1", "=", "; Path=/x")
    assert len(jar) == 3
    assert sent(jar, SHOP) == "a=1"
    assert jar.document_cookie(SHOP, NOW) == "a=1"
    assert len(jar_with("a=1", "=", "=; Max-Age=0")) == 1


def test_a_host_sets_for_its_domain_in_upper_case_but_not_for_the_one_above():
    assert sent(jar_with("a=1; Domain=SHOP.Localhost"), WWW) == "a=1"
    assert len(jar_with("a=1; Domain=SHOP.Localhost", url=WWW)) == 0
    assert len(jar_with("a=1; Domain=SHOP.Localhost", "a=2; Domain=.shop.localhost")) == 1


@pytest.mark.parametrize("domain", [".", "localhost", ".localhost"])
def test_a_domain_must_have_a_dot_inside(domain):
    assert len(jar_with(f"a=1; Domain={domain}", url="https://localhost/")) == 0


def test_the_nearest_domains_are_sent_first():
    jar = jar_with("a=1; Domain=shop.localhost", "b=1", "c=1; Domain=www.shop.localhost", "d=1; Path=/x", url=WWW)
    assert sent(jar, f"{WWW}x") == "d=1; c=1; b=1; a=1"


def test_each_line_of_a_script_is_a_cookie():
    jar = CookieJar(profile("webkit_itp"))
    assert jar.set_document_cookie("a=1\nb=2; HttpOnly\nc=3\rd=4", SHOP, NOW) is Absence.PRESENT
    assert jar.document_cookie(SHOP, NOW) == "a=1; c=3"


@pytest.mark.parametrize(
    ("url", "page", "header", "stored"),
    [
        (WWW, SHOP, "a=1", False),
        (WWW, SHOP, "a=1; Domain=www.shop.localhost", False),
        (WWW, SHOP, "a=1; Domain=shop.localhost", True),
        (SHOP, WWW, "a=1", False),
        (SHOP, WWW, "a=1; Domain=shop.localhost", True),
        (WWW, "", "a=1", True),
        ("https://www.shop.org/", "https://shop.org/", "a=1", True),
        ("https://www.shop.org/", "https://other.org/", "a=1", False),
    ],
)
def test_under_an_unlisted_suffix_each_host_is_a_site(url, page, header, stored):
    assert len(jar_with(header, url=url, page=page)) == stored
