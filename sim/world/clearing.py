"""When people clear the cookies of a browser: a mix of kinds of people, each at a rate of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import Int64
from sim.scenario import Scenario
from sim.world.distributions import exponential
from sim.world.people import Cohort


def clearings(scenario: Scenario, stream: Stream, cohort: Cohort) -> tuple[Int64, Int64, Int64]:
    """All clearings of the browsers of a cohort.

    Returns:
        Row of the browser, number among its clearings from 0, and ms from the start of the scenario.
    """
    span = scenario.end_ms - scenario.start_ms
    parts = [(np.empty(0, np.int64),) * 3, *_by_rate(stream, cohort, span)]
    browser, number, time = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return browser, number, time


def _by_rate(stream: Stream, cohort: Cohort, span: int) -> Iterator[tuple[Int64, Int64, Int64]]:
    mean = cohort.clearing_ms[cohort.owner]
    for every in np.unique(mean[np.isfinite(mean)]).tolist():
        rows = np.flatnonzero(mean == every)
        expected = span / every
        enough = 2 * int(expected / 2 + 3 * np.sqrt(expected) + 8)
        uniform = stream.uniforms(Purpose.CLEARING_GAP, cohort.browsers.key[rows], enough)
        moments = np.cumsum(exponential(uniform, every).astype(np.int64) + 1, axis=1)
        browser, number = np.nonzero(moments < span)
        yield rows[browser], number, moments[browser, number]
