"""How many people a system counts in a day, a week, a month, against how many there were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measure.contingency import count_pairs, run_starts, small_numbers
from sim.measure.scores import share
from sim.records import DAY, NONE, Int64

PERIODS: dict[str, Callable[[Int64], Int64]] = {
    "ever": np.zeros_like,
    "day": lambda day: day,
    "week": lambda day: (day + 3) // 7,  # day 0, the first of January 1970, was a Thursday; weeks begin on Monday
    "month": lambda day: day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64),
}
"""Number of the period that a day is in, days counted from the epoch; all in UTC."""


def distinct_by_period(*, ids: NDArray[Any], time: Int64) -> dict[str, int]:
    """Number of different ids ever; and in each day, each week and each month, summed over days, weeks and months.

    Args:
        ids: An id of each interaction; `NONE` is none, and counts for nobody.
        time: When it happened, in ms since the epoch.

    >>> hours = np.array([0, 1, 25, 26, 26])
    >>> distinct_by_period(ids=np.array([7, 7, 7, NONE, 8]), time=hours * DAY // 24)
    {'ever': 2, 'day': 3, 'week': 2, 'month': 2}
    """
    day = time // DAY
    starts = run_starts(ids, day)
    starts = starts[ids[starts] != NONE]
    ids, day, _ = count_pairs(small_numbers(ids[starts]), day[starts], np.ones(len(starts), np.bool_))
    # They are sorted by id, and by day within it: of one id, all days of a week or a month lie side by side.
    return {name: len(run_starts(ids, period_of(day))) for name, period_of in PERIODS.items()}


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


def reach_metrics(
    *, person: NDArray[Any], identity: NDArray[Any], visitor: NDArray[Any], time: Int64
) -> dict[str, float]:
    """Visitor ids per person, and errors of unique visitors.

    A system counts the identities that it tells apart when all is resolved; what has no id is not counted.

    Args:
        person: Person whom each interaction is by.
        identity: Identity that it is credited to.
        visitor: Visitor id in force.
        time: When it happened, in ms since the epoch.
    """
    persons = distinct_by_period(ids=person, time=time)
    counted = distinct_by_period(ids=identity, time=time)
    visitors = distinct_by_period(ids=visitor, time=time)
    return {
        "identity.visitor_inflation": visitor_inflation(visitors=visitors["ever"], persons=persons["ever"]),
        "identity.visitor_inflation_per_month": visitor_inflation(visitors=visitors["month"], persons=persons["month"]),
        **{
            f"identity.reach_error_{period}": reach_error(counted=counted[period], persons=persons[period])
            for period in ("day", "week", "month")
        },
    }
