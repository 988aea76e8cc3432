"""Simulates what a published study measured, and sets the simulated figures beside the published ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from rich.table import Table

from sim.measure import Interval, deletion_figures, student
from sim.records import Action
from sim.scenario import Scenario, with_preset
from sim.world import live

COMSCORE_2007 = {
    "share_that_reset": 0.31,
    "cookies_if_reset": 4.7,
    "mean_per_computer": 2.5,
    "share_with_4_or_more_resets": 0.07,
    "their_mean_cookies": 12.5,
    "their_share_of_all_cookies": 0.35,
}
"""First-party figures of comScore's study of cookie deletion, 2007: 400,000 home computers in the United States in
December 2006. Read in several reports that agree, not in the study itself."""

TOLERANCE = 0.1
"""How far from the published figure a simulated one may be, as a share of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure of a study, published and simulated."""

    figure: str
    published: float
    simulated: Interval
    """Over replications."""

    @property
    def residual(self) -> float:
        """How much the simulated figure is above the published one, as a share of it."""
        return self.simulated.mean / self.published - 1

    @property
    def agrees(self) -> bool:
        """Whether it is within the `TOLERANCE`."""
        return abs(self.residual) <= TOLERANCE


def calibrate(
    *, seed: int, people: int, replications: int, done: Callable[[], None] = lambda: None
) -> list[Comparison]:
    """Simulate comScore's study of cookie deletion with the preset `comscore_2007`.

    Args:
        seed: Of the simulation; the preset was fitted while looking at seeds 1, 2, 3, 99 and 2007.
        people: Computers in each replication.
        replications: Independent panels of computers.
        done: Called after each of them.
    """
    figures = simulated_figures(study(seed, people), replications, done)
    return [
        Comparison(figure=name, published=published, simulated=student(np.array(figures[name])))
        for name, published in COMSCORE_2007.items()
    ]


def simulated_figures(
    scenario: Scenario, replications: int, done: Callable[[], None] = lambda: None
) -> dict[str, list[float]]:
    """The study's figures in each replication of a panel."""
    figures: dict[str, list[float]] = {name: [] for name in COMSCORE_2007}
    for replication in range(replications):
        trace, truth = live(scenario, replication)
        action = trace.events.action
        measured = deletion_figures(
            owner=truth.person.astype(np.int64),
            browser=trace.events.browser.astype(np.int64),
            load=action == Action.LOAD,
            cleared=action == Action.CLEAR,
        )
        for name, values in figures.items():
            values.append(measured[name])
        done()
    return figures


def calibration_table(comparisons: list[Comparison]) -> pl.DataFrame:
    """Tidy: one row a figure, with the bounds of its 95 % interval and its residual."""
    return pl.DataFrame(
        {
            "figure": [one.figure for one in comparisons],
            "published": [one.published for one in comparisons],
            "simulated": [one.simulated.mean for one in comparisons],
            "low": [one.simulated.low for one in comparisons],
            "high": [one.simulated.high for one in comparisons],
            "residual": [one.residual for one in comparisons],
            "replications": [one.simulated.n for one in comparisons],
        }
    )


def comparison_table(comparisons: list[Comparison]) -> Table:
    """The same for a terminal."""
    caption = "simulated: mean over replications, ± half of the 95 % interval"
    table = Table(caption=caption, caption_justify="left", box=None, pad_edge=False)
    table.add_column("figure", no_wrap=True)
    for heading in ("published", "simulated", "residual"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(f"within {TOLERANCE:.0%}", no_wrap=True)
    for one in comparisons:
        simulated = one.simulated
        table.add_row(
            one.figure.replace("_", " "),
            f"{one.published:g}",
            f"{simulated.mean:.3f} ± {simulated.high - simulated.mean:.3f}",
            f"{one.residual:+.1%}",
            "yes" if one.agrees else "no",
        )
    return table


def study(seed: int, people: int, clearing: Sequence[Mapping[str, Any]] | None = None) -> Scenario:
    """One calendar month, December 2006, of a panel of computers. What system watches does not matter: none is run."""
    changed = {} if clearing is None else {"clearing": list(clearing)}
    said = {
        "name": "comscore_2007",
        "seed": seed,
        "start": "2006-12-01",
        "days": 31,
        "population": with_preset("population", {"preset": "comscore_2007", "people": people, **changed}),
        "systems": {"none": {"use": "none"}},
    }
    return Scenario.model_validate_json(json.dumps(said), strict=True)
