"""How sure the metrics of a single replication are: people are drawn anew, with replacement, in whole groups.

People who share a device are one group, since what one of them does tells in the other's figures. Every metric is
measured again on each draw (Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7, 1979;
the cluster bootstrap: Davison and Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sim.measure.joining import join
from sim.measure.leads import Scoring
from sim.measure.numbers import small_numbers
from sim.measure.replication import measure
from sim.records import NONE, Float64, Int64, Observations, Trace, Truth

DRAWS = 100
_UNSCORED = Scoring()


def resampled(
    *, trace: Trace, truth: Truth, belief: Observations, uniforms: Float64, scoring: Scoring = _UNSCORED
) -> Iterator[dict[str, float]]:
    """The metrics of draws.

    Somebody who is drawn twice is two people, with browsers, visits and ids of their own. An identity that spans groups
    still spans them, first copies with first copies.

    Args:
        trace: What people did.
        truth: Who did it.
        belief: What the system recorded.
        uniforms: Numbers in [0, 1) that say who is drawn; shape (draws, at least as many as there are groups).
        scoring: How the system scores leads; by default nothing scores.
    """
    group = groups(trace=trace, truth=truth)
    of_row = group[truth.person]
    order = np.argsort(of_row, kind="stable")
    start = np.searchsorted(of_row[order], np.arange(int(group.max(initial=-1)) + 2))
    seen_of = np.searchsorted(belief.row, np.arange(len(truth) + 1))
    for uniform in uniforms:
        drawn = (uniform[: len(start) - 1] * (len(start) - 1)).astype(np.int64)
        again, whose, said = _draw(trace, truth, belief, drawn, order, start, seen_of)
        yield measure(join(trace=again, truth=whose, belief=said), scoring=scoring)


def groups(*, trace: Trace, truth: Truth) -> Int64:
    """Number of the group of each person, by number: whoever used one device belongs together. `NONE`: did nothing."""
    device = trace.browsers.device[trace.events.browser]
    people, devices = int(truth.person.max(initial=-1)) + 1, int(device.max(initial=-1)) + 1
    size = people + devices
    used = coo_array((np.ones(len(device), np.int8), (truth.person, people + device)), (size, size))
    _, component = connected_components(used, directed=False)
    group, active = np.full(people, NONE, np.int64), np.unique(truth.person)
    group[active] = np.unique(component[active], return_inverse=True)[1]
    return group


def _draw(
    trace: Trace, truth: Truth, belief: Observations, drawn: Int64, order: Int64, start: Int64, seen_of: Int64
) -> tuple[Trace, Truth, Observations]:
    """The tables of one draw, in the order of time."""
    drawn = np.sort(drawn)
    times = np.arange(len(drawn)) - np.searchsorted(drawn, drawn)  # how often it was drawn before
    size = start[drawn + 1] - start[drawn]
    copy = np.repeat(times, size)
    rows = order[np.repeat(start[drawn] - np.concatenate(([0], np.cumsum(size)[:-1])), size) + np.arange(size.sum())]
    in_time = np.argsort(rows, kind="stable")
    rows, copy = rows[in_time], copy[in_time]
    events = trace.events.take(rows)
    browser = np.unique(_again(events.browser, copy), return_inverse=True)[1]  # without gaps: each number costs memory
    events = replace(events, browser=browser.astype(np.int32))
    told = seen_of[rows + 1] - seen_of[rows]
    seen = np.repeat(seen_of[rows] - np.concatenate(([0], np.cumsum(told)[:-1])), told) + np.arange(told.sum())
    copy_seen = np.repeat(copy, told)
    return (
        replace(trace, events=events),
        Truth(person=_again(truth.person[rows], copy).astype(np.int32), visit=_again(truth.visit[rows], copy)),
        replace(
            belief.take(seen),
            row=np.repeat(np.arange(len(rows)), told),
            visitor=_again(belief.visitor[seen], copy_seen),
            visit=_again(belief.visit[seen], copy_seen),
            contact=_again(belief.contact[seen], copy_seen),
            identity=_again(belief.identity[seen], copy_seen),
        ),
    )


def _again(ids: NDArray[Any], copy: Int64) -> Int64:
    """Ids of copies: the same id in another copy is another id; `NONE` stays."""
    copies = int(copy.max(initial=0)) + 1
    return small_numbers(np.where(ids == NONE, NONE, ids.astype(np.int64) * copies + copy))
