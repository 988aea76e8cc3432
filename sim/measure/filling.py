"""Tables of whole numbers that are filled piece by piece."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np

from sim.records import Columns, Int64

Filled = TypeVar("Filled", bound=Columns)


class Filling(Generic[Filled]):
    """A table in the making.

    >>> from sim.measure.visits import Stretches
    >>> filling = Filling(Stretches, rows=0)
    >>> filling.room(100)[:, :2] = 7
    >>> filling.add(2)
    >>> len(filling.finish())
    2
    """

    def __init__(self, table: type[Filled], *, rows: int) -> None:
        """Begin without any row.

        Args:
            table: What is made.
            rows: How many rows it may come to; where that does not suffice, it grows.
        """
        self._table = table
        self._columns = np.empty((len(table.schema()), rows), np.int64)
        self._count = 0

    def room(self, rows: int) -> Int64:
        """Where the next rows go: column by column, each with room for so many."""
        if self._count + rows > self._columns.shape[1]:
            smaller, self._columns = self._columns, np.empty((len(self._columns), 2 * (self._count + rows)), np.int64)
            self._columns[:, : self._count] = smaller[:, : self._count]
        return self._columns[:, self._count : self._count + rows]

    def add(self, rows: int) -> None:
        """Take so many rows that `room` was given for as filled."""
        self._count += rows

    def finish(self) -> Filled:
        """The table, as far as it is filled."""
        return self._table(**dict(zip(self._table.schema(), self._columns[:, : self._count], strict=True)))
