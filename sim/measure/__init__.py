"""How far what a system believed is from what was true: pure functions of columns."""

from sim.measure.intervals import Interval, student
from sim.measure.metrics import METRICS, Metric, identities_per_person, measure

__all__ = ["METRICS", "Interval", "Metric", "identities_per_person", "measure", "student"]
