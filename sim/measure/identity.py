"""How well interactions are credited to identities, against the persons whom they are by."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
from sim.measure.contingency import Contingency, contingency
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


def identities_per_person(*, person: NDArray[Any], identity: NDArray[Any]) -> Int64:
    """Number of identities of each person seen, in the order of persons: the distribution behind `fragmentation`.

    Args:
        person: Person whom each interaction is by.
        identity: Identity that it is credited to; `NONE` is an identity of its own.

    >>> identities_per_person(person=np.array([4, 4, 4, 6]), identity=np.array([0, -1, -1, 0])).tolist()
    [3, 1]
    """
    cells = np.bincount(contingency(truth=person, belief=identity).truth)
    return cells[cells > 0]


def persons_per_identity(*, person: NDArray[Any], identity: NDArray[Any]) -> Int64:
    """Number of persons under each identity, in the order of identities: the distribution behind `conflation`.

    >>> persons_per_identity(person=np.array([4, 4, 4, 6]), identity=np.array([0, -1, -1, 0])).tolist()
    [2, 1, 1]
    """
    cells = np.bincount(contingency(truth=person, belief=identity).belief)
    return cells[cells > 0]
