"""How well a believed grouping recovers the true one: interactions into identities, page loads into visits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measure.contingency import Contingency
from sim.records import Int64


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean; each from 0 to 1, higher is better.

    0/0 is 1: who claims nothing claims nothing wrong, and where there is nothing to find all is found.
    """

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean; 0 where both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def share(part: float, whole: float) -> float:
    """A share of a whole; 1 of nothing."""
    return float(part / whole) if whole else 1.0


def pairwise(table: Contingency) -> Score:
    """Of the pairs that belief puts together, how many belong together; and the other way round.

    >>> from sim.measure.contingency import contingency
    >>> pairwise(contingency(truth=np.array([0, 0, 1]), belief=np.array([5, 5, 5])))
    Score(precision=0.3333333333333333, recall=1.0)
    """
    shared = _pairs(table.shared)
    return Score(share(shared, _pairs(table.believed_sizes)), share(shared, _pairs(table.true_sizes)))


def bcubed(table: Contingency) -> Score:
    """Mean over things of the share of their believed group that belongs with them, and of their true group found.

    Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space model", COLING-ACL 1998.

    >>> from sim.measure.contingency import contingency
    >>> bcubed(contingency(truth=np.array([0, 0, 1, 1]), belief=np.array([5, 5, 5, 5])))
    Score(precision=0.5, recall=1.0)
    """
    squares = table.shared.astype(np.float64) ** 2
    precise = (squares / table.believed_sizes[table.believed_group]).sum()
    found = (squares / table.true_sizes[table.true_group]).sum()
    return Score(share(precise, table.things), share(found, table.things))


def exact(table: Contingency) -> float:
    """Share of the true groups that are recovered exactly."""
    whole = (table.shared == table.true_sizes[table.true_group]) & (
        table.shared == table.believed_sizes[table.believed_group]
    )
    return share(int(whole.sum()), len(table.true_sizes))


def groups_met(table: Contingency) -> Int64:
    """Number of believed groups that each true group falls into."""
    return np.bincount(table.true_group, minlength=len(table.true_sizes)).astype(np.int64)


def _pairs(sizes: Int64) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
