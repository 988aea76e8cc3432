"""Reach: unique ids by day, week and month, against sets of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.measure import reach
from sim.measure.joined import Presence
from sim.records import NONE

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

moments = st.integers(20_450 * 24, 20_530 * 24)
"""Hours since the epoch, of eighty days about a turn of the year."""


@given(st.lists(st.tuples(st.integers(NONE, 3), moments), max_size=14))
def test_ids_are_counted_once_a_period_and_missing_ones_not_at_all(case):
    case = sorted(case, key=lambda one: one[1])
    ids = np.array([one for one, _ in case], np.int64)
    hours = np.array([hour for _, hour in case], np.int64)
    seen = [(one, EPOCH + timedelta(hours=hour)) for one, hour in case if one != NONE]
    assert reach.distinct_by_period(ids=ids, day=hours // 24) == {
        "ever": len({one for one, _ in seen}),
        "day": len({(one, moment.date()) for one, moment in seen}),
        "week": len({(one, *moment.isocalendar()[:2]) for one, moment in seen}),
        "month": len({(one, moment.year, moment.month) for one, moment in seen}),
    }


def test_reach_metrics_by_hand():
    # Two people on one day, one without any id; a month later the other comes again, under another visitor id.
    presence = Presence(
        person=np.array([0, 0, 1, 0], np.int32),
        identity=np.array([5, 5, NONE, 5]),
        visitor=np.array([1, 1, NONE, 2]),
        day=np.array([0, 0, 0, 31], np.int32),
    )
    got = reach.reach_metrics(presence)
    assert got == {
        "identity.visitor_inflation": 2 / 2,
        "identity.visitor_inflation_per_month": 2 / 3,
        "identity.reach_error_day": 2 / 3 - 1,
        "identity.reach_error_week": 2 / 3 - 1,
        "identity.reach_error_month": 2 / 3 - 1,
    }


def test_where_nobody_came_nobody_is_miscounted():
    got = reach.reach_metrics(Presence.empty())
    assert got["identity.visitor_inflation"] == 1
    assert got["identity.reach_error_day"] == 0
