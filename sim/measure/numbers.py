"""Clusters as numbers from 0 on, without a gap: what is known of each cluster is then an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.records import NONE, Int32, Int64


def can_index(ids: NDArray[Any], rows: int) -> bool:
    """Whether ids can index an array that is not much longer than so many rows."""
    return bool(ids.min(initial=0) >= NONE and ids.max(initial=0) <= 4 * rows)


def small_numbers(ids: NDArray[Any]) -> Int64:
    """The same ids, unless they are too large to index an array; then numbered anew from 0. `NONE` stays.

    >>> small_numbers(np.array([10**15, NONE, 10**16])).tolist()
    [0, -1, 1]
    """
    ids = np.ascontiguousarray(ids, np.int64)  # a field of records is slow to go through, and it is gone through often
    if can_index(ids, len(ids)):
        return ids
    known = ids != NONE
    small = np.full(len(ids), NONE, np.int64)
    small[known] = np.unique(ids[known], return_inverse=True)[1]
    return small


def numbered(ids: NDArray[Any]) -> Int64:
    """The same clusters with numbers that can index an array; each `NONE` gets a number that no other row has.

    >>> numbered(np.array([10**15, NONE, 10**15, NONE])).tolist()
    [0, 1, 0, 2]
    """
    small = small_numbers(ids)
    none = np.flatnonzero(small == NONE)
    if len(none):
        small = small.copy()
        small[none] = int(small.max()) + 1 + np.arange(len(none))
    return small


@njit(cache=True)
def first_rows(number: NDArray[Any], numbers: int) -> Int32:
    """The first row of each number; all of them occur.

    >>> first_rows(np.array([0, 1, 0, 2], np.int32), 3).tolist()
    [0, 1, 3]
    """
    first = np.empty(numbers, np.int32)
    for row in range(len(number) - 1, -1, -1):
        first[number[row]] = row
    return first


_PAIR = np.dtype([("key", np.int64), ("number", np.int64)])


def numbered_pairs(first: NDArray[Any], second: NDArray[Any]) -> tuple[Int32, int]:
    """Number pairs in the order in which they first appear.

    Args:
        first: First of each pair; from 0, and not much above the number of rows. `NONE`: a pair of its own.
        second: Second of each pair, likewise.

    Returns:
        The number of each row's pair, and how many pairs there are.

    >>> number, pairs = numbered_pairs(np.array([5, 5, 5, 5]), np.array([7, 8, 7, NONE]))
    >>> number.tolist(), pairs
    ([0, 1, 0, 2], 3)
    """
    first, second = (np.ascontiguousarray(one, np.int64) for one in (first, second))
    return _numbered_pairs(first, second, int(second.max(initial=0)) + 1)


@njit(cache=True)
def _numbered_pairs(first: Int64, second: Int64, seconds: int) -> tuple[Int32, int]:
    """Number pairs whose second ones are below `seconds`."""
    number = np.empty(len(first), np.int32)
    table = _empty_table(1024)
    pairs = in_table = 0
    for row in range(len(first)):
        if first[row] == NONE or second[row] == NONE:
            number[row] = pairs
            pairs += 1
            continue
        key = first[row] * seconds + second[row]
        place = hashed(key) & (len(table) - 1)
        while table[place].key != NONE and table[place].key != key:
            place = (place + 1) & (len(table) - 1)
        if table[place].key == NONE:
            table[place].key = key
            table[place].number = pairs
            pairs += 1
            in_table += 1
            if 2 * in_table >= len(table):
                table = _twice_as_large(table)
            number[row] = pairs - 1
        else:
            number[row] = table[place].number
    return number, pairs


@njit(cache=True)
def _empty_table(places: int) -> NDArray[np.void]:
    """A hash table with open addressing; the number of places is a power of 2."""
    table = np.empty(places, _PAIR)
    for place in range(places):
        table[place].key = NONE
    return table


@njit(cache=True)
def _twice_as_large(table: NDArray[np.void]) -> NDArray[np.void]:
    larger = _empty_table(2 * len(table))
    for one in table:
        if one.key != NONE:
            place = hashed(one.key) & (len(larger) - 1)
            while larger[place].key != NONE:
                place = (place + 1) & (len(larger) - 1)
            larger[place] = one
    return larger


@njit(cache=True)
def hashed(key: int) -> int:
    """Where to look first in a hash table: its lower bits, as many as the table's number of places has."""
    return key * _GOLDEN >> 32


_GOLDEN = 0x9E3779B97F4A7C15 - 2**64
"""2**64 over the golden ratio: multiplying by it scatters keys that lie close together (Knuth, TAOCP 3, 6.4)."""


@njit(cache=True)
def ordered(group: Int32, groups: int) -> tuple[Int32, Int32]:
    """Rows in the order of groups, and within a group in the order that they have: a counting sort.

    Args:
        group: Group of each row.
        groups: Groups are numbered below it.

    Returns:
        The rows, and where those of each group begin; with one more, the number of rows.

    >>> [column.tolist() for column in ordered(np.array([1, 0, 1, 0], np.int32), 2)]
    [[1, 3, 0, 2], [0, 2, 4]]
    """
    start = np.zeros(groups + 2, np.int32)
    for one in group:
        start[one + 2] += 1
    for one in range(2, groups + 2):
        start[one] += start[one - 1]
    order = np.empty(len(group), np.int32)
    for row in range(len(group)):
        order[start[group[row] + 1]] = row
        start[group[row] + 1] += 1
    return order, start[:-1]
