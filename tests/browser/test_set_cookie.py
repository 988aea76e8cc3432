"""The parser: RFC 6265bis, section 5.6."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.browser import PROFILES, Attributes, SameSite, SetCookie
from sim.browser.quirks import Quirk

ALL_QUIRKS = sorted({made.quirks for made in PROFILES.values()}, key=len)


def pair(header: str, *quirks: Quirk) -> tuple[str, str] | None:
    parsed = SetCookie.parse(header, frozenset(quirks))
    return None if parsed is None else (parsed.name, parsed.value)


def attributes(header: str, *quirks: Quirk) -> Attributes:
    parsed = SetCookie.parse(header, frozenset(quirks))
    assert parsed is not None
    return parsed.attributes


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("a=b", ("a", "b")),
        ("  a\t= b  ; Path=/", ("a", "b")),
        ("a=b=c", ("a", "b=c")),
        ('a="b c"', ("a", '"b c"')),
        ("a=b,c", ("a", "b,c")),
        ("a=", ("a", "")),
        ("=b", ("", "b")),
        ("b", ("", "b")),
        ("b c", ("", "b c")),
        ("a b=c", ("a b", "c")),
        ("a=b\tc", ("a", "b\tc")),
        ("a=\x80\xff", ("a", "\x80\xff")),
        ("=", None),
        ("", None),
        (" ; Path=/", None),
        ("a=b\x00", None),
        ("a=b\x1f", None),
        ("a=b\x7f", None),
        ("a=b; Path=/\x07", None),
        ("a=b\r\nc=d", None),
    ],
)
def test_names_and_values(header, expected):
    assert pair(header) == expected


def test_name_and_value_have_4096_octets_together():
    assert pair("ab=" + "x" * 4094) is not None
    assert pair("ab=" + "x" * 4095) is None
    assert pair("a=" + "é" * 2047) is not None
    assert pair("a=" + "é" * 2048) is None


def test_an_attribute_over_1024_octets_is_ignored_alone():
    assert attributes("a=b; Path=/" + "x" * 1023).path == "/" + "x" * 1023
    ignored = attributes("a=b; Path=/" + "x" * 1024 + "; Secure")
    assert (ignored.path, ignored.secure) == ("", True)


def test_max_age_and_expires_are_both_kept():
    both = attributes("a=b; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=7")
    assert (both.expires, both.max_age) == (1000, 7)


@pytest.mark.parametrize(
    ("text", "max_age"),
    [("7", 7), ("-7", -7), ("0", 0), ("007", 7), ("+7", None), ("7s", None), ("", None), ("-", None)],
)
def test_max_age_is_digits_after_a_minus_at_most(text, max_age):
    assert attributes(f"a=b; Max-Age={text}").max_age == max_age


def test_a_max_age_of_a_thousand_digits_is_a_long_life():
    assert attributes("a=b; Max-Age=" + "9" * 1000).max_age > 10**12


def test_the_last_of_an_attribute_wins_and_a_bad_date_or_number_is_none():
    said = attributes(
        "a=b; Path=/x; Path=/y; Domain=x.org; Domain=.Y.org; Max-Age=5; Max-Age=x; SameSite=Lax; SameSite=?"
    )
    assert (said.path, said.domain, said.max_age, said.same_site) == ("/y", "y.org", 5, SameSite.UNSET)
    assert attributes("a=b; Domain=x.org; Domain=").domain == ""
    assert attributes("a=b; Path=/x; Path=x").path == ""


@pytest.mark.parametrize(
    ("text", "same_site"),
    [
        ("Strict", SameSite.STRICT),
        ("lAX", SameSite.LAX),
        ("NONE", SameSite.NONE),
        ("unset", SameSite.UNSET),
        ("", SameSite.UNSET),
    ],
)
def test_same_site_is_read_without_case(text, same_site):
    assert attributes(f"a=b; samesite={text}").same_site is same_site


def test_flags_need_no_value_and_ignore_one():
    said = attributes("a=b;SECURE; httponly=no ;Partitioned=")
    assert (said.secure, said.http_only, said.partitioned) == (True, True, True)


def test_quirks_of_engines():
    assert pair("foo", Quirk.NAME_ALONE) == ("foo", "")
    assert pair("=foo", Quirk.NAME_ALONE) is None
    assert pair("a=b\tc", Quirk.REFUSES_TABS) is None
    assert attributes("a=b; Max-Age=+7", Quirk.SIGNED_MAX_AGE).max_age == 7
    assert attributes("a=b; Max-Age=7; Max-Age=x", Quirk.LAST_LIFE_COUNTS).max_age is None
    past = "Expires=Thu, 01 Jan 1970 00:00:01 GMT"
    assert attributes(f"a=b; {past}; Expires=x", Quirk.LAST_LIFE_COUNTS).expires is None
    assert attributes(f"a=b; {past}; Max-Age=x", Quirk.LAST_LIFE_COUNTS).expires == 1000
    assert attributes("a=b; Domain=.", Quirk.DOT_IS_NO_DOMAIN).domain == "."
    assert attributes("a=b; Domain=.").domain == ""


_WORDS = ["Max-Age=", "Expires=", "Domain=", "Path=/", "SameSite=", "Lax", "None", "Secure", "HttpOnly", "Partitioned"]
_WORDS += ["__Host-", "__Secure-", ";", "==", ",", "-1", "Thu,01-Jan-1970"]
_ODDITIES = ["; ", "=", " ", "\t", '"', "9" * 40, "\x00", "\x7f", "\xff", "\ud800", "x" * 1100, "x" * 4200, "1:2:3"]
_PIECES = st.one_of(st.text(max_size=12), st.characters(), st.sampled_from(_WORDS), st.sampled_from(_ODDITIES))
HEADERS = st.lists(_PIECES, max_size=12).map("".join)


@given(HEADERS)
def test_no_header_raises_and_what_is_read_obeys_the_limits(header):
    for quirks in ALL_QUIRKS:
        parsed = SetCookie.parse(header, quirks)
        if parsed is None:
            continue
        assert parsed.name or parsed.value or Quirk.READ_BY_LIBSOUP in quirks
        assert not set(parsed.name) & set("=;\x00\r\n")
        assert not set(parsed.value) & set(";\x00\r\n")
        assert parsed.attributes.path[:1] in ("", "/")


@given(HEADERS)
def test_what_is_read_is_written_and_read_again_the_same(header):
    parsed = SetCookie.parse(header)
    if parsed is None:
        return
    said = parsed.attributes
    again = SetCookie.parse(parsed.header())
    assert again is not None
    assert (again.name, again.value) == (parsed.name, parsed.value)
    rounded = None if said.expires is None else said.expires // 1000 * 1000
    assert (again.attributes.expires, again.attributes.max_age) == (rounded, said.max_age)
    for rule in ("domain", "path", "secure", "http_only", "same_site", "partitioned"):
        assert getattr(again.attributes, rule) == getattr(said, rule), rule


@settings(max_examples=50)
@given(st.text("abc=; \t", max_size=20))
def test_equal_attribute_texts_share_one_object(text):
    first, second = SetCookie.parse(f"a=b;{text}"), SetCookie.parse(f"c=d;{text}")
    assert first is not None
    assert second is not None
    assert first.attributes is second.attributes
