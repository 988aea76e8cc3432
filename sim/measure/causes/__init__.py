"""Why accuracy is lost: each error has one cause, from the truth and from what the browser did.

`cause` has the errors and their causes, `evidence` what they are told from, `stays` how it is counted without going
through all interactions; `breaks`, `merges` and `boundaries` have an error each, with its order of precedence.
"""

from __future__ import annotations

import numpy as np

from sim.measure.causes.boundaries import boundary_errors
from sim.measure.causes.breaks import breaks
from sim.measure.causes.cause import CAUSES, Cause, Charges, Error
from sim.measure.causes.evidence import Site, gather
from sim.measure.causes.merges import merges
from sim.measure.causes.stays import pairs, stays
from sim.records import Observations, Trace, Truth


def charges(*, trace: Trace, truth: Truth, belief: Observations, site: Site) -> list[Charges]:
    """Charge every break, merge and boundary error to one cause.

    Args:
        trace: What people did.
        truth: Who did it and in which true visit, row by row with the trace.
        belief: What the system recorded.
        site: What of the customer's site tells causes apart.

    Returns:
        The errors of each kind, in the order of `Error`.
    """
    evidence = gather(trace=trace, truth=truth, belief=belief, site=site)
    joined = stays(evidence)
    found = pairs(joined)
    return [
        breaks(evidence, joined, found),
        merges(evidence, joined, found),
        *boundary_errors(evidence, truth),
    ]


def counts(charged: list[Charges]) -> list[tuple[Error, Cause, int, int]]:
    """How many errors each cause is charged with, and how many interactions they affect; only causes that occur."""
    rows = []
    for kind in charged:
        errors = np.bincount(kind.cause, minlength=len(CAUSES))
        affected = np.bincount(kind.cause, kind.interactions, minlength=len(CAUSES)).astype(np.int64)
        rows += [
            (kind.error, cause, int(errors[number]), int(affected[number]))
            for number, cause in enumerate(CAUSES)
            if errors[number]
        ]
    return rows


__all__ = ["CAUSES", "Cause", "Charges", "Error", "Site", "charges", "counts"]
