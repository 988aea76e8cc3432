"""How far what a system believed is from what was true: pure functions of columns.

Read `registry` for what is measured; `joined` for the few rows that it is counted from, and `joining` for how they come
about in one pass; `replication` for all metrics of a replication, and `causes` for why accuracy is lost. Truth is
`truth=`, what the system believed is `belief=`, always by name: other libraries disagree on their order.
"""

from sim.measure.causes import Charges, Error, Site, charges, counts
from sim.measure.deletion import deletion_figures
from sim.measure.identity import identities_per_person
from sim.measure.intervals import Interval, bootstrapped, paired_difference, student
from sim.measure.joined import Joined
from sim.measure.joining import join
from sim.measure.leads import Scoring
from sim.measure.over_time import accuracy_by_week
from sim.measure.registry import METRICS, Best, Metric, no_such_metric
from sim.measure.replication import measure
from sim.measure.resampling import DRAWS, resampled
from sim.measure.visits import segmentation

__all__ = [
    "DRAWS",
    "METRICS",
    "Best",
    "Charges",
    "Error",
    "Interval",
    "Joined",
    "Metric",
    "Scoring",
    "Site",
    "accuracy_by_week",
    "bootstrapped",
    "charges",
    "counts",
    "deletion_figures",
    "identities_per_person",
    "join",
    "measure",
    "no_such_metric",
    "paired_difference",
    "resampled",
    "segmentation",
    "student",
]
