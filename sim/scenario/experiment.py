"""A scenario with the points of its sweep."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sim.scenario.schema import Scenario
from sim.scenario.sweeps import Sweep, Values

REPLAYED = ("name", "question", "replications", "browsers", "consent", "prefill", "lead_scoring", "systems",
            "thresholds", "baseline", "precision", "max_replications", "what_if")  # fmt: skip
"""What may differ between points that share a trace: none of it changes what people do."""


@dataclass(frozen=True, slots=True)
class Point:
    """One setting of a sweep."""

    values: Values
    scenario: Scenario

    @property
    def trace(self) -> str:
        """What its trace depends on: points of which this is equal share one."""
        return json.dumps(self.scenario.model_dump(mode="json", exclude=set(REPLAYED)), sort_keys=True)

    def __str__(self) -> str:
        return ", ".join(f"{field} = {value}" for field, value in self.values.items())


@dataclass(frozen=True, slots=True)
class Experiment:
    """What a scenario file describes: one scenario, or one at many points."""

    scenario: Scenario
    """As it is without the sweep."""
    sweep: Sweep | None
    points: tuple[Point, ...]
    """One with no values, where there is no sweep."""
    given: dict[str, Any] | None = None
    """With a sweep, the fields as they were given: a point's presets and rests hold only once its values are set."""

    def groups(self) -> list[list[int]]:
        """Numbers of the points that share a trace, in order of the first of each."""
        found: dict[str, list[int]] = {}
        for number, point in enumerate(self.points):
            found.setdefault(point.trace, []).append(number)
        return list(found.values())
