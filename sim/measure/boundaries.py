"""Where one visit ends and the next begins, between consecutive page loads of one browser."""

from __future__ import annotations

from sim.measure.groupings import Score, share
from sim.records import NONE, Bool, Int64


def boundaries(*, browser: Int64, visit: Int64) -> Bool:
    """Whether a boundary lies between each page load and the next of the same browser.

    Args:
        browser: Browser of each page load; loads sorted by browser, and by time within it.
        visit: Visit of each page load; `NONE` is a visit of its own.

    Returns:
        One value for each pair of neighbours in one browser.
    """
    neighbours = browser[1:] == browser[:-1]
    differ: Bool = (visit[1:] != visit[:-1]) | (visit[1:] == NONE)
    answer: Bool = differ[neighbours]
    return answer


def boundary_score(*, truth: Bool, belief: Bool) -> Score:
    """Share of the believed boundaries that are true ones, and of the true ones that are found.

    >>> import numpy as np
    >>> boundary_score(truth=np.array([True, False, True]), belief=np.array([True, True, False]))
    Score(precision=0.5, recall=0.5)
    """
    both = int((truth & belief).sum())
    return Score(share(both, int(belief.sum())), share(both, int(truth.sum())))
