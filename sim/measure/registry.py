"""What each metric is: the table that reports and documents are made from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Best(StrEnum):
    """Which values of a metric are good ones."""

    HIGH = "higher is better"
    LOW = "lower is better"
    ONE = "1 is best"
    ZERO = "0 is best"
    NEITHER = "neither is better"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's definition. Values lie from `low` to `high`; those of a mean over nothing are NaN."""

    definition: str
    low: float
    high: float
    best: Best
    unit: str
    source: str = ""
    """Paper that it is from; empty: defined here."""


def _share(definition: str, source: str = "", best: Best = Best.HIGH) -> Metric:
    return Metric(definition, 0, 1, best, "share", source)


def _reach_error(period: str) -> Metric:
    definition = f"(identities counted - persons) / persons, both by {period}, in UTC"
    return Metric(definition, -1, math.inf, Best.ZERO, "share of persons")


_COREFERENCE = "Bagga and Baldwin, LREC 1998; Amigó et al., Information Retrieval 12, 2009"
_V_MEASURE = "Rosenberg and Hirschberg, EMNLP 2007"

METRICS: dict[str, Metric] = {
    "identity.pairwise.precision": _share("pairs of interactions in one identity that are by one person"),
    "identity.pairwise.recall": _share("pairs of interactions by one person that are in one identity"),
    "identity.pairwise.f1": _share("harmonic mean of pairwise precision and recall"),
    "identity.bcubed.precision": _share(
        "mean over interactions: share of its identity that is by its person", _COREFERENCE
    ),
    "identity.bcubed.recall": _share(
        "mean over interactions: share of its person that is in its identity", _COREFERENCE
    ),
    "identity.bcubed.f1": _share("harmonic mean of B-cubed precision and recall", _COREFERENCE),
    "identity.homogeneity": _share("1 - H(person | identity) / H(person)", _V_MEASURE),
    "identity.completeness": _share("1 - H(identity | person) / H(identity)", _V_MEASURE),
    "identity.v_measure": _share("harmonic mean of homogeneity and completeness", _V_MEASURE),
    "identity.adjusted_rand": Metric(
        "share of pairs judged rightly, 0 for what chance gives",
        -0.5,
        1,
        Best.HIGH,
        "index",
        "Hubert and Arabie, Journal of Classification 2, 1985",
    ),
    "identity.exact_match": _share("persons whose interactions are one identity, with nobody else's"),
    "identity.fragmentation": Metric("mean number of identities of a person", 1, math.inf, Best.ONE, "identities"),
    "identity.conflation": Metric("mean number of persons under an identity", 1, math.inf, Best.ONE, "persons"),
    "identity.visitor_inflation": Metric(
        "distinct visitor ids per person reached", 0, math.inf, Best.ONE, "visitor ids"
    ),
    "identity.visitor_inflation_per_month": Metric(
        "distinct visitor ids per person reached, both by month", 0, math.inf, Best.ONE, "visitor ids"
    ),
    "identity.reach_error_day": _reach_error("day"),
    "identity.reach_error_week": _reach_error("week, from Monday"),
    "identity.reach_error_month": _reach_error("month"),
    "contacts.coverage": _share("interactions of people who submitted a form that are credited to a contact of theirs"),
    "contacts.correctness": _share("interactions credited to a contact that are by the person whose contact it is"),
    "contacts.duplicates_per_person": Metric(
        "contacts beyond the first, of people who have one", 0, math.inf, Best.ZERO, "contacts"
    ),
    "contacts.persons_per_contact": Metric(
        "mean number of persons with an interaction credited to a contact", 1, math.inf, Best.ONE, "persons"
    ),
    "contacts.wrong_merges": _share("contacts that hold submissions of more than one person", best=Best.LOW),
    "contacts.days_to_identification": Metric(
        "mean time from a person's first page load to their first submission credited to a contact of theirs",
        0,
        math.inf,
        Best.NEITHER,
        "days",
    ),
    "contacts.retroactive_share": _share(
        "interactions credited to a contact that happened before it became known", best=Best.NEITHER
    ),
    "contacts.prefill_rate": _share(
        "form views that showed a form filled in; NaN without form views", best=Best.NEITHER
    ),
    "leads.score_error": Metric(
        "mean distance of believed from true lead scores, over people who submitted a form",
        0,
        math.inf,
        Best.ZERO,
        "points",
    ),
    "leads.rank_correlation": Metric(
        "rank correlation of believed and true lead scores; NaN where either are all equal",
        -1,
        1,
        Best.HIGH,
        "correlation",
        "Spearman, American Journal of Psychology 15, 1904",
    ),
    "leads.wrongly_passed": _share("leads below the threshold that are believed to reach it", best=Best.LOW),
    "leads.wrongly_missed": _share("leads that reach the threshold and are believed not to", best=Best.LOW),
    "visits.count_ratio": Metric("believed visits per true visit", 0, math.inf, Best.ONE, "visits"),
    "visits.boundary.precision": _share("believed boundaries between page loads of a browser that are true ones"),
    "visits.boundary.recall": _share("true boundaries between page loads of a browser that are believed"),
    "visits.boundary.f1": _share("harmonic mean of boundary precision and recall"),
    "visits.pairwise.precision": _share("pairs of page loads in one believed visit that are in one true visit"),
    "visits.pairwise.recall": _share("pairs of page loads in one true visit that are in one believed visit"),
    "visits.pairwise.f1": _share("harmonic mean of pairwise precision and recall"),
    "visits.exact": _share("true visits whose page loads are one believed visit, with no others"),
    "visits.split": _share("true visits whose page loads lie in more than one believed visit", best=Best.LOW),
    "visits.merged": _share("true visits that share a believed visit with another true visit", best=Best.LOW),
    "visits.window_diff": _share(
        "windows, half a mean true visit long, in which the numbers of true and believed boundaries differ",
        "Pevzner and Hearst, Computational Linguistics 28, 2002",
        Best.LOW,
    ),
    "visits.pk": _share(
        "windows, half a mean true visit long, whose ends are wrongly taken to be in one visit, or in two",
        "Beeferman, Berger and Lafferty, Machine Learning 34, 1999",
        Best.LOW,
    ),
    "visits.time_on_page.error": Metric(
        "mean of estimated less true time on a page, where there is an estimate", -math.inf, math.inf, Best.ZERO, "s"
    ),
    "visits.time_on_page.absolute_error": Metric(
        "mean distance of estimated from true time on a page, where there is an estimate", 0, math.inf, Best.LOW, "s"
    ),
    "visits.time_on_page.unknown": _share("page loads without an estimate: last pages of visits", best=Best.LOW),
    "visits.duration.distance": _share(
        "largest gap between the cumulative distributions of believed and of true visit durations in whole seconds",
        "Kolmogorov and Smirnov's distance",
        Best.LOW,
    ),
    "visits.pages.distance": _share(
        "largest gap between the cumulative distributions of pages a believed and a true visit",
        "Kolmogorov and Smirnov's distance",
        Best.LOW,
    ),
    "visits.recorded": _share("page loads that the system recorded"),
    "consent.ids_without": _share(
        "events on pages without consent in force that are recorded with a visitor id; must be 0 where the site asks",
        best=Best.LOW,
    ),
    "consent.cookies_without": _share(
        "events on pages without consent in force by which a non-essential cookie was set; must be 0 where the site "
        "asks first",
        best=Best.LOW,
    ),
    "consent.ids_by_links_without": _share(
        "tracked links followed without consent in force that are recorded with a visitor id; a link has no page",
        best=Best.LOW,
    ),
    "consent.cookies_by_links_without": _share(
        "tracked links followed without consent in force by which a cookie was set that the browser had not",
        best=Best.LOW,
    ),
    "consent.credited_without": _share(
        "interactions without consent in force that are credited to a contact, submissions left out", best=Best.LOW
    ),
    "consent.lost": _share("interactions without a visitor id and without consent in force", best=Best.LOW),
}
"""All metrics by the names that thresholds, tables and reports use."""


def no_such_metric(name: str) -> str:
    """What to say of a name that is no metric's: those that it may have meant."""
    parts = name.split(".")
    alike = [one for one in METRICS if one.startswith(f"{parts[0]}.") and one.endswith(f".{parts[-1]}")]
    near = alike or get_close_matches(name, METRICS, n=3)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"there are {', '.join(METRICS)}"
    return f"no metric {name!r}; {hint}"
