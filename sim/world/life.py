"""What happens in people's lives, as SimPy processes: they come to the site, stay, leave; they clear their cookies.

What a stay consists of is drawn for the whole cohort at once; the processes decide when it can begin. `expand` turns
stays into page loads.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import simpy

from sim.draws import Purpose, Stream
from sim.records import Int64, event_ids
from sim.scenario import Scenario
from sim.world.distributions import exponential, inverse_gaussian, log_uniform, lomax, pick_main, weibull
from sim.world.people import Cohort
from sim.world.rhythm import ActivityClock

PAGES_MOST = 500
"""Longest visit in pages; event numbers leave room for no more."""
PLACES_A_PAGE = 8
"""Event numbers kept for each page of a visit: the load first, then what is done on the page."""

_SHORTEST_DWELL_MS = 10
_GAPS_AT_A_TIME = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """The stays of a cohort, one row a stay in the order of people; and their pages, one row a page."""

    owner: Int64
    """Row of the person."""
    number: Int64
    """Number in the person's life, from 1."""
    browser: Int64
    """Row of the browser."""
    pages: Int64
    """Pages opened."""
    start: Int64
    """When the first page is opened, in ms from the start of the scenario."""
    stay_ms: Int64
    """From the first page's load to leaving the last page."""
    page_visit: Int64
    """Row of the stay that a page belongs to."""
    page_event: Int64
    """Event number of the page's load."""
    page_offset_ms: Int64
    """From the start of the stay to the page's load."""
    dwell_ms: Int64
    """How long the page was in the foreground."""
    cleared_browser: Int64
    """Row of the browser of each clearing."""
    cleared_at: Int64
    """When it was cleared, in ms from the start of the scenario."""


def live_visits(scenario: Scenario, stream: Stream, cohort: Cohort) -> Visits:
    """Let the people of a cohort live through the scenario."""
    owner, number, arrival = _arrivals(scenario, stream, cohort)
    visit_event = event_ids(cohort.person[owner], number, 0)
    browser = _browsers(scenario, stream, cohort, owner, visit_event)
    pages = _page_counts(scenario, stream, visit_event)
    page_visit = np.repeat(np.arange(len(pages)), pages)
    first_page = np.cumsum(pages) - pages
    page = np.arange(len(page_visit)) - first_page[page_visit]
    page_event = visit_event[page_visit] + page * PLACES_A_PAGE
    dwell, pause = _dwells(scenario, stream, page_event)
    away = np.cumsum(dwell + pause)
    before_visit = np.concatenate([[0], away])[first_page]
    page_offset = away - (dwell + pause) - before_visit[page_visit]
    stay = (page_offset + dwell)[first_page + pages - 1] if len(pages) else np.empty(0, np.int64)

    env = simpy.Environment()
    starts = arrival.tolist()
    cleared: list[tuple[int, int]] = []
    for person in _people(
        env, scenario.population.return_gap.minimum, owner, len(cohort.person), starts, stay.tolist()
    ):
        env.process(person)
    for row, gaps in _clearing_gaps(scenario, stream, cohort):
        env.process(_clear_cookies(env, row, gaps, cleared))
    env.run(until=scenario.end_ms - scenario.start_ms)

    cleared_columns = np.array(cleared, np.int64).reshape(-1, 2)
    return Visits(
        owner=owner,
        number=number,
        browser=browser,
        pages=pages,
        start=np.array(starts, np.int64),
        stay_ms=stay,
        page_visit=page_visit,
        page_event=page_event,
        page_offset_ms=page_offset,
        dwell_ms=dwell,
        cleared_browser=cleared_columns[:, 0],
        cleared_at=cleared_columns[:, 1],
    )


Process = Generator[simpy.Event, None, None]


def _visit_the_site(env: simpy.Environment, rest: int, visits: range, starts: list[int], stays: list[int]) -> Process:
    """A person comes when they mean to, or as soon as they are back from the visit before; `starts` says when."""
    now = free = 0
    for visit in visits:
        begin = starts[visit] = max(starts[visit], free)
        yield env.timeout(begin - now)
        now = begin
        free = begin + stays[visit] + rest


def _clear_cookies(env: simpy.Environment, browser: int, gaps: list[int], cleared: list[tuple[int, int]]) -> Process:
    """A person clears a browser now and then; `cleared` takes (browser, time)."""
    now = 0
    for gap in gaps:
        yield env.timeout(gap)
        now += gap
        cleared.append((browser, now))


def _people(
    env: simpy.Environment, rest: int, owner: Int64, count: int, starts: list[int], stays: list[int]
) -> Iterator[Process]:
    bounds = np.searchsorted(owner, np.arange(count + 1)).tolist()
    for person in range(count):
        if bounds[person] < bounds[person + 1]:
            yield _visit_the_site(env, rest, range(bounds[person], bounds[person + 1]), starts, stays)


def _arrivals(scenario: Scenario, stream: Stream, cohort: Cohort) -> tuple[Int64, Int64, Int64]:
    """When people mean to come: owner, number and arrival of each visit, in the order of people.

    The first gap is what is left of one that began before the scenario did (the equilibrium residual of a Lomax is a
    Lomax with a shape one lower), so that the rate of visits is the same from the first day to the last.
    """
    clock = ActivityClock(scenario)
    tail = scenario.population.return_gap.tail
    scale = (tail - 1) / cohort.visits_per_ms
    reached = lomax(stream.uniform(Purpose.RETURN_GAP, cohort.person, 0), tail - 1, scale)
    owners, numbers, moments = [np.arange(len(reached))], [np.ones(len(reached), np.int64)], [reached.copy()]
    alive = np.flatnonzero(reached < clock.end_ms)
    drawn = 2
    while len(alive):
        gaps = stream.uniforms(Purpose.RETURN_GAP, cohort.person[alive], _GAPS_AT_A_TIME, first=drawn)
        block = reached[alive, None] + np.cumsum(lomax(gaps, tail, scale[alive, None]), axis=1)
        owners.append(np.repeat(alive, _GAPS_AT_A_TIME))
        numbers.append(np.tile(np.arange(drawn, drawn + _GAPS_AT_A_TIME), len(alive)))
        moments.append(block.ravel())
        reached[alive] = block[:, -1]
        alive = alive[reached[alive] < clock.end_ms]
        drawn += _GAPS_AT_A_TIME
    owner, number, moment = np.concatenate(owners), np.concatenate(numbers), np.concatenate(moments)
    within = moment < clock.end_ms
    owner, number, moment = owner[within], number[within], moment[within]
    order = np.lexsort((number, owner))
    return owner[order], number[order], clock.true_time(moment[order])


def _browsers(scenario: Scenario, stream: Stream, cohort: Cohort, owner: Int64, visit_event: Int64) -> Int64:
    """Which browser each visit is made in: mostly the main one of the main device."""
    population = scenario.population
    on_device = stream.uniform(Purpose.VISIT_DEVICE, visit_event)
    device = pick_main(on_device, population.main_device, cohort.devices[owner])
    in_browser = stream.uniform(Purpose.VISIT_BROWSER, visit_event)
    rank = pick_main(in_browser, population.main_browser, cohort.browsers_on[owner, device])
    return cohort.first_browser[owner, device] + rank


def _page_counts(scenario: Scenario, stream: Stream, visit_event: Int64) -> Int64:
    pages = scenario.population.pages
    first = stream.uniform(Purpose.PAGE_COUNT, visit_event)
    second = stream.uniform(Purpose.PAGE_COUNT_SIDE, visit_event)
    return np.clip(np.ceil(inverse_gaussian(first, second, pages.mean, pages.shape)), 1, PAGES_MOST).astype(np.int64)


def _dwells(scenario: Scenario, stream: Stream, page_event: Int64) -> tuple[Int64, Int64]:
    """How long each page is looked at, and the pause that follows it, both in whole ms."""
    population = scenario.population
    dwell = weibull(stream.uniform(Purpose.DWELL, page_event), population.dwell.scale, population.dwell.shape)
    dwell = np.clip(dwell, _SHORTEST_DWELL_MS, max(population.dwell.maximum, _SHORTEST_DWELL_MS))
    pauses = np.flatnonzero(stream.uniform(Purpose.PAUSE, page_event) < population.pause.share)
    pause = np.zeros(len(page_event), np.int64)
    length = stream.uniform(Purpose.PAUSE_LENGTH, page_event[pauses])
    pause[pauses] = log_uniform(length, population.pause.shortest, population.pause.longest).astype(np.int64)
    return dwell.astype(np.int64), pause


def _clearing_gaps(scenario: Scenario, stream: Stream, cohort: Cohort) -> Iterator[tuple[int, list[int]]]:
    """Row of each browser that is ever cleared, with the times between its clearings up to the end."""
    span = scenario.end_ms - scenario.start_ms
    mean = cohort.clearing_ms[cohort.owner]
    for every in np.unique(mean[np.isfinite(mean)]).tolist():
        rows = np.flatnonzero(mean == every)
        expected = span / every
        enough = 2 * int(expected / 2 + 3 * np.sqrt(expected) + 8)
        uniform = stream.uniforms(Purpose.CLEARING_GAP, cohort.browsers.key[rows], enough)
        gaps = exponential(uniform, every).astype(np.int64) + 1
        within = np.cumsum(gaps, axis=1) < span
        for row, times, count in zip(rows.tolist(), gaps.tolist(), within.sum(axis=1).tolist(), strict=True):
            yield row, times[:count]
