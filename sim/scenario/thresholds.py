"""Thresholds: bounds on metrics that a run must keep."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOUND = re.compile(r"\s*(>=|<=)\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on one metric of one system, such as `as_is.visits.boundary.f1: ">= 0.9"`."""

    system: str
    metric: str
    at_least: bool
    """Whether the bound is the least value allowed, or the greatest."""
    bound: float

    @classmethod
    def parse(cls, name: str, bound: str) -> Threshold:
        """Read a threshold as a scenario writes it.

        Raises:
            ValueError: If the name has no metric, or the bound is not a comparison with a number.
        """
        system, _, metric = name.partition(".")
        if not metric:
            raise ValueError(f"{name!r} names no metric; write system.metric, such as as_is.visits.boundary.f1")
        match = _BOUND.fullmatch(bound)
        if match is None:
            raise ValueError(f"{bound!r} is not a bound; write '>= 0.9' or '<= 0.1'")
        return cls(system, metric, match[1] == ">=", float(match[2]))

    def __str__(self) -> str:
        return f"{self.system}.{self.metric} {'>=' if self.at_least else '<='} {self.bound:g}"
