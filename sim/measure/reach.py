"""How many people a system counts in a day, a week, a month, against how many there were."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.measure.joined import Presence
from sim.measure.numbers import small_numbers
from sim.measure.scores import share
from sim.records import NONE, Int32, Int64


def distinct_by_period(*, ids: NDArray[Any], day: NDArray[Any]) -> dict[str, int]:
    """Number of different ids ever; and in each day, each week and each month, summed over days, weeks and months.

    Weeks begin on Monday; all is in UTC.

    Args:
        ids: An id of each interaction, or of some that follow one another; `NONE` is none, and counts for nobody.
        day: Day that it happened on, from the epoch; in the order of time.

    >>> distinct_by_period(ids=np.array([7, 7, 7, NONE, 8]), day=np.array([0, 0, 1, 1, 1]))
    {'ever': 2, 'day': 3, 'week': 2, 'month': 2}
    """
    begin, end = (int(day.min()), int(day.max()) + 1) if len(day) else (0, 0)
    days = np.arange(begin, end)
    week = (days + 3) // 7  # day 0, the first of January 1970, was a Thursday
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    ids = small_numbers(ids)
    latest = np.full(int(ids.max(initial=NONE)) + 1, NONE, np.int32)
    counts = _distinct(ids, day, latest, begin, week, month)
    return dict(zip(("ever", "day", "week", "month"), counts, strict=True))


@njit(cache=True)
def _distinct(
    ids: Int64, day: NDArray[Any], latest: Int32, begin: int, week: Int64, month: Int64
) -> tuple[int, int, int, int]:
    """Count ids ever, by day, by week and by month.

    Args:
        ids: Ids in small numbers.
        day: Their days, in the order of time.
        latest: Day on which each id was seen last, from `begin` on: none as yet.
        begin: The first day.
        week: Week of each day from `begin` on.
        month: Month of each.
    """
    ever = days = weeks = months = 0
    for i in range(len(ids)):
        if ids[i] == NONE:
            continue
        before, now = latest[ids[i]], day[i] - begin
        if before == now:
            continue
        latest[ids[i]] = now
        new = before == NONE
        ever += new
        days += 1
        weeks += new or week[before] != week[now]
        months += new or month[before] != month[now]
    return ever, days, weeks, months


def visitor_inflation(*, visitors: int, persons: int) -> float:
    """Distinct visitor ids per person reached; from 0, 1 is best, and what it is where there is nobody.

    >>> visitor_inflation(visitors=150, persons=100)
    1.5
    """
    return share(visitors, persons)


def reach_error(*, counted: int, persons: int) -> float:
    """How far a count of unique visitors is off, relative to the persons: -1 counts nobody, 0 is right, 1 is double.

    >>> reach_error(counted=150, persons=100)
    0.5
    """
    return share(counted, persons) - 1


def reach_metrics(presence: Presence) -> dict[str, float]:
    """Visitor ids per person, and errors of unique visitors.

    A system counts the identities that it tells apart when all is resolved; what has no id is not counted.
    """
    persons, counted, visitors = (
        distinct_by_period(ids=ids, day=presence.day) for ids in (presence.person, presence.identity, presence.visitor)
    )
    return {
        "identity.visitor_inflation": visitor_inflation(visitors=visitors["ever"], persons=persons["ever"]),
        "identity.visitor_inflation_per_month": visitor_inflation(visitors=visitors["month"], persons=persons["month"]),
        **{
            f"identity.reach_error_{period}": reach_error(counted=counted[period], persons=persons[period])
            for period in ("day", "week", "month")
        },
    }
