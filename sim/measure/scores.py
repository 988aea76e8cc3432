"""Precision, recall and F1, and what they are where there is nothing to divide by."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Number = float | np.integer[Any]


class Scores(NamedTuple):
    """How much of what was believed is true, and how much of what is true was believed; 0 to 1, higher is better."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 where both are 0.

        >>> Scores(0.5, 1.0).f1
        0.6666666666666666
        """
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def named(self, prefix: str) -> dict[str, float]:
        """The three figures by their metric names."""
        return {f"{prefix}.precision": self.precision, f"{prefix}.recall": self.recall, f"{prefix}.f1": self.f1}


def scores(*, shared: Number, believed: Number, true: Number) -> Scores:
    """Scores of a set of things believed against a set of things true.

    Where nothing was believed, nothing was believed wrongly: precision is 1. Where nothing is true, nothing was
    missed: recall is 1.

    Args:
        shared: How many are believed and true.
        believed: How many are believed.
        true: How many are true.

    >>> scores(shared=0, believed=0, true=3)
    Scores(precision=1.0, recall=0.0)
    """
    return Scores(share(shared, believed), share(shared, true))


def share(part: Number, whole: Number) -> float:
    """A part of a whole; all of it where the whole is nothing.

    >>> share(1, 4), share(0, 0)
    (0.25, 1.0)
    """
    return float(part / whole) if whole else 1.0
