"""From stays to the trace: every page load, form submission, closing and clearing as a row, sorted by time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import Purpose, Stream
from sim.records import DAY, NONE, Action, Bool, Events, Int64, Trace, Truth, event_ids
from sim.scenario import Scenario
from sim.world.clearing import clearings
from sim.world.distributions import pick
from sim.world.identities import typed_texts
from sim.world.people import Cohort
from sim.world.stays import Stays

OUTSIDE_VISITS = 1 << 19
"""Visit numbers from here on number what belongs to no visit."""

_PLACE_SUBMIT = 2
_PLACE_CLOSE_WITHIN = 3
_PLACE_CLOSE_AFTER = 4095


def expand(
    scenario: Scenario, stream: Stream, cohort: Cohort, stays: Stays, start: Int64, browser: Int64
) -> tuple[Trace, Truth]:
    """Write the trace and the truth of a cohort; browsers and forms are numbered within it.

    Args:
        scenario: What everything is drawn from.
        stream: Draws of the replication.
        cohort: The people.
        stays: What they mean to do.
        start: When each stay begins, in ms from the start of the scenario.
        browser: Row of the browser that each stay is made in.
    """
    website, population, begin = scenario.website, scenario.population, scenario.start_ms
    stay_event = event_ids(cohort.person[stays.owner], stays.number, 0)

    load_stay = stays.page_stay
    load_time = begin + start[load_stay] + stays.page_offset_ms
    page = pick(stream.uniform(Purpose.PAGE, stays.page_event), [page.share for page in website.pages])
    interacted = stream.uniform(Purpose.INTERACTION, stays.page_event) < population.interaction
    submit_share = np.array([one.submit for one in website.pages])[page]
    submits = np.flatnonzero(stream.uniform(Purpose.SUBMISSION, stays.page_event) < submit_share)
    interacted[submits] = True
    loads = _rows(Action.LOAD, stays.page_event, load_time, load_stay)
    loads |= {"page": page, "dwell": stays.dwell_ms, "interacted": interacted}

    after = np.ceil(stream.uniform(Purpose.SUBMISSION_MOMENT, stays.page_event[submits]) * stays.dwell_ms[submits])
    submitters, form = np.unique(stays.owner[load_stay[submits]], return_inverse=True)
    submit_time = load_time[submits] + after.astype(np.int64)
    submissions = _rows(Action.SUBMIT, stays.page_event[submits] + _PLACE_SUBMIT, submit_time, load_stay[submits])
    submissions |= {"page": page[submits], "detail": form}

    left = np.flatnonzero(stream.uniform(Purpose.CLOSE_AFTER, stay_event) < population.closing.after_visit)
    left_time = begin + (start + stays.stay_ms)[left]
    closings = _rows(Action.CLOSE, stay_event[left] + _PLACE_CLOSE_AFTER, left_time, left)

    breaks_off = stream.uniform(Purpose.CLOSE_WITHIN, stay_event) < population.closing.within_visit
    broken = np.flatnonzero(breaks_off & (stays.pages > 1))
    nth_page = 1 + stream.uniform(Purpose.CLOSE_WITHIN_PLACE, stay_event[broken]) * (stays.pages[broken] - 1)
    reopened = (np.cumsum(stays.pages) - stays.pages)[broken] + nth_page.astype(np.int64)
    breaks = _rows(Action.CLOSE, stays.page_event[reopened] + _PLACE_CLOSE_WITHIN, load_time[reopened] - 1, broken)

    in_visits = [loads, submissions, closings, breaks]
    for rows in in_visits:
        rows |= {"owner": stays.owner[rows["visit"]], "browser": browser[rows["visit"]]}
        rows["visit"] = stays.number[rows["visit"]]
    cleared, number, moment = clearings(scenario, stream, cohort)
    owner = cohort.owner[cleared]
    clearing = event_ids(cohort.person[owner], OUTSIDE_VISITS + number, cohort.place[cleared])
    cleared_rows = _rows(Action.CLEAR, clearing, begin + moment, np.full(len(cleared), NONE))
    cleared_rows |= {"owner": owner, "browser": cleared}

    columns = {name: np.concatenate([rows[name] for rows in [*in_visits, cleared_rows]]) for name in cleared_rows}
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


def _days_used(scenario: Scenario, stream: Stream, cohort: Cohort, events: Events) -> Bool:
    """Days on which each browser was used: those with a page load here, and others at the population's share."""
    elsewhere = stream.uniforms(Purpose.DAY_OF_USE, cohort.browsers.key, scenario.days)
    used = elsewhere < scenario.population.days_of_use
    here = events.action == Action.LOAD
    used[events.browser[here], (events.time[here] - scenario.start_ms) // DAY] = True
    return used
