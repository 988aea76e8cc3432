"""The clock of activity: it runs faster in busy hours, so that gaps drawn on it bunch up where people are awake."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from sim.records import HOUR, Float64, Int64
from sim.scenario import Scenario


class ActivityClock:
    """Maps time on the clock of activity, in ms from the start, to true time, in ms from the start, and knows its end.

    In an average week both run at one speed.
    """

    def __init__(self, scenario: Scenario) -> None:
        rhythm = scenario.population.rhythm
        week = np.outer(rhythm.weekdays, rhythm.hours).ravel()
        week = week / week.mean()
        first_local = scenario.start_ms // HOUR + timedelta(hours=rhythm.utc_offset_hours) // timedelta(hours=1)
        # The epoch was a Thursday, the fourth day of a week that starts on Monday.
        hour_of_week = (np.arange(scenario.days * 24) + first_local + 3 * 24) % len(week)
        self._activity_ms = np.concatenate([[0.0], np.cumsum(week[hour_of_week])]) * HOUR
        self._true_ms = np.arange(scenario.days * 24 + 1, dtype=np.float64) * HOUR
        self.end_ms: float = float(self._activity_ms[-1])
        """Time on the clock of activity when the scenario ends."""

    def true_time(self, activity_ms: Float64) -> Int64:
        """True time of moments on the clock of activity, in whole ms from the start."""
        return np.interp(activity_ms, self._activity_ms, self._true_ms).astype(np.int64)
