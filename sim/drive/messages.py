"""The message driver: plays a whole replication, message by message, in the order of time, through any system.

In the order of time, since a live system has one store of contacts for all browsers.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.browser import Attributes, CookieJar, Document, Page, PageEvent, PageEventKind, SetCookie
from sim.draws import Identifiers, Purpose, Stream
from sim.drive.choices import Answer, browser_profiles, consent_answers, session_restores
from sim.drive.columns import COLUMNS, observations
from sim.drive.faults import SystemFault, check_assignment, describe, watchdog
from sim.records import DAY, NONE, Action, Int64, Observations, Trace
from sim.scenario import Banner, Scenario
from sim.system import TrackingSystem

_STRETCH = 2000
"""Actions between two signs of life."""

_ACCEPTED, _REFUSED = "1", "0"
"""Values of the consent cookie."""


def drive(
    trace: Trace,
    scenario: Scenario,
    system: TrackingSystem,
    stream: Stream,
    *,
    name: str = "system",
    tokens: Int64 | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Observations:
    """Play a trace through a system, and take down what the system recorded and what its cookies were.

    Args:
        trace: What people do.
        scenario: What browsers they do it in, on which website, and what they answer its consent banner.
        system: A system with an empty store.
        stream: Draws of this replication.
        name: What to call the system in an error.
        tokens: Token of each event that the system is handed, a permutation of the row numbers, which it is by default.
        progress: Told now and then how many more actions have been played.

    Raises:
        SystemFault: If the system raises, hangs, or gives an assignment that cannot be one.
    """
    given = np.arange(len(trace.events)) if tokens is None else tokens
    player = _Player(trace, scenario, system, stream)
    with watchdog(name) as alive:
        for start in range(0, len(trace.events), _STRETCH):
            alive()
            stretch = slice(start, start + _STRETCH)
            try:
                player.play(stretch, given[stretch].tolist())
            except SystemFault:
                raise
            except Exception as problem:
                raise SystemFault(describe(name, problem)) from problem
            progress(min(_STRETCH, len(trace.events) - start))
        alive()
        try:
            assignment = system.assignment()
        except Exception as problem:
            raise SystemFault(describe(name, problem)) from problem
    return observations(check_assignment(name, assignment, len(given)), player.taken_down(), given)


class _Player:
    """Browsers with their jars, and the website that they visit."""

    def __init__(self, trace: Trace, scenario: Scenario, system: TrackingSystem, stream: Stream) -> None:
        self._trace = trace
        self._system = system
        self._random = Identifiers(stream, Purpose.SCRIPT_IDS)
        self._website = _Website(scenario)
        self._first_day = scenario.start_ms // DAY
        self._profiles = browser_profiles(scenario, stream, trace.browsers)
        self._answers = consent_answers(scenario.consent, trace.browsers)
        self._restores = session_restores(scenario, stream, trace.events)
        self._jars: list[CookieJar | None] = [None] * len(trace.browsers)
        self._storage: list[dict[str, str]] = [{} for _ in self._jars]
        self._ids: dict[str, int] = {}
        self._taken_down = array("q")

    def play(self, rows: slice, tokens: list[int]) -> None:
        """Play some rows of the trace."""
        events = self._trace.events
        columns = (events.time, events.browser, events.action, events.page, events.interacted, events.detail)
        restores = self._restores[rows].tolist()
        jars = self._jars
        numbers = range(rows.start, rows.start + len(tokens))
        actions = zip(numbers, tokens, *(column[rows].tolist() for column in columns), strict=True)
        for row, token, now, browser, action, page, interacted, detail in actions:
            jar = jars[browser]
            if jar is None:
                jar = jars[browser] = self._unpack(browser)
            if action == Action.LOAD:
                self._load(row, token, now, browser, jar, page)
                if interacted:
                    jar.interact(self._website.documents[page].route, now)
            elif action == Action.SUBMIT:
                self._submit(row, token, now, browser, jar, page, detail)
            elif action == Action.CLOSE:
                jar.close_browser(restores_session=restores[row - rows.start])
            elif action == Action.CLEAR:
                jar.clear()
                self._storage[browser].clear()
            else:
                raise NotImplementedError(f"the drive does not play {Action(action).name} yet")

    def taken_down(self) -> Int64:
        """Rows of `sim.drive.columns.COLUMNS`, one for each event that a system could record."""
        return np.frombuffer(self._taken_down, np.int64).reshape(-1, len(COLUMNS))

    def _unpack(self, browser: int) -> CookieJar:
        return CookieJar(self._profiles[browser], days_used=self._trace.days_used[browser], first_day=self._first_day)

    def _load(self, row: int, token: int, now: int, browser: int, jar: CookieJar, number: int) -> None:
        website = self._website
        document = website.documents[number]
        choice = jar.sent(document.route, now).get(website.consent_cookie)
        tracked = website.tracked(choice)
        page = self._page(document, jar, now, token, browser, website.configs[number][tracked])
        self._take_down(row, jar, document, now, tracked)
        self._system.on_load(page)
        if choice is None and website.asks:
            answer = self._answers[browser]
            if answer is not Answer.IGNORE:
                choice = _ACCEPTED if answer is Answer.ACCEPT else _REFUSED
                website.remember_choice(choice, jar, document, now)
                if website.tracked(choice) != tracked:
                    page.config = website.configs[number][not tracked]
                    self._system.on_event(page, PageEvent(PageEventKind.CONSENT))
        if website.has_form[number]:
            self._system.on_event(page, PageEvent(PageEventKind.FORM_VIEW))

    def _submit(self, row: int, token: int, now: int, browser: int, jar: CookieJar, number: int, form: int) -> None:
        website, forms = self._website, self._trace.forms
        document = website.documents[number]
        tracked = website.tracked(jar.sent(document.route, now).get(website.consent_cookie))
        page = self._page(document, jar, now, token, browser, website.configs[number][tracked])
        self._take_down(row, jar, document, now, tracked)
        typed = {name: getattr(forms, name)[form] for name in forms.schema()}
        self._system.on_event(page, PageEvent(PageEventKind.SUBMIT, typed))

    def _page(
        self, document: Document, jar: CookieJar, now: int, token: int, browser: int, config: Mapping[str, Any]
    ) -> Page:
        return Page(document, jar, self._system.handle, now, token, config, self._random, self._storage[browser])

    def _take_down(self, row: int, jar: CookieJar, document: Document, now: int, tracked: bool) -> None:
        """Note the cookies of the system as they are before it acts, and for each that is not there the reason."""
        names, ids = self._system.cookies, self._ids
        at_site, at_service = document.route, document.route_to(self._website.service_url, "POST")
        own, theirs = jar.sent(at_site, now), jar.sent(at_service, now)
        third = first = NONE
        absent = 0
        if names.third_party_visitor:
            value = theirs.get(names.third_party_visitor)
            if value is None:
                absent = jar.absence(names.third_party_visitor, at_service, now)
            else:
                third = ids.setdefault(value, len(ids))
        if names.first_party_visitor:
            value = own.get(names.first_party_visitor)
            if value is None:
                absent |= jar.absence(names.first_party_visitor, at_site, now) << 8
            else:
                first = ids.setdefault(value, len(ids))
        if names.third_party_visit and names.third_party_visit not in theirs:
            absent |= jar.absence(names.third_party_visit, at_service, now) << 16
        if names.first_party_visit and names.first_party_visit not in own:
            absent |= jar.absence(names.first_party_visit, at_site, now) << 24
        self._taken_down.extend((row, third, first, absent, tracked))


class _Website:
    """The customer's site: its documents, its consent banner, and what it tells the system's script."""

    def __init__(self, scenario: Scenario) -> None:
        website, consent = scenario.website, scenario.consent
        self.documents = [Document(f"https://{website.host}{page.path}") for page in website.pages]
        self.has_form = [page.form for page in website.pages]
        self.service_url = f"https://{website.service}/"
        self.asks = consent.banner is not Banner.NONE
        self.consent_cookie = consent.cookie.name
        self._opt_in = consent.banner is Banner.OPT_IN
        self._attributes = Attributes(max_age=consent.cookie.life // 1000, path="/")
        self._set_by_server = consent.cookie.set_by == "server"
        self.configs = [
            {
                tracked: {"website_id": page.website_id, "hostname": website.service, "Anonymize": not tracked}
                for tracked in (False, True)
            }
            for page in website.pages
        ]

    def tracked(self, choice: str | None) -> bool:
        """Whether the site lets the system set cookies, given what its consent cookie holds."""
        if not self.asks:
            return True
        return choice == _ACCEPTED if self._opt_in else choice != _REFUSED

    def remember_choice(self, choice: str, jar: CookieJar, document: Document, now: int) -> None:
        """Set the consent cookie, as the site does it: by script, or by a response of its own server."""
        cookie = SetCookie(self.consent_cookie, choice, self._attributes)
        if self._set_by_server:
            jar.store(cookie, document.route, now)
        else:
            jar.script_store(cookie, document.route, now)
