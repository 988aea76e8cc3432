"""Small random cases, and clusters written out, for the tests of definitions."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from sim.measure import join
from sim.records import NONE, Action, Browsers, Events, Forms, Observations, Trace, Truth

LABELS = [NONE, 0, 1, 2, 3]


@st.composite
def clusterings(draw, most=12):
    """A few rows with a true and a believed cluster each: singletons, missing ids, no rows at all."""
    n = draw(st.integers(0, most))
    columns = [draw(st.lists(st.sampled_from(LABELS), min_size=n, max_size=n)) for _ in range(2)]
    return tuple(np.array(column, np.int64) for column in columns)


@st.composite
def page_loads(draw, most=14):
    """Page loads sorted by browser: browser, true visit (of one browser alone), believed visit, time, dwell."""
    n = draw(st.integers(0, most))
    browser = np.sort(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    visit = np.array(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)), np.int64)
    belief = np.array(draw(st.lists(st.sampled_from(LABELS), min_size=n, max_size=n)), np.int64)
    gaps = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)), np.int64)
    dwell = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)), np.int64)
    browser = browser.astype(np.int64)
    return browser, browser * 10 + visit, belief, np.cumsum(gaps), dwell


def filled(table, columns, rows):
    """The table with these columns, and noughts in all others."""
    return table(**{name: np.asarray(columns.get(name, np.zeros(rows)), kind) for name, kind in table.schema().items()})


def replication_of(*, events, truth, seen):
    """A replication of events in the order of time, of which each was recorded once; what is left out is nought."""
    rows = len(next(iter(events.values())))
    seen = {"row": np.arange(rows), "consent": np.ones(rows)} | seen
    trace = Trace(
        events=filled(Events, events, rows),
        browsers=Browsers.empty(),
        forms=Forms.empty(),
        days_used=np.zeros((0, 0), np.bool_),
    )
    return {"trace": trace, "truth": filled(Truth, truth, rows), "belief": filled(Observations, seen, rows)}


def pages_of(browser, truth, belief, time, dwell):
    """Page loads in the order of time, or at least that of each browser, joined."""
    events = {"browser": browser, "time": time, "dwell": dwell, "action": np.full(len(browser), Action.LOAD)}
    return join(**replication_of(events=events, truth={"visit": truth}, seen={"visit": belief})).pages


def each_none_alone(labels):
    """Labels in which every missing one is a cluster of its own."""
    return [("alone", row) if label == NONE else label for row, label in enumerate(labels.tolist())]


def as_numbers(labels):
    names = {}
    return [names.setdefault(label, len(names)) for label in each_none_alone(labels)]


def pairs(labels):
    alone = each_none_alone(labels)
    return {pair for pair in combinations(range(len(alone)), 2) if alone[pair[0]] == alone[pair[1]]}


def clusters(labels):
    found = {}
    for row, label in enumerate(each_none_alone(labels)):
        found.setdefault(label, set()).add(row)
    return list(found.values())
