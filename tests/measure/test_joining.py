"""One pass joins a replication: what comes of it, against definitions written out over each browser's interactions."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given

from sim.measure import join, measure
from sim.records import DAY, HOUR, NONE, Action
from tests.measure.cases import replication_of
from tests.measure.test_replication import interactions, replications


def busy(seed, rows=4000, browsers=60):
    """Many interactions in few browsers at once: visits that overlap, and more of each than tables begin with."""
    draw = np.random.default_rng(seed)
    browser = draw.integers(0, browsers, rows)
    number = np.arange(rows) // (2 * browsers)
    return replication_of(
        events={
            "time": np.sort(draw.integers(0, 30 * DAY, rows)),
            "browser": browser,
            "action": draw.choice([Action.LOAD, Action.LOAD, Action.LOAD, Action.CLICK, Action.SUBMIT], rows),
            "dwell": draw.integers(0, HOUR, rows),
        },
        truth={
            "person": np.where(draw.random(rows) < 0.1, draw.integers(0, 20, rows), browser % 20),
            "visit": browser * 1000 + number - (draw.random(rows) < 0.2),
        },
        seen={
            "visit": np.where(draw.random(rows) < 0.1, NONE, 7 * number + (draw.random(rows) < 0.2)),
            "visitor": np.where(draw.random(rows) < 0.1, NONE, browser + (draw.random(rows) < 0.1)),
            "contact": np.where(draw.random(rows) < 0.7, NONE, browser % 10),
            "identity": np.where(draw.random(rows) < 0.1, NONE, browser // 2),
        },
    )


def browser_by_browser(tables):
    """Interactions as dictionaries, the ones of each browser in the order of time."""
    rows = interactions(**tables)
    for place, row in enumerate(rows):
        row["place"] = place
    rows.sort(key=lambda row: (row["browser"], row["place"]))
    return [list(group) for _, group in groupby(rows, key=lambda row: row["browser"])]


def runs(rows, names, alone=None):
    """Rows that follow one another and agree in these fields; one that lacks what `alone` names is by itself."""
    found = []
    for row in rows:
        known = alone is None or row[alone] != NONE
        same = bool(found) and known and all(row[name] == found[-1][-1][name] for name in names)
        found[-1].append(row) if same else found.append([row])
    return found


def check(tables):
    joined = join(**tables)
    browsers = browser_by_browser(tables)
    loads = [[row for row in rows if row["first"] and row["action"] == Action.LOAD] for rows in browsers]
    for rows in loads:
        for row in rows:
            row["believed"] = int(tables["belief"].visit[row["place"]])

    names = ("person", "known_identity", "visitor", "contact")
    stays = [run for rows in browsers for run in runs(rows, names, "known_identity")]
    stays.sort(key=lambda run: run[0]["place"])
    assert [tuple(stay) for stay in joined.stays.tolist()] == [
        (
            run[0]["known_identity"],
            int(joined.belief.visitor[run[0]["place"]]),
            int(joined.belief.contact[run[0]["place"]]),
            run[0]["person"],
            run[0]["browser"],
            run[0]["place"],
            run[-1]["place"],
            len(run),
            sum(row["action"] == Action.SUBMIT for row in run),
        )
        for run in stays
    ]
    assert joined.submission.tolist() == sorted(
        row["place"] for rows in browsers for row in rows if row["action"] == Action.SUBMIT
    )
    for name, field in (("person", "person"), ("identity", "known_identity"), ("visitor", "visitor")):
        days = {(row[field], row["time"] // DAY) for rows in browsers for row in rows}
        assert set(zip(getattr(joined.presence, name).tolist(), joined.presence.day.tolist(), strict=True)) == days
    assert (np.diff(joined.presence.day) >= 0).all()

    dwell = tables["trace"].events.dwell
    found = zip(joined.pages.browser.tolist(), joined.pages.stretches.tolist(), strict=True)
    stretches = [run for rows in loads for run in runs(rows, ("true_visit", "believed"))]
    assert sorted((browser, *stretch) for browser, stretch in found) == sorted(
        (
            run[0]["browser"],
            run[0]["true_visit"],
            run[0]["believed"],
            run[0]["time"],
            run[-1]["time"],
            int(dwell[run[-1]["row"]]),
            len(run),
        )
        for run in stretches
    )
    estimated = [pair for run in stretches for pair in pairwise(run) if run[0]["believed"] != NONE]
    late = [b["time"] - a["time"] - int(dwell[a["row"]]) for a, b in estimated]
    assert joined.pages.loads == sum(map(len, loads))
    assert (joined.pages.error, joined.pages.absolute_error) == (sum(late), sum(map(abs, late)))
    assert sorted(joined.pages.misplaced.tolist()) == sorted(misplaced(loads))
    within = [b["time"] - a["time"] for rows in loads for a, b in pairwise(rows) if a["visit"] == b["visit"]]
    assert joined.pages.longest == max(within, default=0)


def misplaced(loads):
    """Boundaries that only the truth has, or only the belief, with the page loads of the visit that begins there."""
    for rows in loads:
        for place, (before, at) in enumerate(pairwise(rows), start=1):
            true, said = (before[name] != at[name] for name in ("true_visit", "visit"))
            if true != said:
                name = "true_visit" if true else "visit"
                first = next(groupby(rows[place:], key=lambda row, name=name: row[name]))
                yield before["place"], at["place"], true, len(list(first[1]))


@given(replications())
def test_small_replications_are_joined_as_the_definitions_say(case):
    check(dict(zip(("trace", "truth", "belief"), case, strict=True)))


@pytest.mark.parametrize("seed", range(4))
def test_busy_replications_are_joined_as_the_definitions_say(seed):
    check(busy(seed))


@pytest.mark.parametrize("seed", range(4))
def test_metrics_are_the_same_whether_browsers_take_turns_or_come_one_after_the_other(seed):
    tables = busy(seed)
    order = np.argsort(tables["trace"].events.browser, kind="stable")
    sorted_tables = {
        "trace": replace(tables["trace"], events=tables["trace"].events.take(order)),
        "truth": tables["truth"].take(order),
        "belief": replace(tables["belief"].take(order), row=np.arange(len(order))),
    }
    one, other = (measure(join(**which)) for which in (tables, sorted_tables))
    compared = [name for name in one if name.startswith(("identity.", "visits.")) and "reach" not in name]
    compared = [name for name in compared if "inflation" not in name]
    assert {name: one[name] for name in compared} == pytest.approx({name: other[name] for name in compared})
