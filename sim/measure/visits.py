"""How well page loads are grouped into visits, browser by browser, in the order of time.

All functions take page loads sorted by browser and, within a browser, by time. A believed visit that spans browsers is
taken for one visit in each; a page load without a visit id is a visit of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measure.clustering import exact_match, pairwise
from sim.measure.contingency import Contingency, contingency, numbered, order_by, run_starts
from sim.measure.scores import Scores, scores
from sim.records import NONE, SECOND, Bool, Int32, Int64


@dataclass(frozen=True, slots=True)
class Stretches:
    """Runs of page loads of one browser, one true visit and one believed visit: far fewer than page loads."""

    start: Int64
    """Row of the first page load."""
    loads: Int64
    """Number of page loads."""
    same_browser: Bool
    """Whether the stretch before is of the same browser."""
    truth: Int64
    """True visit, numbered anew."""
    belief: Int64
    """Believed visit within the browser, numbered anew."""
    by_belief: Int32
    """Stretches in the order of believed visits, and of time within one."""
    true_boundary: Bool
    """Whether a true visit begins here, another one of this browser lying before."""
    believed_boundary: Bool
    """Likewise, in the system's belief."""


def stretches(*, browser: NDArray[Any], truth: NDArray[Any], belief: NDArray[Any]) -> Stretches:
    """Cut page loads, sorted by browser and time, where the browser or a visit changes.

    Args:
        browser: Browser of each page load.
        truth: True visit of each page load.
        belief: Believed visit of each page load; `NONE` is a visit of its own.
    """
    truth, belief = numbered(truth), numbered(belief)
    start = run_starts(browser, truth, belief)
    loads = np.diff(start, append=len(browser))
    browser, truth, belief = browser[start], truth[start], belief[start]
    same_browser = np.zeros(len(start), np.bool_)
    same_browser[1:] = browser[1:] == browser[:-1]
    by_belief = order_by(belief)
    begins = np.zeros(len(start), np.int64)
    begins[run_starts(belief[by_belief], browser[by_belief])] = 1
    within = np.empty(len(start), np.int64)
    within[by_belief] = np.cumsum(begins) - 1
    return Stretches(
        start=start,
        loads=loads,
        same_browser=same_browser,
        truth=truth,
        belief=within,
        by_belief=by_belief,
        true_boundary=same_browser & _differs(truth),
        believed_boundary=same_browser & _differs(within),
    )


def grouping(cut: Stretches) -> Contingency:
    """Page loads counted by true visit and believed visit."""
    return contingency(truth=cut.truth, belief=cut.belief, count=cut.loads)


def boundary(cut: Stretches) -> Scores:
    """Precision and recall of boundaries; one lies between two consecutive page loads of one browser in two visits.

    >>> loads = dict(browser=np.zeros(4), truth=np.array([1, 1, 2, 2]), belief=np.array([5, 6, 7, 7]))
    >>> boundary(stretches(**loads))
    Scores(precision=0.5, recall=1.0)
    """
    return scores(
        shared=np.count_nonzero(cut.true_boundary & cut.believed_boundary),
        believed=np.count_nonzero(cut.believed_boundary),
        true=np.count_nonzero(cut.true_boundary),
    )


def count_ratio(table: Contingency) -> float:
    """Believed visits per true visit; from 0, 1 is best, and what it is without page loads."""
    return table.beliefs / table.truths if table.truths else 1.0


def split(table: Contingency) -> float:
    """Share of true visits whose page loads lie in more than one believed visit; from 0 to 1, lower is better."""
    cells = np.bincount(table.truth)
    return np.count_nonzero(cells > 1) / table.truths if table.truths else 0.0


def merged(table: Contingency) -> float:
    """Share of true visits that share a believed visit with another true one; from 0 to 1, lower is better.

    >>> merged(contingency(truth=np.array([0, 1, 2, 2]), belief=np.array([7, 7, 8, 9])))
    0.6666666666666666
    """
    shared = np.bincount(table.belief)[table.belief] > 1
    return len(np.unique(table.truth[shared])) / table.truths if table.truths else 0.0


def window_length(table: Contingency) -> int:
    """Half the mean length of a true visit in page loads, at least 1: the window of `windows`."""
    return max(1, round(table.rows / table.truths / 2)) if table.truths else 1


@dataclass(frozen=True, slots=True)
class Windows:
    """Boundaries between two page loads of one browser that are so many page loads apart, one row a pair."""

    true: Int32
    """Number of true boundaries between them."""
    believed: Int32
    """Number of believed ones."""


def windows(cut: Stretches, length: int) -> Windows:
    """Slide a window of `length` over the page loads of each browser; browsers with too few of them have none."""
    changes = (cut.true_boundary, cut.believed_boundary, ~cut.same_browser)
    true, believed, browser = (_numbered_from(cut.start[at], int(cut.loads.sum())) for at in changes)
    inside = browser[length:] == browser[:-length]
    return Windows(
        (true[length:] - true[:-length])[inside],
        (believed[length:] - believed[:-length])[inside],
    )


def window_diff(slid: Windows) -> float:
    """WindowDiff: share of windows in which the numbers of true and of believed boundaries differ.

    From 0 to 1, lower is better; 0 where there is no window (Pevzner and Hearst, "A critique and improvement of an
    evaluation metric for text segmentation", Computational Linguistics 28, 2002).
    """
    return float(np.mean(slid.true != slid.believed)) if len(slid.true) else 0.0


def pk(slid: Windows) -> float:
    """Pk: share of windows whose two ends are wrongly taken to be in one visit, or in two.

    From 0 to 1, lower is better; 0 where there is no window (Beeferman, Berger and Lafferty, "Statistical models for
    text segmentation", Machine Learning 34, 1999).
    """
    return float(np.mean((slid.true > 0) != (slid.believed > 0))) if len(slid.true) else 0.0


def time_on_page(cut: Stretches, time: Int64) -> Int64:
    """What a system can tell of the time spent on each page: until the next page load of the same visit.

    Args:
        cut: The stretches.
        time: When each page was loaded, in ms.

    Returns:
        The estimate for each page load in ms; `NONE` for the last page of a visit, which has none.
    """
    estimate = np.full(len(time), NONE)
    np.subtract(time[1:], time[:-1], out=estimate[:-1])
    first, last, order = cut.start, cut.start + cut.loads - 1, cut.by_belief
    again = cut.belief[order[1:]] == cut.belief[order[:-1]]
    estimate[last] = NONE
    left, resumed = last[order[:-1][again]], first[order[1:][again]]
    estimate[left] = time[resumed] - time[left]
    return estimate


def durations(*, visit: Int64, begin: Int64, end: Int64) -> Int64:
    """How long each visit lasted: from its first beginning to its last end.

    Args:
        visit: Visit of each stretch, visit by visit.
        begin: When each stretch began.
        end: When it ended.

    >>> durations(visit=np.array([4, 4, 2]), begin=np.array([10, 30, 5]), end=np.array([20, 60, 5])).tolist()
    [50, 0]
    """
    starts = run_starts(visit)
    if not len(starts):
        return np.empty(0, np.int64)
    lasted: Int64 = np.maximum.reduceat(end, starts) - np.minimum.reduceat(begin, starts)
    return lasted


def distance(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Kolmogorov and Smirnov's distance: the largest gap between two cumulative distributions; from 0 to 1.

    Args:
        first: Sample of the one distribution: whole numbers from 0, small enough to index an array.
        second: Sample of the other. Two empty samples are alike; an empty one is unlike all others.

    >>> distance(np.array([1, 2, 3, 4]), np.array([1, 2, 3, 9]))
    0.25
    """
    if not len(first) or not len(second):
        return float(len(first) != len(second))
    values = int(max(first.max(), second.max())) + 1
    below_first, below_second = (np.cumsum(np.bincount(sample, minlength=values)) for sample in (first, second))
    return float(np.abs(below_first / len(first) - below_second / len(second)).max())


def visit_metrics(
    *, browser: NDArray[Any], truth: Int64, belief: Int64, time: Int64, dwell: NDArray[Any]
) -> dict[str, float]:
    """All metrics of visits, from page loads sorted by browser and time.

    Args:
        browser: Browser of each page load.
        truth: True visit.
        belief: Believed visit.
        time: When the page was loaded, in ms.
        dwell: How long it was in the foreground, in ms.
    """
    cut = stretches(browser=browser, truth=truth, belief=belief)
    table = grouping(cut)
    slid = windows(cut, window_length(table))
    estimate = time_on_page(cut, time)
    known = np.flatnonzero(estimate != NONE)
    error = estimate[known] - dwell[known]
    begin, last = time[cut.start], time[cut.start + cut.loads - 1]
    left = np.maximum.reduceat(time + dwell, cut.start) if len(time) else time  # the last page need not be left last
    by_truth = order_by(cut.truth)
    stayed = durations(visit=cut.truth[by_truth], begin=begin[by_truth], end=left[by_truth])
    seen = durations(visit=cut.belief[cut.by_belief], begin=begin[cut.by_belief], end=last[cut.by_belief])
    return {
        "visits.count_ratio": count_ratio(table),
        **boundary(cut).named("visits.boundary"),
        **pairwise(table).named("visits.pairwise"),
        "visits.exact": exact_match(table),
        "visits.split": split(table),
        "visits.merged": merged(table),
        "visits.window_diff": window_diff(slid),
        "visits.pk": pk(slid),
        "visits.time_on_page.error": _mean_s(error),
        "visits.time_on_page.absolute_error": _mean_s(np.abs(error)),
        "visits.time_on_page.unknown": 1 - len(known) / len(time) if len(time) else 0.0,
        "visits.duration.distance": distance(stayed // SECOND, seen // SECOND),
        "visits.pages.distance": distance(
            table.truth_size[table.truth_size > 0], table.belief_size[table.belief_size > 0]
        ),
    }


def _numbered_from(starts: Int64, rows: int) -> Int32:
    """How many of the starts each row has seen, itself counted."""
    marked = np.zeros(rows, np.bool_)
    marked[starts] = True
    return np.cumsum(marked, dtype=np.int32)


def _mean_s(spans_ms: Int64) -> float:
    """Mean of spans in seconds; NaN without any."""
    return float(spans_ms.mean()) / SECOND if len(spans_ms) else float("nan")


def _differs(column: Int64) -> Bool:
    """Whether each row differs from the one before; the first one has none before."""
    differs = np.zeros(len(column), np.bool_)
    differs[1:] = column[1:] != column[:-1]
    return differs
