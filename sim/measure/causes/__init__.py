"""Why accuracy is lost: each error has one cause, from the truth and from what the browser did.

`cause` has the errors and their causes, `evidence` and `typed` what they are told from; `breaks`, `merges` and
`boundaries` have an error each, with its order of precedence.
"""

from __future__ import annotations

import numpy as np

from sim.measure.causes.boundaries import boundary_errors
from sim.measure.causes.breaks import breaks
from sim.measure.causes.cause import Cause, Charges, Error
from sim.measure.causes.evidence import Site, gather
from sim.measure.causes.merges import merges
from sim.measure.joined import Joined


def charges(joined: Joined, *, site: Site) -> list[Charges]:
    """Charge every break, merge and boundary error to one cause.

    Args:
        joined: What the system recorded, and what was true.
        site: What of the customer's site tells causes apart.

    Returns:
        The errors of each kind, in the order of `Error`.
    """
    evidence = gather(joined, site)
    return [breaks(evidence), merges(evidence), *boundary_errors(evidence)]


def counts(charged: list[Charges]) -> list[tuple[Error, Cause, int, int]]:
    """How many errors each cause is charged with, and how many interactions they affect; only causes that occur."""
    rows = []
    for kind in charged:
        errors = np.bincount(kind.cause, minlength=len(Cause))
        affected = np.bincount(kind.cause, kind.interactions, minlength=len(Cause)).astype(np.int64)
        rows += [(kind.error, cause, int(errors[cause]), int(affected[cause])) for cause in Cause if errors[cause]]
    return rows


__all__ = ["Cause", "Charges", "Error", "Site", "charges", "counts"]
