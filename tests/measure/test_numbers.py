"""Numbers of clusters, against dictionaries."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.numbers import last_of, numbered_within, previous_of_same, sums
from sim.records import NONE

IDS = st.sampled_from([NONE, 0, 1, 64, 2**40, -(2**62)])


@given(st.lists(st.lists(IDS, min_size=1, max_size=9), max_size=5))
def test_ids_are_numbered_in_each_group_as_they_appear(groups):
    group = np.repeat(np.arange(len(groups)), [len(ids) for ids in groups])
    ids = np.array([one for of_group in groups for one in of_group], np.int64)
    names = {}
    for row, name in enumerate(zip(group.tolist(), ids.tolist(), strict=True)):
        names.setdefault(name if name[1] != NONE else row, []).append(row)
    number = numbered_within(group, ids)
    assert number.tolist() == [at for row in range(len(ids)) for at, rows in enumerate(names.values()) if row in rows]


def test_a_group_may_be_larger_than_the_table_that_its_ids_are_looked_up_in():
    ids = np.arange(1000) * 7919 % 500
    assert numbered_within(np.zeros(1000, np.int64), ids).max() == 499
    assert np.array_equal(
        ids[np.unique(numbered_within(np.zeros(1000, np.int64), ids), return_index=True)[1]], ids[:500]
    )


@given(st.lists(st.integers(0, 4), max_size=12))
def test_previous_last_and_sum_of_each_number(numbers):
    number = np.unique(np.array(numbers, np.int64), return_inverse=True)[1]
    values = np.arange(len(number)) + 3
    before = [max((at for at in range(row) if number[at] == one), default=NONE) for row, one in enumerate(number)]
    assert previous_of_same(number).tolist() == before
    last, total = last_of(number, values), sums(number, values)
    for one in set(number.tolist()):
        rows = np.flatnonzero(number == one)
        assert last[one] == values[rows[-1]]
        assert total[one] == values[rows].sum()
