"""Fits the mix of people who clear cookies to figures of a cookie study, such as those of one's own site.

The mix has three kinds: who never clears, who clears now and then, and who clears all the time. Its four free numbers
are fitted by Nelder and Mead's simplex ("A simplex method for function minimization", Computer Journal 7, 1965), which
needs no derivatives: counts of a simulated panel are steps, not curves. All trials simulate the same people with the
same draws, so that what differs is the mix alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from scipy.optimize import minimize
from scipy.special import expit, logit

from sim.calibrate import COMSCORE_2007, Comparison, compared_to, simulated_figures, study
from sim.durations import format_duration
from sim.records import DAY, HOUR, Float64
from sim.scenario import ScenarioError
from sim.scenario.sources import did_you_mean

_START = {"never": 0.5, "often": 0.1, "now_and_then_days": 30.0, "often_days": 3.0}
_VALIDATED_ON = 1_000_003
"""Added to the seed of the fit: a seed that it was not fitted on."""


@dataclass(frozen=True, slots=True)
class DeletionFit:
    """A fitted mix."""

    clearing: list[dict[str, Any]]
    """As a scenario's population has it."""
    fitted: list[Comparison]
    """The targets beside what the panel that it was fitted on gives."""
    validated: list[Comparison]
    """The same on a panel that it was not fitted on."""


def read_targets(path: Path) -> dict[str, float]:
    """Read the figures to fit to: a YAML mapping from their names to values.

    Raises:
        ScenarioError: If the file cannot be read, or names a figure that is none, or one that no panel can have.
    """
    try:
        said = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ScenarioError(f"{path}: cannot be read: {problem.strerror or problem}") from None
    except YAMLError as problem:
        raise ScenarioError(f"{path}: not valid YAML: {problem}") from None
    if not isinstance(said, Mapping) or not said:
        raise ScenarioError(f"{path}: is a mapping from figures to values; there are {', '.join(COMSCORE_2007)}")
    for figure, value in said.items():
        if figure not in COMSCORE_2007:
            hint = did_you_mean(str(figure), list(COMSCORE_2007)) or f"; there are {', '.join(COMSCORE_2007)}"
            raise ScenarioError(f"{path}: {figure}: no such figure{hint}")
        most = 1.0 if "share" in figure else np.inf
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= most:
            raise ScenarioError(
                f"{path}: {figure}: {value!r} is no value of it; write a number above 0, a share up to 1"
            )
    return {str(figure): float(value) for figure, value in said.items()}


def fit_deletion(
    targets: Mapping[str, float],
    *,
    seed: int,
    people: int,
    replications: int,
    trials: int = 150,
    done: Callable[[], None] = lambda: None,
) -> DeletionFit:
    """Fit the mix to targets.

    Args:
        targets: Values by figure, some or all of `COMSCORE_2007`'s.
        seed: Of the panel that it is fitted on.
        people: Computers in a panel.
        replications: Panels.
        trials: The most mixes to try.
        done: Called after each of them.
    """

    def compared(mix: list[dict[str, Any]], of_seed: int) -> list[Comparison]:
        return compared_to(targets, simulated_figures(study(of_seed, people, mix), replications))

    def loss(free: Float64) -> float:
        residuals = np.array([one.residual for one in compared(_mix(free), seed)])
        done()
        return float(np.square(np.where(np.isnan(residuals), 10.0, residuals)).sum())

    start = np.array(
        [logit(_START["never"]), logit(_START["often"]), *np.log([_START["now_and_then_days"], _START["often_days"]])]
    )
    found = minimize(
        loss, start, method="Nelder-Mead",
        options={"maxfev": trials, "initial_simplex": np.vstack([start, start + 0.4 * np.eye(4)]), "xatol": 1e-3},
    )  # fmt: skip
    mix = _mix(found.x)
    return DeletionFit(mix, compared(mix, seed), compared(mix, (seed + _VALIDATED_ON) % 2**32))


def _mix(free: Float64) -> list[dict[str, Any]]:
    """The kinds of people, from four numbers without bounds."""
    never = round(float(expit(free[0])), 4)
    often = round((1 - never) * float(expit(free[1])), 4)
    days = np.exp(np.clip(free[2:], np.log(0.05), np.log(3650)))
    every = [format_duration(max(round(float(one) * DAY / HOUR), 1) * HOUR) for one in days]
    kinds: list[dict[str, Any]] = [{"share": never}, {"share": round(1 - never - often, 4), "every": every[0]}]
    return [*kinds, {"share": often, "every": every[1]}]
