"""The pieces of a run that are timed, on the pinned scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import simpy

from sim.draws import Purpose, Stream
from sim.drive import drive, open_system
from sim.measure import join, measure
from sim.records import Action, Trace, Truth
from sim.scenario import load
from sim.world import live

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SCENARIO = SCENARIOS / "benchmark.yaml"


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
        self.everything = load(SCENARIOS / "benchmark_everything.yaml")
        trace, _ = self.generate_everything()
        self.loads_of_everything = int((trace.events.action == Action.LOAD).sum())

    def generate(self) -> None:
        self.trace, self.truth = live(self.scenario, 0)

    def generate_everything(self) -> tuple[Trace, Truth]:
        """The same people, who share devices and do all they can."""
        return live(self.everything, 0)

    def drive(self) -> None:
        stream = Stream(self.scenario.seed, 0)
        system = open_system("as_is", self.scenario.systems["as_is"], stream)
        self.seen = drive(self.trace, self.scenario, system, stream)

    def measure(self) -> None:
        measure(join(trace=self.trace, truth=self.truth, belief=self.seen))
