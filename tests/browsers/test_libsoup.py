"""Our reading of headers as libsoup reads them, held against libsoup itself on random headers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.browser import Absence, Context, Route, SameSite, SetCookie, profile
from sim.browser.terms import decide

PYTHON = "/usr/bin/python3"  # PyGObject comes with the system's Python only
URL = "https://www.shop.localhost/dir/page"
ROUTE = Route.of(URL, Context.top_level(URL))
PROFILE = profile("webkit_allow_all")


@pytest.fixture(scope="module")
def libsoup():
    probe = "import gi; gi.require_version('Soup', '3.0'); from gi.repository import Soup"
    if not Path(PYTHON).exists() or subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode:
        pytest.skip("engine not installed: libsoup")
    command = [PYTHON, str(Path(__file__).with_name("soup_lines.py"))]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def read(header: str):
            process.stdin.write(json.dumps(header) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield read
        process.stdin.close()


def one_of(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map("".join)


NUMBERS = one_of(
    "0", "1", "9", "01", "30", "31", "32", "59", "60", "69", "70", "99", "101", "999", "1970", "2030", "+5"
)
YEARS = one_of("1994", "94", "2030", "2001", "1600", "9999") | NUMBERS
MONTHS = one_of("Jan", "feb", "JUN", "Nov", "December", "Foo")
TIMES = one_of("08:49:37", "0:0:0", "23:59:59", "24:00:00", "8:49") | joined(
    NUMBERS, one_of(":"), NUMBERS, one_of(":1")
)
BETWEEN = one_of(" ", " ", " ", "-", "  ", "", " - ", "_", "/", ",")
ZONES = one_of(
    "", " GMT", "GMT", " Z", " +0200", " -0330", " +2:30", " +2460", " +2500", " EST", " CDT", " MST", " PST"
)
WEEKDAYS = one_of("", "Sun, ", "Sunday,", "Sun ", "Sun", "Sun,, ")
DATES = st.one_of(
    joined(WEEKDAYS, NUMBERS, BETWEEN, MONTHS, BETWEEN, YEARS, one_of(" "), TIMES, ZONES),
    joined(WEEKDAYS, MONTHS, BETWEEN, NUMBERS, BETWEEN, TIMES, one_of(" ", "  "), YEARS, ZONES),
)
AGES = one_of("", "0", "7", "+7", "-7", "7s", " 7 ", "2147483647", "2147483648", "4294967295", "4294967303", "9" * 30)
DOMAINS = one_of("", ".", "..", "localhost", "shop.localhost", ".shop.localhost", "Shop.localhost", "op.localhost")
ODDITIES = one_of(" ", "\t", "\f", "\v", "\r", "\x01", "\x7f", "\x80", "é", "=", ";", ",", '"', "a", "b1")
TEXTS = st.lists(ODDITIES, max_size=5).map("".join)
EQUALS = one_of("=", "=", "= ", " =", "=\t", "")
ATTRIBUTES = st.one_of(
    joined(one_of("Expires", "expires"), EQUALS, DATES),
    joined(one_of("Max-Age", "max-age"), EQUALS, AGES),
    joined(st.just("Domain"), EQUALS, DOMAINS | one_of("WWW.shop.localhost", "x.www.shop.localhost")),
    joined(st.just("Path"), EQUALS, one_of("/", "/x", "x", "/x,y=z", "") | TEXTS),
    joined(st.just("SameSite"), EQUALS, one_of("Lax", "strict", "None", "Foo", "")),
    joined(one_of("Secure", "HttpOnly", "Foo"), one_of("", "=1", ",") | TEXTS),
    TEXTS,
)
HEADERS = joined(
    one_of("a=1") | joined(TEXTS, one_of("=", ""), TEXTS),
    st.lists(joined(one_of(";", "; ", ";\t"), ATTRIBUTES), max_size=4).map("".join),
)


@settings(max_examples=5000, deadline=None)
@given(HEADERS)
def test_headers_are_read_as_libsoup_reads_them(libsoup, header):
    theirs, ours = libsoup(header), SetCookie.parse(header, PROFILE.quirks)
    assert ours is not None
    asked = ours.attributes
    terms = decide(PROFILE, ours.name, ours.name or ours.value, asked, ROUTE, False)
    if theirs is None:
        assert terms.refusal is Absence.REFUSED
        return
    assert terms.refusal is Absence.PRESENT
    assert (ours.name, ours.value) == (theirs["name"], theirs["value"])
    assert (terms.scope, terms.path) == (theirs["scope"], theirs["path"])
    assert [terms.secure, terms.http_only] == theirs["flags"]
    assert max(terms.same_site, SameSite.NONE).name == theirs["same_site"]
    if asked.max_age is None:
        assert asked.expires == (None if theirs["expires_s"] is None else theirs["expires_s"] * 1000)
    elif asked.max_age <= 0:
        assert theirs["expires_s"] < theirs["now_s"]
    else:
        assert theirs["expires_s"] - theirs["now_s"] - asked.max_age in (0, 1)
