"""From lives to the trace: every action of a cohort as a row, sorted by time, and the truth beside it."""

from __future__ import annotations

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import DAY, NONE, Action, Bool, Browsers, Events, Int64, Trace, Truth, event_ids
from sim.scenario import Scenario
from sim.world.campaigns import Mailings
from sim.world.endings import clearing_rows, closing_rows, reset_rows
from sim.world.machines import machines_of
from sim.world.networks import networks
from sim.world.on_pages import page_rows
from sim.world.order import in_order
from sim.world.people import Cohort
from sim.world.stays import Stays
from sim.world.visits import Visits


def expand(
    scenario: Scenario, stream: Stream, cohort: Cohort, mails: Mailings, stays: Stays, start: Int64, browser: Int64
) -> tuple[Trace, Truth]:
    """Write the trace and the truth of a cohort; browsers, forms and mails are numbered within it.

    Args:
        scenario: What everything is drawn from.
        stream: Draws of the replication.
        cohort: The people.
        mails: What they are sent.
        stays: What they mean to do.
        start: When each stay begins, in ms from the start of the scenario.
        browser: Row of the cohort's browser that each stay is made in.
    """
    machines = machines_of(scenario, stream, cohort)
    where = machines.in_force(browser, start)
    where[stays.private] = machines.private(where[stays.private])
    owner = stays.intents.owner
    event = event_ids(cohort.person[owner], stays.intents.number, 0)
    visits = Visits(
        stays=stays,
        start=scenario.start_ms + start,
        browser=where,
        event=event,
        network=networks(scenario, stream, cohort, owner, event, machines.browsers.kind[where]),
    )
    pages, forms, mail_rows = page_rows(scenario, stream, cohort, visits, mails)
    parts = [
        *pages,
        *closing_rows(scenario, stream, machines, visits),
        clearing_rows(scenario, stream, cohort, machines),
        reset_rows(scenario, cohort, machines),
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    kept = np.flatnonzero(columns["time"] < scenario.end_ms)
    kept = kept[in_order(columns["time"][kept], columns["event"][kept])]
    events = Events(**{name: columns[name][kept].astype(dtype) for name, dtype in Events.schema().items()})
    person, number = cohort.person[columns["owner"][kept]], columns["visit"][kept]
    truth = Truth(person=person.astype(np.int32), visit=np.where(number == NONE, NONE, (person << 20) | number))
    trace = Trace(
        events=events,
        browsers=machines.browsers,
        forms=forms,
        mails=mail_rows,
        days_used=_days_used(scenario, stream, machines.browsers, events),
    )
    return trace, truth


def _days_used(scenario: Scenario, stream: Stream, browsers: Browsers, events: Events) -> Bool:
    """Days on which each browser was used: those with a page load here, and others at the population's share.

    Nobody asks for those of a browser that is never on the site.
    """
    here = np.flatnonzero(events.action == Action.LOAD)
    seen = np.unique(events.browser[here])
    used = np.zeros((len(browsers), scenario.days), np.bool_)
    used[seen] = (
        stream.uniforms(Purpose.DAY_OF_USE, browsers.key[seen], scenario.days) < scenario.population.days_of_use
    )
    used[events.browser[here], (events.time[here] - scenario.start_ms) // DAY] = True
    return used
