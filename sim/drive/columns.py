"""From what the drive took down and what the system said in the end to columns of observations."""

from __future__ import annotations

import numpy as np

from sim.drive.faults import SystemFault
from sim.records import Int64, Observations
from sim.system import Assignment

COLUMNS = ("row", "third_party", "first_party", "absent", "flags")
"""What the drive takes down of each event: row of the trace, ids received, four `Absence`s of a byte each, flags."""

CONSENT, PREFILLED = 1, 2
"""Flags: consent was in force; a form was prefilled."""


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
