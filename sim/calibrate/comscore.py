"""comScore's study of cookie deletion: one calendar month of a panel of home computers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.calibrate.comparison import Comparison
from sim.measure import deletion_figures, student
from sim.records import Action
from sim.scenario import Scenario, with_preset
from sim.world import live

STUDY = "comScore 2007"
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


def cookie_deletion(seed: int, people: int, replications: int, done: Callable[[], None]) -> list[Comparison]:
    """Simulate the study with the preset `comscore_2007`.

    Args:
        seed: Of the simulation; the preset was fitted on seed 2718.
        people: Computers in each replication.
        replications: Independent panels of computers.
        done: Called after each of them.
    """
    figures = simulated_figures(study(seed, people), replications, done)
    return compared_to(COMSCORE_2007, figures)


def compared_to(targets: Mapping[str, float], figures: Mapping[str, list[float]]) -> list[Comparison]:
    """Targets beside what panels gave."""
    return [
        Comparison.within_tolerance(STUDY, name.replace("_", " "), value, student(np.array(figures[name])))
        for name, value in targets.items()
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
