"""Sweeps: one scenario at many settings of some fields.

    sweep:
      browsers.phone.safari: [0.1, 0.4, 0.7]                             # a list: every value with every other field's
      systems.as_is.settings.visit_timeout: {from: 10min, to: 60min, steps: 6}      # a range, both ends in it
      zip:                                                               # lists that go together, value by value
        consent.accept: [0.2, 0.5, 0.8]
        consent.reject: [0.6, 0.3, 0.1]

With `sample:` the ranges have no steps, and points are drawn from them: `latin_hypercube: 40` or `sobol: 64` (McKay et
al., Technometrics 21, 1979; Sobol', USSR Comput. Math. 7, 1967), or `saltelli: 64`, whose 64 x (fields + 2) points give
Sobol' indices of the first order and in total (Saltelli et al., Computer Physics Communications 181, 2010).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Annotated, Any, cast

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from scipy.stats import qmc

from sim.durations import format_duration, parse_duration

Values = dict[str, Any]
"""What a point sets: value by dotted field."""


class Range(BaseModel):
    """Numbers or durations from one to another."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    low: Annotated[int | float | str, Field(alias="from")]
    high: Annotated[int | float | str, Field(alias="to")]
    steps: Annotated[int | None, Field(ge=2, le=10_000, description="How many values, both ends among them.")] = None

    @model_validator(mode="after")
    def _goes_up(self) -> Range:
        low, high = self._bounds()
        if low >= high:
            raise ValueError(f"goes from {self.low} to {self.high}; `from` must be the lesser")
        return self

    def at(self, fractions: Any) -> list[Any]:
        """The values so far along the range (0 to 1), in the unit that it is written in; whole where both ends are."""
        low, high = self._bounds()
        values = low + np.asarray(fractions, np.float64) * (high - low)
        if isinstance(self.low, str):
            return [format_duration(int(value)) for value in np.rint(values / 1000) * 1000]
        if isinstance(self.low, int) and isinstance(self.high, int):
            return [int(value) for value in np.rint(values)]
        return [round(float(value), 9) for value in values]

    def stepped(self) -> list[Any]:
        """Its values, step by step."""
        assert self.steps is not None
        return self.at(np.linspace(0, 1, self.steps))

    def _bounds(self) -> tuple[float, float]:
        if isinstance(self.low, str) or isinstance(self.high, str):
            return float(parse_duration(self.low)), float(parse_duration(self.high))
        return float(self.low), float(self.high)


def _one_method(method: Any) -> Any:
    if isinstance(method, Mapping) and len(method) != 1:
        raise ValueError(f"is one of latin_hypercube, sobol or saltelli with a number, not {len(method)} of them")
    return method


class Sample(BaseModel):
    """How points are drawn from ranges."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    latin_hypercube: Annotated[int | None, Field(ge=2, le=100_000)] = None
    sobol: Annotated[int | None, Field(ge=2, le=2**17)] = None
    saltelli: Annotated[int | None, Field(ge=2, le=2**17)] = None

    @model_validator(mode="after")
    def _powers_of_two(self) -> Sample:
        for name in ("sobol", "saltelli"):
            points = getattr(self, name)
            if points is not None and points & (points - 1):
                near = 2 ** round(math.log2(points))
                raise ValueError(f"{name}: {points} is no power of two, which such sequences need; take {near}")
        return self


Axis = Annotated[list[Any], Field(min_length=1)] | Range


class Sweep(BaseModel):
    """The part `sweep` of a scenario, its fields told apart from `zip` and `sample`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    axes: dict[str, Axis]
    zipped: dict[str, Annotated[list[Any], Field(min_length=1)]] = {}
    sample: Annotated[Sample, BeforeValidator(_one_method)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Sweep:
        lengths = {len(values) for values in self.zipped.values()}
        if len(lengths) > 1:
            raise ValueError(
                f"zip: lists that go together have one length, not {' and '.join(map(str, sorted(lengths)))}"
            )
        for field, axis in self.axes.items():
            if self.sample is None and isinstance(axis, Range) and axis.steps is None:
                raise ValueError(f"{field}: a range needs `steps`, or the sweep a `sample`")
            if self.sample is not None and (not isinstance(axis, Range) or axis.steps is not None):
                raise ValueError(f"{field}: where the sweep has a `sample`, a field is a range without steps")
        if self.sample is not None and self.zipped:
            raise ValueError("zip: does not go with `sample`")
        if not self.axes and not self.zipped:
            raise ValueError("names no field")
        return self

    @property
    def method(self) -> str:
        """How points are chosen: `grid`, or the sample's name."""
        if self.sample is None:
            return "grid"
        return next(name for name, points in self.sample.model_dump().items() if points is not None)

    def points(self, seed: int) -> list[Values]:
        """The values of each point, in order."""
        if self.sample is not None:
            drawn = self._drawn(seed)
            columns = [cast(Range, axis).at(drawn[:, place]) for place, axis in enumerate(self.axes.values())]
            return [dict(zip(self.axes, values, strict=True)) for values in zip(*columns, strict=True)]
        lists = [axis.stepped() if isinstance(axis, Range) else axis for axis in self.axes.values()]
        together = [dict(zip(self.zipped, values, strict=True)) for values in zip(*self.zipped.values(), strict=True)]
        return [
            {**dict(zip(self.axes, values, strict=True)), **zipped}
            for *values, zipped in product(*lists, together or [{}])
        ]

    def written(self) -> dict[str, Any]:
        """As a scenario writes it."""
        axes = {
            field: axis.model_dump(by_alias=True, exclude_none=True) if isinstance(axis, Range) else axis
            for field, axis in self.axes.items()
        }
        sample = {} if self.sample is None else {"sample": self.sample.model_dump(exclude_none=True)}
        return {**sample, **axes, **({"zip": self.zipped} if self.zipped else {})}

    def problem(self) -> dict[str, Any]:
        """The sampling problem as SALib takes it, on fractions of the ranges."""
        return {"num_vars": len(self.axes), "names": list(self.axes), "bounds": [[0.0, 1.0]] * len(self.axes)}

    def _drawn(self, seed: int) -> Any:
        """Points in the unit cube, one a row."""
        assert self.sample is not None
        if self.sample.latin_hypercube is not None:
            return qmc.LatinHypercube(len(self.axes), rng=seed).random(self.sample.latin_hypercube)
        if self.sample.sobol is not None:
            return qmc.Sobol(len(self.axes), rng=seed).random(self.sample.sobol)
        from SALib.sample import sobol  # noqa: PLC0415 - it takes a second to import

        return sobol.sample(self.problem(), self.sample.saltelli, calc_second_order=False, seed=seed)
