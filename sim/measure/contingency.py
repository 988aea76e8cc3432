"""One table feeds all metrics of clusterings: how many rows lie in each pair of a true and a believed cluster.

No pair of rows is ever enumerated: what the metrics count, they count from the sizes of these cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import coo_array

from sim.records import NONE, Bool, Int64


@dataclass(frozen=True, slots=True)
class Contingency:
    """Cells of (true cluster, believed cluster) that hold rows, sorted by true and then by believed cluster.

    Clusters are numbered from 0; a number may be unused, and has size 0 then.
    """

    truth: Int64
    """True cluster of each cell."""
    belief: Int64
    """Believed cluster of each cell."""
    count: Int64
    """Rows in each cell."""
    truth_size: Int64
    """Rows of each true cluster."""
    belief_size: Int64
    """Rows of each believed cluster."""

    @property
    def rows(self) -> int:
        """Rows in all cells."""
        return int(self.count.sum())

    @property
    def truths(self) -> int:
        """True clusters that hold rows."""
        return int(np.count_nonzero(self.truth_size))

    @property
    def beliefs(self) -> int:
        """Believed clusters that hold rows."""
        return int(np.count_nonzero(self.belief_size))


def contingency(*, truth: NDArray[Any], belief: NDArray[Any], count: NDArray[Any] | None = None) -> Contingency:
    """Count the rows of each pair of a true and a believed cluster.

    Rows that follow one another in one cell cost next to nothing, so that rows in the order of browsers are fastest.

    Args:
        truth: True cluster of each row; `NONE` is a cluster of its own.
        belief: Believed cluster of each row; `NONE` is a cluster of its own.
        count: How many rows each row stands for; by default 1.

    >>> table = contingency(truth=np.array([7, 7, 7, 9]), belief=np.array([1, 1, NONE, NONE]))
    >>> table.count.tolist(), table.truths, table.beliefs
    ([2, 1, 1], 2, 3)
    """
    if count is None:
        starts = _starts_of_cells(truth, belief)
        count = np.diff(starts, append=len(truth))
        truth, belief = truth[starts], belief[starts]
    pair_truth, pair_belief, pair_count = count_pairs(numbered(truth), numbered(belief), count)
    return Contingency(
        truth=pair_truth,
        belief=pair_belief,
        count=pair_count,
        truth_size=np.bincount(pair_truth, pair_count).astype(np.int64),
        belief_size=np.bincount(pair_belief, pair_count).astype(np.int64),
    )


@njit(cache=True)
def _starts_of_cells(truth: Int64, belief: Int64) -> Int64:
    """First row of each run of rows that lie in one cell."""
    starts = np.empty(0, np.int64)
    for filling in (False, True):
        count = 0
        for row in range(len(truth)):
            if (
                row == 0
                or truth[row] != truth[row - 1]
                or belief[row] != belief[row - 1]
                or truth[row] == NONE
                or belief[row] == NONE
            ):
                if filling:
                    starts[count] = row
                count += 1
        if not filling:
            starts = np.empty(count, np.int64)
    return starts


def count_pairs(first: Int64, second: Int64, count: NDArray[Any]) -> tuple[Int64, Int64, Int64]:
    """Sum counts by pair of numbers: a counting sort by the first number, then a sort by the second within it.

    Args:
        first: First number of each row, from 0, and not much above the number of rows.
        second: Second number, from 0 and below 2**31.
        count: What each row counts; truth values are or-ed.

    Returns:
        First number, second number and count of each pair that there is, sorted by first and then by second number.

    >>> [column.tolist() for column in count_pairs(np.array([1, 0, 1]), np.array([2, 3, 2]), np.array([1, 1, 1]))]
    [[0, 1], [3, 2], [1, 2]]
    """
    shape = (int(first.max(initial=0)) + 1, int(second.max(initial=0)) + 1)
    table = coo_array((count, (first, second)), shape).tocsr()
    return np.repeat(np.arange(shape[0]), np.diff(table.indptr)), table.indices.astype(np.int64), table.data


def run_starts(*columns: NDArray[Any]) -> Int64:
    """First row of each run of rows in which no column changes.

    >>> run_starts(np.array([5, 5, 5, 8, 8]), np.array([1, 1, 2, 2, 2])).tolist()
    [0, 2, 3]
    """
    return np.flatnonzero(_changes(columns))


def run_starts_none_alone(*columns: NDArray[Any], none_alone: NDArray[Any]) -> Int64:
    """First row of each run of rows in which no column changes; a row with `NONE` in the last one is a run by itself.

    >>> run_starts_none_alone(np.array([5, 5, 5, 5]), none_alone=np.array([1, 1, NONE, NONE])).tolist()
    [0, 2, 3]
    """
    return np.flatnonzero(_changes((*columns, none_alone)) | (none_alone == NONE))


def _changes(columns: tuple[NDArray[Any], ...]) -> Bool:
    changed = np.zeros(len(columns[0]), np.bool_)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


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


def small_numbers(ids: NDArray[Any]) -> Int64:
    """The same ids, unless they are too large to index an array; then numbered anew from 0. `NONE` stays.

    >>> small_numbers(np.array([10**15, NONE, 10**16])).tolist()
    [0, -1, 1]
    """
    if ids.min(initial=0) >= NONE and ids.max(initial=0) <= 4 * len(ids):
        return ids.astype(np.int64, copy=False)
    known = ids != NONE
    small = np.full(len(ids), NONE, np.int64)
    small[known] = np.unique(ids[known], return_inverse=True)[1]
    return small


def order_by(group: NDArray[Any]) -> NDArray[np.int32]:
    """Rows in the order of groups, and within a group in the order that they have: a counting sort.

    Args:
        group: Group of each row, from 0, and not much above the number of rows.

    >>> order_by(np.array([1, 0, 1, 0])).tolist()
    [1, 3, 0, 2]
    """
    rows = np.arange(len(group), dtype=np.int32)
    shape = (int(group.max(initial=0)) + 1, max(len(group), 1))
    order: NDArray[np.int32] = coo_array((np.empty(len(group), np.bool_), (group, rows)), shape).tocsr().indices
    return order
