"""The stays as they came about: when each began and in which browser; and rows of the trace, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.records import NONE, Action, Int64
from sim.world.stays import Stays

Rows = dict[str, NDArray[Any]]
"""Some rows of the trace and the truth, by column: those of `Events`, with `owner` (row of the person) and `visit`
(number in the person's life)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """The stays of a cohort as they came about, row by row with `stays`."""

    stays: Stays
    start: Int64
    """When the first page was opened, in ms since the epoch."""
    browser: Int64
    """Row among all browsers of the cohort."""
    event: Int64
    """Event number of place 0 in the visit."""
    network: Int64
    """Number of the network."""

    def rows(self, action: Action, event: Int64, time: Int64, stay: Int64, **more: NDArray[Any]) -> Rows:
        """Rows of an action within visits, given their rows among the stays."""
        intents = self.stays.intents
        where = {"owner": intents.owner[stay], "browser": self.browser[stay], "network": self.network[stay]}
        return rows(action, event, time, visit=intents.number[stay], **where, **more)


def rows(action: Action, event: Int64, time: Int64, **more: NDArray[Any]) -> Rows:
    """Rows of one action, with `NONE` or nothing in the columns that are not given."""
    given = {"event": event, "time": time, **more}
    blank = {"tab": 0, "page": NONE, "dwell": 0, "interacted": False, "network": 0, "detail": NONE, "visit": NONE}
    filled = {
        name: np.full(len(event), value) for name, value in {**blank, "action": action}.items() if name not in given
    }
    return filled | given
