"""Opens a system under test, found by its entry point."""

from __future__ import annotations

from typing import cast

from sim.draws import Identifiers, Purpose, Stream
from sim.drive.faults import SystemFault, describe
from sim.scenario import SystemUnderTest, installed_systems, system_settings
from sim.system import TrackingSystem


def open_system(name: str, under_test: SystemUnderTest, stream: Stream) -> TrackingSystem:
    """A system with an empty store, with the settings that the scenario gives it.

    Raises:
        SystemFault: If it cannot be loaded or started.
    """
    try:
        kind = installed_systems()[under_test.use].load()
        system = kind(system_settings(under_test.use, under_test.settings), Identifiers(stream, Purpose.SERVICE_IDS))
    except Exception as problem:
        raise SystemFault(describe(name, problem)) from problem
    return cast(TrackingSystem, system)
