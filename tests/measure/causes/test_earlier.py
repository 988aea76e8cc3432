"""What a stay is compared with, against the definition written out over rows of plain Python objects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.causes.earlier import find_earlier
from sim.measure.joined import STAY
from sim.measure.numbers import numbered_pairs
from sim.records import NONE

DEVICE = np.array([0, 0, 1, 1], np.int32)

stays_of_few = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(NONE, 2)), max_size=14)


def as_stays(rows):
    """Stays of one interaction each, from tuples of person, browser and identity."""
    stays = np.zeros(len(rows), STAY)
    for place, (person, browser, identity) in enumerate(rows):
        stays[place]["person"], stays[place]["browser"], stays[place]["identity"] = person, browser, identity
        stays[place]["first"] = stays[place]["last"] = place
    return stays


def by_definition(rows, at, with_identity):
    """Row that the one `at` is compared with, if it begins a stay; only rows with an identity are looked at, or all.

    Rows of one person under one identity that no other row of the browser lies between are one stay.
    """
    person, browser, _ = rows[at]
    begins, ends, latest_in = [], [], {}
    for place, row in enumerate(rows[: at + 1]):
        before = latest_in.get(row[1])
        goes_on = before is not None and rows[before] == row and row[2] != NONE
        latest_in[row[1]] = place
        if goes_on and place == at:
            return "goes on"
        if row[0] == person and place < at and (row[2] != NONE or not with_identity):
            ends.append(place)
            if not goes_on:
                begins.append(place)
    in_browser = [place for place in ends if rows[place][1] == browser]
    on_device = [place for place in begins if DEVICE[rows[place][1]] == DEVICE[browser]]
    return (in_browser or on_device or begins or [NONE])[-1]


@given(stays_of_few)
def test_a_stay_is_compared_with_what_is_nearest(rows):
    stays = as_stays(rows)
    pair, _ = numbered_pairs(stays["person"], stays["identity"])
    found = find_earlier(stays, pair, DEVICE)
    for at, row in enumerate(rows):
        nearest = by_definition(rows, at, with_identity=False)
        if nearest == "goes on":
            continue
        assert found.any[at] == nearest
        with_identity = by_definition(rows, at, with_identity=True) if row[2] != NONE else NONE
        assert found.compared[at] == (with_identity if with_identity != NONE else nearest)


def test_where_people_take_turns_in_a_browser_each_is_compared_with_themselves():
    stays = as_stays([(0, 0, 5), (1, 0, 6), (0, 0, 7), (1, 0, 8)])
    pair, _ = numbered_pairs(stays["person"], stays["identity"])
    assert find_earlier(stays, pair, DEVICE).compared.tolist() == [NONE, NONE, 0, 1]


@pytest.mark.parametrize("people", [300])
def test_a_browser_may_be_everybodys(people):
    stays = as_stays([(person, 0, person) for _ in range(3) for person in range(people)])
    pair, _ = numbered_pairs(stays["person"], stays["identity"])
    expected = [place - people if place >= people else NONE for place in range(3 * people)]
    assert find_earlier(stays, pair, DEVICE).any.tolist() == expected
