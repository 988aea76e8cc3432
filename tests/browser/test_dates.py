from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.browser.dates import format_cookie_date, parse_cookie_date
from sim.browser.quirks import Quirk

LOOSE = frozenset({Quirk.LOOSE_DATES})


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", at(1994, 11, 6, 8, 49, 37)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", at(1994, 11, 6, 8, 49, 37)),
        ("Sun Nov  6 08:49:37 1994", at(1994, 11, 6, 8, 49, 37)),
        ("1994 nov 6 8:49:37", at(1994, 11, 6, 8, 49, 37)),
        ("8:49:37;6/November/94", at(1994, 11, 6, 8, 49, 37)),
        ("6_Nov_1994_08:49:37", at(1994, 11, 6, 8, 49, 37)),
        ("06 Nov 1994 08:49:37.500 +0200", at(1994, 11, 6, 8, 49, 37)),
        ("06th Nov 1994 08:49:37pm", at(1994, 11, 6, 8, 49, 37)),
        ("01 02 03 Jan 04:05:06", at(2002, 1, 1, 4, 5, 6)),
        ("01 Jan 70 00:00:00", 0),
        ("01 Jan 69 00:00:00", at(2069, 1, 1)),
        ("01 Jan 99 00:00:00", at(1999, 1, 1)),
        ("01 Jan 00 00:00:00", at(2000, 1, 1)),
        ("01 Jan 1601 00:00:00", at(1601, 1, 1)),
        ("29 Feb 2024 23:59:59", at(2024, 2, 29, 23, 59, 59)),
        ("31 Dec 9999 23:59:59", at(9999, 12, 31, 23, 59, 59)),
    ],
)
def test_a_date_is_read_by_its_tokens_whatever_their_order(text, moment):
    assert parse_cookie_date(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "06 Nov 1994",
        "06 Nov 08:49:37",
        "Nov 1994 08:49:37",
        "06 1994 08:49:37",
        "06 Nov 1994 08:49",
        "06 Nov 1994 24:00:00",
        "06 Nov 1994 23:60:00",
        "06 Nov 1994 23:59:60",
        "06 Nov 1994 008:49:37",
        "31 Jun 1994 08:49:37",
        "29 Feb 2023 08:49:37",
        "00 Nov 1994 08:49:37",
        "32 Nov 1994 08:49:37",
        "06 Nov 1600 08:49:37",
        "06 Nov 19945 08:49:37",
        "06 Foo 1994 08:49:37",
    ],
)
def test_what_lacks_a_part_or_names_no_moment_is_no_date(text):
    assert parse_cookie_date(text) is None


def test_years_before_1601_are_the_past_where_the_browser_says_so():
    assert parse_cookie_date("06 Nov 1600 08:49:37", frozenset({Quirk.EARLY_YEARS})) == 0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("31 Feb 2001 00:00:00", at(2001, 3, 3)),
        ("01 Jan 2001 24:00:00", at(2001, 1, 2)),
        ("01 Jan 2001 23:59", at(2001, 1, 1, 23, 59)),
        ("01 Jan 2001", at(2001, 1, 1)),
        ("32 Jan 2001 00:00:00", None),
        ("1_Jan_2001_00:00:00", None),
    ],
)
def test_loose_dates_roll_over_and_may_lack_their_time(text, moment):
    assert parse_cookie_date(text, LOOSE) == moment


@given(st.integers(at(1601, 1, 1) // 1000, at(9999, 12, 31) // 1000))
def test_every_second_reads_as_it_was_written(second):
    assert parse_cookie_date(format_cookie_date(second * 1000)) == second * 1000


@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_be_tried(text):
    for quirks in (frozenset(), LOOSE):
        moment = parse_cookie_date(text, quirks)
        assert moment is None or isinstance(moment, int)
