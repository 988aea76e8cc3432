"""What ends cookies: browsers are closed, people clear them, devices are installed anew."""

from __future__ import annotations

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import Action, event_ids
from sim.scenario import Scenario
from sim.world.clearing import clearings
from sim.world.machines import Machines
from sim.world.people import Cohort
from sim.world.visits import Rows, Visits, rows

OUTSIDE_VISITS = 1 << 19
"""Visit numbers from here on number what belongs to no visit."""
_RESETS = OUTSIDE_VISITS + (1 << 18)

_PLACE_CLOSE_WITHIN = 3
_PLACE_CLOSE_AFTER = 4095


def closing_rows(scenario: Scenario, stream: Stream, machines: Machines, visits: Visits) -> list[Rows]:
    """Browsers closed after a visit, as private windows always are, or within one."""
    closing, stays = scenario.population.closing, visits.stays
    private = machines.browsers.private[visits.browser]
    left = np.flatnonzero((stream.uniform(Purpose.CLOSE_AFTER, visits.event) < closing.after_visit) | private)
    left_time = (visits.start + stays.stay_ms)[left]

    breaks_off = stream.uniform(Purpose.CLOSE_WITHIN, visits.event) < closing.within_visit
    broken = np.flatnonzero(breaks_off & (stays.pages > 1))
    nth_page = 1 + stream.uniform(Purpose.CLOSE_WITHIN_PLACE, visits.event[broken]) * (stays.pages[broken] - 1)
    page = (np.cumsum(stays.pages) - stays.pages)[broken] + nth_page.astype(np.int64)
    before_page = visits.start[broken] + stays.page_offset_ms[page] - 1
    return [
        visits.rows(Action.CLOSE, visits.event[left] + _PLACE_CLOSE_AFTER, left_time, left),
        visits.rows(Action.CLOSE, stays.page_event[page] + _PLACE_CLOSE_WITHIN, before_page, broken),
    ]


def clearing_rows(scenario: Scenario, stream: Stream, cohort: Cohort, machines: Machines) -> Rows:
    """Browsers cleared by their owners."""
    browser, number, time = clearings(scenario, stream, cohort)
    owner = cohort.owner[browser]
    event = event_ids(cohort.person[owner], OUTSIDE_VISITS + number, cohort.place[browser])
    in_force = machines.in_force(browser, time)
    return rows(Action.CLEAR, event, scenario.start_ms + time, owner=owner, browser=in_force)


def reset_rows(scenario: Scenario, cohort: Cohort, machines: Machines) -> Rows:
    """Devices installed anew or given away: one row for each browser on them."""
    device = cohort.browsers.device
    by_device = np.argsort(device, kind="stable")
    first = np.searchsorted(device[by_device], machines.reset_device)
    count = np.bincount(device)[machines.reset_device]
    reset = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(reset)) - (np.cumsum(count) - count)[reset]
    browser, time = by_device[first[reset] + nth], machines.reset_at[reset]
    owner = cohort.owner[browser]
    event = event_ids(cohort.person[owner], _RESETS + machines.reset_number[reset], cohort.place[browser])
    in_force = machines.in_force(browser, time - 1)
    return rows(Action.RESET, event, scenario.start_ms + time, owner=owner, browser=in_force)
