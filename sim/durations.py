"""How files and settings spell spans of time: `30min`, `7d`, `2y`."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

UNITS_MS = {
    "ms": 1,
    "s": 1000,
    "min": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 7 * 86_400_000,
    "y": 365 * 86_400_000,
}
"""Length of each unit in milliseconds. A year is 365 days, as in a cookie's Max-Age of two years (63,072,000 s)."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")


def parse_duration(text: Any) -> int:
    """Read a span of time such as `30min` as whole milliseconds.

    Raises:
        ValueError: If it is not a number with one of the units, or not a whole number of milliseconds.
    """
    if isinstance(text, int) and not isinstance(text, bool) and text == 0:
        return 0
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or match[2] not in UNITS_MS:
        raise ValueError(
            f"{text!r} is not a duration; write a number and a unit ({', '.join(UNITS_MS)}), such as 30min"
        )
    span = float(match[1]) * UNITS_MS[match[2]]
    if span != int(span):
        raise ValueError(f"{text!r} is not a whole number of milliseconds")
    return int(span)


def format_duration(span_ms: int) -> str:
    """Spell whole milliseconds in the largest unit that divides them; `parse_duration` reads it back."""
    unit, length = max(
        ((unit, length) for unit, length in UNITS_MS.items() if span_ms % length == 0), key=lambda pair: pair[1]
    )
    return f"{span_ms // length}{unit}" if span_ms else "0s"


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    Field(ge=0, json_schema_extra={"type": "string", "examples": ["30min", "7d", "2y"]}),
    PlainSerializer(format_duration, return_type=str),
]
"""A field of a pydantic model: spelt `30min` in a file, whole milliseconds in the program."""
