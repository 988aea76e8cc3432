"""Whose an interaction is in the end: credit goes by the identifications of its visitor id."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.system import NOBODY

Numbers = NDArray[np.int64]


def credited(
    visitor: Numbers, identified: Numbers, contact: Numbers, moment: Numbers, *, conflict: str, attribution: str
) -> Numbers:
    """The contact that each interaction is credited to; `NOBODY` where its visitor id was never identified.

    Args:
        visitor: Visitor of each interaction, in the order of recording; `NOBODY`: it has none.
        identified: Visitor of each identification, in order.
        contact: Contact that it was mapped to.
        moment: How many interactions had been recorded by then.
        conflict: What holds where a visitor was mapped to several contacts: `last_wins` and `first_wins` give one of
            them all there is, `split_at_submission` gives each what came from its own on, and the first what came
            before.
        attribution: `retroactive` credits what came before the first identification, too; `from_identification` not.

    >>> credited(
    ...     np.array([7, 7, 8, 7]), np.array([7, 7]), np.array([1, 2]), np.array([1, 3]),
    ...     conflict="split_at_submission", attribution="retroactive",
    ... ).tolist()
    [1, 1, -1, 2]
    """
    if not len(identified):
        return np.full(len(visitor), NOBODY)
    size = int(max(len(visitor), moment.max())) + 1
    order = np.lexsort((moment, identified))
    key, contact = identified[order] * size + moment[order], contact[order]
    of_visitor = identified[order]
    first = np.searchsorted(of_visitor, visitor, side="left")
    last = np.searchsorted(of_visitor, visitor, side="right") - 1
    known = (visitor != NOBODY) & (first <= last)
    first = np.minimum(first, len(contact) - 1)
    place = np.arange(len(visitor))
    if conflict == "last_wins":
        chosen = last
    elif conflict == "first_wins":
        chosen = first
    else:
        latest = np.searchsorted(key, visitor * size + place, side="right") - 1
        chosen = np.clip(latest, first, last)
    if attribution == "from_identification":
        known &= place >= moment[order][first]
    return np.where(known, contact[chosen], NOBODY)
