"""What is published of consumers' consent, browsers, cookies, visits and pages, and what a simulated quarter gives."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.calibrate.comparison import Comparison
from sim.calibrate.estimators import (
    GAP_BINS,
    cookies_per_person,
    gap_counts,
    inverse_gaussian_gain,
    page_counts,
    valley_hours,
    weibull_shape,
)
from sim.draws import Stream
from sim.drive.choices import browser_profiles, consent_answers
from sim.measure import student
from sim.records import SECOND, Action, DeviceKind, Float64, Int64, Trace, Truth
from sim.scenario import Consent, Scenario, with_preset
from sim.world import live

DAYS = 90
POPULATION = "consumer_europe"
"""Preset of the people, but for the cookies per person, which are those of `consumer_us` too."""

CONSENT_RATES = {
    "super_soft_2018": ("Commanders Act 2018", "accept, very soft banner", 0.78),
    "soft_2018": ("Commanders Act 2018", "accept, soft banner", 0.69),
    "strict_2018": ("Commanders Act 2018", "accept, strict banner", 0.28),
    "super_soft_2019": ("Commanders Act 2019", "accept, very soft banner", 0.87),
    "explicit_2019": ("Commanders Act 2019", "accept, explicit banner", 0.37),
    "french_choosers_2022": ("Commanders Act 2022", "accept, of French desktop users who chose", 0.74),
    "refuse_offered": ("Fox Rothschild 2019", "refuse, where a button does", 0.50),
}
"""Published rates by the preset that has them: study, what it counts, figure. A vendor's own, by excerpt; the studies'
denominators differ, and are named where they are known."""
REFUSE_NOT_OFFERED = ("refuse_not_offered", "Fox Rothschild 2019", "accept, where no button refuses", 0.90, 0.98)
"""A rate that is published as a range."""

BROWSER_SHARES = {
    DeviceKind.DESKTOP: {"chromium": 0.7025 + 0.021, "edge": 0.118, "safari": 0.063, "firefox": 0.049},
    DeviceKind.PHONE: {"chromium": 0.692 + 0.033, "safari": 0.203, "edge": 0.006},
}
"""StatCounter's recent shares of page loads (by excerpt); Opera and Samsung Internet with Chromium, whose engine they
share. What it lists beside these is left out, and the rest scaled to 1."""
_RARE = 0.02
"""Below this share a browser is set beside the published figure without a tolerance: it is a few people's."""

COOKIES_PER_PERSON = 3.0
"""Coey and Bailey, "People and cookies: imperfect treatment assignment in online experiments", WWW 2016: effects are
understated about 3 times, which is the number of cookies of a person."""

VALLEY_HOURS = 1.0
"""Halfaker et al., "User session identification based on strong regularities in inter-activity time", WWW 2015: the
valley between activity within a session and between sessions is near 1 hour, over many sites."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What plots are made of, over all replications."""

    gaps: Int64
    """Gaps between page loads of a browser, counted in `GAP_BINS`."""
    pages: Int64
    """Visits by their number of page loads."""
    dwell: Float64
    """Seconds that pages were in the foreground, of the first replication."""
    longest_dwell: float
    """Seconds after which a stay is cut."""


def consumers(
    seed: int, people: int, replications: int, done: Callable[[], None]
) -> tuple[list[Comparison], Behaviour]:
    """Simulate a quarter of a site's consumers.

    Args:
        seed: Of the simulation.
        people: People in each replication.
        replications: Independent populations.
        done: Called after each of them.
    """
    figures: dict[str, list[float]] = {}
    gaps, pages = np.zeros(len(GAP_BINS) - 1, np.int64), np.zeros(1, np.int64)
    first_dwell, scenario = np.empty(0), _quarter(POPULATION, seed, people)
    longest = scenario.population.dwell.maximum
    for replication in range(replications):
        trace, truth = live(scenario, replication)
        _count_answers(figures, trace, truth)
        _count_browsers(figures, scenario, trace, Stream(seed, replication))
        _append(figures, f"cookies {POPULATION}", cookies_per_person(trace, truth))
        of_gaps, of_pages = gap_counts(trace), page_counts(trace, truth)
        _append(figures, "valley", valley_hours(of_gaps))
        _append(figures, "pages", inverse_gaussian_gain(of_pages))
        dwell = trace.events.dwell[trace.events.action == Action.LOAD] / SECOND
        _append(figures, "dwell", weibull_shape(dwell[dwell > 0], longest / SECOND))
        gaps += of_gaps
        pages = _added(pages, of_pages)
        if not replication:
            first_dwell = dwell[dwell > 0]
        us_trace, us_truth = live(_quarter("consumer_us", seed, people), replication)
        _append(figures, "cookies consumer_us", cookies_per_person(us_trace, us_truth))
        done()
    return _compared(figures), Behaviour(gaps, pages, first_dwell, longest / SECOND)


def _compared(figures: dict[str, list[float]]) -> list[Comparison]:
    simulated = {name: student(np.array(values)) for name, values in figures.items()}
    found = [
        Comparison.within_tolerance(study, what, value, simulated[f"consent {preset}"])
        for preset, (study, what, value) in CONSENT_RATES.items()
    ]
    preset, study, what, low, high = REFUSE_NOT_OFFERED
    found.append(
        Comparison(
            study=study,
            figure=what,
            published=f"{low:g} to {high:g}",
            low=low,
            high=high,
            simulated=simulated[f"consent {preset}"],
        )
    )
    for kind, shares in BROWSER_SHARES.items():
        for make, share in shares.items():
            value, of_make = share / sum(shares.values()), simulated[f"browser {kind} {make}"]
            what = f"{make}, of page loads on a {kind.name.lower()}"
            if value >= _RARE:
                found.append(Comparison.within_tolerance("StatCounter", what, value, of_make))
            else:
                found.append(
                    Comparison(
                        study="StatCounter", figure=what, published=f"{value:.3g}", value=value, simulated=of_make
                    )
                )
    found += [
        Comparison(
            study="Coey, Bailey 2016",
            figure=f"cookies per person, {preset}, {DAYS} days",
            published=f"about {COOKIES_PER_PERSON:g}",
            value=COOKIES_PER_PERSON,
            simulated=simulated[f"cookies {preset}"],
        )
        for preset in (POPULATION, "consumer_us")
    ]
    found.append(
        Comparison(
            study="Halfaker et al. 2015",
            figure="valley of inter-activity, hours",
            published=f"near {VALLEY_HOURS:g}",
            value=VALLEY_HOURS,
            simulated=simulated["valley"],
        )
    )
    found.append(
        Comparison(
            study="Huberman et al. 1998",
            figure="pages: inverse Gaussian over geometric, log-likelihood",
            published="above 0",
            low=0.0,
            high=math.inf,
            simulated=simulated["pages"],
        )
    )
    found.append(
        Comparison(
            study="Liu et al. 2010",
            figure="dwell: Weibull shape",
            published="below 1",
            low=0.0,
            high=1.0,
            simulated=simulated["dwell"],
        )
    )
    return found


def _count_answers(figures: dict[str, list[float]], trace: Trace, truth: Truth) -> None:
    """Share of visitors who answer each kind of banner as the published figure counts."""
    loads = trace.events.action == Action.LOAD
    _, first = np.unique(truth.person[loads], return_index=True)
    browser = trace.events.browser[loads][first]
    for preset in (*CONSENT_RATES, REFUSE_NOT_OFFERED[0]):
        consent = Consent.model_validate_json(json.dumps(with_preset("consent", {"preset": preset})))
        wanted = preset != "refuse_offered"  # its figure is of those who refuse
        answers = consent_answers(consent, trace.browsers)
        _append(figures, f"consent {preset}", float(np.mean([answers[row] is wanted for row in browser.tolist()])))


def _count_browsers(figures: dict[str, list[float]], scenario: Scenario, trace: Trace, stream: Stream) -> None:
    """Share of each make among the page loads on a kind of device."""
    makes = np.array([profile.name.partition("_")[0] for profile in browser_profiles(scenario, stream, trace.browsers)])
    browser = trace.events.browser[trace.events.action == Action.LOAD]
    for kind, shares in BROWSER_SHARES.items():
        of_kind = makes[browser[trace.browsers.kind[browser] == kind]]
        for make in shares:
            _append(figures, f"browser {kind} {make}", float((of_kind == make).mean()) if len(of_kind) else math.nan)


def _quarter(preset: str, seed: int, people: int) -> Scenario:
    said = {
        "name": preset,
        "seed": seed,
        "start": "2026-01-05",
        "days": DAYS,
        "population": with_preset("population", {"preset": preset, "people": people}),
        "browsers": with_preset("browsers", {"preset": "statcounter"}),
        "systems": {"none": {"use": "none"}},
    }
    return Scenario.model_validate_json(json.dumps(said), strict=True)


def _append(figures: dict[str, list[float]], name: str, value: float) -> None:
    figures.setdefault(name, []).append(value)


def _added(one: Int64, other: Int64) -> Int64:
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    total = longer.copy()
    total[: len(shorter)] += shorter
    return total
