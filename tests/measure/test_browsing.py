"""Interactions sorted by browser: each is there once, with all that is known of it, in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from sim.measure import browsing
from sim.measure.browsing import browser_by_browser, events_of
from sim.records import Action
from tests.measure.test_replication import replications


def sorted_by_browser(case):
    trace, truth, belief = case
    belief = belief.take(slice(None))
    contact = np.where(belief.contact > 2, 3, belief.contact)
    belief = type(belief)(**{name: getattr(belief, name) for name in belief.schema()} | {"contact": contact})
    return belief, list(browser_by_browser(trace=trace, truth=truth, belief=belief))


def expected(trace, truth, belief):
    """The same rows as dictionaries, sorted by Python."""
    absences = (
        belief.absent_third_party,
        belief.absent_first_party,
        belief.absent_third_party_visit,
        belief.absent_first_party_visit,
    )
    rows = []
    for place, at in enumerate(belief.row.tolist()):
        rows.append(
            {name: getattr(belief, name)[place] for name in ("identity", "visitor", "visit", "contact", "consent")}
            | {name: getattr(trace.events, name)[at] for name in ("time", "browser", "dwell", "action")}
            | {"person": truth.person[at], "true_visit": truth.visit[at], "place": place}
            | {"first": place == 0 or belief.row[place - 1] != at}
            | {"cookies": sum((absence[place] == 0) << bit for bit, absence in enumerate(absences))}
        )
    return sorted(rows, key=lambda row: (row["browser"], row["place"]))


@pytest.mark.parametrize("group", [1, 3, 2**16])
@given(case=replications())
def test_interactions_are_sorted_by_browser_whatever_the_size_of_groups(group, case):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(browsing, "_GROUP", group)
        belief, groups = sorted_by_browser(case)
    rows = [dict(zip(row.dtype.names, row.tolist(), strict=True)) for group in groups for row in group]
    assert rows == expected(case[0], case[1], belief)


@given(case=replications())
def test_of_each_event_its_first_interaction_is_kept(case):
    belief, groups = sorted_by_browser(case)
    rows = [row for row in expected(case[0], case[1], belief) if row["first"]]
    places = [place for group in groups for place in events_of(group)["place"].tolist()]
    assert places == [row["place"] for row in rows]
    loads = [place for group in groups for place in events_of(group, Action.LOAD)["place"].tolist()]
    assert loads == [row["place"] for row in rows if row["action"] == Action.LOAD]
