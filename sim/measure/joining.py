"""Rows that follow one another in a browser become one row: in one pass over all browsers, as time goes on.

The rows of a replication lie in the order of time, those of all browsers mixed. Of each browser the row that is being
joined stays open, until one comes that does not belong to it. So nothing is sorted, and memory does not grow with what
is joined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.records import Columns, Int64

BLOCK = 2**16
"""Rows that are joined at once: so few that they stay in the processor's cache."""

Joined = TypeVar("Joined", bound=Columns)


class Joining(Generic[Joined]):
    """A table of joined rows in the making. Its columns are whole numbers; the first one counts what was joined.

    Within a browser the joined rows have the order of time; of two browsers, either may come first.
    """

    def __init__(self, table: type[Joined], step: Callable[..., int], *, browsers: int) -> None:
        """Begin without any row.

        Args:
            table: What is made.
            step: Compiled function that joins a block of rows. Its arguments are the open row of each browser, one
                with a first column of 0 being none; an array for rows that it closes, with room for as many as the
                block has; and the columns of the block. It answers how many it closed.
            browsers: Browsers are numbered from 0 and below this.
        """
        columns = len(table.schema())
        self._table = table
        self._step = step
        self._open = np.zeros((browsers, columns), np.int64)
        self._closed = np.empty((BLOCK, columns), np.int64)
        self._parts: list[Int64] = []

    def add(self, *block: NDArray[Any] | int) -> None:
        """Join a block of rows.

        Args:
            block: Columns of at most `BLOCK` rows in the order of time, and whatever else the step takes.
        """
        closed = self._step(self._open, self._closed, *block)
        self._parts.append(self._closed[:closed].T.copy())

    def finish(self) -> Joined:
        """All joined rows, those that were open still at the end."""
        self._parts.append(self._open[self._open[:, 0] > 0].T)
        columns = np.concatenate(self._parts, axis=1)
        return self._table(**dict(zip(self._table.schema(), columns, strict=True)))
