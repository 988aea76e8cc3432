"""What is known of each interaction: of the truth, of the browser, and of what people answered to the banner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.measure.causes.typed import Typed, read_forms
from sim.measure.joined import Joined
from sim.measure.numbers import first_rows, ordered
from sim.records import NONE, Action, Bool, Float64, Int32, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What of the customer's site and its visitors tells causes apart, and stands in no table."""

    website: Int64
    """Number of the website id of each page."""
    refuses_from: float
    """Consent habit from which on people refuse (`Browsers.consent_habit`)."""
    ignores_from: float
    """Consent habit from which on people ignore the banner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What causes are told from."""

    joined: Joined
    site: Site
    typed: Typed
    first_stay: Int32
    """The first stay of each person under each identity, by the number of the pair."""
    answered_at: Int64
    """Events by which people answered the consent banner anew, browser by browser in the order of time."""
    answer: Bool
    """Whether each answer was consent."""
    first_answer: Int32
    """Where those of each browser begin, by its number; with one more, how many there are."""


def gather(joined: Joined, site: Site) -> Evidence:
    """Bring together what causes are told from.

    Raises:
        ValueError: If there is a browser or a page that nothing is known of.
    """
    events = joined.trace.events
    if len(joined.trace.browsers) < joined.pages.browsers:
        known = len(joined.trace.browsers)
        raise ValueError(f"events are of {joined.pages.browsers} browsers, of which {known} are known")
    if events.page.max(initial=NONE) >= len(site.website):
        raise ValueError(f"there is an event on page {events.page.max()}, and website ids are of {len(site.website)}")
    changes = np.flatnonzero(events.action == Action.CHANGE_CONSENT)
    order, first_answer = ordered(events.browser[changes], joined.pages.browsers)
    answered_at = changes[order]
    return Evidence(
        joined=joined,
        site=site,
        typed=read_forms(joined),
        first_stay=first_rows(joined.pair, len(joined.identities.count)),
        answered_at=answered_at,
        answer=events.detail[answered_at] != 0,
        first_answer=first_answer,
    )


def refuses(of: Evidence, at: NDArray[Any]) -> Bool:
    """Whether the users of interactions' browsers refuse consent, or changed their minds and last refused.

    Args:
        of: What is known.
        at: The interactions' rows in the observations.
    """
    return _refuses(
        at,
        of.joined.belief.row,
        of.joined.trace.events.browser,
        of.joined.trace.browsers.consent_habit,
        of.site.refuses_from,
        of.site.ignores_from,
        of.answered_at,
        of.answer,
        of.first_answer,
    )


@njit(cache=True)
def _refuses(
    at: NDArray[Any],
    row: Int64,
    browser: Int32,
    habit: Float64,
    refuses_from: float,
    ignores_from: float,
    answered_at: Int64,
    answer: Bool,
    first_answer: Int32,
) -> Bool:
    says_no = np.empty(len(at), np.bool_)
    for i in range(len(at)):
        event = row[at[i]]
        where = browser[event]
        says_no[i] = refuses_from <= habit[where] < ignores_from
        for changed in range(first_answer[where], first_answer[where + 1]):
            if answered_at[changed] <= event:
                says_no[i] = not answer[changed]
    return says_no


@njit(cache=True)
def refused(refuses: bool, consent: bool, visitor: int) -> bool:
    """Whether an interaction went without consent, as it was refused.

    Where the site takes silence for consent, a page may be refused on and go on without an id.
    """
    return refuses and (not consent or visitor == NONE)


@njit(cache=True)
def unanswered(refuses: bool, consent: bool) -> bool:
    """Whether an interaction went without consent, as the banner was not answered, or not yet."""
    return not consent and not refuses


Facts = NDArray[np.void]
"""What is known of interactions, one row each, with the fields of `FACT`."""

FACT = np.dtype(
    [
        ("visitor", np.int64),
        ("contact", np.int64),
        ("person", np.int32),
        ("browser", np.int32),
        ("device", np.int32),
        ("account", np.int32),
        ("kind", np.int8),
        ("third_party", np.int8),  # why the third-party visitor cookie was not there
        ("first_party", np.int8),  # likewise the first-party one
        ("private", np.bool_),
        ("refuses", np.bool_),
        ("consent", np.bool_),
    ]
)

AT_ONCE = 16_384
"""Errors whose interactions are looked at together: as many as a processor's cache holds."""


def look(of: Evidence, at: NDArray[Any]) -> Facts:
    """Bring together what is known of some interactions.

    Args:
        of: What is known.
        at: The interactions' rows in the observations.
    """
    belief, browsers, event = of.joined.belief, of.joined.trace.browsers, of.joined.belief.row[at]
    browser = of.joined.trace.events.browser[event]
    facts = np.empty(len(at), FACT)
    facts["visitor"] = belief.visitor[at]
    facts["contact"] = belief.contact[at]
    facts["person"] = of.joined.truth.person[event]
    facts["browser"] = browser
    facts["device"] = browsers.device[browser]
    facts["account"] = browsers.account[browser]
    facts["kind"] = belief.kind[at]
    facts["third_party"] = belief.absent_third_party[at]
    facts["first_party"] = belief.absent_first_party[at]
    facts["private"] = browsers.private[browser]
    facts["refuses"] = refuses(of, at)
    facts["consent"] = belief.consent[at]
    return facts
