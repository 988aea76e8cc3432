"""How libsoup, the HTTP library of WebKitGTK, reads Set-Cookie: by a parser of its own, not by the draft's.

After `parse_one_cookie` in soup-cookie.c and `parse_textual_date` in soup-date-utils.c, libsoup 3.2; tests/browsers
holds it against libsoup itself on random headers. It is C, whose `char` is signed: a text ends at whatever is less than
a blank, which is a control character or an octet beyond ASCII, and nothing behind it is read. Only where a name or a
value begins are tabs and the like skipped. Nothing is too long, and a cookie may have neither name nor value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from sim.browser.dates import MONTHS, ms_since_epoch

_SKIPPED = r"[\t\n\f\r ]*+"
_NAME = r"[ -+\--:<>-\x7f]*+"  # up to a comma, a semicolon or an equals sign
_VALUE = r"[ -:<-\x7f]*+"  # up to a semicolon
_PAIR = re.compile(rf"{_SKIPPED}(?:({_NAME})={_SKIPPED})?({_VALUE})(;?)")
_ATTRIBUTE = re.compile(rf"{_SKIPPED}({_NAME})(?:=({_SKIPPED}{_VALUE}))?(;?)")
_FLAGS = frozenset({"secure", "httponly"})
_SAME_SITES = frozenset({"lax", "strict"})
_MAX_AGE = re.compile(r"(?:[+-]?[0-9]+)?")
_LONG_DIGITS = 32  # beyond any long, and Python reads no integer of many thousand digits

_NUMBER = r" *[+-]?[0-9]++"
_WEEKDAY = r"(?:[a-z]++,?+ *+)?+"
_DAY = rf"(?P<day>{_NUMBER})[ -]*+"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})[ -]*+"
_YEAR = rf"(?P<year>{_NUMBER})[ -]*+"
_TIME = rf"(?P<hour>{_NUMBER}):(?P<minute>{_NUMBER}):(?P<second>{_NUMBER}) *+"
_DATE = re.compile(_WEEKDAY + _DAY + _MONTH + _YEAR + _TIME, re.IGNORECASE | re.ASCII)
_DATE_OF_ASCTIME = re.compile(_WEEKDAY + _MONTH + _DAY + _TIME + _YEAR, re.IGNORECASE | re.ASCII)
_TAKEN_FOR_ISO_8601 = re.compile(r"[0-9][^JFMASOND]*")  # no month can begin in it
_OFFSET = re.compile(r"([+-])([0-9]{0,9})(:?)([0-9]{0,9})")
_OFFSETS_END_MIN = 25 * 60
_AMERICAN_ZONE = re.compile("([ECMP])([DS])T")


def pair(header: str) -> tuple[str, str, str]:
    """The name, the value and the text of the attributes. What has a comma is no name: all of it is the value."""
    found = _PAIR.match(header)
    assert found is not None  # it matches nothing, too
    name, value, semicolon = found.groups()
    return (name or "").rstrip(" "), value.rstrip(" "), header[found.end() :] if semicolon else ""


def attributes(text: str) -> Iterator[tuple[str, str]]:
    """The attributes that are heard, their names in lower case.

    All but flags must have an equals sign. `None` is not known as a SameSite, so that it does not take back another.
    """
    at, semicolon = 0, ";"
    while semicolon:
        found = _ATTRIBUTE.match(text, at)
        assert found is not None  # it matches nothing, too
        name, value, semicolon = found.groups()
        at = found.end()
        name = name.rstrip(" ").lower()
        if name in _FLAGS:
            yield name, ""
        elif value is not None and (name != "samesite" or value.strip().lower() in _SAME_SITES):
            yield name, value.strip()


def domain(value: str) -> str:
    """A Domain without its leading dot, in the case in which it is written; a dot for what has none inside."""
    return value.removeprefix(".") if "." in value[1:] or not value else "."


def life(attribute: str, value: str) -> tuple[int | None, int | None] | None:
    """What `expires` or `max-age` says: a moment (in ms since the epoch) or an age (in s), one of which takes the place
    of the other; neither for a session cookie. `None`: nothing.

    A date that is none makes a session cookie, and so does an age of -1 once it is an int of C.
    """
    if attribute == "expires":
        return _moment(value), None
    if not _MAX_AGE.fullmatch(value):
        return None
    age = 0 if value.startswith("-") else _c_int(value or "0")
    return None, None if age == -1 else age


def _c_int(digits: str) -> int:
    """What is left of a number that is read as a long of C, 64 bits, and kept as an int, 32 bits."""
    long = min(max(int(digits[:_LONG_DIGITS]), -(2**63)), 2**63 - 1)
    return (long + 2**31) % 2**32 - 2**31


def _moment(date: str) -> int | None:
    """The moment that a date in one of HTTP's forms names, in ms since the epoch; `None` where it names none."""
    found = _DATE.match(date) or _DATE_OF_ASCTIME.match(date)
    if found is None or _TAKEN_FOR_ISO_8601.fullmatch(date):
        return None
    year, day, hour, minute, second = (_c_int(found[part]) for part in ("year", "day", "hour", "minute", "second"))
    if len(found["year"]) == 2:
        year += 2000 if year < 70 else 1900
    elif len(found["year"]) == 3:
        year += 1900
    try:
        local = datetime(year, MONTHS.index(found["month"].lower()) + 1, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return ms_since_epoch(local) - _offset_min(date[found.end() :]) * 60_000


def _offset_min(zone: str) -> int:
    """How far a time zone is ahead of UTC, in min: America's are five hours apart, all others are at UTC."""
    if found := _OFFSET.match(zone):
        sign, number, colon, minutes = found[1], int(found[2] or 0), found[3], int(found[4] or 0)
        offset = number * 60 + minutes if colon else number // 100 * 60 + number % 100
        if offset < _OFFSETS_END_MIN:
            return offset if sign == "+" else -offset
    if found := _AMERICAN_ZONE.match(zone):
        return 60 * ((found[2] == "D") - 5 * "ECMP".index(found[1]))
    return 0
