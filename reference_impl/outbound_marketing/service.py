"""The service half: receives messages, decides ids and visits, sets the third-party cookies, records interactions."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from reference_impl.outbound_marketing.contacts import Contacts
from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.rules import (
    COOKIE_LIFE_S,
    THIRD_PARTY_VISIT,
    THIRD_PARTY_VISITOR,
    VISIT_ID_LENGTH,
    VISITOR_ID,
    VISITOR_ID_LENGTH,
    id_in_force,
    renews_cookies,
    visit_goes_on,
)
from sim.browser import Request, Response, SameSite, SetCookie
from sim.system import NOBODY, Assignment, InteractionKind

_COLUMNS = ("event", "kind", "visitor", "visit", "contact")


class Visitor:
    """What the service knows of one visitor id."""

    __slots__ = ("number", "session", "visits")

    def __init__(self, number: int) -> None:
        self.number = number
        self.session: str | None = None
        """Value of the visit cookie; a new one is given out once no visit of the visitor goes on."""
        self.visits: dict[str, Visit] = {}
        """The latest visit under each website id."""


class Visit:
    """One visit of one visitor under one website id."""

    __slots__ = ("first_ms", "last_ms", "number", "session")

    def __init__(self, number: int, session: str, now_ms: int) -> None:
        self.number = number
        self.session = session
        self.first_ms = self.last_ms = now_ms


class Service:
    """The tracking service with its store."""

    def __init__(self, policy: Policy, random: Callable[[int], str]) -> None:
        self._policy = policy
        self._random = random
        self._visitors: dict[str, Visitor] = {}
        self._visits = 0
        self._contacts = Contacts()
        self._links: list[tuple[int, int]] = []
        self._recorded = array("q")
        self._endpoints: dict[str, Callable[[Request], Response]] = {
            "load": self._on_load,
            "form-view": self._on_form_view,
            "form-submit": self._on_form_submit,
            "consent": self._on_consent,
            "revoke": self._on_revoke,
        }

    def handle(self, request: Request) -> Response:
        """Answer one message; an unknown one is answered with 404."""
        endpoint = self._endpoints.get(request.url.rpartition("/")[2])
        return endpoint(request) if endpoint else Response(status=404)

    def _on_load(self, request: Request) -> Response:
        return self._on_page(request, InteractionKind.WEBSITE_VISITED, extends=True)

    def _on_form_view(self, request: Request) -> Response:
        return self._on_page(request, InteractionKind.FORM_VISITED, extends=False)

    def _on_consent(self, request: Request) -> Response:
        """Consent was given on a page that is recorded already: its visitor gets their ids."""
        return self._answer(request, *self._identify(request), extends=False)

    def _on_revoke(self, _request: Request) -> Response:
        """Consent was withdrawn: the third-party cookies are expired."""
        gone = [_third_party(name, "", self._policy, max_age=0) for name in (THIRD_PARTY_VISITOR, THIRD_PARTY_VISIT)]
        return Response(set_cookies=gone)

    def _on_form_submit(self, request: Request) -> Response:
        """A submission is known by what was typed, with or without cookies."""
        fields = request.body["fields"]
        if request.body.get("anonymize"):
            contact = self._contacts.submit(fields, None)
            self._record(request, InteractionKind.FORM_SUBMITTED, NOBODY, NOBODY, contact)
            return Response()
        value, visitor, received = self._identify(request)
        contact = self._contacts.submit(fields, visitor.number)
        response = self._answer(request, value, visitor, received, extends=False)
        visit = visitor.visits[request.body["website_id"]].number
        self._record(request, InteractionKind.FORM_SUBMITTED, visitor.number, visit, contact)
        return response

    def _on_page(self, request: Request, kind: InteractionKind, *, extends: bool) -> Response:
        if request.body.get("anonymize"):
            self._record(request, kind, NOBODY, NOBODY, NOBODY)
            return Response()
        value, visitor, received = self._identify(request)
        response = self._answer(request, value, visitor, received, extends=extends)
        self._record(request, kind, visitor.number, visitor.visits[request.body["website_id"]].number, NOBODY)
        return response

    def _identify(self, request: Request) -> tuple[str, Visitor, str | None]:
        """Id in force, its visitor, and the third-party id received."""
        third = _ours(request.cookies.get(THIRD_PARTY_VISITOR), self._visitors)
        first = _ours(request.body.get("visitor"), self._visitors)
        value = id_in_force(third, first) or self._random(VISITOR_ID_LENGTH)
        visitor = self._visitor(value)
        if third and first and third != first:
            self._links.append((visitor.number, self._visitor(first).number))
        return value, visitor, third

    def _visitor(self, value: str) -> Visitor:
        visitor = self._visitors.get(value)
        if visitor is None:
            visitor = self._visitors[value] = Visitor(len(self._visitors))
        return visitor

    def _answer(
        self, request: Request, value: str, visitor: Visitor, received: str | None, *, extends: bool
    ) -> Response:
        """Put the request into a visit, and answer with the ids and the cookies that hold them."""
        sent = request.cookies.get(THIRD_PARTY_VISIT)
        session = sent or request.body.get("visit")
        website, now = request.body["website_id"], request.now
        visit = visitor.visits.get(website)
        new_visit = visit is None or visit.session != session or not self._goes_on(visit, now)
        if new_visit:
            visit = self._begin_visit(visitor, website, session, now)
        elif extends and visit is not None:
            visit.last_ms = now
        renew = renews_cookies(refresh=self._policy.refresh, new_visit=new_visit)
        cookies = []
        if received != value or renew:
            cookies.append(_third_party(THIRD_PARTY_VISITOR, value, self._policy, max_age=COOKIE_LIFE_S))
        if sent != visitor.session:
            cookies.append(_third_party(THIRD_PARTY_VISIT, visitor.session or "", self._policy))
        return Response({"visitor": value, "visit": visitor.session, "renew": renew}, cookies)

    def _goes_on(self, visit: Visit, now: int) -> bool:
        policy = self._policy
        return visit_goes_on(
            first_ms=visit.first_ms,
            last_ms=visit.last_ms,
            now_ms=now,
            timeout_ms=policy.visit_timeout,
            window=policy.visit_window,
            boundary=policy.boundary,
        )

    def _begin_visit(self, visitor: Visitor, website: str, session: str | None, now: int) -> Visit:
        """A new visit; the visit cookie keeps its value while a visit under another website id goes on."""
        others = (visit for name, visit in visitor.visits.items() if name != website)
        if not any(visit.session == session and self._goes_on(visit, now) for visit in others):
            session = self._random(VISIT_ID_LENGTH)
        visitor.session = session
        visit = visitor.visits[website] = Visit(self._visits, session or "", now)
        self._visits += 1
        return visit

    def _record(self, request: Request, kind: int, visitor: int, visit: int, contact: int) -> None:
        self._recorded.extend((request.event, kind, visitor, visit, contact))

    def assignment(self) -> Assignment:
        """Credit what was recorded: to the contact where there is one, else to the visitor."""
        rows = np.frombuffer(self._recorded, np.int64).reshape(-1, len(_COLUMNS))
        event, kind, visitor, visit, contact = (rows[:, at].copy() for at in range(len(_COLUMNS)))
        leader = self._leaders()
        of_visitor = np.full(len(self._visitors) + 1, NOBODY)
        for number, known in self._contacts.of_visitor.items():
            of_visitor[leader[number]] = known
        leader = np.append(leader, NOBODY)
        credited = np.where(contact == NOBODY, of_visitor[leader[visitor]], contact)
        identity = np.where(
            credited != NOBODY, 2 * credited + 1, np.where(visitor != NOBODY, 2 * leader[visitor], NOBODY)
        )
        return Assignment(
            event=event, kind=kind.astype(np.int8), visitor=visitor, visit=visit, contact=credited, identity=identity
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


def _ours(value: Any, known: dict[str, Visitor]) -> str | None:
    """A cookie value that can be a visitor id of ours; others are ignored."""
    if value in known or (isinstance(value, str) and VISITOR_ID.fullmatch(value)):
        return str(value)
    return None


def _third_party(name: str, value: str, policy: Policy, max_age: int | None = None) -> SetCookie:
    same_site = SameSite.NONE if policy.samesite == "none" else SameSite.UNSET
    return SetCookie(
        name=name, value=value, max_age=max_age, path="/", secure=True, http_only=True, same_site=same_site
    )
