"""One pass through a replication, in the order of time, that joins what a system recorded with the truth.

It keeps what each browser was last at, which most of the tables that come about here need: so they come about
together, without ten million interactions being put into the order of browsers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.measure.contingency import tabulated
from sim.measure.joined import MISPLACED, STAY, STRETCH, Joined, Pages, Presence, Record, Stays, Without
from sim.measure.numbers import can_index, numbered_pairs, small_numbers
from sim.records import DAY, NONE, Action, Bool, Int8, Int32, Int64, Observations, Trace, Truth


def join(*, trace: Trace, truth: Truth, belief: Observations) -> Joined:
    """Bring a replication into the form that `measure` and `charges` take.

    Args:
        trace: What people did, in the order of time. For the pages and the identities that of each browser is enough.
        truth: Who did it and in which true visit, row by row with the trace. Each page load is in a visit, and all of a
            visit are in one browser.
        belief: What the system recorded, in the order of the trace.
    """
    events, rows = trace.events, len(belief)
    browsers = int(events.browser.max(initial=NONE)) + 1
    # Memory that is never written to costs nothing.
    stays, stretches, misplaced = (np.empty(rows, record) for record in (STAY, STRETCH, MISPLACED))
    presence = Presence(**{name: np.empty(rows, kind) for name, kind in Presence.schema().items()})
    stretch_browser, submission = np.empty(rows, np.int32), np.empty(rows, np.int32)
    counts, loads, without, _ = _join(
        latest=_none_seen(browsers),
        row=belief.row,
        identity=belief.identity,
        visitor=belief.visitor,
        contact=belief.contact,
        visit=belief.visit,
        consent=belief.consent,
        absent_third_party=belief.absent_third_party,
        absent_first_party=belief.absent_first_party,
        absent_third_party_visit=belief.absent_third_party_visit,
        absent_first_party_visit=belief.absent_first_party_visit,
        browser=events.browser,
        time=events.time,
        action=events.action,
        dwell=events.dwell,
        person=truth.person,
        true_visit=truth.visit,
        stays=stays,
        present_person=presence.person,
        present_identity=presence.identity,
        present_visitor=presence.visitor,
        present_day=presence.day,
        stretches=stretches,
        stretch_browser=stretch_browser,
        misplaced=misplaced,
        submission=submission,
    )
    stays = stays[: counts[0]]
    if not can_index(stays["contact"], rows):
        belief = replace(belief, contact=small_numbers(belief.contact))
        stays["contact"] = belief.contact[stays["first"]]
    if not can_index(stays["visitor"], rows):
        belief = replace(belief, visitor=small_numbers(belief.visitor))
        stays["visitor"] = belief.visitor[stays["first"]]
    person, identity = (small_numbers(stays[name]) for name in ("person", "identity"))
    pair, pairs = numbered_pairs(person, identity)
    return Joined(
        trace=trace,
        truth=truth,
        belief=belief,
        stays=stays,
        pair=pair,
        identities=tabulated(person, identity, stays["interactions"], pair, pairs),
        presence=presence.take(slice(counts[1])),
        pages=Pages(stretches[: counts[2]], stretch_browser[: counts[2]], browsers, misplaced[: counts[3]], *loads),
        submission=submission[: counts[4]],
        without_consent=Without(*without),
    )


_LATEST = np.dtype(
    [
        # its latest stay, when the day ends that it is noted as present on, and its latest event: one line of the cache
        ("identity", np.int64),
        ("visitor", np.int64),
        ("contact", np.int64),
        ("day_ends", np.int64),
        ("without_time", np.int64),
        ("person", np.int32),
        ("stay", np.int32),
        ("last", np.int32),
        ("interactions", np.int32),
        ("submissions", np.int32),
        ("without", np.bool_),  # whether the latest event was without consent; of the latest that was:
        ("without_link", np.bool_),  # whether it was a tracked link that was followed
        ("without_cookies", np.int8),  # the cookies that were there, a bit for each
        ("", np.int8),
        # its latest stretch, in the next line
        ("truth", np.int64),
        ("belief", np.int64),
        ("begin", np.int64),
        ("last_time", np.int64),
        ("last_dwell", np.int32),
        ("loads", np.int32),
        ("last_load", np.int32),
        ("all_loads", np.int32),  # of the browser up to now
        ("missed", np.int32),  # misplaced boundary at which the true visit began that goes on; `NONE`: it is none
        ("missed_since", np.int32),  # page loads of the browser up to there
        ("added", np.int32),  # misplaced boundary at which the believed visit began that goes on
        ("added_since", np.int32),
    ]
)
"""What is kept of each browser: two lines of the cache."""

_LINE = 64
"""Bytes of a line of the processor's cache."""


def _none_seen(browsers: int) -> NDArray[np.void]:
    """What is kept of browsers that were not seen yet, each at the beginning of a line of the cache."""
    memory = np.zeros(browsers * _LATEST.itemsize + _LINE, np.uint8)
    start = -memory.ctypes.data % _LINE
    latest = memory[start : start + browsers * _LATEST.itemsize].view(_LATEST)
    latest["stay"] = latest["missed"] = latest["added"] = NONE
    return latest


_BLOCK = 128
"""Interactions whose browsers are fetched at once."""

_LOAD, _SUBMIT = int(Action.LOAD), int(Action.SUBMIT)
_LINKS = (int(Action.FOLLOW_EMAIL_LINK), int(Action.FOLLOW_REDIRECT))

_Counts = tuple[int, int, int, int, int]
_Loads = tuple[int, int, int, int, int]
_WithoutConsent = tuple[int, int, int, int, int, int, int, int, int]


@njit(cache=True)
def _join(
    latest: NDArray[np.void],
    row: Int64,
    identity: Int64,
    visitor: Int64,
    contact: Int64,
    visit: Int64,
    consent: Bool,
    absent_third_party: Int8,
    absent_first_party: Int8,
    absent_third_party_visit: Int8,
    absent_first_party_visit: Int8,
    browser: Int32,
    time: Int64,
    action: Int8,
    dwell: Int32,
    person: Int32,
    true_visit: Int64,
    stays: Stays,
    present_person: Int32,
    present_identity: Int64,
    present_visitor: Int64,
    present_day: Int32,
    stretches: NDArray[np.void],
    stretch_browser: Int32,
    misplaced: NDArray[np.void],
    submission: Int32,
) -> tuple[_Counts, _Loads, _WithoutConsent, int]:
    """Fill the tables.

    Returns:
        How many rows each table has, the numbers in `Pages`, `Without`, and what keeps the compiler from leaving out
        reads that serve to fetch alone.
    """
    stay_count = days = stretch_count = misplaced_count = submissions = 0
    loads = error = absolute_error = longest = most = 0
    lost = unsubmitted = credited = 0
    on_pages = ids_on_pages = cookies_on_pages = by_links = ids_by_links = cookies_by_links = 0
    fetched = 0
    for block in range(0, len(row), _BLOCK):
        stop = min(block + _BLOCK, len(row))
        # One look-up waits for no other here. In the loop below each would, and most are not in the cache.
        for i in range(block, stop):
            it = latest[np.uint64(browser[np.uint64(row[i])])]
            fetched ^= it.stay ^ it.loads
        for i in range(block, stop):
            at = np.uint64(row[i])  # no index without a sign is looked at for whether it counts from the end
            it = latest[np.uint64(browser[at])]
            first = i == 0 or row[i - 1] != row[i]  # that was recorded of its event
            submits = action[at] == _SUBMIT

            # Its stay, and who is present.
            same = (
                it.stay != NONE and it.identity == identity[i] and it.visitor == visitor[i] and it.person == person[at]
            )
            if not same or time[at] >= it.day_ends:
                day = time[at] // DAY
                present_person[days] = person[at]
                present_identity[days] = identity[i]
                present_visitor[days] = visitor[i]
                present_day[days] = day
                it.day_ends = (day + 1) * DAY
                days += 1
            if not same or it.contact != contact[i] or identity[i] == NONE:
                if it.stay != NONE:
                    _end_stay(it, stays[it.stay])
                stay = stays[stay_count]
                stay.identity = it.identity = identity[i]
                stay.visitor = it.visitor = visitor[i]
                stay.contact = it.contact = contact[i]
                stay.person = it.person = person[at]
                stay.browser = browser[at]
                stay.first = i
                it.stay = stay_count
                it.interactions = it.submissions = 0
                stay_count += 1
            it.last = i
            it.interactions += 1
            if submits:
                it.submissions += 1
                submission[submissions] = i
                submissions += 1

            # What is done without consent.
            if consent[i]:
                if first:
                    it.without = False
            else:
                lost += visitor[i] == NONE
                unsubmitted += not submits
                credited += not submits and contact[i] != NONE
            if first and not consent[i]:
                cookies = (
                    (absent_third_party[i] == 0)
                    | (absent_first_party[i] == 0) << 1
                    | (absent_third_party_visit[i] == 0) << 2
                    | (absent_first_party_visit[i] == 0) << 3
                )
                if it.without and time[at] - it.without_time <= DAY and cookies & ~it.without_cookies:
                    cookies_on_pages += not it.without_link
                    cookies_by_links += it.without_link
                it.without_link = action[at] in _LINKS
                on_pages += not it.without_link
                by_links += it.without_link
                ids_on_pages += not it.without_link and visitor[i] != NONE
                ids_by_links += it.without_link and visitor[i] != NONE
                it.without = True
                it.without_time = time[at]
                it.without_cookies = cookies

            # Its stretch, and boundaries that are missed or added: page loads alone have those.
            if action[at] != _LOAD or not first:
                continue
            loads += 1
            changes = it.belief != visit[i]
            said = changes or visit[i] == NONE  # that another visit begins here
            true = it.truth != true_visit[at]
            if it.loads:
                if not said:
                    longest = max(longest, time[at] - it.last_time)
                if not said and not true:
                    late = time[at] - it.last_time - it.last_dwell
                    error += late
                    absolute_error += abs(late)
                else:
                    if true and it.missed != NONE:
                        misplaced[it.missed].loads = it.all_loads - it.missed_since
                        it.missed = NONE
                    if said and it.added != NONE:
                        misplaced[it.added].loads = it.all_loads - it.added_since
                        it.added = NONE
                    if said != true:
                        boundary = misplaced[misplaced_count]
                        boundary.before = it.last_load
                        boundary.at = i
                        boundary.missed = true
                        if true:
                            it.missed, it.missed_since = misplaced_count, it.all_loads
                        else:
                            it.added, it.added_since = misplaced_count, it.all_loads
                        misplaced_count += 1
                    if changes or true:
                        _end_stretch(it, stretches[stretch_count])
                        stretch_browser[stretch_count] = browser[at]
                        stretch_count += 1
                        it.loads = 0
            if not it.loads:
                it.truth = true_visit[at]
                it.belief = visit[i]
                it.begin = time[at]
            it.last_time = time[at]
            it.last_dwell = dwell[at]
            it.last_load = i
            it.loads += 1
            it.all_loads += 1

    # What goes on to the end.
    for number in range(len(latest)):
        it = latest[number]
        if it.stay != NONE:
            _end_stay(it, stays[it.stay])
        if it.missed != NONE:
            misplaced[it.missed].loads = it.all_loads - it.missed_since
        if it.added != NONE:
            misplaced[it.added].loads = it.all_loads - it.added_since
        if it.loads:
            most = max(most, it.all_loads)
            _end_stretch(it, stretches[stretch_count])
            stretch_browser[stretch_count] = number
            stretch_count += 1
    return (
        (stay_count, days, stretch_count, misplaced_count, submissions),
        (loads, error, absolute_error, longest, most),
        (
            lost,
            unsubmitted,
            credited,
            on_pages,
            ids_on_pages,
            cookies_on_pages,
            by_links,
            ids_by_links,
            cookies_by_links,
        ),
        fetched,
    )


@njit(cache=True)
def _end_stay(it: Record, stay: Record) -> None:
    """Note of a browser's latest stay what is known at its end."""
    stay.last = it.last
    stay.interactions = it.interactions
    stay.submissions = it.submissions


@njit(cache=True)
def _end_stretch(it: Record, stretch: Record) -> None:
    """Note all of a browser's latest stretch."""
    stretch.truth = it.truth
    stretch.belief = it.belief
    stretch.begin = it.begin
    stretch.last = it.last_time
    stretch.last_dwell = it.last_dwell
    stretch.loads = it.loads
