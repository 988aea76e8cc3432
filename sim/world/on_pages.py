"""What people do on the pages of their visits: load them, click, submit a form, sign in, change their consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import Purpose, Stream
from sim.records import NONE, Action, Forms, Int64, Mails
from sim.scenario import Scenario
from sim.world.campaigns import Mailings
from sim.world.distributions import pick
from sim.world.identities import Typed, form_texts, typed
from sim.world.people import Cohort
from sim.world.visits import Rows, Visits

_PLACE_FOLLOW = 1
_PLACE_SUBMIT = 2
_PLACE_CLICK = 4
_PLACE_SIGN_IN = 5
_PLACE_REGISTER = 6
_PLACE_CHANGE_CONSENT = 7


def page_rows(
    scenario: Scenario, stream: Stream, cohort: Cohort, visits: Visits, mails: Mailings
) -> tuple[list[Rows], Forms, Mails]:
    """Page loads and what is done on them, with the texts that are typed and the mails whose links are followed."""
    website, population, stays = scenario.website, scenario.population, visits.stays
    pages = _Pages.of(scenario, stream, visits)
    event, first = pages.event, np.cumsum(stays.pages) - stays.pages
    submit_share = np.array([one.submit for one in website.pages])[pages.page]
    submits = np.flatnonzero(stream.uniform(Purpose.SUBMISSION, event) < submit_share)
    clicks = _some(stream, Purpose.CLICK, event, population.clicks)
    changes = first[_some(stream, Purpose.CONSENT_CHANGE, visits.event, population.consent_change.visits)]
    interacted = stream.uniform(Purpose.INTERACTION, event) < population.interaction
    for done in (submits, clicks, changes):
        interacted[done] = True
    consents = stream.uniform(Purpose.CONSENT_CHANGE_ANSWER, event[changes]) < population.consent_change.accept

    ends = first + stays.pages - 1
    sign_ins = ends[_some(stream, Purpose.SIGN_IN, visits.event, population.event_website.sign_in)]
    registers = _some(stream, Purpose.REGISTRATION, event[sign_ins], population.event_website.registration)
    typers = stays.intents.owner[stays.page_stay[submits]]
    guests = stays.intents.owner[stays.page_stay[sign_ins]]
    by_form = typed(population, stream, cohort, typers, event[submits])
    forms, form = form_texts(
        population.locale, stream, cohort, Typed.join(by_form, Typed.own(guests), Typed.own(mails.addressee))
    )
    submitted, signed_in_as, addressee = np.split(form, np.cumsum([len(submits), len(sign_ins)]))

    redirects, followed = first[stays.intents.by_redirect_link], stays.intents.mail != NONE
    nothing = np.zeros(len(event), np.int64)
    rows = [
        pages.rows(Action.LOAD, 0, slice(None), nothing, dwell=stays.dwell_ms, interacted=interacted),
        pages.rows(Action.FOLLOW_REDIRECT, _PLACE_FOLLOW, redirects, nothing[redirects] - 1),
        pages.rows(
            Action.FOLLOW_EMAIL_LINK,
            _PLACE_FOLLOW,
            first[followed],
            nothing[first[followed]] - 1,
            detail=stays.intents.mail[followed],
        ),
        pages.rows(Action.CLICK, _PLACE_CLICK, clicks, pages.moment(stream, Purpose.CLICK_MOMENT, clicks)),
        pages.rows(
            Action.SUBMIT,
            _PLACE_SUBMIT,
            submits,
            pages.moment(stream, Purpose.SUBMISSION_MOMENT, submits),
            detail=submitted,
        ),
        pages.rows(
            Action.CHANGE_CONSENT,
            _PLACE_CHANGE_CONSENT,
            changes,
            pages.moment(stream, Purpose.CONSENT_CHANGE_MOMENT, changes),
            detail=consents.astype(np.int64),
        ),
        pages.rows(
            Action.SIGN_IN,
            _PLACE_SIGN_IN,
            sign_ins,
            pages.moment(stream, Purpose.SIGN_IN_MOMENT, sign_ins),
            detail=signed_in_as,
        ),
        pages.rows(
            Action.REGISTER,
            _PLACE_REGISTER,
            sign_ins[registers],
            stays.dwell_ms[sign_ins[registers]],
            detail=signed_in_as[registers],
        ),
    ]
    sent = Mails(
        addressee=addressee.astype(np.int32),
        person=cohort.person[mails.addressee].astype(np.int32),
        campaign=mails.campaign.astype(np.int32),
        opened=np.where(mails.opened == NONE, NONE, scenario.start_ms + mails.opened),
        forwarded=mails.forwarded,
    )
    return rows, forms, sent


def _some(stream: Stream, purpose: Purpose, event: Int64, share: float) -> Int64:
    """Positions of a share of some events."""
    return np.flatnonzero(stream.uniform(purpose, event) < share) if share else np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """The page loads of all visits, one row a load."""

    visits: Visits
    event: Int64
    time: Int64
    page: Int64
    tab: Int64

    @classmethod
    def of(cls, scenario: Scenario, stream: Stream, visits: Visits) -> _Pages:
        stays = visits.stays
        event = stays.page_event
        return cls(
            visits=visits,
            event=event,
            time=visits.start[stays.page_stay] + stays.page_offset_ms,
            page=pick(stream.uniform(Purpose.PAGE, event), [page.share for page in scenario.website.pages]),
            tab=_tabs(scenario, stream, visits),
        )

    def moment(self, stream: Stream, purpose: Purpose, at: Int64) -> Int64:
        """When something is done on each of some pages while they are looked at, in ms since the load."""
        dwell = self.visits.stays.dwell_ms[at]
        return np.ceil(stream.uniform(purpose, self.event[at]) * dwell).astype(np.int64)

    def rows(self, action: Action, place: int, at: Int64 | slice, after: Int64, **more: NDArray[Any]) -> Rows:
        """Rows of what is done on some pages, so many ms after the load."""
        event, time, stay = self.event[at] + place, self.time[at] + after, self.visits.stays.page_stay[at]
        page = np.full(len(event), NONE) if action in (Action.SIGN_IN, Action.REGISTER) else self.page[at]
        return self.visits.rows(action, event, time, stay, page=page, tab=self.tab[at], **more)


def _tabs(scenario: Scenario, stream: Stream, visits: Visits) -> Int64:
    """Tab of each page load, within its visit: some open in a new one, and the visit goes on there."""
    stays, share = visits.stays, scenario.population.new_tab
    if not share:
        return np.zeros(len(stays.page_event), np.int64)
    first = np.cumsum(stays.pages) - stays.pages
    opens = stream.uniform(Purpose.NEW_TAB, stays.page_event) < share
    opens[first] = False
    opened: Int64 = np.cumsum(opens)
    tab: Int64 = opened - opened[first][stays.page_stay]
    return tab
