"""What the service has recorded: interactions, in the order in which they came in."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from sim.system import NOBODY, InteractionKind

Numbers = NDArray[np.int64]

_KINDS = 8


class Record:
    """One row an interaction. Most say no more than their event, kind and visit, and so no more is kept of them."""

    __slots__ = ("_also", "_event", "_kind_and_visit", "_visitor_of_visit")

    def __init__(self) -> None:
        self._event = array("q")
        self._kind_and_visit = array("q")
        self._visitor_of_visit = array("q")
        self._also = array(
            "q"
        )  # row, visitor and contact, of those that no visit tells the visitor of, or that name one

    def __len__(self) -> int:
        return len(self._event)

    def begin_visit(self, visitor: int) -> int:
        """Number a new visit of a visitor."""
        self._visitor_of_visit.append(visitor)
        return len(self._visitor_of_visit) - 1

    def add(self, event: int, kind: InteractionKind, visit: int) -> None:
        """Record an interaction in a visit, or in none (`NOBODY`) and by nobody known."""
        self._event.append(event)
        self._kind_and_visit.append(visit * _KINDS + kind)

    def add_named(self, event: int, kind: InteractionKind, visitor: int, visit: int, contact: int) -> None:
        """Record an interaction that itself says who it is by; `NOBODY` for what it does not say."""
        self._also.extend((len(self), visitor, contact))
        self.add(event, kind, visit)

    def columns(self) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
        """Event, kind, visitor, visit, and contact that the interaction itself names; `NOBODY` where there is none."""
        event, kind_and_visit = (np.array(column, np.int64) for column in (self._event, self._kind_and_visit))
        visit, kind = np.divmod(kind_and_visit, _KINDS)
        visitor = np.append(np.array(self._visitor_of_visit, np.int64), NOBODY)[visit]
        contact = np.full(len(event), NOBODY)
        row, named_visitor, named_contact = np.array(self._also, np.int64).reshape(-1, 3).T
        visitor[row], contact[row] = named_visitor, named_contact
        return event, kind, visitor, visit, contact
