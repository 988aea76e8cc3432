"""How accuracy is distributed over the time since a person's first visit, for plots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measure.numbers import numbered
from sim.records import DAY, Float64, Int64

_WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class AccuracyByWeek:
    """B-cubed precision and recall of interactions, by weeks since their person's first one; row `i` is week `i`."""

    interactions: Int64
    precision: Float64
    """Mean over the week's interactions; NaN where there is none."""
    recall: Float64


def accuracy_by_week(*, person: NDArray[Any], identity: NDArray[Any], time: Int64) -> AccuracyByWeek:
    """Tell how well interactions are resolved that come so long after their person's first one.

    Args:
        person: Person whom each interaction is by; interactions stand in the order of time.
        identity: Identity that it is credited to; `NONE` is an identity of its own.
        time: When it was, in ms.

    >>> weeks = accuracy_by_week(
    ...     person=np.array([0, 0, 0]), identity=np.array([5, 5, 6]), time=np.array([0, 1, 8 * DAY])
    ... )
    >>> weeks.interactions.tolist(), weeks.precision.tolist(), [round(recall, 3) for recall in weeks.recall.tolist()]
    ([2, 1], [1.0, 1.0], [0.667, 0.333])
    """
    belief = numbered(identity)
    key = person.astype(np.int64) * (int(belief.max(initial=0)) + 1) + belief
    _, cell, count = np.unique(key, return_inverse=True, return_counts=True)
    shared = count[cell.reshape(-1)]
    first = np.full(int(person.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, person, time)
    week = (time - first[person]) // _WEEK
    interactions = np.bincount(week)
    with np.errstate(invalid="ignore"):
        precision = np.bincount(week, shared / np.bincount(belief)[belief]) / interactions
        recall = np.bincount(week, shared / np.bincount(person)[person]) / interactions
    return AccuracyByWeek(interactions, precision, recall)
