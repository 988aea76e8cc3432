"""Spans of time as files spell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("30min", 1_800_000), ("7d", 604_800_000), ("2y", 63_072_000_000), ("1.5h", 5_400_000), ("250ms", 250), (0, 0)],
)
def test_reads_a_number_with_a_unit(text, milliseconds):
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["30", "30 minutes", "min", "-5s", "", 30, True, None, "1e3s", "0.1ms"])
def test_refuses_what_is_no_duration(text):
    with pytest.raises(ValueError, match=r"duration|whole number"):
        parse_duration(text)


@given(st.integers(0, 10**14))
def test_what_is_written_is_read_back(milliseconds):
    assert parse_duration(format_duration(milliseconds)) == milliseconds
