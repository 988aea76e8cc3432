"""A small scenario played in a real Chromium, with the real script, against the service over HTTP: it gives what the
simulated browser gives with the Python script and the service in process.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import numpy as np
import pytest

pytest.importorskip("websockets", reason="engines need the packages of the extra: pip install crumbline[browsers]")

from websockets.sync.client import connect

from reference_impl.outbound_marketing import Policy
from reference_impl.outbound_marketing.rules import FIRST_PARTY_VISITOR, THIRD_PARTY_VISITOR
from reference_impl.outbound_marketing.web.app import EVENT_HEADER, NOW_HEADER
from sim.browser.conformance.chromium import Chromium
from sim.browser.conformance.engine import EngineMissing
from sim.draws import Stream
from sim.drive import drive, open_system
from sim.drive.choices import consent_answers, remembering
from sim.records import NONE, Action, Trace
from sim.scenario import Banner, Scenario
from sim.serve import served_site
from sim.world import live
from tests.conftest import build
from tests.reference_impl.outbound_marketing.web.running import built, free_port, listening, renamed

EVERYTHING_A_PERSON_DOES = {
    "seed": 4,
    "days": 9,
    "website": {
        "host": "shop.localhost",
        "service": "svc.localhost",
        "event_site": "events.localhost",
        "pages": [
            {"path": "/", "share": 0.4},
            {"path": "/other", "share": 0.2, "website_id": "other"},
            {"path": "/contact", "share": 0.3, "form": True, "submit": 0.6, "prefill": True},
            {"path": "/own", "share": 0.1, "form": True, "submit": 0.5, "captured": True},
        ],
    },
    "consent": {"accept": 0.7, "reject": 0.15, "ignore": 0.15},
    "prefill": {"remember_me": 0.8},
    "population": {
        "people": 4,
        "visits_per_month": 12,
        "devices": {"1": 1},
        "browsers": {"1": 1},
        "device_kinds": {"desktop": 1},
        "clicks": 0.2,
        "redirect_links": 0.1,
        "event_website": {"sign_in": 0.2},
        "consent_change": {"visits": 0.15},
        "clearing": [{"share": 1, "every": "8d"}],
        "closing": {"after_visit": 0.3, "within_visit": 0, "restores_session": 0},
        "typed": {"second_address": 0.2},
        "mailing": {"on_list": 0.8, "campaigns": [{"sent": "1d", "opened": 1, "clicked": 0.8, "delay": "2h"}]},
    },
}
FOLLOWS, ON_EVENT_WEBSITE = (Action.FOLLOW_EMAIL_LINK, Action.FOLLOW_REDIRECT), (Action.SIGN_IN, Action.REGISTER)
DETAILS = ("email", "first_name", "last_name", "phone")


class Visitor(Chromium):
    """One person's Chromium, driven as its user would."""

    def start(self, environment: Mapping[str, str]) -> None:
        super().start(environment)
        self._call("Network.enable")

    def at(self, now: int, event: int) -> None:
        """Say what time it is in the simulation, and which event this is, with every request from now on."""
        self._headers = {NOW_HEADER: str(now), EVENT_HEADER: str(event)}
        self._call("Network.setExtraHTTPHeaders", headers=self._headers)

    def held(self, name: str) -> str | None:
        cookies = self._call("Network.getAllCookies")["cookies"]
        return next((cookie["value"] for cookie in cookies if cookie["name"] == name), None)

    def click(self, selector: str) -> None:
        """Click, and wait until the script has nothing more to tell."""
        self.run(f"document.querySelector({json.dumps(selector)}).click()")
        self.settle()

    def settle(self) -> None:
        self.run("MsCrmMkt.idle().then(() => '')")

    def wait_until(self, condition: str) -> None:
        end = time.monotonic() + 20
        while self.run(f"String({condition})") != "true":
            assert time.monotonic() < end, f"never came true at {self.run('location.href')}: {condition}"

    def look_at_form(self) -> None:
        """Scroll until the form is in view, and wait until the loader has told it, and filled it in if it may."""
        self.run("document.querySelector('form').scrollIntoView()")
        self.wait_until("'viewed' in document.querySelector('form').dataset")

    def form(self) -> dict[str, str]:
        """What the form holds."""
        held = f"Object.fromEntries({json.dumps(DETAILS)}.map(name => [name, document.forms[0][name].value]))"
        return dict(json.loads(self.run(f"JSON.stringify({held})")))

    def fill_in(self, fields: Mapping[str, str]) -> None:
        self.run(f"for (const [n, v] of Object.entries({json.dumps(dict(fields))})) document.forms[0][n].value = v; ''")

    def submit(self) -> None:
        self.run("delete document.forms[0].dataset.submitted; document.forms[0].requestSubmit(); ''")
        self.settle()
        self.wait_until("'submitted' in document.forms[0].dataset")

    def follow(self, link: str, lands_on: str) -> None:
        """Follow a link from a mail, or from somebody's page, to where it leads."""
        self._call("Page.navigate", url=link)
        self.wait_until(f"location.href === {json.dumps(lands_on)} && document.readyState === 'complete'")

    @contextmanager
    def another_tab(self) -> Iterator[None]:
        """Do something in a tab of its own, and come back to the page."""
        port = (self.folder / "DevToolsActivePort").read_text().split()[0]
        tab = httpx.put(f"http://127.0.0.1:{port}/json/new?about:blank").json()
        page = self._socket
        try:
            with connect(tab["webSocketDebuggerUrl"], max_size=None) as self._socket:
                self._call("Network.enable")
                self._call("Network.setExtraHTTPHeaders", headers=self._headers)
                yield
        finally:
            httpx.get(f"http://127.0.0.1:{port}/json/close/{tab['id']}")
            self._socket = page

    def post(self, button: str) -> None:
        """Send a form of the event website, and wait for the page that answers it."""
        self.run(f"window.before = true; document.querySelector({json.dumps(button)}).click()")
        self.wait_until("window.before === undefined && document.readyState === 'complete'")


class Audience:
    """All people of a trace, each with a Chromium, playing it one action after the other."""

    def __init__(self, scenario: Scenario, trace: Trace, stream: Stream, port: int, cookie_controls_mode: int) -> None:
        self._scenario, self._trace, self._mode = scenario, trace, cookie_controls_mode
        self._answers = consent_answers(scenario.consent, trace.browsers)
        self._remembers, self._corrects = remembering(scenario, stream, trace.events, trace.browsers)
        website = scenario.website
        self._shop, self._service, self._events = (
            f"http://{host}:{port}" for host in (website.host, website.service, website.event_site)
        )
        self.landing = f"{self._shop}/nothing"
        self._visitors: dict[int, Visitor] = {}
        self._filled_in: dict[tuple[int, int], dict[str, str]] = {}
        self.held: dict[int, tuple[str | None, str | None]] = {}
        """By row, third- and first-party visitor id before the action, as far as they are sent."""

    def play(self) -> None:
        events = self._trace.events
        try:
            for row in range(len(events)):
                self._play(row, Action(events.action[row]), int(events.browser[row]), int(events.page[row]))
        finally:
            for visitor in self._visitors.values():
                visitor.stop()

    def _play(self, row: int, action: Action, browser: int, page: int) -> None:
        events, visitor = self._trace.events, self._visitors.get(browser)
        if visitor is None:
            if action in (Action.CLOSE, Action.CLEAR):
                return
            visitor = self._visitors[browser] = Visitor(self._mode)
            visitor.start({})
        if action is Action.CLOSE:
            visitor.stop()
            visitor.start({})
            return
        if action is Action.CLEAR:
            visitor._call("Network.clearBrowserCookies")
            return
        visitor.at(int(events.time[row]), row)
        sent = action in FOLLOWS or (not self._mode and action not in ON_EVENT_WEBSITE)
        third_party = visitor.held(THIRD_PARTY_VISITOR) if sent else None
        self.held[row] = third_party, visitor.held(FIRST_PARTY_VISITOR)
        detail = int(events.detail[row])
        match action:
            case Action.LOAD:
                self._load(visitor, browser, page)
            case Action.CLICK:
                visitor.click("#more")
            case Action.SUBMIT:
                self._submit(visitor, row, browser, page, detail)
            case Action.CHANGE_CONSENT:
                if self._scenario.consent.banner is not Banner.NONE:
                    visitor.click("#settings")
                    visitor.click("#accept" if detail else "#reject")
            case Action.FOLLOW_REDIRECT:
                visitor.follow(f"{self._service}/redirect-link", self.landing)
            case Action.FOLLOW_EMAIL_LINK:
                mails = self._trace.mails
                asks = f"addressee={mails.addressee[detail]}&campaign={mails.campaign[detail]}"
                visitor.follow(f"{self._service}/email-link?{asks}", self.landing)
            case Action.SIGN_IN:
                with visitor.another_tab():
                    self._sign_in(visitor, detail)
            case Action.REGISTER:
                with visitor.another_tab():
                    self._register(visitor, detail)
            case _:
                raise AssertionError(f"this scenario has no {action.name}")

    def _register(self, visitor: Visitor, form: int) -> None:
        visitor.open(f"{self._events}/")
        if visitor.run("String(document.querySelector('form[action=\"/register\"]') === null)") == "true":
            self._sign_in(visitor, form)
        visitor.post("form[action='/register'] button")

    def _load(self, visitor: Visitor, browser: int, page: int) -> None:
        here = self._scenario.website.pages[page]
        visitor.open(f"{self._shop}{here.path}")
        visitor.settle()
        answer = self._answers[browser]
        if answer is not None and visitor.run("String(document.getElementById('banner').hidden)") == "false":
            visitor.click("#accept" if answer else "#reject")
        if here.form:
            visitor.look_at_form()
            self._filled_in[browser, page] = visitor.form()

    def _submit(self, visitor: Visitor, row: int, browser: int, page: int, form: int) -> None:
        typed, shown = typed_in(self._trace, form), self._filled_in.pop((browser, page), {})
        their_own = all(typed[name] == shown.get(name) for name in ("first_name", "last_name"))
        if not any(shown.values()) or not (their_own or not self._corrects[row]):
            visitor.fill_in(typed)
        ticked = "true" if self._remembers[row] else "false"
        visitor.run(f"if (document.forms[0].remember_me) document.forms[0].remember_me.checked = {ticked}; ''")
        visitor.submit()

    def _sign_in(self, visitor: Visitor, form: int) -> None:
        visitor.open(f"{self._events}/")
        where = "document.querySelector('form[action=\"/sign-in\"]')"
        typed = json.dumps(typed_in(self._trace, form) | {"language": "en"})
        visitor.run(f"for (const [n, v] of Object.entries({typed})) {where}.elements[n].value = v; ''")
        visitor.post("form[action='/sign-in'] button")


def typed_in(trace: Trace, form: int) -> dict[str, str]:
    return {name: str(getattr(trace.forms, name)[form]) for name in DETAILS}


@pytest.mark.parametrize(
    ("make", "cookie_controls_mode", "banner", "settings"),
    [
        ("chromium", 0, "opt_in", {}),
        ("chromium_blocking", 1, "opt_in", {}),
        ("chromium_blocking", 1, "none", {}),
        ("chromium", 0, "opt_out", {"first_party_id": "independent", "link": "transitive", "refresh": "load"}),
        ("chromium", 0, "none", {"first_party_id": "off"}),
    ],
)
def test_a_real_chromium_with_the_real_script_gives_what_the_simulated_browser_gives(
    make, cookie_controls_mode, banner, settings, tmp_path
):
    browsers = {"browsers": {"desktop": {make: 1}, "phone": {make: 1}, "tablet": {make: 1}}}
    systems = {"systems": {"as_is": {"settings": settings}}}
    scenario = build(EVERYTHING_A_PERSON_DOES, browsers, systems, {"consent": {"banner": banner}})
    trace, _ = live(scenario, 0)
    stream, policy = Stream(scenario.seed, 0), Policy.model_validate(settings)
    here = drive(trace, scenario, open_system("as_is", scenario.systems["as_is"], stream), stream)

    taken = free_port()
    port = taken.getsockname()[1]
    app, service, journal, _ = built(
        tmp_path, policy, port=port, site=served_site(scenario), lead_to=f"http://shop.localhost:{port}/nothing"
    )
    service.import_contacts({form: typed_in(trace, form) for form in np.unique(trace.mails.addressee).tolist()})
    with listening(app, taken):
        try:
            audience = Audience(scenario, trace, stream, port, cookie_controls_mode)
            audience.play()
        except EngineMissing as problem:
            pytest.skip(f"engine not installed: {problem}")
    there = service.service.assignment()
    journal.close()

    played = {Action(action) for action in trace.events.action[here.row].tolist()}
    assert played >= {Action.LOAD, Action.CLICK, Action.SUBMIT, Action.REGISTER, *FOLLOWS}
    assert {*Action} - {*trace.events.action.tolist()} == {Action.RESET}
    recorded = here
    order, other = np.lexsort((recorded.kind, recorded.row)), np.lexsort((there.kind, there.event))
    np.testing.assert_array_equal(recorded.row[order], there.event[other])
    np.testing.assert_array_equal(recorded.kind[order], there.kind[other])
    for name in ("visitor", "visit", "contact", "identity"):
        one, two = getattr(recorded, name)[order], getattr(there, name)[other]
        np.testing.assert_array_equal(renamed(one), renamed(two), err_msg=name)

    held = np.array([audience.held[row] for row in recorded.row.tolist()], dtype=object).ravel()
    numbers: dict[str | None, int] = {None: NONE}
    theirs = np.array([numbers.setdefault(value, len(numbers)) for value in held])
    ours = np.column_stack([recorded.third_party, recorded.first_party]).ravel()
    np.testing.assert_array_equal(renamed(ours), renamed(theirs), err_msg="cookies")
