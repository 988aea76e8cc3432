"""What each stay at the site consists of: where it is made, how many pages, how long each is looked at.

All of it is drawn for a whole cohort at once; `life` decides when each stay can begin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import NONE, Bool, Int64, event_ids
from sim.scenario import Scenario
from sim.world.campaigns import Mailings
from sim.world.distributions import inverse_gaussian, log_uniform, pick_main, weibull
from sim.world.intents import Intents, intents
from sim.world.people import OWN_DEVICES_MOST, Cohort

PAGES_MOST = 500
"""Longest visit in pages; event numbers leave room for no more."""
PLACES_A_PAGE = 8
"""Event numbers kept for each page of a visit: the load first, then what is done on the page."""

_SHORTEST_DWELL_MS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """The stays that the people of a cohort mean to make, one row a stay, by owner and then in time; and their pages.

    Times are in ms from the start of the scenario.
    """

    intents: Intents
    """Who comes, why and when, row by row."""
    browser: Int64
    """Row of the browser, if the person comes on a device of their own."""
    shared_browser: Int64
    """Row of the browser if the person comes on a shared device; `NONE` where they mean to come on an own one."""
    turns_away: Bool
    """Whether the person, finding the shared device taken, turns to the own one; else they wait."""
    private: Bool
    """Whether it is made in a private window."""
    pages: Int64
    """Pages opened."""
    stay_ms: Int64
    """From the first page's load to leaving the last page."""
    page_stay: Int64
    """Row of the stay that a page belongs to."""
    page_event: Int64
    """Event number of the page's load."""
    page_offset_ms: Int64
    """From the start of the stay to the page's load."""
    dwell_ms: Int64
    """How long the page was in the foreground."""


def plan_stays(scenario: Scenario, stream: Stream, cohort: Cohort, mails: Mailings) -> Stays:
    """Draw the stays of a cohort."""
    meant = intents(scenario, stream, cohort, mails)
    event = event_ids(cohort.person[meant.owner], meant.number, 0)
    browser, shared_browser, turns_away = _browsers(scenario, stream, cohort, meant, event)
    pages = _page_counts(scenario, stream, event)
    page_stay = np.repeat(np.arange(len(pages)), pages)
    first_page = np.cumsum(pages) - pages
    page = np.arange(len(page_stay)) - first_page[page_stay]
    page_event = event[page_stay] + page * PLACES_A_PAGE
    dwell, pause = _dwells(scenario, stream, page_event)
    away = np.cumsum(dwell + pause)
    before = np.concatenate([[0], away])[first_page]
    page_offset = away - (dwell + pause) - before[page_stay]
    page_offset += meant.by_link[page_stay]  # the link is followed a moment before its page is loaded
    return Stays(
        intents=meant,
        browser=browser,
        shared_browser=shared_browser,
        turns_away=turns_away,
        private=_private(scenario, stream, cohort, meant.owner, event),
        pages=pages,
        stay_ms=(page_offset + dwell)[first_page + pages - 1],
        page_stay=page_stay,
        page_event=page_event,
        page_offset_ms=page_offset,
        dwell_ms=dwell,
    )


def _browsers(
    scenario: Scenario, stream: Stream, cohort: Cohort, intents: Intents, event: Int64
) -> tuple[Int64, Int64, Bool]:
    """Which browser each stay is made in: mostly the main one of the main device, or one on a shared device."""
    population, owner = scenario.population, intents.owner
    device = pick_main(stream.uniform(Purpose.VISIT_DEVICE, event), population.main_device, cohort.devices[owner])
    later = np.flatnonzero(intents.goes_on)
    others = cohort.devices[owner[later]] - 1
    step = 1 + (stream.uniform(Purpose.GOING_ON_DEVICE, event[later]) * others).astype(np.int64)
    device[later] = (device[later - 1] + step) % (others + 1)
    in_browser = stream.uniform(Purpose.VISIT_BROWSER, event)

    def browser_on(slot: Int64, stays: Int64 | slice) -> Int64:
        whose = owner[stays]
        rank = pick_main(in_browser[stays], population.main_browser, cohort.browsers_on[whose, slot])
        return cohort.first_browser[whose, slot] + rank

    shared_browser, turns_away = np.full(len(owner), NONE), np.zeros(len(owner), np.bool_)
    could = np.flatnonzero((cohort.shared_devices[owner] > 0) & ~intents.goes_on)
    if len(could):
        kind = cohort.group_kind[owner[could]]
        share = np.array([one.use for one in population.groups])
        turn_away = np.array([one.turn_away for one in population.groups])
        on_shared = stream.uniform(Purpose.VISIT_SHARED, event[could]) < share[kind]
        could, kind = could[on_shared], kind[on_shared]
        which = stream.uniform(Purpose.VISIT_SHARED_DEVICE, event[could]) * cohort.shared_devices[owner[could]]
        shared_browser[could] = browser_on(OWN_DEVICES_MOST + which.astype(np.int64), could)
        turns_away[could] = stream.uniform(Purpose.TURN_AWAY, event[could]) < turn_away[kind]
    return browser_on(device, slice(None)), shared_browser, turns_away


def _private(scenario: Scenario, stream: Stream, cohort: Cohort, owner: Int64, event: Int64) -> Bool:
    """Whether each stay is made in a private window."""
    windows = scenario.population.private_windows
    if not windows.people:
        return np.zeros(len(owner), np.bool_)
    uses_them = stream.uniform(Purpose.PRIVATE_HABIT, cohort.person) < windows.people
    return uses_them[owner] & (stream.uniform(Purpose.PRIVATE_VISIT, event) < windows.visits)


def _page_counts(scenario: Scenario, stream: Stream, event: Int64) -> Int64:
    pages = scenario.population.pages
    first = stream.uniform(Purpose.PAGE_COUNT, event)
    second = stream.uniform(Purpose.PAGE_COUNT_SIDE, event)
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
