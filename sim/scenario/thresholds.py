"""Thresholds: bounds that a run must keep, on metrics, on differences between systems, and against a stored run.

thresholds:
as_is.visits.boundary.f1: ">= 0.9"
as_is - no_fallback.identity.pairwise.f1: ">= 0.02"                   # on the same visitors
as_is.contacts.coverage: "no worse than baseline by 0.01"             # `baseline:` names the folder of a run
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOUND = re.compile(r"\s*(>=|<=)\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*")
_NO_WORSE = re.compile(r"\s*no worse than baseline(?: by (\d+(?:\.\d+)?))?\s*")
_MINUS = " - "


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on one metric."""

    system: str
    metric: str
    less: str = ""
    """The system whose metric is taken off; empty: none."""
    at_least: bool = True
    """Whether the bound is the least value allowed, or the greatest."""
    bound: float = 0.0
    """The bound; against a baseline, by how much it may be worse."""
    baseline: bool = False
    """Whether the bound is on the difference from a stored run; which direction is worse, the metric says."""

    @classmethod
    def parse(cls, name: str, bound: str) -> Threshold:
        """Read a threshold as a scenario writes it.

        Raises:
            ValueError: If the name has no metric, or the bound is none.
        """
        system, minus, rest = name.partition(_MINUS)
        less, _, metric = (rest if minus else system).partition(".")
        if not metric:
            raise ValueError(f"{name!r} names no metric; write system.metric, such as as_is.visits.boundary.f1")
        first, second = (system.strip(), less.strip()) if minus else (less, "")
        no_worse = _NO_WORSE.fullmatch(bound)
        if no_worse is not None:
            if second:
                raise ValueError("a difference between systems is held against a number, not against the baseline")
            return cls(first, metric, bound=float(no_worse[1] or 0), baseline=True)
        match = _BOUND.fullmatch(bound)
        if match is None:
            raise ValueError(f"{bound!r} is not a bound; write '>= 0.9', '<= 0.1' or 'no worse than baseline by 0.01'")
        return cls(first, metric, second, match[1] == ">=", float(match[2]))

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems that it is on."""
        return (self.system, self.less) if self.less else (self.system,)

    def __str__(self) -> str:
        name = f"{self.system}{f'{_MINUS}{self.less}' if self.less else ''}.{self.metric}"
        if self.baseline:
            return f"{name} no worse than baseline by {self.bound:g}"
        return f"{name} {'>=' if self.at_least else '<='} {self.bound:g}"
