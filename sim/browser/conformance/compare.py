"""Holding a simulated profile against the engine that it stands for."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from sim.browser.conformance.cases import Case
from sim.browser.conformance.configurations import Configuration
from sim.browser.conformance.play import RealBrowser, SimulatedBrowser, play
from sim.browser.conformance.server import ReferenceServer
from sim.browser.profiles import profile


@dataclass(frozen=True, slots=True)
class Result:
    """One case in one configuration."""

    case: Case
    simulated: tuple[str, ...]
    observed: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the profile did just what the engine did."""
        return self.simulated == self.observed


@dataclass(frozen=True, slots=True)
class Comparison:
    """All cases in one configuration."""

    configuration: Configuration
    version: str
    """Version of the engine."""
    results: tuple[Result, ...]

    @property
    def agrees(self) -> bool:
        """Whether all cases do."""
        return all(result.agrees for result in self.results)


def compare(configuration: Configuration, cases: Sequence[Case]) -> Comparison:
    """Play the cases in the engine and in the profile.

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
    results = tuple(Result(case, simulated[case.title], observed[case.title]) for case in cases)
    return Comparison(configuration, version, results)
