"""The service half: receives messages, decides ids and visits, sets the third-party cookies, records interactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from reference_impl.outbound_marketing.contacts import Contacts
from reference_impl.outbound_marketing.credit import credited
from reference_impl.outbound_marketing.event_site import LANGUAGE, REGISTER, SIGN_IN, EventSite
from reference_impl.outbound_marketing.leads import Leads
from reference_impl.outbound_marketing.links import EMAIL_LINK, REDIRECT_LINK, addressee_of
from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.record import Record
from reference_impl.outbound_marketing.rules import (
    COOKIE_LIFE_S,
    THIRD_PARTY_VISIT,
    THIRD_PARTY_VISITOR,
    VISIT_ID_LENGTH,
    VISITOR_ID,
    VISITOR_ID_LENGTH,
    id_in_force,
    prefills,
    renews_cookies,
    visit_goes_on,
)
from sim.browser import Attributes, Request, Response, SameSite, SetCookie
from sim.system import NOBODY, Assignment, InteractionKind

_VISITED, _FORM_VISITED = InteractionKind.WEBSITE_VISITED, InteractionKind.FORM_VISITED
_ON_PAGES = {
    "load": _VISITED,
    "form-view": _FORM_VISITED,
    "click": InteractionKind.WEBSITE_CLICKED,
}
"""Messages that say no more than what happened on a page."""

_NO_NEWS = Response()
"""What is answered where the browser knows already what there is to know."""


class Visitor:
    """What the service knows of one visitor id."""

    __slots__ = ("number", "remembered", "session", "set_cookie", "value", "visits")

    def __init__(self, number: int, set_cookie: SetCookie) -> None:
        self.number = number
        self.value = set_cookie.value
        self.set_cookie = set_cookie
        """The cookie that holds the id."""
        self.session = ""
        """Value of the visit cookie; a new one is given out once no visit of the visitor goes on."""
        self.visits: dict[str, Visit] = {}
        """The latest visit under each website id."""
        self.remembered = NOBODY
        """The contact who asked under this id to be remembered."""


class Visit:
    """One visit of one visitor under one website id."""

    __slots__ = ("first_ms", "last_ms", "number", "session", "visitor")

    def __init__(self, number: int, visitor: Visitor, session: str, now_ms: int) -> None:
        self.number = number
        self.visitor = visitor
        self.session = session
        self.first_ms = self.last_ms = now_ms


class Service:
    """The tracking service with its store."""

    def __init__(self, policy: Policy, random: Callable[[int], str]) -> None:
        self._policy = policy
        self._renews_load = renews_cookies(policy.refresh, new_visit=False)
        self._renews_visit = renews_cookies(policy.refresh, new_visit=True)
        self._timeout_ms, self._window, self._boundary = policy.visit_timeout, policy.visit_window, policy.boundary
        self._random = random
        same_site = SameSite.NONE if policy.samesite == "none" else SameSite.UNSET
        self._visit_attributes = Attributes(path="/", secure=True, http_only=True, same_site=same_site)
        self._visitor_attributes = replace(self._visit_attributes, max_age=COOKIE_LIFE_S)
        self._visitors: dict[str, Visitor] = {}
        self._contacts = Contacts(policy.match_on, first_stays=policy.conflict == "first_wins")
        self._leads = Leads()
        self._extends = policy.extended_by == "any"
        self._links: list[tuple[int, int]] = []
        self._record = Record()
        self._on_message: dict[str, Callable[[Request], Response]] = {
            "form-submit": self._on_form_submit,
            "consent": self._on_consent,
            "revoke": self._on_revoke,
            REDIRECT_LINK: self._on_redirect_link,
            SIGN_IN: self._on_sign_in,
            REGISTER: self._on_register,
        }
        self._addressees: dict[int, int] = {}
        self._event_site = EventSite(random)

    @property
    def leads(self) -> Leads:
        """The leads that forms have made."""
        return self._leads

    @property
    def contacts(self) -> Contacts:
        """The contact store."""
        return self._contacts

    def is_signed_in(self, cookies: Mapping[str, str]) -> bool:
        """Whether cookies hold a session of the event website's."""
        return self._event_site.signed_in(cookies) is not None

    def import_contacts(self, contacts: Mapping[int, Mapping[str, str]]) -> None:
        """Take in the people on the mailing list, by the number that links in their mails carry."""
        for number, fields in contacts.items():
            self._addressees[number] = self._contacts.submit(fields)

    def handle(self, request: Request) -> Response:
        """Answer one message; an unknown one is answered with 404."""
        what = request.url.rpartition("/")[2]
        kind = _ON_PAGES.get(what)
        if kind is not None:
            return self._on_page(request, kind)
        on_message = self._on_message.get(what)
        if on_message:
            return on_message(request)
        return self._on_email_link(request) if what.startswith(f"{EMAIL_LINK}?") else Response(status=404)

    def _on_page(self, request: Request, kind: InteractionKind) -> Response:
        """A page was loaded, or its form looked at, or a link on it clicked."""
        if "anonymize" in request.body:
            self._record.add(request.event, kind, NOBODY)
            return _NO_NEWS
        visit, response = self._identify(request, kind is _VISITED or self._extends)
        self._record.add(request.event, kind, visit.number)
        if kind is _FORM_VISITED and "prefill" in request.body:
            visitor = visit.visitor
            if prefills(visitor.remembered, self._contacts.behind(visitor.number)):
                form = self._contacts.details[visitor.remembered]
                return Response({**response.body, "form": form}, response.set_cookies)
        return response

    def _on_email_link(self, request: Request) -> Response:
        """The click is the addressee's, whoever made it."""
        contact = self._addressees.get(NOBODY if (addressee := addressee_of(request.url)) is None else addressee)
        return self._on_link(request, InteractionKind.EMAIL_CLICKED, NOBODY if contact is None else contact)

    def _on_redirect_link(self, request: Request) -> Response:
        return self._on_link(request, InteractionKind.REDIRECT_LINK_CLICKED, NOBODY)

    def _on_link(self, request: Request, kind: InteractionKind, contact: int) -> Response:
        """A link has no page, so that nobody says whether to anonymise; it is in no visit of a website."""
        value = _ours(request.cookies.get(THIRD_PARTY_VISITOR))
        if value is None and self._policy.link_cookie == "always":
            value = self._random(VISITOR_ID_LENGTH)
        if value is None:
            self._record.add_named(request.event, kind, NOBODY, NOBODY, contact)
            return Response()
        visitor = self._visitor(value)
        if contact != NOBODY and self._policy.email_click_identifies:
            self._map(visitor, contact)
        self._record.add_named(request.event, kind, visitor.number, NOBODY, contact)
        if self._policy.link_cookie == "never":
            return Response()
        return Response(set_cookies=[visitor.set_cookie])

    def _on_sign_in(self, request: Request) -> Response:
        contact = self._contacts.submit(request.body["fields"])
        visitor = self._visitors.get(request.cookies.get(THIRD_PARTY_VISITOR, ""))
        if visitor is not None and self._policy.sign_in_maps_visitor:
            self._map(visitor, contact)
        return self._event_site.sign_in(contact, request.body.get("language") or request.cookies.get(LANGUAGE, "en"))

    def _on_register(self, request: Request) -> Response:
        contact = self._event_site.signed_in(request.cookies)
        if contact is None:
            return Response(status=401)
        self._record.add_named(request.event, InteractionKind.EVENT_REGISTRATION, NOBODY, NOBODY, contact)
        return Response()

    def _on_form_submit(self, request: Request) -> Response:
        """A submission is known by what was typed, with or without cookies."""
        fields = request.body["fields"]
        kind = InteractionKind.FORM_SUBMITTED
        if "anonymize" in request.body:
            self._record.add_named(request.event, kind, NOBODY, NOBODY, self._submit(fields, None))
            return Response()
        visit, response = self._identify(request, self._extends)
        visitor = visit.visitor
        contact = self._submit(fields, visitor)
        if request.body.get("remember_me"):
            visitor.remembered = contact
        self._record.add_named(request.event, kind, visitor.number, visit.number, contact)
        return response

    def _submit(self, fields: Mapping[str, str], visitor: Visitor | None) -> int:
        """Update contacts and leads as the form says, and map the visitor; the contact, or `NOBODY`."""
        updates, contact = self._policy.form_updates, None
        if updates in ("contacts_and_leads", "only_contacts"):
            contact = self._contacts.submit(fields)
            if visitor is not None:
                self._map(visitor, contact)
        elif updates == "only_leads" and visitor is not None:
            contact = self._contacts.behind(visitor.number)
        if updates in ("contacts_and_leads", "only_leads"):
            self._leads.submit(fields, contact)
        return NOBODY if contact is None else contact

    def _map(self, visitor: Visitor, contact: int) -> None:
        self._contacts.map(visitor.number, contact, len(self._record))

    def _on_consent(self, request: Request) -> Response:
        """Consent was given on a page whose load is recorded already: from now on its visitor has ids."""
        return self._identify(request, True)[1]

    def _on_revoke(self, _request: Request) -> Response:
        """Consent was withdrawn: the third-party cookies are expired, if the policy says so."""
        if self._policy.on_revoke == "keep":
            return Response()
        gone = replace(self._visit_attributes, max_age=0)
        return Response(set_cookies=[SetCookie(name, "", gone) for name in (THIRD_PARTY_VISITOR, THIRD_PARTY_VISIT)])

    def _identify(self, request: Request, extends: bool) -> tuple[Visit, Response]:
        """Find the visit that a message belongs to, and answer with its ids where they are news.

        Args:
            request: A message that may carry ids, in cookies of the service and in its body.
            extends: Whether it makes the visit go on for longer.
        """
        cookies, body, now = request.cookies, request.body, request.now
        third, first = cookies.get(THIRD_PARTY_VISITOR), body["visitor"]
        value = id_in_force(third, first)
        visitor = self._visitors.get(value) if value else None
        if visitor is None or (third and first and third != first):
            third, first, visitor = self._meet(third, first)
        sent = cookies.get(THIRD_PARTY_VISIT)
        session = sent or body["visit"]
        visit = visitor.visits.get(body["website_id"])
        if visit is None or visit.session != session or not self._goes_on(visit, now):
            visit = self._begin_visit(visitor, body["website_id"], session, now)
            renew = self._renews_visit
        else:
            if extends:
                visit.last_ms = now
            renew = self._renews_load
        news = renew or first != visitor.value or body["visit"] != visitor.session
        if not news and third == first and sent == visitor.session:
            return visit, _NO_NEWS
        answer = {"visitor": visitor.value, "visit": visitor.session, "renew": renew} if news else {}
        return visit, Response(answer, self._set_cookies(visitor, third, sent, renew))

    def _meet(self, third: str | None, first: str | None) -> tuple[str | None, str | None, Visitor]:
        """Make the acquaintance of ids that are new or not one: those that are ours, and the visitor they stand for."""
        third, first = _ours(third), _ours(first)
        visitor = self._visitor(id_in_force(third, first) or self._random(VISITOR_ID_LENGTH))
        if third and first and third != first:
            self._links.append((visitor.number, self._visitor(first).number))
        return third, first, visitor

    def _set_cookies(self, visitor: Visitor, third: str | None, sent: str | None, renew: bool) -> list[SetCookie]:
        """The third-party cookies that a browser should have and did not send, or that are renewed."""
        set_cookies = []
        if renew or third != visitor.value:
            if third or self._policy.first_party_id != "independent":
                set_cookies.append(visitor.set_cookie)
            else:
                set_cookies.append(self._visitor_cookie(self._random(VISITOR_ID_LENGTH)))
        if sent != visitor.session:
            set_cookies.append(SetCookie(THIRD_PARTY_VISIT, visitor.session, self._visit_attributes))
        return set_cookies

    def _visitor(self, value: str) -> Visitor:
        """The visitor of an id, who may be new."""
        visitor = self._visitors.get(value)
        if visitor is None:
            visitor = self._visitors[value] = Visitor(len(self._visitors), self._visitor_cookie(value))
        return visitor

    def _visitor_cookie(self, value: str) -> SetCookie:
        return SetCookie(THIRD_PARTY_VISITOR, value, self._visitor_attributes)

    def _goes_on(self, visit: Visit, now: int) -> bool:
        return visit_goes_on(visit.first_ms, visit.last_ms, now, self._timeout_ms, self._window, self._boundary)

    def _begin_visit(self, visitor: Visitor, website: str, session: str | None, now: int) -> Visit:
        """A new visit; the visit cookie keeps its value while a visit under another website id goes on."""
        if session is None or not self._goes_on_elsewhere(visitor, website, session, now):
            session = self._random(VISIT_ID_LENGTH)
        visitor.session = session
        visit = visitor.visits[website] = Visit(self._record.begin_visit(visitor.number), visitor, session, now)
        return visit

    def _goes_on_elsewhere(self, visitor: Visitor, website: str, session: str, now: int) -> bool:
        for name, visit in visitor.visits.items():
            if name != website and visit.session == session and self._goes_on(visit, now):
                return True
        return False

    def assignment(self) -> Assignment:
        """Credit what was recorded: to the contact where there is one, else to the visitor."""
        event, kind, visitor, visit, contact = self._record.columns()
        leader = self._leaders()
        mapped = np.array(self._contacts.mapped, np.int64).reshape(-1, 3)
        leader = np.append(leader, NOBODY)
        by_visitor = credited(
            leader[visitor],
            leader[mapped[:, 0]],
            mapped[:, 1],
            mapped[:, 2],
            conflict=self._policy.conflict,
            attribution=self._policy.attribution,
        )
        contact = np.where(contact == NOBODY, by_visitor, contact)
        identity = np.where(
            contact != NOBODY, 2 * contact + 1, np.where(visitor != NOBODY, 2 * leader[visitor], NOBODY)
        )
        return Assignment(
            event=event, kind=kind.astype(np.int8), visitor=visitor, visit=visit, contact=contact, identity=identity
        )

    def _leaders(self) -> NDArray[np.int64]:
        """The visitor that each visitor is taken to be, once the links are followed as the policy says."""
        leader = np.arange(len(self._visitors))
        if self._policy.link == "pairwise":
            for third, first in self._links:
                leader[first] = third
        elif self._policy.link == "transitive" and self._links:
            pairs = np.array(self._links)
            graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(leader), len(leader)))
            _, component = connected_components(graph, directed=False)
            _, leader = np.unique(component, return_index=True)
            leader = leader[component]
        return leader


def _ours(value: str | None) -> str | None:
    """A value that can be a visitor id of ours; others are ignored."""
    return value if value and VISITOR_ID.fullmatch(value) else None
