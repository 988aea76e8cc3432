"""Holding a simulated profile against the engine that it stands for."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sim.browser.conformance.cases import Case
from sim.browser.conformance.configurations import Configuration
from sim.browser.conformance.play import RealBrowser, SimulatedBrowser, play
from sim.browser.conformance.server import ReferenceServer
from sim.browser.profiles import profile


class Outcome(Enum):
    """How a case came out."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_SIMULATED = "not simulated"
    """It differs, as the configuration says it does."""


@dataclass(frozen=True, slots=True)
class Result:
    """One case in one configuration."""

    case: Case
    simulated: tuple[str, ...]
    observed: tuple[str, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Comparison:
    """All cases in one configuration."""

    configuration: Configuration
    version: str
    """Version of the engine."""
    results: tuple[Result, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs but what is known to."""
        return all(result.outcome is not Outcome.DIFFERS for result in self.results)


def compare(configuration: Configuration, cases: Sequence[Case]) -> Comparison:
    """Play the cases in the engine and in the profile.

    A case that the configuration lists as not simulated and that nevertheless agrees differs from the list: it is
    reported as a difference, so that the list cannot grow stale.

    Raises:
        EngineMissing: The engine is not installed.
    """
    engine = configuration.engine()
    try:
        with ReferenceServer() as server:
            engine.start({})
            try:
                version = engine.version()
                observed = play(cases, RealBrowser(engine, server), server.port)
            finally:
                engine.stop()
    finally:
        shutil.rmtree(engine.folder, ignore_errors=True)
    simulated = play(cases, SimulatedBrowser(profile(configuration.profile)), server.port)
    results = []
    for case in cases:
        same = simulated[case.title] == observed[case.title]
        if case.title in configuration.not_simulated:
            outcome = Outcome.DIFFERS if same else Outcome.NOT_SIMULATED
        else:
            outcome = Outcome.AGREES if same else Outcome.DIFFERS
        results.append(Result(case, simulated[case.title], observed[case.title], outcome))
    return Comparison(configuration, version, tuple(results))
