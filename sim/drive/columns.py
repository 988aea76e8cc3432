"""From what the drive took down and what the system said in the end to columns of observations."""

from __future__ import annotations

from array import array

import numpy as np

from sim.drive.faults import SystemFault
from sim.records import Int64, Observations
from sim.system import Assignment

COLUMNS = ("row", "third_party", "first_party", "absent", "flags")
"""What the drive takes down of each event: row of the trace, ids received, four `Absence`s of a byte each, flags."""

CONSENT, PREFILLED = 1, 2
"""Flags: consent was in force; a form was prefilled."""


class Sightings:
    """What the drive takes down, each thing seen once: a browser shows the same at most of its events."""

    __slots__ = ("_event_saw", "_prefilled", "_row", "_seen")

    def __init__(self) -> None:
        self._seen = array("q")
        self._row = array("q")
        self._event_saw = array("q")
        self._prefilled: list[int] = []

    def take_down(self, third_party: int, first_party: int, absent: int, tracked: bool) -> int:
        """Take down what a browser shows; the number of it."""
        self._seen.extend((third_party, first_party, absent, CONSENT if tracked else 0))
        return len(self._seen) // _SEEN - 1

    def add(self, row: int, number: int) -> None:
        """Note which of the things seen was seen at a row of the trace."""
        self._row.append(row)
        self._event_saw.append(number)

    def mark_prefilled(self) -> None:
        """Note that a form was prefilled at the row that was added last."""
        self._prefilled.append(len(self._row) - 1)

    def columns(self) -> Int64:
        """Rows of `COLUMNS`, one for each row of the trace that was added."""
        seen = np.array(self._seen, np.int64).reshape(-1, _SEEN)
        taken_down = np.column_stack([np.array(self._row, np.int64), seen[np.array(self._event_saw, np.int64)]])
        taken_down[self._prefilled, _FLAGS] |= PREFILLED
        return taken_down


_SEEN = len(COLUMNS) - 1
_FLAGS = COLUMNS.index("flags")


def observations(name: str, assignment: Assignment, taken_down: Int64, tokens: Int64) -> Observations:
    """Join the system's rows with what was taken down, sorted by row of the trace and kind.

    Args:
        name: Name of the system, for the message.
        assignment: What the system believes, by token.
        taken_down: Rows of `COLUMNS`, sorted by row.
        tokens: Token of each row of the trace.

    Raises:
        SystemFault: If the system speaks of an event that it was never told of.
    """
    row_of = np.empty(len(tokens), np.int64)
    row_of[tokens] = np.arange(len(tokens))
    row = row_of[assignment.event]
    order = np.lexsort((assignment.kind, row))
    row = row[order]
    at = np.searchsorted(taken_down[:, 0], row)
    if (at == len(taken_down)).any() or (taken_down[at, 0] != row).any():
        raise SystemFault(f"{name}: assignment() holds an event that it was never told of")
    seen = taken_down[at]
    absent = seen[:, 3]
    return Observations(
        row=row,
        kind=assignment.kind[order].astype(np.int8),
        visitor=assignment.visitor[order],
        visit=assignment.visit[order],
        contact=assignment.contact[order],
        identity=assignment.identity[order],
        third_party=seen[:, 1].copy(),
        first_party=seen[:, 2].copy(),
        consent=seen[:, 4] & CONSENT != 0,
        prefilled=seen[:, 4] & PREFILLED != 0,
        absent_third_party=(absent & 0xFF).astype(np.int8),
        absent_first_party=(absent >> 8 & 0xFF).astype(np.int8),
        absent_third_party_visit=(absent >> 16 & 0xFF).astype(np.int8),
        absent_first_party_visit=(absent >> 24 & 0xFF).astype(np.int8),
    )
