"""When people clear the cookies of a browser: a mix of kinds of people, each at a rate of their own."""

from __future__ import annotations

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import Int64
from sim.scenario import Scenario
from sim.world.people import Cohort
from sim.world.poisson import moments


def clearings(scenario: Scenario, stream: Stream, cohort: Cohort) -> tuple[Int64, Int64, Int64]:
    """All clearings of the browsers of a cohort.

    Returns:
        Row of the browser, number among its clearings from 0, and ms from the start of the scenario.
    """
    span = scenario.end_ms - scenario.start_ms
    mean = cohort.clearing_ms[cohort.owner]
    parts = [(np.empty(0, np.int64),) * 3]
    for every in np.unique(mean[np.isfinite(mean)]).tolist():
        rows = np.flatnonzero(mean == every)
        at, number, time = moments(stream, Purpose.CLEARING_GAP, cohort.browsers.key[rows], every, span)
        parts.append((rows[at], number, time))
    browser, number, time = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return browser, number, time
