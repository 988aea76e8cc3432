"""Why several people are one identity.

A merge is charged at the first interaction of a person under an identity that was another person's before. The first of
these that holds is its cause:

1. a mail's link credits the addressee, and somebody else followed it;
2. the person submitted a form to the contact, and they or the first person typed somebody else's address;
3. both have the same address of their own: a shared mailbox;
4. both submitted forms under addresses of their own: duplicate detection matched two people;
5. one of them submitted a form of their own under the visitor id, which is mapped to another contact by now;
6. both were in one browser: a shared account;
7. they were in different browsers under one visitor id: a shared network and agent;
8. the system failed.
"""

from __future__ import annotations

import numpy as np

from sim.measure.causes.cause import Cause, Charges, Error, first_that_holds
from sim.measure.causes.evidence import Evidence
from sim.measure.causes.stays import Pairs, Stays
from sim.records import NONE, Bool, Int64
from sim.system import InteractionKind


def merges(evidence: Evidence, stays: Stays, pairs: Pairs) -> Charges:
    """Charge each person beyond the first under one identity."""
    order = np.lexsort((stays.first[pairs.stay], pairs.identity))
    same = pairs.identity[order[1:]] == pairs.identity[order[:-1]]
    later = order[1:][same]
    start = np.flatnonzero(np.concatenate(([True], ~same))) if len(order) else np.empty(0, np.int64)
    first = order[np.repeat(start, np.diff(start, append=len(order)))][1:][same]
    cause = _cause(evidence, stays, pairs, first, later)
    return Charges(
        error=Error.MERGE, cause=cause, row=stays.first[pairs.stay[later]], interactions=pairs.interactions[later]
    )


def _cause(evidence: Evidence, stays: Stays, pairs: Pairs, first: Int64, later: Int64) -> Int64:
    belief, forms = evidence.belief, evidence.submissions
    at = stays.first[pairs.stay[later]]
    one, other, contact = pairs.person[first], pairs.person[later], evidence.contact[at]
    known = contact != NONE
    people = int(evidence.person.max(initial=0)) + 1
    key = forms.contact * people + forms.person
    of_one, of_other = contact * people + one, contact * people + other
    submitted, first_submitted = known & np.isin(of_other, key), known & np.isin(of_one, key)
    foreign = np.isin(of_other, key[forms.foreign]) | np.isin(of_one, key[forms.foreign])
    own = dict(zip(forms.person[forms.own].tolist(), forms.address[forms.own].tolist(), strict=True))
    address = np.array([own.get(who, NONE) for who in other.tolist()], np.int64)
    address_of_one = np.array([own.get(who, NONE) for who in one.tolist()], np.int64)
    return first_that_holds(
        len(at),
        (known & (belief.kind[at] == InteractionKind.EMAIL_CLICKED) & ~submitted, Cause.FORWARDED_LINK),
        (submitted & foreign, Cause.FOR_ANOTHER),
        (submitted & first_submitted & (address == address_of_one), Cause.SHARED_MAILBOX),
        (submitted & first_submitted, Cause.DUPLICATE_DETECTION),
        (known & ~submitted & _submitted_under(evidence, at), Cause.REMAPPED),
        (known & ~first_submitted & _submitted_under(evidence, stays.first[pairs.stay[first]]), Cause.REMAPPED),
        (_in_one_browser(stays, pairs, first, later), Cause.SHARED_ACCOUNT),
        (belief.visitor[at] != NONE, Cause.SHARED_NETWORK),
    )


def _submitted_under(evidence: Evidence, at: Int64) -> Bool:
    """Whether the person submitted a form under the interaction's visitor id."""
    forms, people = evidence.submissions, int(evidence.person.max(initial=0)) + 1
    visitor = evidence.belief.visitor
    key = visitor[forms.seen] * people + forms.person
    wanted = visitor[at] * people + evidence.person[at]
    has: Bool = (visitor[at] != NONE) & np.isin(wanted, key[visitor[forms.seen] != NONE])
    return has


def _in_one_browser(stays: Stays, pairs: Pairs, first: Int64, later: Int64) -> Bool:
    """Whether two people were in one browser under their identity."""
    used: dict[tuple[int, int], set[int]] = {}
    merged = np.isin(stays.identity, pairs.identity[later])
    columns = (stays.identity[merged], stays.person[merged], stays.browser[merged])
    for identity, person, browser in np.unique(np.stack(columns, axis=1), axis=0).tolist():
        used.setdefault((identity, person), set()).add(browser)
    keys = [list(zip(pairs.identity[of].tolist(), pairs.person[of].tolist(), strict=True)) for of in (first, later)]
    return np.array([bool(used[one] & used[other]) for one, other in zip(*keys, strict=True)], np.bool_)
