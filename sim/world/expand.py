"""From stays to the trace: every page load, form submission, closing and clearing as a row, sorted by time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import Purpose, Stream
from sim.records import DAY, NONE, Action, Bool, Events, Int64, Trace, Truth, event_ids
from sim.scenario import Scenario
from sim.world.distributions import pick
from sim.world.identities import typed_texts
from sim.world.life import Visits
from sim.world.people import BROWSER_SLOTS, Cohort

OUTSIDE_VISITS = 1 << 19
"""Visit numbers from here on number what belongs to no visit."""

_PLACE_SUBMIT = 2
_PLACE_CLOSE_WITHIN = 3
_PLACE_CLOSE_AFTER = 4095


def expand(scenario: Scenario, stream: Stream, cohort: Cohort, visits: Visits) -> tuple[Trace, Truth]:
    """Write the trace and the truth of a cohort; browsers and forms are numbered within it."""
    website, population, begin = scenario.website, scenario.population, scenario.start_ms
    visit_event = event_ids(cohort.person[visits.owner], visits.number, 0)

    load_visit = visits.page_visit
    load_time = begin + visits.start[load_visit] + visits.page_offset_ms
    shares = {row: page.share for row, page in enumerate(website.pages)}
    page = pick(stream.uniform(Purpose.PAGE, visits.page_event), shares)
    interacted = stream.uniform(Purpose.INTERACTION, visits.page_event) < population.interaction
    submit_share = np.array([one.submit for one in website.pages])[page]
    submits = np.flatnonzero(stream.uniform(Purpose.SUBMISSION, visits.page_event) < submit_share)
    interacted[submits] = True
    loads = _rows(Action.LOAD, visits.page_event, load_time, load_visit)
    loads |= {"page": page, "dwell": visits.dwell_ms, "interacted": interacted}

    after = np.ceil(stream.uniform(Purpose.SUBMISSION_MOMENT, visits.page_event[submits]) * visits.dwell_ms[submits])
    submitters, form = np.unique(visits.owner[load_visit[submits]], return_inverse=True)
    submit_time = load_time[submits] + after.astype(np.int64)
    submissions = _rows(Action.SUBMIT, visits.page_event[submits] + _PLACE_SUBMIT, submit_time, load_visit[submits])
    submissions |= {"page": page[submits], "detail": form}

    left = np.flatnonzero(stream.uniform(Purpose.CLOSE_AFTER, visit_event) < population.closing.after_visit)
    left_time = begin + (visits.start + visits.stay_ms)[left]
    closings = _rows(Action.CLOSE, visit_event[left] + _PLACE_CLOSE_AFTER, left_time, left)

    breaks_off = stream.uniform(Purpose.CLOSE_WITHIN, visit_event) < population.closing.within_visit
    broken = np.flatnonzero(breaks_off & (visits.pages > 1))
    nth_page = 1 + stream.uniform(Purpose.CLOSE_WITHIN_PLACE, visit_event[broken]) * (visits.pages[broken] - 1)
    reopened = (np.cumsum(visits.pages) - visits.pages)[broken] + nth_page.astype(np.int64)
    breaks = _rows(Action.CLOSE, visits.page_event[reopened] + _PLACE_CLOSE_WITHIN, load_time[reopened] - 1, broken)

    in_visits = [loads, submissions, closings, breaks]
    for rows in in_visits:
        rows |= {"owner": visits.owner[rows["visit"]], "browser": visits.browser[rows["visit"]]}
        rows["visit"] = visits.number[rows["visit"]]
    cleared, owner = visits.cleared_browser, cohort.owner[visits.cleared_browser]
    slot = cohort.browsers.key[cleared] % BROWSER_SLOTS
    clearing = event_ids(cohort.person[owner], OUTSIDE_VISITS + _rank_within(cleared), slot)
    clearings = _rows(Action.CLEAR, clearing, begin + visits.cleared_at, np.full(len(cleared), NONE))
    clearings |= {"owner": owner, "browser": cleared}

    columns = {name: np.concatenate([rows[name] for rows in [*in_visits, clearings]]) for name in clearings}
    kept = np.flatnonzero(columns["time"] < scenario.end_ms)
    kept = kept[np.lexsort((columns["event"][kept], columns["time"][kept]))]
    events = Events(**{name: columns[name][kept].astype(dtype) for name, dtype in Events.schema().items()})
    person, number = cohort.person[columns["owner"][kept]], columns["visit"][kept]
    truth = Truth(person=person.astype(np.int32), visit=np.where(number == NONE, NONE, (person << 20) | number))
    trace = Trace(
        events=events,
        browsers=cohort.browsers,
        forms=typed_texts(population.locale, stream, cohort.person[submitters]),
        days_used=_days_used(scenario, stream, cohort, events),
    )
    return trace, truth


def _rows(action: Action, event: Int64, time: Int64, visit: Int64) -> dict[str, NDArray[Any]]:
    """Rows of one action, with `NONE` and nothing in the columns that it does not fill."""
    count = len(event)
    blank = {"tab": 0, "page": NONE, "dwell": 0, "interacted": False, "network": 0, "detail": NONE, "action": action}
    return {name: np.full(count, value) for name, value in blank.items()} | {
        "event": event,
        "time": time,
        "visit": visit,
    }


def _rank_within(browser: Int64) -> Int64:
    """How many rows of the same browser stand above each row."""
    order = np.argsort(browser, kind="stable")
    ranked = browser[order]
    rank = np.empty(len(browser), np.int64)
    rank[order] = np.arange(len(browser)) - np.searchsorted(ranked, ranked)
    return rank


def _days_used(scenario: Scenario, stream: Stream, cohort: Cohort, events: Events) -> Bool:
    """Days on which each browser was used: those with a page load here, and others at the population's share."""
    elsewhere = stream.uniforms(Purpose.DAY_OF_USE, cohort.browsers.key, scenario.days)
    used = elsewhere < scenario.population.days_of_use
    here = events.action == Action.LOAD
    used[events.browser[here], (events.time[here] - scenario.start_ms) // DAY] = True
    return used
