"""The cookie-date algorithm of RFC 6265bis, section 5.1.1."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sim.browser.quirks import RFC, Quirk

_DELIMITERS = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_LOOSE_DELIMITERS = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x5e\x60\x7b-\x7e]+")
_LOOSE_TIME = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?!\d)", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)", re.ASCII)
_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?!\d)", re.ASCII)
_YEAR = re.compile(r"(\d{2,4})(?!\d)", re.ASCII)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def parse_cookie_date(text: str, quirks: frozenset[Quirk] = RFC) -> int | None:
    """The moment that a cookie-date names, in ms since the epoch; None where it names none.

    Each token is tried as a time, a day of the month, a month and a year, in this order; the first token that fits
    one of them settles it, whatever comes later.
    """
    loose = Quirk.LOOSE_DATES in quirks
    delimiters, time_of_day = (_LOOSE_DELIMITERS, _LOOSE_TIME) if loose else (_DELIMITERS, _TIME)
    time: tuple[int, int, int] | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    for token in delimiters.split(text):
        if time is None and (found := time_of_day.match(token)):
            time = int(found[1]), int(found[2]), int(found[3] or 0)
        elif day is None and (found := _DAY_OF_MONTH.match(token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in MONTHS:
            month = MONTHS.index(token[:3].lower()) + 1
        elif year is None and (found := _YEAR.match(token)):
            year = int(found[1])
    if time is None and loose:
        time = 0, 0, 0
    if time is None or day is None or month is None or year is None:
        return None
    if 70 <= year <= 99:
        year += 1900
    elif 0 <= year <= 69:
        year += 2000
    if year < 1601:
        return 0 if Quirk.EARLY_YEARS in quirks else None
    try:
        if loose:
            if not 1 <= day <= 31:
                return None
            hours, minutes, seconds = time
            since = timedelta(days=day - 1, hours=hours, minutes=minutes, seconds=seconds)
            moment = datetime(year, month, 1, tzinfo=UTC) + since
        else:
            moment = datetime(year, month, day, *time, tzinfo=UTC)
    except (ValueError, OverflowError):  # the 31st of June, 24 o'clock, the 60th second
        return None
    return ms_since_epoch(moment)


def ms_since_epoch(moment: datetime) -> int:
    """A moment as all of this package holds it."""
    return (moment - _EPOCH) // _MILLISECOND


def format_cookie_date(moment: int) -> str:
    """A moment, in ms since the epoch, in the form that servers are to send: RFC 9110, section 5.6.7. Seconds only."""
    at = _EPOCH + timedelta(milliseconds=moment)
    month = MONTHS[at.month - 1].capitalize()
    return f"{_DAYS[at.weekday()]}, {at.day:02} {month} {at.year:04} {at:%H:%M:%S} GMT"
