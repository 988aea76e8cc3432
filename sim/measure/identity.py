"""How well interactions are credited to identities, against the persons whom they are by."""

from __future__ import annotations

import numpy as np

from sim.measure.clustering import (
    adjusted_rand,
    bcubed,
    completeness,
    conflation,
    entropies,
    exact_match,
    fragmentation,
    homogeneity,
    pairwise,
    v_measure,
)
from sim.measure.contingency import Contingency
from sim.records import Int64


def identity_metrics(table: Contingency) -> dict[str, float]:
    """All metrics of the clustering of interactions, from their counts by person and identity."""
    of = entropies(table)
    return {
        **pairwise(table).named("identity.pairwise"),
        **bcubed(table).named("identity.bcubed"),
        "identity.homogeneity": homogeneity(of),
        "identity.completeness": completeness(of),
        "identity.v_measure": v_measure(of),
        "identity.adjusted_rand": adjusted_rand(table),
        "identity.exact_match": exact_match(table),
        "identity.fragmentation": fragmentation(table),
        "identity.conflation": conflation(table),
    }


def identities_per_person(table: Contingency) -> Int64:
    """Number of identities of each person seen, in the order of persons: the distribution behind `fragmentation`.

    >>> from sim.measure.contingency import contingency
    >>> table = contingency(truth=np.array([4, 4, 4, 6]), belief=np.array([0, -1, -1, 0]))
    >>> identities_per_person(table).tolist(), persons_per_identity(table).tolist()
    ([3, 1], [2, 1, 1])
    """
    cells = np.bincount(table.truth)
    return cells[cells > 0]


def persons_per_identity(table: Contingency) -> Int64:
    """Number of persons under each identity, in the order of identities: the distribution behind `conflation`."""
    cells = np.bincount(table.belief)
    return cells[cells > 0]
