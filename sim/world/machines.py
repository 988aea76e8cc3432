"""Devices that are installed anew or replaced, and private windows: which row of browsers is in force when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import Purpose, Stream
from sim.records import PRIVATE, Browsers, Int64
from sim.scenario import Scenario
from sim.world.people import Cohort
from sim.world.poisson import moments

_REPLACED = 1 << 42
"""What is added to the key of a browser each time that its device is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """The browsers of a cohort over time: those that people begin with, those on replaced devices, private windows."""

    browsers: Browsers
    """Those of the cohort come first, in its order."""
    reset_device: Int64
    """Number of the device of each reset, sorted by it and then by time."""
    reset_number: Int64
    """Number of the reset among those of the device, from 0."""
    reset_at: Int64
    """When it was, in ms from the start of the scenario."""
    reset_replaces: Int64
    """1 where another device took its place, else 0."""
    first_successor: Int64
    """Per browser of the cohort, the row of the one that first takes its place; those that follow come right after."""

    def in_force(self, browser: Int64, time: Int64) -> Int64:
        """Row of the browser that has taken the place of another by some time, or still its own.

        Args:
            browser: Rows of the cohort's browsers.
            time: In ms from the start of the scenario.
        """
        if not self.reset_replaces.any():
            return browser.copy()
        device = self.browsers.device[browser].astype(np.int64)
        replaced = np.concatenate([[0], np.cumsum(self.reset_replaces)])
        before = np.searchsorted(_moment(self.reset_device, self.reset_at), _moment(device, time), side="right")
        generation = replaced[before] - replaced[np.searchsorted(self.reset_device, device)]
        return np.where(generation == 0, browser, self.first_successor[browser] + generation - 1)

    def private(self, browser: Int64) -> Int64:
        """Row of the private windows of browsers, given their rows."""
        return browser + len(self.browsers) // 2


def machines_of(scenario: Scenario, stream: Stream, cohort: Cohort) -> Machines:
    """Draw when the devices of a cohort are installed anew; replaced ones and private windows get browsers too."""
    population, base = scenario.population, cohort.browsers
    device, number, time = _resets(scenario, stream, cohort)
    key = _device_keys(base)[device]
    replaces = stream.uniform(Purpose.RESET_REPLACES, key, number) < population.device_reset.replaced
    successors = np.bincount(device, replaces, minlength=int(base.device.max()) + 1).astype(np.int64)[base.device]
    origin = np.repeat(np.arange(len(base)), successors)
    first_successor = len(base) + np.cumsum(successors) - successors
    generation = 1 + np.arange(len(origin)) - (first_successor - len(base))[origin]
    later = base.take(origin)
    browsers = Browsers.join(
        [
            base,
            replace(
                later,
                key=later.key + generation * _REPLACED,
                device=_numbered_after(base.device, later.device, generation),
                account=_numbered_after(base.account, later.account, generation),
            ),
        ]
    )
    if population.private_windows.people:
        private = np.ones(len(browsers), np.bool_)
        browsers = Browsers.join([browsers, replace(browsers, key=browsers.key + PRIVATE, private=private)])
    return Machines(
        browsers=browsers,
        reset_device=device,
        reset_number=number,
        reset_at=time,
        reset_replaces=replaces.astype(np.int64),
        first_successor=first_successor,
    )


def _resets(scenario: Scenario, stream: Stream, cohort: Cohort) -> tuple[Int64, Int64, Int64]:
    """Device, number and time of all resets."""
    every = scenario.population.device_reset.every
    if every is None:
        nothing = np.empty(0, np.int64)
        return nothing, nothing, nothing
    return moments(stream, Purpose.RESET_GAP, _device_keys(cohort.browsers), every, scenario.end_ms - scenario.start_ms)


def _device_keys(browsers: Browsers) -> Int64:
    """Key of each device: that of the first browser on it."""
    _, first = np.unique(browsers.device, return_index=True)
    return browsers.key[first]


def _numbered_after(known: NDArray[Any], predecessor: NDArray[Any], generation: Int64) -> NDArray[np.int32]:
    """New numbers, beyond the known ones, for what takes the place of something: one for each generation of it."""
    _, number = np.unique(_moment(predecessor.astype(np.int64), generation), return_inverse=True)
    return (int(known.max()) + 1 + number).astype(np.int32)


def _moment(owner: Int64, time: Int64) -> Int64:
    """One number to sort by an owner and then by a time."""
    return (owner << 40) + time
