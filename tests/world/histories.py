"""Histories of people, to compare."""

from __future__ import annotations

import numpy as np


def columns_of(trace, truth, chosen):
    """A history, of the chosen events; browsers by their keys, since their rows depend on who else is there."""
    events = trace.events
    keys = trace.browsers.key[events.browser]
    rows = [events.event, events.time, keys, events.action, events.page, events.dwell, events.interacted]
    return [column[chosen] for column in (*rows, truth.person, truth.visit)]


def assert_same(first, second):
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
