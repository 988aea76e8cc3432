"""One person's history as a system saw it: what is drawn and told of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import numpy as np

from sim.measure import Charges, Error
from sim.measure.causes import Cause
from sim.records import NONE, SECOND, Action, Bool, Int32, Int64, Observations, Trace, Truth
from sim.system import InteractionKind

NO_ID = -1
"""Number of the identity of what was recorded without an id."""

_MARKED = {
    Action.CLEAR: "cookies cleared",
    Action.RESET: "device reset",
    Action.CLOSE: "browser closed",
    Action.SUBMIT: "form submitted",
    Action.CHANGE_CONSENT: "consent changed",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An interaction: where on the time line, in which lane, and whom the system took it to be by."""

    at: float
    lane: int
    identity: int
    """Number among the person's identities, from 0 in the order in which they came up; `NO_ID`: none."""
    submission: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A visit in a lane."""

    begin: float
    end: float
    lane: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened in a lane."""

    at: float
    lane: int
    what: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A person's history. Positions count true visits: each takes a stretch of the same length, whatever its time."""

    title: str
    lanes: list[str]
    ticks: list[tuple[float, str]]
    """Where true visits begin, and when that was."""
    seen: list[Seen]
    true_visits: list[Span]
    believed_visits: list[Span]
    marks: list[Mark]
    story: list[str]


def timeline(
    person: int,
    *,
    system: str,
    trace: Trace,
    truth: Truth,
    belief: Observations,
    charged: list[Charges],
    makes: list[str],
    most: int = 30,
) -> Timeline:
    """Tell one person's history.

    Args:
        person: Number of the person.
        system: Name of the system.
        trace: What people did.
        truth: Who did it.
        belief: What the system recorded.
        charged: Every error with its cause.
        makes: Name of each browser's profile.
        most: True visits to show at the most, the first ones.
    """
    events = trace.events
    theirs = np.flatnonzero(np.isin(events.browser, np.unique(events.browser[truth.person == person])))
    theirs = theirs[(truth.person[theirs] == person) | (truth.visit[theirs] == NONE)]
    stay = _Stay(trace, truth, theirs, most)
    browsers = np.unique(events.browser[theirs])
    lane = {int(browser): place for place, browser in enumerate(browsers.tolist())}
    kind = {int(number): str(name) for number, name in zip(browsers, trace.browsers.kind[browsers], strict=True)}
    lanes = [f"{_kind_name(int(kind[browser]))} {trace.browsers.device[browser]}: {makes[browser]}" for browser in lane]
    rows = np.flatnonzero(np.isin(belief.row, theirs) & (truth.person[belief.row] == person))
    shown = rows[stay.is_shown(belief.row[rows])]
    identities: dict[int, int] = {}
    for one in belief.identity[rows].tolist():
        if one != NONE:
            identities.setdefault(one, len(identities))
    seen = [
        Seen(
            stay.position(row),
            lane[int(events.browser[row])],
            NO_ID if one == NONE else identities[one],
            belief.kind[place] == InteractionKind.FORM_SUBMITTED,
        )
        for place, row, one in zip(
            shown.tolist(), belief.row[shown].tolist(), belief.identity[shown].tolist(), strict=True
        )
    ]
    loads = shown[events.action[belief.row[shown]] == Action.LOAD]
    marked = theirs[np.isin(events.action[theirs], list(_MARKED)) & stay.is_shown(theirs)]
    return Timeline(
        title=f"Person {person} as {system} saw them",
        lanes=lanes,
        ticks=stay.ticks(),
        seen=seen,
        true_visits=_spans(stay, belief.row[loads], events.browser, truth.visit, lane),
        believed_visits=_believed(stay, belief, loads, events.browser, lane),
        marks=[
            Mark(stay.position(row), lane[int(events.browser[row])], _MARKED[Action(int(events.action[row]))])
            for row in marked.tolist()
        ],
        story=_story(person, system, trace, truth, belief, charged, lanes, lane, len(identities)),
    )


class _Stay:
    """Where on the time line an action stands: the number of its true visit, and how far it is gone."""

    def __init__(self, trace: Trace, truth: Truth, theirs: Int64, most: int) -> None:
        self._time, self._visit = trace.events.time, truth.visit
        within = theirs[truth.visit[theirs] != NONE]
        numbers, first = np.unique(truth.visit[within], return_index=True)
        order = np.argsort(self._time[within[first]], kind="stable")[:most]
        self._place = {int(number): place for place, number in enumerate(numbers[order].tolist())}
        self._begin = self._time[within[first[order]]]
        last = {int(self._visit[row]): int(self._time[row]) for row in within.tolist()}
        self._end = [last[number] for number in self._place]
        self._until = self._end[-1] if len(numbers) > most else np.inf

    def is_shown(self, rows: Int64) -> Bool:
        """Whether actions lie within the visits shown, or between them."""
        return np.array(
            [
                int(self._visit[row]) in self._place or (self._visit[row] == NONE and self._time[row] <= self._until)
                for row in rows.tolist()
            ],
            np.bool_,
        )

    def position(self, row: int) -> float:
        """Position of an action."""
        place = self._place.get(int(self._visit[row]))
        time = int(self._time[row])
        if place is None:  # between visits
            return float(np.searchsorted(self._begin, time)) - 0.12
        length = self._end[place] - int(self._begin[place])
        return place + (0.7 * (time - int(self._begin[place])) / length if length else 0.0)

    def ticks(self) -> list[tuple[float, str]]:
        """Where visits begin, and when."""
        return [(float(place), _moment(int(begin))) for place, begin in enumerate(self._begin.tolist())]


def _spans(stay: _Stay, rows: Int64, browser: Int32, visit: Int64, lane: dict[int, int]) -> list[Span]:
    spans: dict[tuple[int, int], list[float]] = {}
    for row in rows.tolist():
        spans.setdefault((int(browser[row]), int(visit[row])), []).append(stay.position(row))
    return [Span(min(at), max(at), lane[where]) for (where, _), at in spans.items()]


def _believed(stay: _Stay, belief: Observations, loads: Int64, browser: Int32, lane: dict[int, int]) -> list[Span]:
    """Believed visits; a page load without an id is one by itself."""
    spans: dict[tuple[int, int], list[float]] = {}
    for place in loads.tolist():
        row, visit = int(belief.row[place]), int(belief.visit[place])
        spans.setdefault((int(browser[row]), visit if visit != NONE else -2 - place), []).append(stay.position(row))
    return [Span(min(at), max(at), lane[where]) for (where, _), at in spans.items()]


def _story(
    person: int,
    system: str,
    trace: Trace,
    truth: Truth,
    belief: Observations,
    charged: list[Charges],
    lanes: list[str],
    lane: dict[int, int],
    identities: int,
) -> list[str]:
    rows = np.flatnonzero(truth.person[belief.row] == person)
    events = trace.events
    loads = np.count_nonzero((events.action == Action.LOAD) & (truth.person == person))
    nameless = int(np.count_nonzero(belief.identity[rows] == NONE))
    told = [
        f"Person {person} loaded {loads} pages in {len(lanes)} {'browser' if len(lanes) == 1 else 'browsers'}. "
        f"{system} took them for {identities} {'identity' if identities == 1 else 'identities'}"
        + (f", and recorded {nameless} interactions that are nobody's." if nameless else ".")
    ]
    errors = [
        (int(row), kind.error, Cause(cause).text)
        for kind in charged
        for row, cause in zip(kind.row.tolist(), kind.cause.tolist(), strict=True)
        if truth.person[belief.row[row]] == person
    ]
    errors.sort(key=lambda one: one[0])
    place = [lane[int(events.browser[belief.row[row]])] for row, _, _ in errors]
    for (where, cause), run in groupby(zip(place, errors, strict=True), key=lambda one: (one[0], one[1][2])):
        rows_and_errors = [(row, error) for _, (row, error, _) in run]
        begin, end = (
            _moment(int(events.time[belief.row[row]])) for row, _ in (rows_and_errors[0], rows_and_errors[-1])
        )
        counted = Counter(error for _, error in rows_and_errors)
        what = ", ".join(f"{count} x {_WORDS[error]}" for error, count in counted.items())
        told.append(f"{begin}{'' if begin == end else f' to {end}'}  {lanes[where]}: {cause}: {what}")
    return told


_WORDS = {
    Error.BREAK: "another identity",
    Error.MERGE: "taken for somebody else",
    Error.BOUNDARY_ADDED: "a visit cut in two",
    Error.BOUNDARY_MISSED: "two visits taken for one",
}


def _moment(time: int) -> str:
    return f"{datetime.fromtimestamp(time / SECOND, UTC):%d %b %H:%M}"


def _kind_name(kind: int) -> str:
    return {0: "desktop", 1: "phone", 2: "tablet"}[kind]
