"""Mail campaigns: who is on the list, who opens a mail and when, who follows its link, to whom it is forwarded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import NONE, Bool, Float64, Int64
from sim.scenario import Scenario
from sim.world.distributions import lomax
from sim.world.people import Cohort

_DELAY_TAIL = 2.0
_SENDERS = 1 << 7
"""Whom a mail of one campaign can come from, at most: the campaign itself, or one of the 64 people of a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailings:
    """The mails sent to a cohort, one row a mail, and the visits that come of them, one row a visit."""

    addressee: Int64
    """Row of the person, per mail."""
    campaign: Int64
    """Number of the campaign, per mail."""
    opened: Int64
    """When the addressee opens it, in ms from the start of the scenario, per mail; `NONE` if they don't."""
    forwarded: Bool
    """Whether the addressee forwards it, per mail."""
    visitor: Int64
    """Row of the person who follows the link, per visit."""
    mail: Int64
    """Row of the mail, per visit."""
    time: Int64
    """When the link is followed, as soon as the mail is opened, in ms from the start of the scenario, per visit."""
    number: Int64
    """Number of the visit among all that mails could cause in the person's life."""


def mailings(scenario: Scenario, stream: Stream, cohort: Cohort) -> Mailings:
    """Draw what becomes of the mails of all campaigns: a forwarded one is opened after the addressee opened it."""
    mailing = scenario.population.mailing
    on_list = np.flatnonzero(stream.uniform(Purpose.ON_MAILING_LIST, cohort.person) < mailing.on_list)
    addressee = np.tile(on_list, len(mailing.campaigns))
    campaign = np.repeat(np.arange(len(mailing.campaigns)), len(on_list))
    terms = [(one.sent, one.opened, one.clicked, one.forwarded, one.delay) for one in mailing.campaigns]
    sent, opened, clicked, forwarded, delay = np.array(terms, np.float64).reshape(-1, 5).T[:, campaign]
    person = cohort.person[addressee]

    def happens(purpose: Purpose, share: Float64) -> Bool:
        return stream.uniform(purpose, person, campaign) < share

    def after(purpose: Purpose) -> Float64:
        return lomax(stream.uniform(purpose, person, campaign), _DELAY_TAIL, delay * (_DELAY_TAIL - 1))

    opens = happens(Purpose.MAIL_OPENED, opened)
    opened_at = sent + after(Purpose.MAIL_DELAY)
    follows = opens & happens(Purpose.MAIL_CLICKED, clicked)
    place = addressee - cohort.group_first[addressee]
    others = cohort.group_size[addressee] - 1
    step = 1 + (stream.uniform(Purpose.MAIL_FORWARDED_TO, person, campaign) * others).astype(np.int64)
    receiver = cohort.group_first[addressee] + (place + step) % (others + 1)
    forwards = opens & (others > 0) & happens(Purpose.MAIL_FORWARDED, forwarded)
    passed_on = forwards & happens(Purpose.FORWARD_OPENED, opened) & happens(Purpose.FORWARD_CLICKED, clicked)
    forwarded_at = opened_at + after(Purpose.FORWARD_DELAY)

    own, passed = np.flatnonzero(follows), np.flatnonzero(passed_on)
    return Mailings(
        addressee=addressee,
        campaign=campaign,
        opened=np.where(opens, opened_at, NONE).astype(np.int64),
        forwarded=forwards,
        visitor=np.concatenate([addressee[own], receiver[passed]]),
        mail=np.concatenate([own, passed]),
        time=np.concatenate([opened_at[own], forwarded_at[passed]]).astype(np.int64),
        number=np.concatenate([campaign[own] * _SENDERS, campaign[passed] * _SENDERS + 1 + place[passed]]),
    )
