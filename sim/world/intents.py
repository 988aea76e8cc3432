"""Why and when people mean to come: of their own accord, or to go on with a visit on another device."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import Bool, Int64, event_ids
from sim.scenario import Scenario
from sim.world.arrivals import arrivals
from sim.world.distributions import log_uniform
from sim.world.people import Cohort

GOING_ON = 1 << 18
"""What is added to the number of a visit for the one that goes on with it on another device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intents:
    """The stays that people mean to make, one row a stay, by owner and then in time."""

    owner: Int64
    """Row of the person."""
    number: Int64
    """Number in the person's life, from 1; `GOING_ON` more for a stay that goes on with that one."""
    meant: Int64
    """When the person means to come, in ms from the start of the scenario."""
    rest_ms: Int64
    """Least time since leaving before."""
    goes_on: Bool
    """Whether it goes on with the stay before, on another device."""
    by_redirect_link: Bool
    """Whether it begins with a redirect link."""


def intents(scenario: Scenario, stream: Stream, cohort: Cohort) -> Intents:
    """Draw what the people of a cohort mean to do."""
    owner, number, meant = arrivals(scenario, stream, cohort)
    rest = np.full(len(owner), scenario.population.return_gap.minimum)
    plain = Intents(
        owner=owner,
        number=number,
        meant=meant,
        rest_ms=rest,
        goes_on=np.zeros(len(owner), np.bool_),
        by_redirect_link=_by_redirect_link(scenario, stream, event_ids(cohort.person[owner], number, 0)),
    )
    return _with_going_on(scenario, stream, cohort, plain)


def _by_redirect_link(scenario: Scenario, stream: Stream, event: Int64) -> Bool:
    share = scenario.population.redirect_links
    return stream.uniform(Purpose.REDIRECT_LINK, event) < share if share else np.zeros(len(event), np.bool_)


def _with_going_on(scenario: Scenario, stream: Stream, cohort: Cohort, plain: Intents) -> Intents:
    """Put a stay on another device after some of the stays."""
    going_on = scenario.population.going_on
    if not going_on.share:
        return plain
    event = event_ids(cohort.person[plain.owner], plain.number, 0)
    gone_on = stream.uniform(Purpose.GOING_ON, event) < going_on.share
    parent = np.flatnonzero(gone_on & (cohort.devices[plain.owner] > 1))
    delay = log_uniform(
        stream.uniform(Purpose.GOING_ON_DELAY, event[parent]), float(going_on.shortest), float(going_on.longest)
    )
    order = np.argsort(np.concatenate([np.arange(len(event)), parent + 0.5]), kind="stable")
    return Intents(
        owner=np.concatenate([plain.owner, plain.owner[parent]])[order],
        number=np.concatenate([plain.number, plain.number[parent] + GOING_ON])[order],
        meant=np.concatenate([plain.meant, plain.meant[parent]])[order],
        rest_ms=np.concatenate([plain.rest_ms, delay.astype(np.int64)])[order],
        goes_on=np.concatenate([plain.goes_on, np.ones(len(parent), np.bool_)])[order],
        by_redirect_link=np.concatenate([plain.by_redirect_link, np.zeros(len(parent), np.bool_)])[order],
    )
