"""How well page loads are grouped into visits, browser by browser, in the order of time.

A believed visit that spans browsers is taken for one visit in each; a page load without an id is a visit of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.measure.clustering import exact_match, pairwise
from sim.measure.contingency import Contingency
from sim.measure.filling import Filling
from sim.measure.numbers import last_of, numbered_within, previous_of_same, sums
from sim.measure.scores import Scores, scores
from sim.records import NONE, SECOND, Bool, Columns, Int32, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches(Columns):
    """Page loads of one browser that follow one another in one true and one believed visit: a row for all of them.

    They stand browser by browser, in the order of time.
    """

    browser: Int64
    """Their browser."""
    truth: Int64
    """Their true visit, which lies in one browser."""
    belief: Int64
    """Their believed visit; `NONE` for a page load that has none, which is a stretch by itself."""
    loads: Int64
    """How many they are."""
    begin: Int64
    """When the first one was, in ms."""
    last: Int64
    """When the last one was."""
    last_dwell: Int64
    """How long the last page was in the foreground, in ms."""
    error: Int64
    """Sum over all pages but the last: time until the next page load, less the time in the foreground, in ms."""
    absolute_error: Int64
    """Likewise, each difference without its sign."""


def stretches(*, browser: Int32, truth: Int64, belief: Int64, time: Int64, dwell: Int32) -> Stretches:
    """Join page loads that follow one another.

    Args:
        browser: Browser of each page load; sorted by browser, and by time within it.
        truth: True visit.
        belief: Believed visit; `NONE` is a visit of its own.
        time: When the page was loaded, in ms.
        dwell: How long it was in the foreground, in ms.
    """
    filling = Filling(Stretches, rows=len(browser))
    filling.add(join_loads(browser, truth, belief, time, dwell, filling.room(len(browser))))
    return filling.finish()


_BROWSER, _TRUTH, _BELIEF, _LOADS, _BEGIN, _LAST, _LAST_DWELL, _ERROR, _ABSOLUTE_ERROR = range(9)


@njit(cache=True)
def join_loads(browser: Int32, truth: Int64, belief: Int64, time: Int64, dwell: Int32, stretches: Int64) -> int:
    """Join page loads as `stretches` does, and fill its columns with them; answers how many stretches there are."""
    count = 0
    for i in range(len(browser)):
        stretch = stretches[:, count - 1]
        if (
            count
            and belief[i] != NONE
            and belief[i] == stretch[_BELIEF]
            and truth[i] == stretch[_TRUTH]
            and browser[i] == stretch[_BROWSER]
        ):
            error = time[i] - time[i - 1] - dwell[i - 1]
            stretch[_ERROR] += error
            stretch[_ABSOLUTE_ERROR] += abs(error)
        else:
            stretch = stretches[:, count]
            count += 1
            stretch[_BROWSER] = browser[i]
            stretch[_TRUTH] = truth[i]
            stretch[_BELIEF] = belief[i]
            stretch[_LOADS] = 0
            stretch[_BEGIN] = time[i]
            stretch[_ERROR] = 0
            stretch[_ABSOLUTE_ERROR] = 0
        stretch[_LOADS] += 1
        stretch[_LAST] = time[i]
        stretch[_LAST_DWELL] = dwell[i]
    return count


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Stretches, browser by browser in the order of time, with the visits that they make up."""

    stretches: Stretches
    same_browser: Bool
    """Whether the stretch before is of the same browser."""
    truth: Int64
    """True visit, numbered anew from 0."""
    belief: Int64
    """Believed visit within the browser, numbered anew from 0."""
    true_boundary: Bool
    """Whether a true visit begins here, another one of this browser lying before."""
    believed_boundary: Bool
    """Likewise, in the system's belief."""


def segmentation(pages: Stretches) -> Segmentation:
    """Tell visits and their boundaries.

    Args:
        pages: Stretches, browser by browser in the order of time.
    """
    truth, belief = (numbered_within(pages.browser, visit) for visit in (pages.truth, pages.belief))
    same_browser = ~_differs(pages.browser)
    same_browser[:1] = False
    return Segmentation(
        stretches=pages,
        same_browser=same_browser,
        truth=truth,
        belief=belief,
        true_boundary=same_browser & _differs(truth),
        believed_boundary=same_browser & _differs(belief),
    )


def grouping(cut: Segmentation) -> Contingency:
    """Page loads counted by true visit and believed visit."""
    cell = numbered_within(cut.stretches.browser, cut.truth * (int(cut.belief.max(initial=0)) + 1) + cut.belief)
    return Contingency(
        truth=last_of(cell, cut.truth),
        belief=last_of(cell, cut.belief),
        count=sums(cell, cut.stretches.loads),
        truth_size=sums(cut.truth, cut.stretches.loads),
        belief_size=sums(cut.belief, cut.stretches.loads),
    )


def boundary(cut: Segmentation) -> Scores:
    """Precision and recall of boundaries; one lies between two consecutive page loads of one browser in two visits."""
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

    >>> from sim.measure.contingency import contingency
    >>> merged(contingency(truth=np.array([0, 1, 2, 2]), belief=np.array([7, 7, 8, 9])))
    0.6666666666666666
    """
    shared = np.bincount(table.belief)[table.belief] > 1
    return len(np.unique(table.truth[shared])) / table.truths if table.truths else 0.0


def window_length(table: Contingency) -> int:
    """Half the mean length of a true visit in page loads, at least 1: the window of `windows`."""
    return max(1, round(table.rows / table.truths / 2)) if table.truths else 1


class Windows(NamedTuple):
    """Pairs of page loads of one browser so many page loads apart, by what lies between them."""

    pairs: int
    """How many there are."""
    unequal: int
    """Of those, how many have other numbers of true and of believed boundaries between them."""
    mistaken: int
    """Of those, how many are wrongly taken to be in one visit, or in two."""


def windows(cut: Segmentation, length: int) -> Windows:
    """Slide a window of `length` over the page loads of each browser; browsers with too few of them have none."""
    true, believed = (np.cumsum(one, dtype=np.int64) for one in (cut.true_boundary, cut.believed_boundary))
    return Windows(*_slide(cut.stretches.browser, cut.stretches.loads, true, believed, length))


@njit(cache=True)
def _slide(browser: Int64, loads: Int64, true: Int64, believed: Int64, length: int) -> tuple[int, int, int]:
    """Slide from stretch to stretch: while neither end of the window leaves its stretch, nothing changes.

    Args:
        browser: Browser of each stretch.
        loads: Page loads in it.
        true: True boundaries up to its beginning.
        believed: Believed boundaries up to its beginning.
        length: Page loads from one end of the window to the other.
    """
    pairs = unequal = mistaken = 0
    if not len(loads):
        return pairs, unequal, mistaken
    back, front = 0, 0
    left_back, left_front = loads[0], loads[0] - length  # steps until an end leaves its stretch
    while True:
        while left_front <= 0:
            front += 1
            if front == len(loads):
                return pairs, unequal, mistaken
            left_front += loads[front]
        steps = min(left_back, left_front)
        if browser[back] == browser[front]:
            between_true, between_believed = true[front] - true[back], believed[front] - believed[back]
            pairs += steps
            unequal += steps * (between_true != between_believed)
            mistaken += steps * ((between_true > 0) != (between_believed > 0))
        left_back -= steps
        left_front -= steps
        if left_back == 0:
            back += 1
            left_back = loads[back]


def window_diff(slid: Windows) -> float:
    """WindowDiff: share of windows in which the numbers of true and of believed boundaries differ.

    From 0 to 1, lower is better; 0 where there is no window (Pevzner and Hearst, "A critique and improvement of an
    evaluation metric for text segmentation", Computational Linguistics 28, 2002).
    """
    return slid.unequal / slid.pairs if slid.pairs else 0.0


def pk(slid: Windows) -> float:
    """Pk: share of windows whose two ends are wrongly taken to be in one visit, or in two.

    From 0 to 1, lower is better; 0 where there is no window (Beeferman, Berger and Lafferty, "Statistical models for
    text segmentation", Machine Learning 34, 1999).
    """
    return slid.mistaken / slid.pairs if slid.pairs else 0.0


@dataclass(frozen=True, slots=True)
class TimeOnPage:
    """How far off a system is that takes the time until the visit's next page load for the time spent on a page."""

    pages: int
    """Pages with an estimate: all but the last of each believed visit."""
    error: float
    """Mean of the estimates less the time in the foreground, in seconds; NaN without any."""
    absolute_error: float
    """Mean distance of the two, in seconds; NaN without any."""


def time_on_page(cut: Segmentation) -> TimeOnPage:
    """Hold estimates of the time on page against the time in the foreground."""
    pages, before = cut.stretches, previous_of_same(cut.belief)
    resumed = np.flatnonzero(before != NONE)
    before = before[resumed]
    error = pages.begin[resumed] - pages.last[before] - pages.last_dwell[before]
    known = int((pages.loads - 1).sum()) + len(resumed)
    if not known:
        return TimeOnPage(0, float("nan"), float("nan"))
    total, absolute = pages.error.sum() + error.sum(), pages.absolute_error.sum() + np.abs(error).sum()
    return TimeOnPage(known, float(total / known / SECOND), float(absolute / known / SECOND))


def durations(*, visit: Int64, begin: Int64, end: Int64) -> Int64:
    """How long each visit lasted: from the beginning of its first stretch to the end of its last one.

    Args:
        visit: Visit of each stretch, numbered from 0; the stretches of one visit are in the order of time.
        begin: When each stretch began.
        end: When it ended.

    >>> durations(visit=np.array([1, 0, 1]), begin=np.array([10, 5, 30]), end=np.array([20, 5, 60])).tolist()
    [0, 50]
    """
    return last_of(visit, end) - last_of(visit[::-1], begin[::-1])


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


def visit_metrics(pages: Stretches) -> dict[str, float]:
    """All metrics of visits.

    The true duration of a visit runs until its last page is left, the believed one until it is loaded.

    Args:
        pages: Stretches, browser by browser in the order of time.
    """
    cut = segmentation(pages)
    pages, table = cut.stretches, grouping(cut)
    slid = windows(cut, window_length(table))
    on_page = time_on_page(cut)
    left = pages.last + pages.last_dwell
    stayed = durations(visit=cut.truth, begin=pages.begin, end=left)
    seen = durations(visit=cut.belief, begin=pages.begin, end=pages.last)
    return {
        "visits.count_ratio": count_ratio(table),
        **boundary(cut).named("visits.boundary"),
        **pairwise(table).named("visits.pairwise"),
        "visits.exact": exact_match(table),
        "visits.split": split(table),
        "visits.merged": merged(table),
        "visits.window_diff": window_diff(slid),
        "visits.pk": pk(slid),
        "visits.time_on_page.error": on_page.error,
        "visits.time_on_page.absolute_error": on_page.absolute_error,
        "visits.time_on_page.unknown": 1 - on_page.pages / table.rows if table.rows else 0.0,
        "visits.duration.distance": distance(stayed // SECOND, seen // SECOND),
        "visits.pages.distance": distance(table.truth_size, table.belief_size),
    }


def _differs(column: NDArray[Any]) -> Bool:
    """Whether each row differs from the one before; the first one has none before."""
    differs = np.zeros(len(column), np.bool_)
    differs[1:] = column[1:] != column[:-1]
    return differs
