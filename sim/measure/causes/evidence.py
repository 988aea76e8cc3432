"""What is known of each interaction: of the truth, of the browser, and of what people typed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measure.contingency import small_numbers
from sim.records import NONE, Action, Bool, Int32, Int64, Observations, Trace, Truth


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
    """Columns aligned with the observations, and what people typed."""

    trace: Trace
    belief: Observations
    site: Site
    person: Int32
    browser: Int32
    action: Int64
    contact: Int64
    """Contact credited, in small numbers."""
    submissions: Submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Submissions:
    """Forms submitted under an address, as far as the system recorded them."""

    seen: Int64
    """Row in the observations."""
    person: Int32
    contact: Int64
    address: Int64
    """Number of the address typed; case and surrounding blanks make none another."""
    own: Bool
    """Whether the address is the person's own."""
    foreign: Bool
    """Whether the address is somebody else's own, and not the person's."""


def gather(*, trace: Trace, truth: Truth, belief: Observations, site: Site) -> Evidence:
    """Bring together what causes are told from."""
    person, contact = truth.person[belief.row], small_numbers(belief.contact)
    action = trace.events.action[belief.row].astype(np.int64)
    return Evidence(
        trace=trace,
        belief=belief,
        site=site,
        person=person,
        browser=trace.events.browser[belief.row],
        action=action,
        contact=contact,
        submissions=_submissions(trace, belief, person, contact, action),
    )


def _submissions(trace: Trace, belief: Observations, person: Int32, contact: Int64, action: Int64) -> Submissions:
    seen = np.flatnonzero((action == Action.SUBMIT) & (contact != NONE))
    who, typed = person[seen], trace.forms.email[trace.events.detail[belief.row[seen]]]
    _, address = np.unique(np.array([str(text).strip().casefold() for text in typed], np.str_), return_inverse=True)
    address = address.astype(np.int64)
    own_of = own_addresses(who, address)
    owners: dict[int, set[int]] = {}
    for owner, theirs in own_of.items():
        owners.setdefault(theirs, set()).add(owner)
    own = np.array([own_of[one] == typed for one, typed in zip(who.tolist(), address.tolist(), strict=True)], np.bool_)
    foreign = np.array([typed in owners for typed in address.tolist()], np.bool_) & ~own
    return Submissions(seen=seen, person=who, contact=contact[seen], address=address, own=own, foreign=foreign)


def own_addresses(person: Int32, address: Int64) -> dict[int, int]:
    """Each person's own address: the one that they type most often, of several the one typed first.

    >>> own_addresses(np.array([3, 3, 3, 4]), np.array([7, 8, 8, 7]))
    {3: 8, 4: 7}
    """
    typed: dict[int, dict[int, int]] = {}
    for who, what in zip(person.tolist(), address.tolist(), strict=True):
        counts = typed.setdefault(who, {})
        counts[what] = counts.get(what, 0) + 1
    return {who: max(counts, key=lambda what: counts[what]) for who, counts in typed.items()}


def refuses(evidence: Evidence, rows: Int64) -> Bool:
    """Whether the user of an interaction's browser refuses, or changed their mind and last refused.

    Args:
        evidence: What is known of the interactions.
        rows: Rows of the observations.
    """
    events, habit = evidence.trace.events, evidence.trace.browsers.consent_habit
    browser = evidence.browser[rows]
    says_no = (habit[browser] >= evidence.site.refuses_from) & (habit[browser] < evidence.site.ignores_from)
    changes = np.flatnonzero(events.action == Action.CHANGE_CONSENT)
    if len(changes):
        at = changes[np.lexsort((changes, events.browser[changes]))]
        key = events.browser[at].astype(np.int64) * len(events) + at
        wanted = browser.astype(np.int64) * len(events) + evidence.belief.row[rows]
        latest = np.searchsorted(key, wanted, side="right") - 1
        changed = (latest >= 0) & (events.browser[at[latest]] == browser)
        says_no = np.where(changed, events.detail[at[latest]] == 0, says_no)
    return says_no


def without_consent(evidence: Evidence, rows: Int64) -> tuple[Bool, Bool]:
    """Whether interactions went without consent, as it was refused, and as the banner was not (or not yet) answered."""
    says_no, without = refuses(evidence, rows), ~evidence.belief.consent[rows]
    # where the site takes silence for consent, a page may be refused on and go on without an id
    refused_here = says_no & (evidence.belief.visitor[rows] == NONE)
    return (without & says_no) | refused_here, without & ~says_no
