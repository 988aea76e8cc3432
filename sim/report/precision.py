"""Whether a run is precise enough, or how many replications more it takes."""

from __future__ import annotations

import math

import polars as pl

from sim.report.tables import summarise
from sim.scenario import Scenario

PRECISE = ("identity.pairwise.f1", "identity.bcubed.f1", "contacts.coverage", "visits.boundary.f1")
"""The headline metrics that a scenario's `precision` is about: those that are shares."""

_AT_A_TIME = 5


def more_replications(scenario: Scenario, metrics: pl.DataFrame) -> tuple[range, str]:
    """The replications to add, none where it is enough; and what to say of the precision.

    They are added a few at a time, whatever the number of workers, so that a run's end depends on the scenario alone.

    Args:
        scenario: Says the precision, and the most replications.
        metrics: The tidy table so far.
    """
    if scenario.precision is None:
        return range(0), ""
    done = metrics["replication"].n_unique()
    name, half = _widest(metrics)
    said = f"half of the widest 95 % interval is {half:.4f}, of {name}"
    if half <= scenario.precision:
        return range(0), f"reached with {done} replications: {said}"
    if done >= scenario.max_replications:
        return range(0), f"not reached with {done} replications, the most allowed: {said}"
    return range(done, min(done + _AT_A_TIME, scenario.max_replications)), said


def _widest(metrics: pl.DataFrame) -> tuple[str, float]:
    """The system and metric with the widest interval, and half of its width; infinite with one replication."""
    halves = {
        f"{system}.{metric}": (of_system[metric].high - of_system[metric].low) / 2
        for system, of_system in summarise(metrics).items()
        for metric in PRECISE
    }
    name = max(halves, key=lambda name: math.inf if math.isnan(halves[name]) else halves[name])
    return name, math.inf if math.isnan(halves[name]) else halves[name]
