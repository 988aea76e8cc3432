"""The script half: what the tracking script and the form loader do in a page. Reads like the JavaScript one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.rules import (
    COOKIE_LIFE_S,
    FIRST_PARTY_VISIT,
    FIRST_PARTY_VISITOR,
    VISITOR_ID_LENGTH,
)
from sim.browser import Page, PageEvent, PageEventKind, Request

ANONYMIZE = "Anonymize"
"""Key of the page's configuration: what d365mktConfigureTracking() or reconfigureTracking() last said."""

Ids = tuple[str | None, str | None]
"""A visitor id and a visit id, as far as they are there."""
NO_IDS: Ids = (None, None)
NOTHING_MORE: Mapping[str, Any] = {}


class Script:
    """The tracking script with the form loader. It keeps nothing between pages but cookies."""

    __slots__ = ("_first_party_id",)

    def __init__(self, policy: Policy) -> None:
        self._first_party_id = policy.first_party_id

    def on_load(self, page: Page) -> None:
        """Report the page load, and the form that the page shows."""
        self._report(page, "load")

    def on_event(self, page: Page, event: PageEvent) -> None:
        """Report a click, a form viewed or submitted, and act on a call of reconfigureTracking()."""
        if event.kind is PageEventKind.FORM_VIEW:
            self._show_form(page)
        elif event.kind is PageEventKind.SUBMIT:
            self._report(page, "form-submit", {"fields": event.fields, "remember_me": event.remember_me})
        elif event.kind is PageEventKind.CLICK:
            self._report(page, "click")
        elif event.kind is PageEventKind.CONSENT:
            self._reconfigure(page)

    def _show_form(self, page: Page) -> None:
        """Show the form; one that the customer made is only reported, any other is filled in where that is wanted."""
        if page.config.get("prefill") and not page.config.get("captured"):
            page.form = self._report(page, "form-view", {"prefill": True}).get("form", page.form)
        else:
            self._report(page, "form-view")

    def _reconfigure(self, page: Page) -> None:
        """From now on set cookies, in the page as it stands; or set none any more, and delete one's own."""
        if page.config[ANONYMIZE]:
            page.cookie = f"{FIRST_PARTY_VISITOR}=; Max-Age=0; Path=/"
            page.cookie = f"{FIRST_PARTY_VISIT}=; Max-Age=0; Path=/"
            self._report(page, "revoke")
        else:
            self._report(page, "consent")

    def _report(self, page: Page, what: str, more: Mapping[str, Any] = NOTHING_MORE) -> Mapping[str, Any]:
        """Send one message to the service with what it says more, keep the ids that it answers with; the answer."""
        config = page.config
        url = endpoint(config["hostname"], what)
        if config[ANONYMIZE]:
            body = {"website_id": config["website_id"], "page": page.url, "anonymize": True, **more}
            return page.fetch(Request(url, page.now, page.event, "POST", body)).body
        visitor, visit = NO_IDS if self._first_party_id == "off" else self._own_ids(page)
        body = {"website_id": config["website_id"], "page": page.url, "visitor": visitor, "visit": visit, **more}
        answer = page.fetch(Request(url, page.now, page.event, "POST", body)).body
        if "visit" in answer:
            self._keep(page, visitor, visit, answer)
        return answer

    def _own_ids(self, page: Page) -> Ids:
        """First-party visitor id and visit id, as they stand in document.cookie."""
        ids = read_ids(page.cookie)
        if ids[0] is None and self._first_party_id == "independent":
            _set_visitor(page, page.random(VISITOR_ID_LENGTH))
            ids = read_ids(page.cookie)
        return ids

    def _keep(self, page: Page, visitor: str | None, visit: str | None, answer: Mapping[str, Any]) -> None:
        """Store what the service answered, as far as it is news."""
        if self._first_party_id == "off":
            return
        if self._first_party_id == "same":
            if answer["renew"] or answer["visitor"] != visitor:
                _set_visitor(page, answer["visitor"])
        elif visitor and answer["renew"]:
            _set_visitor(page, visitor)
        if answer["visit"] != visit:
            page.cookie = f"{FIRST_PARTY_VISIT}={answer['visit']}; Path=/"


def _set_visitor(page: Page, visitor: str) -> None:
    page.cookie = f"{FIRST_PARTY_VISITOR}={visitor}; Max-Age={COOKIE_LIFE_S}; Path=/"


@lru_cache(maxsize=256)
def endpoint(hostname: str, what: str) -> str:
    """Where the service takes messages of a kind."""
    return f"https://{hostname}/{what}"


@lru_cache(maxsize=4096)
def read_ids(text: str) -> Ids:
    """Visitor id and visit id in the string that document.cookie gives."""
    return _read(FIRST_PARTY_VISITOR, text), _read(FIRST_PARTY_VISIT, text)


def _read(name: str, text: str) -> str | None:
    _, found, rest = f"; {text}".partition(f"; {name}=")
    return rest.partition(";")[0] if found else None
