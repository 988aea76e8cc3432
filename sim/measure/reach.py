"""How many people a system counts in a day, a week, a month, against how many there were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measure.contingency import count_pairs, run_starts, small_numbers
from sim.measure.scores import share
from sim.records import NONE, Int64

PERIODS: dict[str, Callable[[Int64], Int64]] = {
    "ever": np.zeros_like,
    "day": lambda day: day,
    "week": lambda day: (day + 3) // 7,  # day 0, the first of January 1970, was a Thursday; weeks begin on Monday
    "month": lambda day: day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64),
}
"""Number of the period that a day is in, days counted from the epoch; all in UTC."""


def distinct_by_period(*, ids: NDArray[Any], day: NDArray[Any]) -> dict[str, int]:
    """Number of different ids ever; and in each day, each week and each month, summed over days, weeks and months.

    Args:
        ids: An id of each interaction, or of some that follow one another; `NONE` is none, and counts for nobody.
        day: Day that it happened on, from the epoch.

    >>> distinct_by_period(ids=np.array([7, 7, 7, NONE, 8]), day=np.array([0, 0, 1, 1, 1]))
    {'ever': 2, 'day': 3, 'week': 2, 'month': 2}
    """
    starts = run_starts(ids, day)
    starts = starts[ids[starts] != NONE]
    ids, day, _ = count_pairs(small_numbers(ids[starts]), day[starts], np.ones(len(starts), np.bool_))
    # They are sorted by id, and by day within it: of one id, all days of a week or a month lie side by side.
    days = np.arange(int(day.max(initial=0)) + 1)
    return {name: len(run_starts(ids, period_of(days)[day])) for name, period_of in PERIODS.items()}


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
    *, person: NDArray[Any], identity: NDArray[Any], visitor: NDArray[Any], day: NDArray[Any]
) -> dict[str, float]:
    """Visitor ids per person, and errors of unique visitors.

    A system counts the identities that it tells apart when all is resolved; what has no id is not counted.

    Args:
        person: Person whom each interaction is by.
        identity: Identity that it is credited to.
        visitor: Visitor id in force.
        day: Day that it happened on, from the epoch, in UTC.
    """
    persons = distinct_by_period(ids=person, day=day)
    counted = distinct_by_period(ids=identity, day=day)
    visitors = distinct_by_period(ids=visitor, day=day)
    return {
        "identity.visitor_inflation": visitor_inflation(visitors=visitors["ever"], persons=persons["ever"]),
        "identity.visitor_inflation_per_month": visitor_inflation(visitors=visitors["month"], persons=persons["month"]),
        **{
            f"identity.reach_error_{period}": reach_error(counted=counted[period], persons=persons[period])
            for period in ("day", "week", "month")
        },
    }
