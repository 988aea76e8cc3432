"""The pieces of a run that are timed, on the pinned scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import simpy

from sim.draws import Purpose, Stream
from sim.drive import drive, open_system
from sim.measure import measure
from sim.records import Action
from sim.scenario import load
from sim.world import live

SCENARIO = Path(__file__).parents[2] / "scenarios" / "benchmark.yaml"


def bare_timeouts(processes: int = 1000, timeouts: int = 60) -> None:
    """Nothing but timeouts of various lengths, many processes at once."""
    lengths = (Stream(0, 0).uniforms(Purpose.RETURN_GAP, np.arange(processes), timeouts) * 1e8).astype(int).tolist()
    environment = simpy.Environment()

    def process(mine):
        for length in mine:
            yield environment.timeout(length)

    for mine in lengths:
        environment.process(process(mine))
    environment.run()


class Pieces:
    """One replication of the pinned scenario, piece by piece."""

    def __init__(self) -> None:
        self.scenario = load(SCENARIO)
        self.generate()
        self.drive()
        self.loads = int((self.trace.events.action == Action.LOAD).sum())
        self.interactions = len(self.seen)

    def generate(self) -> None:
        self.trace, self.truth = live(self.scenario, 0)

    def drive(self) -> None:
        stream = Stream(self.scenario.seed, 0)
        system = open_system("as_is", self.scenario.systems["as_is"], stream)
        self.seen = drive(self.trace, self.scenario, system, stream)

    def measure(self) -> None:
        measure(trace=self.trace, truth=self.truth, belief=self.seen)
