"""One table feeds all metrics of identities: how many rows lie in each pair of a true and a believed cluster.

No pair of rows is ever enumerated: what the metrics count, they count from the sizes of these cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.measure.numbers import numbered_pairs, small_numbers
from sim.records import NONE, Int32, Int64


@dataclass(frozen=True, slots=True)
class Contingency:
    """Cells of (true cluster, believed cluster) that hold rows, in the order in which they first did.

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
    truth, belief = small_numbers(truth), small_numbers(belief)
    return tabulated(truth, belief, count, *numbered_pairs(truth, belief))


def tabulated(truth: NDArray[Any], belief: NDArray[Any], count: NDArray[Any], cell: Int32, cells: int) -> Contingency:
    """The table of rows whose cells are known.

    Args:
        truth: True cluster of each row, a number that can index an array; `NONE` is a cluster of its own.
        belief: Believed cluster of each row, likewise.
        count: How many rows each row stands for.
        cell: Cell of each row.
        cells: How many cells there are.
    """
    return Contingency(*_tabulate(truth, belief, count, cell, cells))


@njit(cache=True)
def _tabulate(
    truth: NDArray[Any], belief: NDArray[Any], count: NDArray[Any], cell: Int32, cells: int
) -> tuple[Int64, Int64, Int64, Int64, Int64]:
    """The columns of a contingency table, from the cell of each row; clusters of `NONE` get numbers above all others.

    >>> columns = _tabulate(np.array([0, NONE]), np.array([1, 1]), np.array([3, 1]), np.array([0, 1], np.int32), 2)
    >>> [column.tolist() for column in columns]
    [[0, 1], [1, 1], [3, 1], [3, 1], [0, 4]]
    """
    truths = beliefs = alone_truths = alone_beliefs = 0
    for row in range(len(cell)):
        truths, beliefs = max(truths, truth[row] + 1), max(beliefs, belief[row] + 1)
        alone_truths += truth[row] == NONE
        alone_beliefs += belief[row] == NONE
    truth_of, belief_of, rows = np.empty(cells, np.int64), np.empty(cells, np.int64), np.zeros(cells, np.int64)
    truth_size, belief_size = np.zeros(truths + alone_truths, np.int64), np.zeros(beliefs + alone_beliefs, np.int64)
    for row in range(len(cell)):
        its_truth, its_belief = truth[row], belief[row]
        if its_truth == NONE:
            its_truth = truths
            truths += 1
        if its_belief == NONE:
            its_belief = beliefs
            beliefs += 1
        truth_of[cell[row]], belief_of[cell[row]] = its_truth, its_belief
        rows[cell[row]] += count[row]
        truth_size[its_truth] += count[row]
        belief_size[its_belief] += count[row]
    return truth_of, belief_of, rows, truth_size, belief_size


@njit(cache=True)
def _starts_of_cells(truth: NDArray[Any], belief: NDArray[Any]) -> Int64:
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
