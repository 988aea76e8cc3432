"""When each stay begins and in which browser: people come when they mean to, and wait for what somebody else uses.

Who shares no device waits for nobody but themselves, which is a running maximum. Where a device is shared, people are
SimPy processes and the device is a Resource, held by one of them at a time and asked for once a visit.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import simpy

from sim.records import NONE, Int64
from sim.scenario import Scenario
from sim.world.people import Cohort
from sim.world.stays import Stays

_HAND_OVER_MS = 2
"""From leaving the last page to the next person's taking the shared device, so that nothing falls on one moment."""
_ONE_PERSON = 1 << 44
"""More ms than lie between any two moments of a scenario: keeps the running maximum of one person from the next."""


def live_through(scenario: Scenario, cohort: Cohort, stays: Stays) -> tuple[Int64, Int64]:
    """Let the people of a cohort live through the scenario.

    Returns:
        Start of each stay, in ms from the start of the scenario, and row of its browser. Stays that do not begin
        before the end of the scenario start at the end.
    """
    end = scenario.end_ms - scenario.start_ms
    start, browser = np.minimum(_earliest_starts(stays), end), stays.browser.copy()
    uses_shared = np.zeros(len(cohort.person), np.bool_)
    uses_shared[stays.intents.owner[stays.shared_browser != NONE]] = True
    concerned = np.flatnonzero(uses_shared[stays.intents.owner])
    if len(concerned):
        start[concerned], browser[concerned] = _take_turns(cohort, stays, concerned, end)
    return start, browser


def _earliest_starts(stays: Stays) -> Int64:
    """Start of each stay if no device is ever taken: when it is meant to be, or after a rest from the one before."""
    owner = stays.intents.owner
    first = np.ones(len(owner), np.bool_)
    first[1:] = owner[1:] != owner[:-1]
    taken = stays.intents.rest_ms.copy()
    taken[1:] += stays.stay_ms[:-1]
    taken[first] = 0
    since = np.cumsum(taken)
    since -= np.maximum.accumulate(np.where(first, since, 0))
    apart = owner * _ONE_PERSON
    return np.maximum.accumulate(stays.intents.meant - since + apart) - apart + since


def _take_turns(cohort: Cohort, stays: Stays, concerned: Int64, end: int) -> tuple[Int64, Int64]:
    """Start and browser of the stays of people who use shared devices; `concerned` are their rows."""
    shared = stays.shared_browser[concerned]
    device = np.where(shared == NONE, NONE, cohort.browsers.device[shared])
    env = simpy.Environment()
    resources = {number: simpy.Resource(env) for number in np.unique(device[device != NONE]).tolist()}
    plan = _Plan(
        meant=stays.intents.meant[concerned].tolist(),
        rest=stays.intents.rest_ms[concerned].tolist(),
        stay=stays.stay_ms[concerned].tolist(),
        device=[resources.get(number) for number in device.tolist()],
        turns_away=stays.turns_away[concerned].tolist(),
        start=[end] * len(concerned),
        on_shared=[False] * len(concerned),
    )
    bounds = np.flatnonzero(np.diff(stays.intents.owner[concerned], prepend=NONE, append=NONE)).tolist()
    for first, beyond in pairwise(bounds):
        env.process(_visit_the_site(env, plan, range(first, beyond)))
    env.run(until=end)
    return np.array(plan.start), np.where(plan.on_shared, shared, stays.browser[concerned])


@dataclass(slots=True, kw_only=True)
class _Plan:
    """What people mean to do, one entry a stay, and what comes of it. Python's numbers: SimPy takes no other."""

    meant: list[int]
    rest: list[int]
    stay: list[int]
    device: list[simpy.Resource | None]
    turns_away: list[bool]
    start: list[int]
    on_shared: list[bool]


def _visit_the_site(env: simpy.Environment, plan: _Plan, stays: range) -> Generator[simpy.Event, None, None]:
    """One person's stays, one after the other. What is done on own devices takes time, but no event."""
    free = None
    for stay in stays:
        begin = plan.meant[stay] if free is None else max(plan.meant[stay], free + plan.rest[stay])
        device = plan.device[stay]
        if device is not None:
            yield env.timeout(begin - env.now)
            if not (device.count and plan.turns_away[stay]):
                with device.request() as turn:
                    yield turn
                    plan.start[stay], plan.on_shared[stay] = int(env.now), True
                    yield env.timeout(plan.stay[stay] + _HAND_OVER_MS)
                free = int(env.now)
                continue
        plan.start[stay] = begin
        free = begin + plan.stay[stay]
