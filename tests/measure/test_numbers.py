"""Numbers of clusters, against dictionaries and NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.numbers import first_rows, numbered_pairs, ordered, small_numbers
from sim.records import NONE

IDS = st.sampled_from([NONE, 0, 1, 5])


def numbered_by_definition(first, second):
    """Numbers of pairs as they first appear; a pair with a missing id has a number of its own."""
    names, numbers = {}, []
    for row, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        numbers.append(names.setdefault(("alone", row) if NONE in pair else pair, len(names)))
    return numbers, len(names)


@given(st.lists(st.tuples(IDS, IDS), max_size=12))
def test_pairs_are_numbered_as_they_appear(case):
    first, second = np.array(case, np.int64).reshape(-1, 2).T
    number, pairs = numbered_pairs(first, second)
    assert (number.tolist(), pairs) == numbered_by_definition(first, second)


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_there_may_be_more_pairs_than_the_first_table_has_room_for(kind):
    draw = np.random.default_rng(7)
    first, second = draw.integers(NONE, 300, (2, 20_000)).astype(kind)
    number, pairs = numbered_pairs(first, second)
    assert (number.tolist(), pairs) == numbered_by_definition(first, second)


def test_first_rows_are_those_of_numpy():
    number = np.random.default_rng(8).integers(0, 50, 1000).astype(np.int32)
    number = np.unique(number, return_inverse=True)[1].astype(np.int32)
    count = int(number.max()) + 1
    assert first_rows(number, count).tolist() == np.unique(number, return_index=True)[1].tolist()


def test_rows_are_ordered_by_group_as_a_stable_sort_orders_them():
    group = np.random.default_rng(9).integers(0, 40, 1000).astype(np.int32)
    order, start = ordered(group, 45)
    assert order.tolist() == np.argsort(group, kind="stable").tolist()
    assert start.tolist() == np.searchsorted(np.sort(group), np.arange(46)).tolist()


@given(st.lists(st.sampled_from([NONE, 0, 3, 2**40]), max_size=9))
def test_small_numbers_tell_the_same_ids_apart(ids):
    small = small_numbers(np.array(ids, np.int64))
    assert small.max(initial=0) <= 4 * len(ids)
    assert len(set(zip(ids, small.tolist(), strict=True))) == len(set(ids)) == len(set(small.tolist()))
    assert all((one == NONE) == (number == NONE) for one, number in zip(ids, small.tolist(), strict=True))
