"""The order of the trace: by time, and where times are equal, by event."""

from __future__ import annotations

import numpy as np

from sim.records import Int64


def in_order(time: Int64, event: Int64) -> Int64:
    """Rows sorted by time and then by event. Equal times are rare: only those rows are sorted by both."""
    order = np.argsort(time)
    sorted_time = time[order]
    as_before = np.zeros(len(order) + 1, np.bool_)
    as_before[1:-1] = sorted_time[1:] == sorted_time[:-1]
    tied = np.flatnonzero(as_before[:-1] | as_before[1:])
    rows = order[tied]
    order[tied] = rows[np.lexsort((event[rows], time[rows]))]
    return order
