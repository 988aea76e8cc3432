"""When people mean to come: the gaps between their visits, on a clock that runs faster in busy hours."""

from __future__ import annotations

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import HOUR, Float64, Int64
from sim.scenario import Scenario
from sim.world.distributions import lomax
from sim.world.people import Cohort

ARRIVALS_MOST = (1 << 17) - 1
"""How often a person comes at most; visit numbers leave room for no more."""

_GAPS_AT_A_TIME = 16


def arrivals(scenario: Scenario, stream: Stream, cohort: Cohort) -> tuple[Int64, Int64, Int64]:
    """When people mean to come: owner, number and time of each visit, in the order of people.

    The first gap is what is left of one that began before the scenario did (the equilibrium residual of a Lomax is a
    Lomax with a shape one lower), so that the rate of visits is the same from the first day to the last.

    Returns:
        Row of the person, number of the visit in the person's life from 1, and ms from the start of the scenario.
    """
    clocks = {offset: ActivityClock(scenario, offset) for offset in scenario.population.rhythm.zones}
    end = np.array([clocks[offset].end_ms for offset in cohort.utc_offset_hours.tolist()])
    tail = scenario.population.return_gap.tail
    scale = (tail - 1) / cohort.visits_per_ms
    reached = lomax(stream.uniform(Purpose.RETURN_GAP, cohort.person, 0), tail - 1, scale)
    owners, numbers, moments = [np.arange(len(reached))], [np.ones(len(reached), np.int64)], [reached.copy()]
    alive = np.flatnonzero(reached < end)
    drawn = 2
    while len(alive):
        gaps = stream.uniforms(Purpose.RETURN_GAP, cohort.person[alive], _GAPS_AT_A_TIME, first=drawn)
        block = reached[alive, None] + np.cumsum(lomax(gaps, tail, scale[alive, None]), axis=1)
        owners.append(np.repeat(alive, _GAPS_AT_A_TIME))
        numbers.append(np.tile(np.arange(drawn, drawn + _GAPS_AT_A_TIME), len(alive)))
        moments.append(block.ravel())
        reached[alive] = block[:, -1]
        alive = alive[reached[alive] < end[alive]]
        drawn += _GAPS_AT_A_TIME
    owner, number, moment = np.concatenate(owners), np.concatenate(numbers), np.concatenate(moments)
    within = (moment < end[owner]) & (number <= ARRIVALS_MOST)
    owner, number, moment = owner[within], number[within], moment[within]
    order = np.lexsort((number, owner))
    owner, number, moment = owner[order], number[order], moment[order]
    time = np.empty(len(moment), np.int64)
    for offset, clock in clocks.items():
        there = cohort.utc_offset_hours[owner] == offset
        time[there] = clock.true_time(moment[there])
    return owner, number, time


class ActivityClock:
    """Maps time on the clock of activity, in ms from the start, to true time, in ms from the start, and knows its end.

    In an average week both run at one speed.

    Args:
        scenario: Gives the rhythm and the days.
        utc_offset_hours: Where on earth it is.
    """

    def __init__(self, scenario: Scenario, utc_offset_hours: int) -> None:
        rhythm = scenario.population.rhythm
        week = np.outer(rhythm.weekdays, rhythm.hours).ravel()
        week = week / week.mean()
        first_local = scenario.start_ms // HOUR + utc_offset_hours
        # The epoch was a Thursday, the fourth day of a week that starts on Monday.
        hour_of_week = (np.arange(scenario.days * 24) + first_local + 3 * 24) % len(week)
        self._activity_ms = np.concatenate([[0.0], np.cumsum(week[hour_of_week])]) * HOUR
        self._true_ms = np.arange(scenario.days * 24 + 1, dtype=np.float64) * HOUR
        self.end_ms: float = float(self._activity_ms[-1])
        """Time on the clock of activity when the scenario ends."""

    def true_time(self, activity_ms: Float64) -> Int64:
        """True time of moments on the clock of activity, in whole ms from the start."""
        return np.interp(activity_ms, self._activity_ms, self._true_ms).astype(np.int64)
