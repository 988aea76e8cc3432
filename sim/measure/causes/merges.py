"""Why several people are one identity.

A merge is charged at the first interaction of a person under an identity that was another person's before. The first of
these that holds is its cause:

1. a mail's link credits the addressee, and somebody else followed it;
2. the person submitted a form to the contact, and they or the first person typed somebody else's address;
3. both have the same address of their own: a shared mailbox;
4. both submitted forms under addresses of their own: duplicate detection matched two people;
5. one of them submitted a form of their own under the visitor id, which is mapped to another contact by now;
6. both were in one browser: a shared account;
7. it has a visitor id, though both were in browsers of their own: a shared network and agent;
8. the system failed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.measure.causes.cause import UNKNOWN, Cause, Charges, Error
from sim.measure.causes.evidence import AT_ONCE, Evidence, Facts, look
from sim.measure.causes.typed import Typed, holds
from sim.measure.joined import Joined, Record
from sim.measure.numbers import first_rows, numbered_pairs, ordered
from sim.records import NONE, Bool, Int8, Int32, Int64
from sim.system import InteractionKind


def merges(evidence: Evidence) -> Charges:
    """Charge each person beyond the first under one identity."""
    joined, table = evidence.joined, evidence.joined.identities
    one, other = _find(table.belief, len(table.belief_size))
    row_of_one, row = (joined.stays["first"][evidence.first_stay[pair]] for pair in (one, other))
    in_one_browser, cause = _in_one_browser(joined, one, other), np.empty(len(row), np.int8)
    for start in range(0, len(row), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        first, at = look(evidence, row_of_one[some]), look(evidence, row[some])
        cause[some] = _causes(evidence.typed, first, at, in_one_browser[some])
    return Charges(error=Error.MERGE, cause=cause, row=row, interactions=table.count[other])


@njit(cache=True)
def _find(identity: Int64, identities: int) -> tuple[Int32, Int32]:
    """Pairs of an identity and a person that are not their identity's first, and with each of them the first one.

    Args:
        identity: Identity of each pair, in the order of time.
        identities: Identities are numbered below it.
    """
    first_of = np.full(identities, NONE, np.int32)
    first, later, count = np.empty(len(identity), np.int32), np.empty(len(identity), np.int32), 0
    for pair in range(len(identity)):
        if first_of[identity[pair]] == NONE:
            first_of[identity[pair]] = pair
        else:
            first[count], later[count] = first_of[identity[pair]], pair
            count += 1
    return first[:count], later[:count]


def _in_one_browser(joined: Joined, one: Int32, other: Int32) -> Bool:
    """Whether two people were in one browser under their identity."""
    pairs = len(joined.identities.count)
    merged = np.zeros(pairs, np.bool_)
    merged[one] = merged[other] = True
    stay = np.flatnonzero(merged[joined.pair])
    pair, browser = joined.pair[stay], joined.stays["browser"][stay]
    use, uses = numbered_pairs(pair, browser)
    first = first_rows(use, uses)
    order, start = ordered(pair[first], pairs)
    return _share_one(browser[first][order], start, one, other)


@njit(cache=True)
def _share_one(browsers: Int32, start: Int32, one: Int32, other: Int32) -> Bool:
    """Whether two pairs have a browser in common; those of pair `i` are from `start[i]` to `start[i + 1]`."""
    share = np.zeros(len(one), np.bool_)
    for i in range(len(one)):
        for browser in browsers[start[one[i]] : start[one[i] + 1]]:
            if browser in browsers[start[other[i]] : start[other[i] + 1]]:
                share[i] = True
    return share


@njit(cache=True)
def _causes(typed: Typed, first: Facts, at: Facts, in_one_browser: Bool) -> Int8:
    """Causes of merges.

    Args:
        typed: What is known of forms.
        first: The first interactions of the identities' first persons under them.
        at: Those of the other persons, that the merges are charged at.
        in_one_browser: Whether both were in one browser under the identity.
    """
    causes = np.empty(len(at), np.int8)
    for i in range(len(at)):
        cause = _cause_of_contact(typed, first[i], at[i]) if at[i].contact != NONE else UNKNOWN
        if cause != UNKNOWN:
            causes[i] = cause
        elif in_one_browser[i]:
            causes[i] = Cause.SHARED_ACCOUNT
        else:
            causes[i] = Cause.SHARED_NETWORK if at[i].visitor != NONE else Cause.SYSTEM_FAILED
    return causes


@njit(cache=True)
def _cause_of_contact(typed: Typed, first: Record, at: Record) -> int:
    """The cause of a merge under an identity that is a contact, as far as forms and mails tell it."""
    contact, people = at.contact, typed.people
    submitted = holds(typed.by, contact, at.person, people)
    first_submitted = holds(typed.by, contact, first.person, people)
    if not submitted and at.kind == InteractionKind.EMAIL_CLICKED:
        return Cause.FORWARDED_LINK
    if submitted:
        for person in (at.person, first.person):
            if holds(typed.by_foreign, contact, person, people):
                return Cause.FOR_ANOTHER
        if first_submitted:
            same = typed.own_address[at.person] == typed.own_address[first.person]
            return Cause.SHARED_MAILBOX if same else Cause.DUPLICATE_DETECTION
    for one, mapped_here in ((at, submitted), (first, first_submitted)):
        if not mapped_here and one.visitor != NONE and holds(typed.under, one.visitor, one.person, people):
            return Cause.REMAPPED
    return UNKNOWN
