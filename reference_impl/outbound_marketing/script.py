"""The script half: what the tracking script and the form loader do in a page. Reads like the JavaScript one."""

from __future__ import annotations

from typing import Any

from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.rules import (
    COOKIE_LIFE_S,
    FIRST_PARTY_VISIT,
    FIRST_PARTY_VISITOR,
    VISITOR_ID_LENGTH,
)
from sim.browser import Page, PageEvent, PageEventKind, Request, Response

ANONYMIZE = "Anonymize"
"""Key of the page's configuration: what d365mktConfigureTracking() or reconfigureTracking() last said."""


class Script:
    """The tracking script with the form loader. It keeps nothing between pages but cookies."""

    __slots__ = ("_first_party_id",)

    def __init__(self, policy: Policy) -> None:
        self._first_party_id = policy.first_party_id

    def on_load(self, page: Page) -> None:
        """Report the page load, and the form that the page shows."""
        self._report(page, "load")

    def on_event(self, page: Page, event: PageEvent) -> None:
        """Report a form viewed or submitted, and act on a call of reconfigureTracking()."""
        if event.kind is PageEventKind.FORM_VIEW:
            self._report(page, "form-view")
        elif event.kind is PageEventKind.SUBMIT:
            self._report(page, "form-submit", fields=event.fields)
        elif event.kind is PageEventKind.CONSENT:
            self._reconfigure(page)

    def _reconfigure(self, page: Page) -> None:
        """From now on set cookies, in the page as it stands; or set none any more, and delete one's own."""
        if page.config[ANONYMIZE]:
            page.cookie = f"{FIRST_PARTY_VISITOR}=; Max-Age=0; Path=/"
            page.cookie = f"{FIRST_PARTY_VISIT}=; Max-Age=0; Path=/"
            self._report(page, "revoke")
        else:
            self._report(page, "consent")

    def _report(self, page: Page, what: str, **body: Any) -> None:
        """Send one message to the service, and keep the ids that it answers with."""
        config = page.config
        body["website_id"] = config["website_id"]
        body["page"] = page.url
        url = f"https://{config['hostname']}/{what}"
        if config[ANONYMIZE]:
            body["anonymize"] = True
            page.fetch(Request(url, page.now, page.event, "POST", body))
            return
        visitor, visit = self._own_ids(page)
        body["visitor"], body["visit"] = visitor, visit
        self._keep(page, visitor, visit, page.fetch(Request(url, page.now, page.event, "POST", body)))

    def _own_ids(self, page: Page) -> tuple[str | None, str | None]:
        """First-party visitor id and visit id, as they stand in document.cookie."""
        if self._first_party_id == "off":
            return None, None
        text = page.cookie
        visitor = read_cookie(text, FIRST_PARTY_VISITOR)
        if visitor is None and self._first_party_id == "independent":
            self._set_visitor(page, page.random(VISITOR_ID_LENGTH))
            text = page.cookie
            visitor = read_cookie(text, FIRST_PARTY_VISITOR)
        return visitor, read_cookie(text, FIRST_PARTY_VISIT)

    def _keep(self, page: Page, visitor: str | None, visit: str | None, response: Response) -> None:
        """Store what the service answered, as far as it is news."""
        if self._first_party_id == "off":
            return
        answer = response.body
        if self._first_party_id == "same" and (answer["visitor"] != visitor or answer["renew"]):
            self._set_visitor(page, answer["visitor"])
        elif self._first_party_id == "independent" and visitor and answer["renew"]:
            self._set_visitor(page, visitor)
        if answer["visit"] != visit:
            page.cookie = f"{FIRST_PARTY_VISIT}={answer['visit']}; Path=/"

    def _set_visitor(self, page: Page, visitor: str) -> None:
        page.cookie = f"{FIRST_PARTY_VISITOR}={visitor}; Max-Age={COOKIE_LIFE_S}; Path=/"


def read_cookie(text: str, name: str) -> str | None:
    """Value of a cookie in the string that document.cookie gives, or `None`."""
    for pair in text.split("; "):
        found, _, value = pair.partition("=")
        if found == name:
            return value
    return None
