"""One figure of a study, published and simulated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import polars as pl
from rich.table import Table

from sim.measure import Interval

TOLERANCE = 0.1
"""How far from the published figure a simulated one may be, as a share of it."""


class Agreement(StrEnum):
    """Whether a simulated figure is where it should be. Decided on its whole interval."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_SURE = "not sure"
    BESIDE = "beside"
    """No tolerance is set: the study measured something else, or elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure of a study, published and simulated."""

    study: str
    figure: str
    published: str
    """As the study says it."""
    value: float = math.nan
    """The published figure, where it is one number."""
    low: float = math.nan
    high: float = math.nan
    """Bounds within which the simulated figure agrees; not a number where it has none."""
    simulated: Interval
    """Over replications."""

    @classmethod
    def within_tolerance(cls, study: str, figure: str, value: float, simulated: Interval) -> Self:
        """One that agrees within the `TOLERANCE`."""
        low, high = value * (1 - TOLERANCE), value * (1 + TOLERANCE)
        return cls(
            study=study,
            figure=figure,
            published=f"{value:.4g}",
            value=value,
            low=low,
            high=high,
            simulated=simulated,
        )

    @property
    def residual(self) -> float:
        """How much the simulated figure is above the published one, as a share of it."""
        return self.simulated.mean / self.value - 1

    @property
    def agreement(self) -> Agreement:
        """Whether the whole interval is within the bounds, or beyond one of them, or neither."""
        if math.isnan(self.low):
            return Agreement.BESIDE
        if self.low <= self.simulated.low and self.simulated.high <= self.high:
            return Agreement.AGREES
        if self.simulated.high < self.low or self.simulated.low > self.high:
            return Agreement.DIFFERS
        return Agreement.NOT_SURE


def comparison_frame(comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """Tidy: one row a figure, with its bounds, the bounds of its 95 % interval, and the residual."""
    return pl.DataFrame(
        {
            "study": [one.study for one in comparisons],
            "figure": [one.figure for one in comparisons],
            "published": [one.published for one in comparisons],
            "value": [one.value for one in comparisons],
            "agrees_from": [one.low for one in comparisons],
            "agrees_to": [one.high for one in comparisons],
            "simulated": [one.simulated.mean for one in comparisons],
            "low": [one.simulated.low for one in comparisons],
            "high": [one.simulated.high for one in comparisons],
            "replications": [one.simulated.n for one in comparisons],
            "residual": [one.residual for one in comparisons],
            "agreement": [one.agreement.value for one in comparisons],
        }
    )


def comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """The same for a terminal."""
    caption = "simulated: mean over replications, ± half of the 95 % interval; beside: no tolerance is set"
    table = Table(caption=caption, caption_justify="left", box=None, pad_edge=False)
    table.add_column("figure")
    for heading in ("published", "simulated", "residual"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    styles = {Agreement.AGREES: "green", Agreement.DIFFERS: "red", Agreement.NOT_SURE: "yellow", Agreement.BESIDE: ""}
    study = ""
    for one in comparisons:
        if one.study != study:
            table.add_row(f"[bold]{one.study}[/]")
        study = one.study
        simulated = one.simulated
        table.add_row(
            f"  {one.figure}",
            one.published,
            f"{simulated.mean:.3f} ± {simulated.high - simulated.mean:.3f}",
            "" if math.isnan(one.value) else f"{one.residual:+.1%}",
            f"[{styles[one.agreement]}]{one.agreement}[/]" if styles[one.agreement] else one.agreement,
        )
    return table
