"""Why did it go wrong for this person: a run is repeated from its manifest, and one person's history drawn and told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from sim.draws import Stream
from sim.drive import drive, open_system
from sim.drive.choices import browser_profiles
from sim.measure import Charges, charges, join
from sim.measure.causes import Cause
from sim.records import Int64, Observations, Trace, Truth
from sim.report.plots import draw_history
from sim.report.timeline import timeline
from sim.runs import site_of
from sim.scenario import Scenario, ScenarioError, parse
from sim.world import live


class ExplainError(ValueError):
    """There is nothing of the kind to explain; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A person's history."""

    person: int
    story: list[str]
    files: list[Path]
    """Plots and the story, in the run's folder."""


@dataclass(frozen=True, slots=True)
class _Repeated:
    scenario: Scenario
    trace: Trace
    truth: Truth
    belief: Observations
    charged: list[Charges]


def explain(
    run: Path,
    *,
    system: str | None = None,
    replication: int = 0,
    person: int | None = None,
    worst: int | None = None,
    cause: str | None = None,
) -> list[Explained]:
    """Draw and tell the histories of some people of a run, into the folder `explain` of the run.

    Args:
        run: The run's folder.
        system: Name of the system; by default the scenario's first.
        replication: Number of the replication.
        person: Number of the person; by default those with the most errors.
        worst: How many of those with the most errors; 1 by default.
        cause: Count errors of this cause alone.

    Raises:
        ExplainError: If the folder holds no run, or there is no such system, replication, person or cause.
    """
    scenario = _scenario_of(run)
    names = list(scenario.systems)
    system = system or names[0]
    _known("system", system, names)
    if cause is not None:
        _known("cause", cause, [one.text for one in Cause])
    if not 0 <= replication < max(scenario.replications, scenario.max_replications if scenario.precision else 0):
        raise ExplainError(f"{run}: there is no replication {replication}; they are numbered from 0")
    again = _repeat(scenario, system, replication)
    chosen = _chosen(again, person, worst or 1, cause)
    stream = Stream(scenario.seed, replication)
    browsers = again.trace.browsers
    makes = [
        f"{profile.name}, private windows" if private else profile.name
        for profile, private in zip(
            browser_profiles(scenario, stream, browsers), browsers.private.tolist(), strict=True
        )
    ]
    explained = []
    for who in chosen:
        history = timeline(
            who,
            system=system,
            trace=again.trace,
            truth=again.truth,
            belief=again.belief,
            charged=again.charged,
            makes=makes,
        )
        explained.append(Explained(who, history.story, draw_history(run, f"{system}_{replication}_{who}", history)))
    return explained


def _scenario_of(run: Path) -> Scenario:
    try:
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
        if "sweep" in manifest["scenario"]:
            raise ExplainError(f"{run}: is a sweep; run one of its points by --set FIELD=VALUE, and explain that run")
        return parse(json.dumps(manifest["scenario"]), str(run / "manifest.json"))
    except FileNotFoundError:
        raise ExplainError(f"{run}: no manifest.json is there; give the folder that a run printed at its end") from None
    except (json.JSONDecodeError, KeyError, ScenarioError) as problem:
        raise ExplainError(f"{run}: its manifest cannot be read: {problem}") from None


def _known(what: str, name: str, names: list[str]) -> None:
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
        raise ExplainError(f"no {what} {name!r}; {hint}")


def _repeat(scenario: Scenario, system: str, replication: int) -> _Repeated:
    stream = Stream(scenario.seed, replication)
    trace, truth = live(scenario, replication)
    belief = drive(trace, scenario, open_system(system, scenario.systems[system], stream), stream, name=system)
    charged = charges(join(trace=trace, truth=truth, belief=belief), site=site_of(scenario))
    return _Repeated(scenario, trace, truth, belief, charged)


def _chosen(again: _Repeated, person: int | None, worst: int, cause: str | None) -> list[int]:
    """Numbers of the people to explain."""
    people: Int64 = np.unique(again.truth.person[again.belief.row])
    if person is not None:
        if person not in people:
            raise ExplainError(
                f"person {person} was never seen; people are numbered from 0 to {again.scenario.population.people - 1}"
            )
        return [person]
    errors = np.zeros(int(people.max(initial=-1)) + 1, np.int64)
    for kind in again.charged:
        rows = kind.row if cause is None else kind.row[np.array([Cause(one).text == cause for one in kind.cause], bool)]
        np.add.at(errors, again.truth.person[again.belief.row[rows]], 1)
    order = np.argsort(-errors, kind="stable")[:worst]
    found = [int(who) for who in order if errors[who]]
    if not found:
        raise ExplainError(f"the replication has no error{' of this cause' if cause else ''}")
    return found


__all__ = ["ExplainError", "Explained", "explain"]
