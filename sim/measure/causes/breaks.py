"""Why one person is several identities.

A break is charged at the first interaction of an identity beyond the person's first. It is compared with the person's
interaction before it in the same browser; where there is none, with the latest stay begun before it on the same device;
else with the latest one begun anywhere (`stays.latest_before`). The first of these that holds is its cause:

1. it has no id, since consent was refused, or the banner not answered;
2. both are credited to contacts: one of them to the addressee of a forwarded mail; to somebody whose browser this is
   too, by which what the person did before or after submitting a form of their own was taken over, or not; to somebody
   for whom they filled in a form; to them, under a second or mistyped address;
3. the other one was in another browser: a private window, another device, another account, another browser on it;
4. the other one had no id, for want of consent;
5. only one of them is credited to a contact, and the id is the same, or it is a registration for an event, which has
   no id but the contact signed in as: not yet identified;
6. one of them is a tracked link's navigation;
7. the id was lost: the reason why its cookies were not there, what ended one before what keeps one from being; one that
   ended as asked where consent was refused was deleted for that. An id that was there already was minted on the page
   before, where consent was given; and where the cookies were there all along, the reason is why they were not at the
   other interaction;
8. the system failed.
"""

from __future__ import annotations

import numpy as np

from sim.browser import Absence
from sim.measure.causes.cause import UNKNOWN, Cause, Charges, Error, cause_of_loss, first_that_holds, number_of
from sim.measure.causes.evidence import Evidence, refuses, without_consent
from sim.measure.causes.stays import Pairs, Stays, latest_before
from sim.records import NONE, Bool, Int64
from sim.system import InteractionKind


def breaks(evidence: Evidence, stays: Stays, pairs: Pairs) -> Charges:
    """Charge each identity of a person beyond their first."""
    order = np.lexsort((stays.first[pairs.stay], pairs.person))
    later = order[1:][pairs.person[order[1:]] == pairs.person[order[:-1]]]
    stay = pairs.stay[later]
    at = stays.first[stay]
    before, just_before = latest_before(evidence, stays, stay)
    return Charges(
        error=Error.BREAK,
        cause=_cause(evidence, at, before, just_before),
        row=at,
        interactions=pairs.interactions[later],
    )


def _cause(evidence: Evidence, at: Int64, before: Int64, just_before: Int64) -> Int64:
    belief, browsers = evidence.belief, evidence.trace.browsers
    here, there = evidence.browser[at], evidence.browser[before]
    id_here, id_there = belief.visitor[at], belief.visitor[before]
    contact_here, contact_there = evidence.contact[at], evidence.contact[before]
    nameless = belief.identity[at] == NONE
    refused, unanswered = without_consent(evidence, at)
    refused_there, unanswered_there = without_consent(evidence, before)
    elsewhere = here != there
    two_contacts = (contact_here != NONE) & (contact_there != NONE) & (contact_here != contact_there)
    submitted, foreign = _submitted(evidence, at, contact_here)
    submitted_there, foreign_there = _submitted(evidence, before, contact_there)
    mailed = belief.kind[at] == InteractionKind.EMAIL_CLICKED
    private = browsers.private[here] | browsers.private[there]
    registered = (belief.kind[at] == InteractionKind.EVENT_REGISTRATION) | (
        belief.kind[before] == InteractionKind.EVENT_REGISTRATION
    )
    from_link = np.isin(belief.kind[at], _LINKS) | np.isin(belief.kind[before], _LINKS)
    came_with_one = (belief.absent_third_party[at] == Absence.PRESENT) | (
        belief.absent_first_party[at] == Absence.PRESENT
    )
    minted = np.where(came_with_one & (evidence.browser[just_before] == here), just_before, at)
    lost = cause_of_loss(belief.absent_third_party[minted], belief.absent_first_party[minted])
    lost_here = cause_of_loss(belief.absent_third_party[at], belief.absent_first_party[at])
    lost_before = cause_of_loss(belief.absent_third_party[before], belief.absent_first_party[before])
    return first_that_holds(
        len(at),
        (nameless & refused, Cause.CONSENT_REFUSED),
        (nameless & unanswered, Cause.BANNER_UNANSWERED),
        (two_contacts & mailed & ~submitted, Cause.FORWARDED_LINK),
        (two_contacts & (foreign | foreign_there), Cause.FOR_ANOTHER),
        (two_contacts & (submitted != submitted_there), Cause.REMAPPED),
        (two_contacts & ~submitted, Cause.SHARED_ACCOUNT),
        (two_contacts, Cause.OTHER_ADDRESS),
        (elsewhere & private, Cause.PRIVATE_WINDOW),
        (elsewhere & (browsers.device[here] != browsers.device[there]), Cause.OTHER_DEVICE),
        (elsewhere & (browsers.account[here] != browsers.account[there]), Cause.OTHER_ACCOUNT),
        (elsewhere, Cause.OTHER_BROWSER),
        ((id_there == NONE) & refused_there, Cause.CONSENT_REFUSED),
        ((id_there == NONE) & unanswered_there, Cause.BANNER_UNANSWERED),
        ((id_here == NONE) & refused, Cause.CONSENT_REFUSED),
        ((id_here == NONE) & unanswered, Cause.BANNER_UNANSWERED),
        ((id_here == id_there) & (id_here != NONE), Cause.NOT_YET_IDENTIFIED),
        (((contact_here == NONE) != (contact_there == NONE)) & registered, Cause.NOT_YET_IDENTIFIED),
        (from_link, Cause.LINK_ID),
        (private, Cause.PRIVATE_WINDOW),
        ((lost == number_of(Cause.EXPIRED)) & refuses(evidence, at), Cause.CONSENT_REFUSED),
        (lost != UNKNOWN, lost),
        (lost_here != UNKNOWN, lost_here),
        (lost_before != UNKNOWN, lost_before),
    )


_LINKS = (InteractionKind.EMAIL_CLICKED, InteractionKind.REDIRECT_LINK_CLICKED)


def _submitted(evidence: Evidence, at: Int64, contact: Int64) -> tuple[Bool, Bool]:
    """Whether the person of an interaction ever submitted a form to a contact, and whether under somebody else's
    address.
    """
    forms, people = evidence.submissions, int(evidence.person.max(initial=0)) + 1
    wanted = contact * people + evidence.person[at]
    key = forms.contact * people + forms.person
    return np.isin(wanted, key), np.isin(wanted, key[forms.foreign])
