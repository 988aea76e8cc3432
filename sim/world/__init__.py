"""Ground truth: people live their lives, and a trace of what they did comes out. The only room that knows SimPy.

A replication is made cohort by cohort. A cohort is a fixed stretch of whole groups of people, whose boundaries depend
on the scenario alone; it has a SimPy environment of its own and shares nothing with any other, so that cohorts can be
made in any order, anywhere, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from sim.draws import Stream
from sim.records import Action, Browsers, Events, Forms, Mails, Trace, Truth
from sim.scenario import Scenario
from sim.world.campaigns import mailings
from sim.world.expand import expand
from sim.world.groups import cohorts_of_groups
from sim.world.life import live_through
from sim.world.order import in_order
from sim.world.people import settle
from sim.world.stays import plan_stays

__all__ = ["COHORT_PEOPLE", "cohorts", "live"]

COHORT_PEOPLE = 1000
"""People in a cohort, about. What is at work at one time then fits the processor's cache, and memory stays flat."""


_WITH_FORM = (Action.SUBMIT, Action.SIGN_IN, Action.REGISTER)
"""Actions whose detail is a row of `Forms`."""


def live(scenario: Scenario, replication: int) -> tuple[Trace, Truth]:
    """Make one whole replication: everybody's actions in time order, and the truth about them."""
    traces, truths = zip(*cohorts(scenario, replication), strict=True)
    events, browsers, mails = [], [], []
    browser_count = device_count = account_count = form_count = mail_count = 0
    for trace in traces:
        detail = trace.events.detail.copy()
        detail[np.isin(trace.events.action, _WITH_FORM)] += np.int32(form_count)
        detail[trace.events.action == Action.FOLLOW_EMAIL_LINK] += np.int32(mail_count)
        events.append(replace(trace.events, browser=trace.events.browser + np.int32(browser_count), detail=detail))
        browsers.append(
            replace(
                trace.browsers,
                device=trace.browsers.device + np.int32(device_count),
                account=trace.browsers.account + np.int32(account_count),
            )
        )
        mails.append(replace(trace.mails, addressee=trace.mails.addressee + np.int32(form_count)))
        browser_count += len(trace.browsers)
        device_count = int(browsers[-1].device.max()) + 1
        account_count = int(browsers[-1].account.max()) + 1
        form_count += len(trace.forms)
        mail_count += len(trace.mails)
    joined = Events.join(events)
    order = in_order(joined.time, joined.event)
    whole = Trace(
        events=joined.take(order),
        browsers=Browsers.join(browsers),
        forms=Forms.join([trace.forms for trace in traces]),
        mails=Mails.join(mails),
        days_used=np.concatenate([trace.days_used for trace in traces]),
    )
    return whole, Truth.join(truths).take(order)


def cohorts(scenario: Scenario, replication: int, shard: int = 0, shards: int = 1) -> Iterator[tuple[Trace, Truth]]:
    """Make the cohorts of a replication one after the other, or those of a shard: every so-many-th.

    Browsers, devices, forms and mails are numbered within each.
    """
    stream = Stream(scenario.seed, replication)
    for groups in islice(cohorts_of_groups(scenario.population, stream, COHORT_PEOPLE), shard, None, shards):
        cohort = settle(scenario, stream, groups)
        mails = mailings(scenario, stream, cohort)
        stays = plan_stays(scenario, stream, cohort, mails)
        start, browser = live_through(scenario, cohort, stays)
        yield expand(scenario, stream, cohort, mails, stays, start, browser)
