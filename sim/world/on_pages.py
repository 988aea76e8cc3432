"""What people do on the pages of their visits."""

from __future__ import annotations

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import Action, Forms
from sim.scenario import Scenario
from sim.world.distributions import pick
from sim.world.identities import typed_texts
from sim.world.people import Cohort
from sim.world.visits import Rows, Visits

_PLACE_SUBMIT = 2


def page_rows(scenario: Scenario, stream: Stream, cohort: Cohort, visits: Visits) -> tuple[list[Rows], Forms]:
    """Page loads and what is done on them, with the texts that are typed."""
    website, population, stays = scenario.website, scenario.population, visits.stays
    stay, event, dwell = stays.page_stay, stays.page_event, stays.dwell_ms
    time = visits.start[stay] + stays.page_offset_ms
    page = pick(stream.uniform(Purpose.PAGE, event), [page.share for page in website.pages])
    interacted = stream.uniform(Purpose.INTERACTION, event) < population.interaction

    submit_share = np.array([one.submit for one in website.pages])[page]
    submits = np.flatnonzero(stream.uniform(Purpose.SUBMISSION, event) < submit_share)
    interacted[submits] = True
    after = np.ceil(stream.uniform(Purpose.SUBMISSION_MOMENT, event[submits]) * dwell[submits]).astype(np.int64)
    submitters, form = np.unique(stays.owner[stay[submits]], return_inverse=True)
    forms = typed_texts(population.locale, stream, cohort.person[submitters])
    submitted = (event[submits] + _PLACE_SUBMIT, time[submits] + after, stay[submits])
    return [
        visits.rows(Action.LOAD, event, time, stay, page=page, dwell=dwell, interacted=interacted),
        visits.rows(Action.SUBMIT, *submitted, page=page[submits], detail=form),
    ], forms
