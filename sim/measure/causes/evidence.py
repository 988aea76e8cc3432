"""What is known of each interaction: of the truth, of the browser, and of what people typed and answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.measure.joined import Joined
from sim.measure.numbers import first_rows, numbered_pairs, ordered
from sim.records import NONE, Action, Bool, Float64, Int8, Int16, Int32, Int64, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What of the customer's site and its visitors tells causes apart, and stands in no table."""

    website: Int64
    """Number of the website id of each page."""
    refuses_from: float
    """Consent habit from which on people refuse (`Browsers.consent_habit`)."""
    ignores_from: float
    """Consent habit from which on people ignore the banner."""


class Typed(NamedTuple):
    """What was typed into forms, as far as the system recorded them and credited them to contacts.

    Sets of pairs are sorted numbers, `pair_number` of each.
    """

    people: int
    """Persons are numbered below it."""
    own_address: Int64
    """Number of each person's own address; `NONE` where they typed none."""
    by: Int64
    """Contact and person of each form."""
    by_foreign: Int64
    """Those under the own address of somebody else than the person who typed it."""
    under: Int64
    """Visitor id and person of each form."""


class Evidence(NamedTuple):
    """Columns of the tables of a replication, that `look` takes what it knows from."""

    # one for each interaction
    row: Int64
    kind: Int8
    visitor: Int64
    visit: Int64
    contact: Int64
    identity: Int64
    consent: Bool
    third_party: Int8
    first_party: Int8
    third_party_visit: Int8
    first_party_visit: Int8
    # one for each event
    time: Int64
    page: Int16
    browser: Int32
    person: Int32
    # one for each browser
    device: Int32
    account: Int32
    private: Bool
    habit: Float64
    first_answer: Int32
    """Where those of a browser begin among the answers that were given anew; with one more, where the last ones end."""
    # one for each answer to the consent banner that was given anew, browser by browser in the order of time
    answered_at: Int64
    """Its event."""
    answer: Bool
    """Whether it was consent."""
    # of the site
    website: Int64
    refuses_from: float
    ignores_from: float


def refuses(of: Evidence, at: NDArray[Any]) -> Bool:
    """Whether the users of interactions' browsers refuse consent, or changed their minds and last refused.

    Args:
        of: What is known of all.
        at: Their rows in the observations.
    """
    answers = (of.first_answer, of.answered_at, of.answer)
    return _refuses(at, of.row, of.browser, of.habit, of.refuses_from, of.ignores_from, *answers)


@njit(cache=True)
def _refuses(
    at: NDArray[Any],
    row: Int64,
    browser: Int32,
    habit: Float64,
    refuses_from: float,
    ignores_from: float,
    first_answer: Int32,
    answered_at: Int64,
    answer: Bool,
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
        of: What is known of all.
        at: Their rows in the observations.
    """
    event = of.row[at]
    browser = of.browser[event]
    facts = np.empty(len(at), FACT)
    facts["person"] = of.person[event]
    facts["browser"] = browser
    facts["refuses"] = refuses(of, at)
    for name in ("visitor", "contact", "kind", "third_party", "first_party", "consent"):
        facts[name] = getattr(of, name)[at]
    for name in ("device", "account", "private"):
        facts[name] = getattr(of, name)[browser]
    return facts


def gather(joined: Joined, site: Site) -> Evidence:
    """Bring together what causes are told from."""
    trace, belief = joined.trace, joined.belief
    events, browsers = trace.events, trace.browsers
    changes = np.flatnonzero(events.action == Action.CHANGE_CONSENT)
    order, first_answer = ordered(events.browser[changes], joined.pages.browsers)
    answered_at = changes[order]
    return Evidence(
        row=belief.row,
        kind=belief.kind,
        visitor=belief.visitor,
        visit=belief.visit,
        contact=belief.contact,
        identity=belief.identity,
        consent=belief.consent,
        third_party=belief.absent_third_party,
        first_party=belief.absent_first_party,
        third_party_visit=belief.absent_third_party_visit,
        first_party_visit=belief.absent_first_party_visit,
        time=events.time,
        page=events.page,
        browser=events.browser,
        person=joined.truth.person,
        device=browsers.device,
        account=browsers.account,
        private=browsers.private,
        habit=browsers.consent_habit,
        first_answer=first_answer,
        answered_at=answered_at,
        answer=events.detail[answered_at] != 0,
        website=site.website,
        refuses_from=site.refuses_from,
        ignores_from=site.ignores_from,
    )


def read_forms(joined: Joined) -> Typed:
    """Tell who typed what."""
    belief, truth = joined.belief, joined.truth
    form = joined.submission[belief.contact[joined.submission] != NONE]
    row, contact, visitor = belief.row[form], belief.contact[form], belief.visitor[form]
    person = truth.person[row].astype(np.int64)
    people = int(truth.person.max(initial=NONE)) + 1
    address = _addresses(joined.trace, row)
    own = own_addresses(person, address, people)
    foreign = (own[person] != address) & np.isin(address, own)
    by, under = pair_number(contact, person, people), pair_number(visitor, person, people)
    return Typed(people, own, np.unique(by), np.unique(by[foreign]), np.unique(under[visitor != NONE]))


def _addresses(trace: Trace, row: Int64) -> Int64:
    """Number of the address typed at each event; case and surrounding blanks make none another."""
    numbers: dict[str, int] = {}
    typed = trace.forms.email[trace.events.detail[row]].tolist()
    return np.array([numbers.setdefault(str(text).strip().casefold(), len(numbers)) for text in typed], np.int64)


def own_addresses(person: Int64, address: Int64, people: int) -> Int64:
    """Each person's own address: the one that they type most often, of several the one typed first; `NONE` if none.

    >>> own_addresses(np.array([3, 3, 3, 1]), np.array([7, 8, 8, 7]), 4).tolist()
    [-1, 7, -1, 8]
    """
    pair, pairs = numbered_pairs(person, address)
    first = first_rows(pair, pairs)
    foremost_last = first[np.lexsort((-first, np.bincount(pair, minlength=pairs)))]
    own = np.full(people, NONE)
    own[person[foremost_last]] = address[foremost_last]
    return own


def pair_number(one: Int64, person: Int64, people: int) -> Int64:
    """A number for something and a person together."""
    return one * people + person


@njit(cache=True)
def holds(pairs: Int64, one: int, person: int, people: int) -> bool:
    """Whether a set of pairs has this one."""
    pair = one * people + person
    place = np.searchsorted(pairs, pair)
    return place < len(pairs) and bool(pairs[place] == pair)
