"""The trace's order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.world.order import in_order


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1000)), unique=True))
def test_rows_are_in_the_order_of_time_and_then_of_event(rows):
    time, event = np.array(rows, np.int64).reshape(-1, 2).T
    assert [rows[row] for row in in_order(time, event)] == sorted(rows)
