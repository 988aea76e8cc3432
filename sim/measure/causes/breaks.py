"""Why one person is several identities.

A break is charged at the first interaction of an identity beyond the person's first. It is compared with the person's
interaction before it in the same browser; where there is none, with the latest stay begun before it on the same device;
else with the latest one begun anywhere (`earlier.find_earlier`). The first of these that holds is its cause:

1. it has no identity, since consent was refused, or the banner not answered;
2. both are credited to contacts, and to two. It followed a mail's link, and the person submitted nothing to its
   contact: a forwarded link; they typed somebody else's address for one of the two: a form filled for another; they
   submitted a form to one of the two alone: a browser's history was taken over by a contact, or not; to both: a second
   or mistyped address; to none: a shared account;
3. the other one was in another browser: a private window, another device, another account, another browser on it;
4. the other one had no visitor id, or it has none, for want of consent;
5. they have the same visitor id; or one of them is a registration for an event, which has no id but the contact signed
   in as, and one of them alone is credited to a contact: not yet identified;
6. one of them is a tracked link's navigation;
7. the browser's windows are private;
8. the id was lost: the reason why its cookies were not there, what ended one before what keeps one from being; one that
   ended as asked where consent was refused was deleted for that. An id that was there already was minted on the page
   before, where consent was given; and where the cookies were there all along, the reason is why they were not at the
   other interaction;
9. the system failed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.browser import Absence
from sim.measure.causes.cause import UNKNOWN, Cause, Charges, Error, cause_of_loss
from sim.measure.causes.earlier import find_earlier
from sim.measure.causes.evidence import AT_ONCE, Evidence, Facts, look, refused, refuses, unanswered
from sim.measure.causes.typed import Typed, holds
from sim.measure.joined import Record
from sim.records import NONE, Bool, Int8, Int32, Int64
from sim.system import InteractionKind


def breaks(evidence: Evidence) -> Charges:
    """Charge each identity of a person beyond their first."""
    joined, belief, table = evidence.joined, evidence.joined.belief, evidence.joined.identities
    later = _beyond_first(table.truth, len(table.truth_size))
    stay = evidence.first_stay[later]
    row = joined.stays["first"][stay]
    earlier = find_earlier(joined.stays, joined.pair, joined.trace.browsers.device)
    cause = _causes_of_nameless(row, refuses(evidence, row), belief.identity, belief.visitor, belief.consent)
    rest = np.flatnonzero(cause == UNKNOWN)
    for start in range(0, len(rest), AT_ONCE):
        some = rest[start : start + AT_ONCE]
        rows = (row[some], earlier.compared[stay[some]], earlier.any[stay[some]])
        cause[some] = _causes(evidence.typed, *(look(evidence, one) for one in rows))
    return Charges(error=Error.BREAK, cause=cause, row=row, interactions=table.count[later])


@njit(cache=True)
def _beyond_first(person: Int64, people: int) -> Int32:
    """Pairs of a person and an identity that are not their person's first; they are in the order of time."""
    has_one, later, count = np.zeros(people, np.bool_), np.empty(len(person), np.int32), 0
    for pair in range(len(person)):
        if has_one[person[pair]]:
            later[count] = pair
            count += 1
        has_one[person[pair]] = True
    return later[:count]


@njit(cache=True)
def _causes_of_nameless(row: Int32, refuses: Bool, identity: Int64, visitor: Int64, consent: Bool) -> Int8:
    """Causes of breaks at interactions that have no id for want of consent; `UNKNOWN` where that is not why."""
    causes = np.full(len(row), UNKNOWN, np.int8)
    for i in range(len(row)):
        at = row[i]
        if identity[at] == NONE:
            if refused(refuses[i], consent[at], visitor[at]):
                causes[i] = Cause.CONSENT_REFUSED
            elif unanswered(refuses[i], consent[at]):
                causes[i] = Cause.BANNER_UNANSWERED
    return causes


@njit(cache=True)
def _causes(typed: Typed, at: Facts, before: Facts, just_before: Facts) -> Int8:
    """Causes of other breaks.

    Args:
        typed: What is known of forms.
        at: The interactions that they are charged at.
        before: Those that they are compared with.
        just_before: Those that they would be compared with if any would do.
    """
    causes = np.empty(len(at), np.int8)
    for i in range(len(at)):
        contacts = (at[i].contact, before[i].contact)
        if NONE not in contacts and contacts[0] != contacts[1]:
            causes[i] = _cause_of_two_contacts(typed, at[i], before[i])
        elif at[i].browser != before[i].browser:
            causes[i] = _cause_elsewhere(at[i], before[i])
        else:
            causes[i] = _cause_in_browser(at[i], before[i], just_before[i])
    return causes


@njit(cache=True)
def _cause_of_two_contacts(typed: Typed, at: Record, before: Record) -> int:
    submitted = holds(typed.by, at.contact, at.person, typed.people)
    submitted_there = holds(typed.by, before.contact, at.person, typed.people)
    if at.kind == InteractionKind.EMAIL_CLICKED and not submitted:
        return Cause.FORWARDED_LINK
    for contact in (at.contact, before.contact):
        if holds(typed.by_foreign, contact, at.person, typed.people):
            return Cause.FOR_ANOTHER
    if submitted != submitted_there:
        return Cause.REMAPPED
    return Cause.OTHER_ADDRESS if submitted else Cause.SHARED_ACCOUNT


@njit(cache=True)
def _cause_elsewhere(at: Record, before: Record) -> int:
    if at.private or before.private:
        return Cause.PRIVATE_WINDOW
    if at.device != before.device:
        return Cause.OTHER_DEVICE
    return Cause.OTHER_ACCOUNT if at.account != before.account else Cause.OTHER_BROWSER


@njit(cache=True)
def _cause_in_browser(at: Record, before: Record, just_before: Record) -> int:
    for one in (before, at):
        if one.visitor == NONE and one.refuses:
            return Cause.CONSENT_REFUSED
        if one.visitor == NONE and unanswered(one.refuses, one.consent):
            return Cause.BANNER_UNANSWERED
    if at.visitor == before.visitor and at.visitor != NONE:
        return Cause.NOT_YET_IDENTIFIED
    kinds = (at.kind, before.kind)
    if (at.contact == NONE) != (before.contact == NONE) and InteractionKind.EVENT_REGISTRATION in kinds:
        return Cause.NOT_YET_IDENTIFIED
    if InteractionKind.EMAIL_CLICKED in kinds or InteractionKind.REDIRECT_LINK_CLICKED in kinds:
        return Cause.LINK_ID
    if at.private:
        return Cause.PRIVATE_WINDOW
    came_with_one = Absence.PRESENT in (at.third_party, at.first_party)
    minted = just_before if came_with_one and just_before.browser == at.browser else at
    if at.refuses and cause_of_loss(minted.third_party, minted.first_party) == Cause.EXPIRED:
        return Cause.CONSENT_REFUSED
    for one in (minted, at, before):
        lost = cause_of_loss(one.third_party, one.first_party)
        if lost != UNKNOWN:
            return lost
    return Cause.SYSTEM_FAILED
