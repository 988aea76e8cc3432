"""How well page loads are grouped into visits, browser by browser, in the order of time.

A believed visit that spans browsers is taken for one visit in each; a page load without an id is a visit of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.measure.clustering import links_within
from sim.measure.joined import STRETCH, Pages, Record
from sim.measure.numbers import hashed, ordered
from sim.measure.scores import Scores, scores, share
from sim.records import DAY, NONE, SECOND, Int8, Int32, Int64


class Boundaries(NamedTuple):
    """One row for page loads of a browser that follow one another with no boundary, true or believed, between them.

    They stand browser by browser, in the order of time.
    """

    loads: Int32
    """How many page loads each row has."""
    kind: Int8
    """Sum of `SAME_BROWSER`, where the row before is of the same browser; of `TRUE`, where besides a true visit begins
    here, another one of the browser lying before; and of `BELIEVED`, likewise in the system's belief."""


SAME_BROWSER, TRUE, BELIEVED = 1, 2, 4


class Grouping(NamedTuple):
    """How page loads are grouped into visits, in numbers."""

    truths: int
    """True visits."""
    beliefs: int
    """Believed ones."""
    exact: int
    """True visits that are believed ones, too: with all their page loads and no other."""
    split: int
    """True visits whose page loads lie in more than one believed visit."""
    merged: int
    """True visits that share a believed visit with another true one."""
    true_links: int
    """Pairs of page loads that are in one true visit."""
    believed_links: int
    shared_links: int


class Distribution(NamedTuple):
    """How often each number occurs."""

    numbers: Int64
    """In rising order."""
    counts: Int64


class Visits(NamedTuple):
    """All true visits, or all believed ones."""

    loads: Distribution
    """Page loads that they have."""
    seconds: Distribution
    """Whole seconds that they lasted: until the last page was left if they are true, until it was loaded if they are
    believed."""


class Continued(NamedTuple):
    """Stretches of a believed visit beyond its first one in the browser: the page before each has an estimate, too."""

    pages: int
    error: int
    """Sum of the time from the visit's page load before the stretch to its first, less the time in the foreground, in
    ms."""
    absolute_error: int
    """Likewise, each difference without its sign."""


class Segmentation(NamedTuple):
    """Page loads in the visits that they make up, true and believed."""

    boundaries: Boundaries
    grouping: Grouping
    true: Visits
    believed: Visits
    continued: Continued


_DAY = DAY // SECOND
_NONE_LARGER = np.empty(0, np.int64)


def segmentation(pages: Pages) -> Segmentation:
    """Tell visits and their boundaries."""
    order, start = ordered(pages.browser, pages.browsers)
    boundaries = Boundaries(np.empty(pages.loads, np.int32), np.empty(pages.loads, np.int8))
    # of the true visits and of the believed ones: how many have so many page loads, or last so many seconds less than a
    # day; and the seconds of those that last longer
    loads, seconds = np.zeros((2, pages.most + 1), np.int64), np.zeros((2, _DAY), np.int64)
    longer = np.empty((2, pages.loads), np.int64)
    rows, long, grouping, continued = _segment(pages.stretches, order, start, *boundaries, loads, seconds, longer)
    true, believed = (
        Visits(_counted(loads[kind]), _counted(seconds[kind], longer[kind, : long[kind]])) for kind in (0, 1)
    )
    return Segmentation(
        Boundaries(boundaries.loads[:rows], boundaries.kind[:rows]),
        Grouping(*grouping),
        true,
        believed,
        Continued(*continued),
    )


def _counted(tally: Int64, larger: Int64 = _NONE_LARGER) -> Distribution:
    """The distribution of numbers of which the small ones are counted, by number, and the larger ones listed."""
    numbers, (listed, counts) = np.flatnonzero(tally), np.unique(larger, return_counts=True)
    return Distribution(np.concatenate((numbers, listed)), np.concatenate((tally[numbers], counts)))


_VISIT = np.dtype(
    [
        ("id", np.int64),
        ("begin", np.int64),  # when its first page was loaded, in ms
        ("end", np.int64),  # when its latest one was left if it is a true visit, was loaded if it is a believed one
        ("left", np.int64),  # of a believed visit, when its latest page was left
        ("browser", np.int32),
        ("loads", np.int32),
        ("cells", np.int32),  # visits of the other kind that it has page loads in
        ("latest_cell", np.int32),  # of a true visit; `NONE` before the first that has a believed visit
        ("merged", np.bool_),
    ],
    align=True,
)
"""What is kept of a visit of one browser, in a hash table with open addressing that all browsers use in turn."""

_CELL = np.dtype(
    [
        ("true", np.int32),  # place of the true visit in its table
        ("believed", np.int32),  # place of the believed visit; `NONE` for page loads that have none
        ("loads", np.int32),
        ("before", np.int32),  # the true visit's cell before that has a believed visit
    ]
)
"""Page loads of one browser in one true visit and one believed visit."""

_BLOCK = 32
"""Browsers whose stretches are fetched at once."""


@njit(cache=True)
def _segment(
    stretches: NDArray[np.void],
    order: Int32,
    start: Int32,
    loads: Int32,
    kind: Int8,
    by_loads: Int64,
    by_seconds: Int64,
    longer: Int64,
) -> tuple[int, Int64, tuple[int, int, int, int, int, int, int, int], tuple[int, int, int]]:
    """Go through the visits browser by browser, and fill the columns of a segmentation.

    Args:
        stretches: All stretches.
        order: Their rows, browser by browser.
        start: Where those of each browser begin in `order`.
        loads: Column of `Boundaries`.
        kind: Likewise.
        by_loads: How many true and how many believed visits have so many page loads; noughts, to be filled.
        by_seconds: How many last so many seconds, less than a day; likewise.
        longer: Seconds of those that last longer, to be filled.

    Returns:
        How many rows `Boundaries` has, how many true and believed visits last longer, `Grouping`, and `Continued`.
    """
    rows = exact = split = merged = shared_links = pages = error = absolute_error = 0
    visits, links, long = np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2, np.int64)
    browsers = len(start) - 1
    most = most_fetched = 0
    for browser in range(browsers):
        most = max(most, start[browser + 1] - start[browser])
        most_fetched = max(most_fetched, start[min(browser + _BLOCK, browsers)] - start[browser])
    tables, places = _empty(2 * most), np.empty((2, most), np.int32)
    true_visits, believed_visits = tables[0], tables[1]
    true_places, believed_places = places[0], places[1]
    cells, fetched = np.empty(most, _CELL), np.empty(most_fetched, STRETCH)
    mask, first = len(true_visits) - 1, 0
    for browser in range(browsers):
        if browser % _BLOCK == 0:
            # One look-up waits for no other here. In the loop below each would, and most are not in the cache.
            first = start[browser]
            for i in range(first, start[min(browser + _BLOCK, browsers)]):
                fetched[i - first] = stretches[order[i]]
        cell_count = true_count = believed_count = 0
        true_place = believed_place = NONE
        for i in range(start[browser], start[browser + 1]):
            it = fetched[i - first]
            begins, new = SAME_BROWSER, False

            if true_place == NONE or true_visits[true_place].id != it.truth:
                begins |= TRUE
                true_place = hashed(it.truth) & mask
                while true_visits[true_place].browser == browser and true_visits[true_place].id != it.truth:
                    true_place = (true_place + 1) & mask
                if true_visits[true_place].browser != browser:
                    new = True
                    _begin(true_visits[true_place], browser, it.truth, it.begin)
                    true_places[true_count] = true_place
                    true_count += 1
            true = true_visits[true_place]
            true.loads += it.loads
            true.end = it.last + it.last_dwell

            if it.belief == NONE:
                believed_place = NONE
                loads[rows], kind[rows] = 1, begins | BELIEVED if i > start[browser] else 0
                for row in range(rows + 1, rows + it.loads):
                    loads[row], kind[row] = 1, SAME_BROWSER | BELIEVED
                rows += it.loads
                visits[1] += it.loads
                by_loads[1, 1] += it.loads
                by_seconds[1, 0] += it.loads
                cell = cells[cell_count]
                cell.true, cell.believed, cell.loads = true_place, NONE, it.loads
                cell_count += 1
                split += true.cells <= 1 < true.cells + it.loads
                true.cells += it.loads
                continue

            if believed_place == NONE or believed_visits[believed_place].id != it.belief:
                begins |= BELIEVED
                believed_place = hashed(it.belief) & mask
                while (
                    believed_visits[believed_place].browser == browser
                    and believed_visits[believed_place].id != it.belief
                ):
                    believed_place = (believed_place + 1) & mask
            believed = believed_visits[believed_place]
            if believed.browser != browser:
                new = True
                _begin(believed, browser, it.belief, it.begin)
                believed_places[believed_count] = believed_place
                believed_count += 1
            else:
                pages += 1
                error += it.begin - believed.left
                absolute_error += abs(it.begin - believed.left)
            believed.loads += it.loads
            believed.end = it.last
            believed.left = it.last + it.last_dwell
            loads[rows], kind[rows] = it.loads, begins if i > start[browser] else 0
            rows += 1

            number = NONE if new else true.latest_cell
            while number != NONE and cells[number].believed != believed_place:
                number = cells[number].before
            if number == NONE:
                cell = cells[cell_count]
                cell.true, cell.believed, cell.loads, cell.before = true_place, believed_place, 0, true.latest_cell
                number = true.latest_cell = cell_count
                cell_count += 1
                split += true.cells == 1
                true.cells += 1
                believed.cells += 1
            cells[number].loads += it.loads

        for of in range(2):
            count = believed_count if of else true_count
            visits[of] += count
            for number in range(count):
                visit = tables[of, places[of, number]]
                seconds = (visit.end - visit.begin) // SECOND
                links[of] += links_within(visit.loads)
                by_loads[of, visit.loads] += 1
                if seconds < _DAY:
                    by_seconds[of, seconds] += 1
                else:
                    longer[of, long[of]] = seconds
                    long[of] += 1
        for number in range(cell_count):
            cell, true = cells[number], true_visits[cells[number].true]
            if cell.believed == NONE:
                exact += cell.loads == 1 == true.loads
                continue
            believed = believed_visits[cell.believed]
            shared_links += links_within(cell.loads)
            exact += cell.loads == true.loads == believed.loads
            merged += believed.cells > 1 and not true.merged
            true.merged = true.merged or believed.cells > 1
    return (
        rows,
        long,
        (visits[0], visits[1], exact, split, merged, links[0], links[1], shared_links),
        (pages, error, absolute_error),
    )


@njit(cache=True)
def _empty(visits: int) -> NDArray[np.void]:
    """Two hash tables for so many visits each, at least."""
    places = 64
    while places < visits:
        places *= 2
    tables = np.empty((2, places), _VISIT)
    for place in range(places):
        tables[0, place].browser = tables[1, place].browser = NONE
    return tables


@njit(cache=True)
def _begin(visit: Record, browser: int, name: int, time: int) -> None:
    """Put a visit that begins into its place."""
    visit.id = name
    visit.begin = time
    visit.browser = browser
    visit.loads = visit.cells = 0
    visit.latest_cell = NONE
    visit.merged = False


def boundary(pages: Boundaries) -> Scores:
    """Precision and recall of boundaries; one lies between two consecutive page loads of one browser in two visits."""
    true, believed = pages.kind & TRUE != 0, pages.kind & BELIEVED != 0
    return scores(
        shared=np.count_nonzero(true & believed), believed=np.count_nonzero(believed), true=np.count_nonzero(true)
    )


def pairwise(of: Grouping) -> Scores:
    """Precision and recall of links: pairs of page loads that lie in one visit."""
    return scores(shared=of.shared_links, believed=of.believed_links, true=of.true_links)


def window_length(*, loads: int, visits: int) -> int:
    """Half the mean length of a true visit in page loads, at least 1: the window of `windows`."""
    return max(1, round(loads / visits / 2)) if visits else 1


class Windows(NamedTuple):
    """Pairs of page loads of one browser so many page loads apart, by what lies between them."""

    pairs: int
    """How many there are."""
    unequal: int
    """Of those, how many have other numbers of true and of believed boundaries between them."""
    mistaken: int
    """Of those, how many are wrongly taken to be in one visit, or in two."""


def windows(pages: Boundaries, length: int) -> Windows:
    """Slide a window of `length` over the page loads of each browser; browsers with too few of them have none."""
    return Windows(*_slide(pages.loads, pages.kind, length))


@njit(cache=True)
def _slide(loads: Int32, kind: Int8, length: int) -> tuple[int, int, int]:
    """Slide from row to row of `Boundaries`: while neither end of the window leaves its row, nothing changes.

    Args:
        loads: Page loads in each row.
        kind: What begins there.
        length: Page loads from one end of the window to the other.
    """
    pairs = unequal = mistaken = 0
    if not len(loads):
        return pairs, unequal, mistaken
    back, front = 0, 0
    browsers = true = believed = 0  # that begin after the row of the back end, up to the one of the front end
    left_back, left_front = loads[0], loads[0] - length  # steps until an end leaves its row
    while True:
        while left_front <= 0:
            front += 1
            if front == len(loads):
                return pairs, unequal, mistaken
            left_front += loads[front]
            browsers += kind[front] & SAME_BROWSER == 0
            true += kind[front] & TRUE != 0
            believed += kind[front] & BELIEVED != 0
        steps = min(left_back, left_front)
        if not browsers:
            pairs += steps
            unequal += steps * (true != believed)
            mistaken += steps * ((true > 0) != (believed > 0))
        left_back -= steps
        left_front -= steps
        if left_back == 0:
            back += 1
            left_back = loads[back]
            browsers -= kind[back] & SAME_BROWSER == 0
            true -= kind[back] & TRUE != 0
            believed -= kind[back] & BELIEVED != 0


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


def time_on_page(pages: Pages, cut: Segmentation) -> TimeOnPage:
    """Hold estimates of the time on page against the time in the foreground."""
    known = pages.loads - len(cut.boundaries.loads) + cut.continued.pages
    if not known:
        return TimeOnPage(0, float("nan"), float("nan"))
    error, absolute_error = pages.error + cut.continued.error, pages.absolute_error + cut.continued.absolute_error
    return TimeOnPage(known, error / known / SECOND, absolute_error / known / SECOND)


def distance(first: Distribution, second: Distribution) -> float:
    """Kolmogorov and Smirnov's distance: the largest gap between two cumulative distributions; from 0 to 1.

    Two that have no numbers are alike; one that has none is unlike all others.

    >>> first = Distribution(np.array([1, 2, 3, 4]), np.array([1, 1, 1, 1]))
    >>> distance(first, Distribution(np.array([1, 2, 3, 9]), np.array([1, 1, 1, 1])))
    0.25
    """
    if not len(first.numbers) or not len(second.numbers):
        return float(len(first.numbers) != len(second.numbers))
    numbers = np.union1d(first.numbers, second.numbers)
    one, other = (
        np.append(0, np.cumsum(of.counts))[np.searchsorted(of.numbers, numbers, side="right")] / of.counts.sum()
        for of in (first, second)
    )
    return float(np.abs(one - other).max())


def visit_metrics(pages: Pages) -> dict[str, float]:
    """All metrics of visits."""
    cut = segmentation(pages)
    of = cut.grouping
    slid = windows(cut.boundaries, window_length(loads=pages.loads, visits=of.truths))
    on_page = time_on_page(pages, cut)
    return {
        "visits.count_ratio": share(of.beliefs, of.truths),
        **boundary(cut.boundaries).named("visits.boundary"),
        **pairwise(of).named("visits.pairwise"),
        "visits.exact": share(of.exact, of.truths),
        "visits.split": of.split / max(of.truths, 1),
        "visits.merged": of.merged / max(of.truths, 1),
        "visits.window_diff": window_diff(slid),
        "visits.pk": pk(slid),
        "visits.time_on_page.error": on_page.error,
        "visits.time_on_page.absolute_error": on_page.absolute_error,
        "visits.time_on_page.unknown": 1 - on_page.pages / pages.loads if pages.loads else 0.0,
        "visits.duration.distance": distance(cut.true.seconds, cut.believed.seconds),
        "visits.pages.distance": distance(cut.true.loads, cut.believed.loads),
    }
