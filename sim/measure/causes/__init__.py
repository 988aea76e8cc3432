"""Why accuracy is lost: each error has one cause, from the truth and from what the browser did.

`cause` has the errors and their causes, `evidence` what they are told from, `stays` how it is counted without going
through all interactions; `breaks`, `merges` and `boundaries` have an error each, with its order of precedence.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.measure.browsing import browser_by_browser, events_of
from sim.measure.causes.boundaries import Misplaced, boundary_errors, find_misplaced
from sim.measure.causes.breaks import breaks
from sim.measure.causes.cause import CAUSES, Cause, Charges, Error
from sim.measure.causes.evidence import Evidence, Site, gather
from sim.measure.causes.merges import merges
from sim.measure.causes.stays import Stays, join_stays, pairs
from sim.measure.contingency import numbered
from sim.measure.filling import Filling
from sim.records import Action, Observations, Trace, Truth


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
    joined, misplaced, longest = _browser_by_browser(evidence, truth)
    found = pairs(joined)
    return [
        breaks(evidence, joined, found),
        merges(evidence, joined, found),
        *boundary_errors(evidence, misplaced, longest),
    ]


def _browser_by_browser(evidence: Evidence, truth: Truth) -> tuple[Stays, Misplaced, int]:
    """Stays; boundaries missed or added; and the longest time within a visit, as `find_misplaced` tells it."""
    belief = replace(evidence.belief, contact=evidence.contact)
    joined, misplaced, longest = Filling(Stays, rows=len(belief) // 2), Filling(Misplaced, rows=len(belief) // 4), 0
    for interactions in browser_by_browser(trace=evidence.trace, truth=truth, belief=belief):
        joined.add(join_stays(interactions, joined.room(len(interactions))))
        loads = events_of(interactions, Action.LOAD)
        found, longest_here = find_misplaced(loads, misplaced.room(len(loads)))
        misplaced.add(found)
        longest = max(longest, longest_here)
    stays = joined.finish()
    return replace(stays, identity=numbered(stays.identity)), misplaced.finish(), longest


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
