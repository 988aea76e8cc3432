"""Clusters as numbers from 0 on, without a gap: what is known of each cluster is then an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.records import NONE, Int64


@njit(cache=True)
def numbered_within(group: Int64, ids: Int64) -> Int64:
    """Number clusters that lie in one group each, in the order in which they first appear.

    Args:
        group: Group of each row; the rows of a group lie side by side.
        ids: Cluster of each row, the same id in two groups being two clusters; `NONE` is a cluster of its own.

    >>> numbered_within(np.array([5, 5, 5, 5, 8]), np.array([70, 60, 70, NONE, 70])).tolist()
    [0, 1, 0, 2, 3]
    """
    rows = len(ids)
    number = np.empty(rows, np.int64)
    slots = 64  # a hash table with open addressing, used by one group after the other
    known, its_number, used_by = np.empty(slots, np.int64), np.empty(slots, np.int64), np.full(slots, NONE)
    clusters = 0
    start = 0
    while start < rows:
        end = start
        while end < rows and group[end] == group[start]:
            end += 1
        if slots < 2 * (end - start):
            while slots < 2 * (end - start):
                slots *= 2
            known, its_number, used_by = np.empty(slots, np.int64), np.empty(slots, np.int64), np.full(slots, NONE)
        for i in range(start, end):
            if ids[i] == NONE:
                number[i] = clusters
                clusters += 1
                continue
            slot = (ids[i] * _GOLDEN >> 32) & (slots - 1)
            while used_by[slot] == start and known[slot] != ids[i]:
                slot = (slot + 1) & (slots - 1)
            if used_by[slot] != start:
                known[slot], its_number[slot], used_by[slot] = ids[i], clusters, start
                clusters += 1
            number[i] = its_number[slot]
        start = end
    return number


_GOLDEN = 0x9E3779B97F4A7C15 - 2**64
"""2**64 over the golden ratio: multiplying by it scatters ids that lie close together (Knuth, TAOCP 3, 6.4)."""


@njit(cache=True)
def previous_of_same(number: Int64) -> Int64:
    """The row before that has the same number; `NONE` where there is none. Numbers are below the number of rows.

    >>> previous_of_same(np.array([0, 1, 0, 0])).tolist()
    [-1, -1, 0, 2]
    """
    previous = np.empty(len(number), np.int64)
    latest = np.full(len(number), NONE)
    for i in range(len(number)):
        previous[i] = latest[number[i]]
        latest[number[i]] = i
    return previous


def last_of(number: Int64, values: NDArray[Any]) -> Int64:
    """Value of the last row of each number, by number.

    >>> last_of(np.array([0, 1, 0]), np.array([10, 20, 30])).tolist()
    [30, 20]
    """
    last = np.empty(int(number.max(initial=NONE)) + 1, np.int64)
    last[number] = values
    return last


def sums(number: Int64, values: NDArray[Any]) -> Int64:
    """Sum of the values of each number, by number.

    >>> sums(np.array([0, 1, 0]), np.array([10, 20, 30])).tolist()
    [40, 20]
    """
    return np.bincount(number, values).astype(np.int64)
