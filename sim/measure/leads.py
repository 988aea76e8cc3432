"""How far lead scores are from those that the truth would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sim.measure.joined import Joined
from sim.records import NONE, Bool, Float64, Int64


@dataclass(frozen=True, slots=True)
class Scoring:
    """How interactions score; by default they do not."""

    points: Mapping[int, float] = field(default_factory=dict)
    """Points of an interaction by its kind, an `InteractionKind` of `sim.system`; other kinds score nothing."""
    half_life: int | None = None
    """Time in ms after which points are worth half; without it they keep their worth."""
    threshold: float = 0.0
    """Score from which on a lead is passed to sales."""


def worth(scoring: Scoring, *, kind: NDArray[Any], time: Int64, end: int) -> Float64:
    """Points of each interaction at the end.

    Args:
        scoring: How interactions score.
        kind: Kind of each interaction.
        time: When it happened, in ms.
        end: When scores are taken, in ms.

    >>> scoring = Scoring(points={3: 8.0}, half_life=1000)
    >>> worth(scoring, kind=np.array([3, 3, 0]), time=np.array([0, 1000, 1000]), end=1000).tolist()
    [4.0, 8.0, 0.0]
    """
    table = np.zeros(128)
    for each, value in scoring.points.items():
        table[each] = value
    points: Float64 = table[kind]
    return points if scoring.half_life is None else points * 0.5 ** ((end - time) / scoring.half_life)


def lead_scores(
    *, worth: Float64, person: NDArray[Any], contact: NDArray[Any], owner: Int64, submitter: Bool
) -> tuple[Float64, Float64]:
    """True and believed score of each person who ever submitted a form.

    The true score adds up what the person did. The believed one is that of their highest-scoring contact, or 0.

    Args:
        worth: Points of each interaction.
        person: Person whom it is by.
        contact: Contact that it is credited to; `NONE` where there is none.
        owner: Whose each contact is, by its number; `NONE` where nobody's.
        submitter: Whether each person, by number, ever submitted a form.
    """
    true = np.bincount(person, worth, len(submitter)).astype(np.float64)
    rows = np.flatnonzero(contact != NONE)
    of_contact = np.bincount(contact[rows], worth[rows], len(owner))
    believed = np.zeros(len(submitter))
    owned = owner != NONE
    np.maximum.at(believed, owner[owned], of_contact[owned])
    return true[submitter], believed[submitter]


def score_error(*, truth: Float64, belief: Float64) -> float:
    """Mean distance of the believed from the true score, in points; 0 is best, and what it is without leads."""
    return float(np.abs(belief - truth).mean()) if len(truth) else 0.0


def rank_correlation(*, truth: Float64, belief: Float64) -> float:
    """Spearman's rank correlation of true and believed scores; from -1 to 1, higher is better.

    NaN where all true scores or all believed ones are equal (Spearman, "The proof and measurement of association
    between two things", American Journal of Psychology 15, 1904).

    >>> round(rank_correlation(truth=np.array([1.0, 2.0, 3.0]), belief=np.array([10.0, 30.0, 20.0])), 9)
    0.5
    """
    if len(truth) < 2 or np.ptp(truth) == 0 or np.ptp(belief) == 0:
        return float("nan")
    correlation = np.corrcoef(rankdata(truth), rankdata(belief))[0, 1]
    return float(np.clip(correlation, -1, 1))


def wrongly_passed(*, truth: Float64, belief: Float64, threshold: float) -> float:
    """Share of the leads below the threshold that are believed to reach it; from 0 to 1, 0 where none is below."""
    below = truth < threshold
    return float((belief[below] >= threshold).mean()) if below.any() else 0.0


def wrongly_missed(*, truth: Float64, belief: Float64, threshold: float) -> float:
    """Share of the leads that reach the threshold that are believed below it; from 0 to 1, 0 where none reaches it."""
    reached = truth >= threshold
    return float((belief[reached] < threshold).mean()) if reached.any() else 0.0


def lead_metrics(scoring: Scoring, *, joined: Joined, owner: Int64, submitter: Bool) -> dict[str, float]:
    """All metrics of leads; scores are taken at the last interaction.

    Args:
        scoring: How interactions score.
        joined: What the system recorded, and what was true.
        owner: Whose each contact is, by its number; `NONE` where nobody's.
        submitter: Whether each person, by number, ever submitted a form.
    """
    belief, time = joined.belief, joined.trace.events.time
    scored = np.flatnonzero(np.isin(belief.kind, list(scoring.points))) if scoring.points else np.empty(0, np.int64)
    row = belief.row[scored]
    end = int(time[belief.row[-1]]) if len(belief) else 0
    true, believed = lead_scores(
        worth=worth(scoring, kind=belief.kind[scored], time=time[row], end=end),
        person=joined.truth.person[row],
        contact=belief.contact[scored],
        owner=owner,
        submitter=submitter,
    )
    return {
        "leads.score_error": score_error(truth=true, belief=believed),
        "leads.rank_correlation": rank_correlation(truth=true, belief=believed),
        "leads.wrongly_passed": wrongly_passed(truth=true, belief=believed, threshold=scoring.threshold),
        "leads.wrongly_missed": wrongly_missed(truth=true, belief=believed, threshold=scoring.threshold),
    }
