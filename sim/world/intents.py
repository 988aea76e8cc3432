"""Why and when people mean to come: of their own accord, to go on with a visit elsewhere, by a mail's link."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import NONE, Bool, Columns, Int64, event_ids
from sim.scenario import Scenario
from sim.world.arrivals import arrivals
from sim.world.campaigns import Mailings
from sim.world.distributions import log_uniform
from sim.world.people import Cohort

_GOING_ON = 1 << 17
"""What is added to the number of a visit for the one that goes on with it on another device."""
_FROM_MAIL = 1 << 18
"""Visits that mails cause are numbered from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intents(Columns):
    """The stays that people mean to make, one row a stay, by owner and then in time."""

    owner: Int64
    """Row of the person."""
    number: Int64
    """Number in the person's life, from 1."""
    meant: Int64
    """When the person means to come, in ms from the start of the scenario."""
    rest_ms: Int64
    """Least time since leaving before."""
    goes_on: Bool
    """Whether it goes on with the stay before, on another device."""
    by_redirect_link: Bool
    """Whether it begins with a redirect link."""
    mail: Int64
    """Row of the mail whose link it begins with; `NONE` where there is none."""

    @property
    def by_link(self) -> Bool:
        """Whether it begins with a link of the system's."""
        by_link: Bool = self.by_redirect_link | (self.mail != NONE)
        return by_link


def intents(scenario: Scenario, stream: Stream, cohort: Cohort, mails: Mailings) -> Intents:
    """Draw what the people of a cohort mean to do."""
    population = scenario.population
    owner, number, meant = arrivals(scenario, stream, cohort)
    own_accord = _intents(scenario, owner, number, meant)
    event = event_ids(cohort.person[owner], number, 0)
    if population.redirect_links:
        by_link = stream.uniform(Purpose.REDIRECT_LINK, event) < population.redirect_links
        own_accord = replace(own_accord, by_redirect_link=by_link)
    if not (population.going_on.share or len(mails.visitor)):
        return own_accord
    by_mail = replace(_intents(scenario, mails.visitor, _FROM_MAIL + mails.number, mails.time), mail=mails.mail)
    goes_on = _going_on(scenario, stream, cohort, own_accord, event)
    both = Intents.join([own_accord, goes_on, by_mail])
    return both.take(np.lexsort((both.number, both.number % _GOING_ON, both.meant, both.owner)))


def _intents(scenario: Scenario, owner: Int64, number: Int64, meant: Int64) -> Intents:
    """Stays that people mean to make at some time, as if they just went to the site."""
    return Intents(
        owner=owner,
        number=number,
        meant=meant,
        rest_ms=np.full(len(owner), scenario.population.return_gap.minimum),
        goes_on=np.zeros(len(owner), np.bool_),
        by_redirect_link=np.zeros(len(owner), np.bool_),
        mail=np.full(len(owner), NONE),
    )


def _going_on(scenario: Scenario, stream: Stream, cohort: Cohort, begun: Intents, event: Int64) -> Intents:
    """Stays that go on with some that were begun, which they follow at once but for a short time."""
    going_on = scenario.population.going_on
    gone_on = stream.uniform(Purpose.GOING_ON, event) < going_on.share
    parent = np.flatnonzero(gone_on & (cohort.devices[begun.owner] > 1))
    uniform = stream.uniform(Purpose.GOING_ON_DELAY, event[parent])
    delay = log_uniform(uniform, float(going_on.shortest), float(going_on.longest)).astype(np.int64)
    later = _intents(scenario, begun.owner[parent], begun.number[parent] + _GOING_ON, begun.meant[parent])
    return replace(later, rest_ms=delay, goes_on=np.ones(len(parent), np.bool_))
