"""A scenario's population from a web server's access log, and a log from a simulated trace.

Requests of one address and user agent are taken for one visitor's, and those no more than 30 minutes apart for one
visit. Robots, files that pages load, failed requests and whatever is no GET are left out, and counted.

The families are those that the world draws from, so that what is fitted can be simulated. The figures speak of visitors
as the server tells them apart, not of people: several people behind one address are one, and one with two browsers is
two.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table
from scipy import stats
from scipy.optimize import minimize

from sim.records import SECOND, Action, Float64, Int64, Trace
from sim.scenario import Scenario

VISIT_GAP_S = 30 * 60
"""Longest gap within a visit, in s."""

_LONGEST_DWELL_S = 20 * 60
"""What is longer is known to be longer, and no more: a meal, or a page left open."""

_LINE = re.compile(
    r'(?P<address>\S+) \S+ \S+ \[(?P<time>[^\]]+)\] "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?:\d+|-)'
    r'(?: "(?:[^"\\]|\\.)*" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
_TIME = "%d/%b/%Y:%H:%M:%S %z"
_ROBOT = re.compile(
    r"bot\b|bot[/;) ]|crawl|spider|slurp|archiver|monitor|fetch|feed|curl|wget|python|java/|libwww|perl|ruby|go-http"
    r"|headless|scan|check|preview|validator|index|tiny tiny rss|facebookexternalhit|mediapartners",
    re.IGNORECASE,
)
_ASSET = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|bmp|woff2?|ttf|eot|otf|mp[34]|webm|ogg|pdf|zip|gz|tgz|bz2|xml|json"
    r"|txt|rss|atom|swf|exe|jar)$",
    re.IGNORECASE,
)


class LogError(ValueError):
    """The file is no access log that anything can be fitted to; the message says why."""


@dataclass(frozen=True, slots=True)
class PageLoads:
    """The page loads of a log, sorted by visitor and time."""

    visitor: Int64
    time: Int64
    """In s since the epoch."""
    utc_offset_hours: int
    """Of the server's clock, to the nearest hour; that of most lines."""
    counts: dict[str, int]
    """Lines by what became of them; `kept` are the page loads."""


def read_log(path: Path) -> PageLoads:
    """Read an access log in the common or combined format; `.gz` is unpacked.

    It is read line by line: what is kept of a line are two numbers.

    Raises:
        LogError: If the file cannot be read, or no line of it is one of an access log, or none is a page load.
    """
    counts: Counter[str] = Counter()
    numbers: dict[tuple[str, str], int] = {}
    offsets: Counter[int] = Counter()
    visitor, time = [], []
    robots: set[int] = set()
    for line in _lines(path):
        match = _LINE.match(line)
        moment = _moment(match["time"]) if match else None
        if match is None or moment is None:
            counts["not understood"] += 1
            continue
        method, _, rest = match["request"].partition(" ")
        address = rest.partition(" ")[0].partition("?")[0]
        agent = match["agent"] or ""
        number = numbers.setdefault((match["address"], agent), len(numbers))
        if address == "/robots.txt":
            robots.add(number)
        if (agent in ("", "-") and match["agent"] is not None) or _ROBOT.search(agent) or number in robots:
            counts["robots"] += 1
        elif method != "GET":
            counts["not GET"] += 1
        elif _ASSET.search(address):
            counts["assets"] += 1
        elif not 200 <= int(match["status"]) < 400 or 300 <= int(match["status"]) < 304:
            counts["failed or redirected"] += 1
        else:
            counts["kept"] += 1
            visitor.append(number)
            time.append(int(moment.timestamp()))
            offsets[round((moment.utcoffset() or timedelta()).total_seconds() / 3600)] += 1
    if not counts:
        raise LogError(f"{path}: is empty")
    if set(counts) == {"not understood"}:
        raise LogError(
            f"{path}:1: no line is one of an access log; the common and the combined format are understood, such as "
            '192.0.2.1 - - [05/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512'
        )
    if not counts["kept"]:
        raise LogError(f"{path}: holds no page loads, but {', '.join(f'{n} {what}' for what, n in counts.items())}")
    who, when = np.array(visitor, np.int64), np.array(time, np.int64)
    honest = ~np.isin(who, list(robots))  # some read robots.txt only after their first pages
    counts["robots"] += int(np.count_nonzero(~honest))
    counts["kept"] = int(np.count_nonzero(honest))
    if not counts["kept"]:
        raise LogError(f"{path}: holds page loads of robots alone")
    who, when = who[honest], when[honest]
    order = np.lexsort((when, who))
    return PageLoads(who[order], when[order], offsets.most_common(1)[0][0], dict(counts))


def _lines(path: Path) -> Iterator[str]:
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8", errors="replace") as packed:
                yield from packed
        else:
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from file
    except (OSError, EOFError) as problem:
        raise LogError(f"{path}: cannot be read: {getattr(problem, 'strerror', None) or problem}") from None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _TIME)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Fit:
    """A distribution fitted to figures of the log."""

    what: str
    family: str
    parameters: dict[str, float]
    figures: int
    """How many it was fitted to."""
    distance: float
    """Kolmogorov and Smirnov's: the largest gap between the two cumulative distributions."""
    p: float
    """Chance of such a distance if the family were right; too high, since the parameters were fitted to the same
    figures."""


@dataclass(frozen=True, slots=True)
class LogFit:
    """What a log says of a population."""

    loads: PageLoads
    visitors: int
    visits: int
    days: int
    hours: list[int]
    """Visits begun in each hour of the server's day."""
    weekdays: list[int]
    """Visits begun on Monday to Sunday."""
    pages: Fit
    dwell: Fit | None
    """`None`: no visit has a second page."""
    gaps: Fit | None
    """`None`: nobody came twice."""


def fit_log(loads: PageLoads) -> LogFit:
    """Fit the distributions of visits, pages, dwell and return gaps."""
    visitor, time = loads.visitor, loads.time
    same = visitor[1:] == visitor[:-1]
    gap = np.diff(time)
    begins = np.concatenate(([True], ~same | (gap > VISIT_GAP_S)))
    start = np.flatnonzero(begins)
    pages = np.diff(start, append=len(time))
    local = time[start] + loads.utc_offset_hours * 3600
    within = gap[same & (gap <= VISIT_GAP_S)]
    first, of = time[start], visitor[start]
    again = of[1:] == of[:-1]
    end = int(time.max())
    last = np.concatenate((~again, [True]))
    return LogFit(
        loads=loads,
        visitors=len(np.unique(visitor)),
        visits=len(start),
        days=int((end - int(time.min())) // 86_400 + 1),
        hours=np.bincount(local // 3600 % 24, minlength=24).tolist(),
        weekdays=np.bincount((local // 86_400 + 3) % 7, minlength=7).tolist(),
        pages=_fit_pages(pages),
        dwell=_fit_dwell(within) if len(within) > 1 else None,
        gaps=_fit_gaps(np.diff(first)[again], end - first[last]) if again.any() else None,
    )


def _fit_pages(pages: Int64) -> Fit:
    """An inverse Gaussian, rounded up: the likelihood of each whole number is what lies below it."""

    def below(number: Any, mean: float, shape: float) -> Float64:
        return np.asarray(stats.invgauss.cdf(number, mean / shape, scale=shape))

    def loss(logs: Float64) -> float:
        mean, shape = np.exp(logs)
        chance = below(pages, mean, shape) - below(pages - 1, mean, shape)
        return float(-np.log(np.maximum(chance, 1e-300)).mean())

    mean, shape = np.exp(minimize(loss, np.log([max(pages.mean() - 0.5, 0.5), 2.0]), method="Nelder-Mead").x)
    mean, shape = min(float(mean), 100.0), float(shape)
    number = np.arange(1, int(pages.max()) + 1)
    said = np.cumsum(np.bincount(pages)[1:]) / len(pages)
    distance = float(np.abs(said - below(number, mean, shape)).max())
    return Fit("pages a visit", "inverse Gaussian, rounded up", {"mean": mean, "shape": shape}, len(pages), distance,
               float(stats.kstwo.sf(distance, len(pages))))  # fmt: skip


def _fit_dwell(gaps: Int64) -> Fit:
    """A Weibull of the time to the next page; the log's whole seconds are stretches, and long ones known to be long."""
    short = gaps[gaps < _LONGEST_DWELL_S]
    long = len(gaps) - len(short)

    def below(seconds: Any, scale: float, shape: float) -> Float64:
        return np.asarray(stats.weibull_min.cdf(seconds, shape, scale=scale))

    def loss(logs: Float64) -> float:
        scale, shape = np.exp(logs)
        chance = below(short + 0.5, scale, shape) - below(np.maximum(short - 0.5, 0), scale, shape)
        kept = np.log(np.maximum(chance, 1e-300)).sum()
        longer = np.maximum(1 - below(_LONGEST_DWELL_S, scale, shape), 1e-300)
        return float(-(kept + long * np.log(longer)) / len(gaps))

    scale, shape = np.exp(minimize(loss, np.log([max(float(np.median(gaps)), 1.0), 0.8]), method="Nelder-Mead").x)
    seconds, count = np.unique(np.minimum(gaps, _LONGEST_DWELL_S), return_counts=True)
    said = (np.cumsum(count) / len(gaps))[seconds < _LONGEST_DWELL_S]
    model = below(seconds[seconds < _LONGEST_DWELL_S] + 0.5, scale, shape)
    distance = float(np.abs(said - model).max(initial=0))
    return Fit("time on a page, s", "Weibull", {"scale": float(scale), "shape": float(shape)}, len(gaps), distance,
               float(stats.kstwo.sf(distance, len(gaps))))  # fmt: skip


def _fit_gaps(gaps: Int64, unfinished: Int64) -> Fit:
    """A Lomax of the gaps between visits, of which none below half an hour can be seen; each visitor's last one goes on
    beyond the log's end.
    """
    least = float(VISIT_GAP_S)
    beyond = unfinished[unfinished > least]

    def log_above(gap: Any, tail: float, scale: float) -> Float64:
        return np.asarray(-tail * np.log1p(np.asarray(gap) / scale))

    def loss(logs: Float64) -> float:
        tail, scale = 1 + np.exp(logs[0]), np.exp(logs[1])
        density = np.log(tail / scale) - (tail + 1) * np.log1p(gaps / scale)
        seen = (density - log_above(least, tail, scale)).sum()
        open_ended = (log_above(beyond, tail, scale) - log_above(least, tail, scale)).sum()
        return float(-(seen + open_ended) / (len(gaps) + len(beyond)))

    start = [0.0, np.log(max(float(gaps.mean()), 3600.0))]
    found = minimize(loss, start, method="Nelder-Mead", bounds=[(-3.0, 4.6), (4.0, 21.0)]).x
    tail, scale = float(1 + np.exp(found[0])), float(np.exp(found[1]))
    both = stats.CensoredData(uncensored=gaps.astype(np.float64), right=beyond.astype(np.float64))
    said = stats.ecdf(both).cdf
    model = 1 - np.exp(log_above(said.quantiles, tail, scale) - log_above(least, tail, scale))
    distance = float(np.abs(said.probabilities - model).max())
    parameters = {"tail": tail, "mean, d": scale / (tail - 1) / 86_400}
    p = float(stats.kstwo.sf(distance, len(gaps)))
    return Fit("gap between visits", "Lomax", parameters, len(gaps), distance, p)


def scenario_of(fit: LogFit, name: str) -> dict[str, Any]:
    """A scenario whose people come, look and return as the log's visitors do; what the log is silent about stays at its
    default.
    """
    population: dict[str, Any] = {
        "people": max(fit.visitors, 1),
        "rhythm": {
            "utc_offset_hours": max(-12, min(14, fit.loads.utc_offset_hours)),
            "hours": [float(count) for count in fit.hours],
            "weekdays": [float(count) for count in fit.weekdays],
        },
        "pages": {key: round(value, 4) for key, value in fit.pages.parameters.items()},
    }
    if fit.dwell is not None:
        scale = max(round(fit.dwell.parameters["scale"] * 1000), 1)
        population["dwell"] = {"scale": f"{scale}ms", "shape": round(min(fit.dwell.parameters["shape"], 10.0), 4)}
    if fit.gaps is not None:
        population["return_gap"] = {"tail": round(fit.gaps.parameters["tail"], 4)}
    # of those who came at all, as counted; the mean of a tail that outlasts the log is anybody's guess
    population["visits_per_month"] = round(min(fit.visits / max(fit.visitors, 1) / fit.days * 30, 3000.0), 4)
    return {
        "name": name,
        "question": "How well would visitors like those of the log be resolved?",
        "days": min(max(fit.days, 1), 3650),
        "population": population,
        "systems": {"as_is": {"use": "outbound_marketing"}},
    }


def log_table(fit: LogFit) -> Table:
    """What was read, and how good each fit is, as a person reads it."""
    counts = fit.loads.counts
    left_out = ", ".join(f"{number} {what}" for what, number in counts.items() if what != "kept" and number)
    table = Table(
        title=f"{counts['kept']} page loads in {fit.visits} visits of {fit.visitors} visitors on {fit.days} days",
        caption=f"left out: {left_out or 'nothing'}. The parameters were fitted to the same figures, so that p is too "
        "high; with many figures the least departure makes it 0, and the distance tells more.",
        caption_justify="left",
    )
    for column in ("of", "family", "parameters", "figures", "distance", "p"):
        table.add_column(column)
    for one in (fit.pages, fit.dwell, fit.gaps):
        if one is not None:
            parameters = ", ".join(f"{name} {value:.3g}" for name, value in one.parameters.items())
            table.add_row(one.what, one.family, parameters, str(one.figures), f"{one.distance:.3f}", f"{one.p:.2g}")
    return table


def write_log(trace: Trace, scenario: Scenario, path: Path) -> None:
    """Write a trace's page loads as a combined log: an address and an agent for each browser, times in UTC."""
    events = trace.events
    pages = [page.path for page in scenario.website.pages]
    with path.open("w", encoding="utf-8") as file:
        for row in np.flatnonzero(events.action == Action.LOAD).tolist():
            browser = int(events.browser[row])
            moment = datetime.fromtimestamp(int(events.time[row]) // SECOND, UTC)
            address = f"10.{browser >> 16 & 255}.{browser >> 8 & 255}.{browser & 255}"
            file.write(
                f'{address} - - [{moment.strftime(_TIME)}] "GET {pages[int(events.page[row])]} HTTP/1.1" 200 1024 "-" '
                f'"Mozilla/5.0 (simulated; browser {browser})"\n'
            )


__all__ = ["Fit", "LogError", "LogFit", "PageLoads", "fit_log", "log_table", "read_log", "scenario_of", "write_log"]
