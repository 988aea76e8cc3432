"""How well rows are clustered: identities against persons."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.measure.contingency import Contingency
from sim.measure.scores import Scores, scores, share
from sim.records import Int64


def pairwise(table: Contingency) -> Scores:
    """Precision and recall of links: pairs of rows that lie in one cluster.

    Precision is shared links per believed link, recall shared links per true link.

    >>> from sim.measure.contingency import contingency
    >>> pairwise(contingency(truth=np.array([0, 0, 0, 1]), belief=np.array([0, 0, 1, 1])))
    Scores(precision=0.5, recall=0.3333333333333333)
    """
    return scores(shared=_links(table.count), believed=_links(table.belief_size), true=_links(table.truth_size))


def bcubed(table: Contingency) -> Scores:
    """B-cubed: means over rows, C being a row's believed cluster and T its true one, of |C∩T| / |C| and of |C∩T| / |T|.

    Each row counts once, however large its clusters are (Bagga and Baldwin, "Algorithms for scoring coreference
    chains", LREC 1998; Amigó et al., "A comparison of extrinsic clustering evaluation metrics", Information Retrieval
    12, 2009). Without rows both are 1.

    >>> from sim.measure.contingency import contingency
    >>> bcubed(contingency(truth=np.array([0, 0, 0, 1]), belief=np.array([0, 0, 1, 1])))
    Scores(precision=0.75, recall=0.6666666666666666)
    """
    return Scores(
        _mean_over_rows(_overlap(table.count, table.belief, table.belief_size), table),
        _mean_over_rows(_overlap(table.count, table.truth, table.truth_size), table),
    )


@njit(cache=True)
def _overlap(count: Int64, cluster: Int64, size: Int64) -> float:
    """Sum over rows of the share of a row's cluster that is in its cell."""
    total = 0.0
    for cell in range(len(count)):
        total += count[cell] * count[cell] / size[cluster[cell]]
    return total


class Entropies(NamedTuple):
    """How uncertain it is which clusters a row is in, in nats."""

    truth: float
    belief: float
    both: float


def entropies(table: Contingency) -> Entropies:
    """Entropies of a row's true cluster, of its believed one, and of both together."""
    return Entropies(*(_entropy(sizes, table.rows) for sizes in (table.truth_size, table.belief_size, table.count)))


def homogeneity(of: Entropies) -> float:
    """How much of the uncertainty about the person the identity takes away: 1 - H(person | identity) / H(person).

    From 0 to 1, higher is better; 1 where there is one person (Rosenberg and Hirschberg, "V-measure: a conditional
    entropy-based external cluster evaluation measure", EMNLP 2007).

    >>> from sim.measure.contingency import contingency
    >>> homogeneity(entropies(contingency(truth=np.array([0, 0, 1, 1]), belief=np.array([0, 1, 2, 2]))))
    1.0
    """
    return _explained(of.truth, of.both - of.belief)


def completeness(of: Entropies) -> float:
    """How much of the uncertainty about the identity the person takes away: 1 - H(identity | person) / H(identity).

    From 0 to 1, higher is better; 1 where there is one identity (Rosenberg and Hirschberg 2007).

    >>> from sim.measure.contingency import contingency
    >>> completeness(entropies(contingency(truth=np.array([0, 0, 1, 1]), belief=np.array([5, 5, 5, 5]))))
    1.0
    """
    return _explained(of.belief, of.both - of.truth)


def v_measure(of: Entropies) -> float:
    """Harmonic mean of homogeneity and completeness; from 0 to 1, higher is better (Rosenberg and Hirschberg 2007).

    >>> from sim.measure.contingency import contingency
    >>> v_measure(entropies(contingency(truth=np.array([0, 0, 1, 1]), belief=np.array([1, 1, 0, 0]))))
    1.0
    """
    return Scores(homogeneity(of), completeness(of)).f1


def adjusted_rand(table: Contingency) -> float:
    """Share of pairs of rows judged rightly, set to 0 for what chance gives and to 1 for a perfect match.

    From -0.5 to 1, higher is better; 1 where both have no link, or both have all (Hubert and Arabie, "Comparing
    partitions", Journal of Classification 2, 1985).

    >>> from sim.measure.contingency import contingency
    >>> round(adjusted_rand(contingency(truth=np.array([0, 0, 1, 1]), belief=np.array([0, 0, 1, 2]))), 4)
    0.5714
    """
    shared, believed, true = _links(table.count), _links(table.belief_size), _links(table.truth_size)
    pairs = table.rows * (table.rows - 1) // 2
    most = (believed + true) / 2
    by_chance = believed * true / pairs if pairs else 0.0
    return (shared - by_chance) / (most - by_chance) if most != by_chance else 1.0


def exact_match(table: Contingency) -> float:
    """Share of true clusters that are recovered exactly: one believed cluster holds all their rows and no other.

    From 0 to 1, higher is better; 1 without rows.

    >>> from sim.measure.contingency import contingency
    >>> exact_match(contingency(truth=np.array([0, 0, 1, 2]), belief=np.array([3, 3, 4, 4])))
    0.3333333333333333
    """
    recovered = _recovered(table.count, table.truth, table.belief, table.truth_size, table.belief_size)
    return share(recovered, table.truths)


@njit(cache=True)
def _recovered(count: Int64, truth: Int64, belief: Int64, truth_size: Int64, belief_size: Int64) -> int:
    """Cells that hold all rows of both of their clusters."""
    cells = 0
    for cell in range(len(count)):
        cells += count[cell] == truth_size[truth[cell]] and count[cell] == belief_size[belief[cell]]
    return cells


def fragmentation(table: Contingency) -> float:
    """Mean number of believed clusters that a true one falls apart into; 1 or more, 1 is best.

    >>> from sim.measure.contingency import contingency
    >>> fragmentation(contingency(truth=np.array([0, 0, 0, 1]), belief=np.array([0, 1, -1, 0])))
    2.0
    """
    return len(table.count) / table.truths if table.truths else 1.0


def conflation(table: Contingency) -> float:
    """Mean number of true clusters that a believed one holds rows of; 1 or more, 1 is best.

    >>> from sim.measure.contingency import contingency
    >>> conflation(contingency(truth=np.array([0, 0, 0, 1]), belief=np.array([0, 1, -1, 0])))
    1.3333333333333333
    """
    return len(table.count) / table.beliefs if table.beliefs else 1.0


@njit(cache=True)
def _links(sizes: Int64) -> int:
    """Pairs of rows within clusters of these sizes."""
    links = 0
    for size in sizes:
        links += links_within(size)
    return links


@njit(cache=True)
def links_within(size: int) -> int:
    """Pairs of rows within a cluster of this size.

    >>> links_within(4)
    6
    """
    return size * (size - 1) // 2


def _mean_over_rows(summed: float, table: Contingency) -> float:
    """Mean over rows, at most 1: rounding must not lift it above."""
    return min(summed / table.rows, 1.0) if table.rows else 1.0


def _entropy(sizes: Int64, rows: int) -> float:
    """Entropy of a row's cluster, in nats; exactly the same for the same sizes in another order."""
    alone = np.count_nonzero(sizes == 1)
    size, clusters = np.unique(sizes[sizes > 1], return_counts=True)
    shares = size / max(rows, 1)
    return float(alone * np.log(max(rows, 1)) / max(rows, 1) - (clusters * shares * np.log(shares)).sum())


def _explained(entropy: float, left: float) -> float:
    """Share of an entropy that is not left when the other clusters are known; 1 where there is none."""
    return min(max(1 - left / entropy, 0.0), 1.0) if entropy > 0 else 1.0
