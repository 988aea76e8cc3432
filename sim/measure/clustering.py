"""How well rows are clustered: what holds of identities against persons, and of visits against true visits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    squares = table.count.astype(np.float64) ** 2
    return Scores(
        _mean_over_rows(squares / table.belief_size[table.belief], table),
        _mean_over_rows(squares / table.truth_size[table.truth], table),
    )


def homogeneity(table: Contingency) -> float:
    """How much of the uncertainty about the person the identity takes away: 1 - H(person | identity) / H(person).

    From 0 to 1, higher is better; 1 where there is one person (Rosenberg and Hirschberg, "V-measure: a conditional
    entropy-based external cluster evaluation measure", EMNLP 2007).

    >>> from sim.measure.contingency import contingency
    >>> homogeneity(contingency(truth=np.array([0, 0, 1, 1]), belief=np.array([0, 1, 2, 2])))
    1.0
    """
    return _explained(_entropy(table.truth_size), table)


def completeness(table: Contingency) -> float:
    """How much of the uncertainty about the identity the person takes away: 1 - H(identity | person) / H(identity).

    From 0 to 1, higher is better; 1 where there is one identity (Rosenberg and Hirschberg 2007).

    >>> from sim.measure.contingency import contingency
    >>> completeness(contingency(truth=np.array([0, 0, 1, 1]), belief=np.array([5, 5, 5, 5])))
    1.0
    """
    return _explained(_entropy(table.belief_size), table)


def v_measure(table: Contingency) -> float:
    """Harmonic mean of homogeneity and completeness; from 0 to 1, higher is better (Rosenberg and Hirschberg 2007).

    >>> from sim.measure.contingency import contingency
    >>> v_measure(contingency(truth=np.array([0, 0, 1, 1]), belief=np.array([1, 1, 0, 0])))
    1.0
    """
    return Scores(homogeneity(table), completeness(table)).f1


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
    whole = (table.count == table.truth_size[table.truth]) & (table.count == table.belief_size[table.belief])
    return share(np.count_nonzero(whole), table.truths)


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


def _links(sizes: Int64) -> int:
    """Pairs of rows within clusters of these sizes; exact below 3e9 rows."""
    return int((sizes * (sizes - 1) // 2).sum())


def _mean_over_rows(summed: NDArray[np.float64], table: Contingency) -> float:
    """Mean over rows, at most 1: rounding must not lift it above."""
    return min(float(summed.sum()) / table.rows, 1.0) if table.rows else 1.0


def _entropy(sizes: Int64) -> float:
    """Entropy of a row's cluster, in nats."""
    shares = sizes[sizes > 0] / max(sizes.sum(), 1)
    return float(-(shares * np.log(shares)).sum())


def _explained(entropy: float, table: Contingency) -> float:
    """Mutual information of true and believed cluster, as a share of an entropy; 1 where there is none."""
    if entropy <= 0:
        return 1.0
    expected = table.truth_size[table.truth] / table.rows * table.belief_size[table.belief]
    information = float((table.count * np.log(table.count / expected)).sum()) / table.rows
    return min(max(information / entropy, 0.0), 1.0)
