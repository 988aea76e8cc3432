"""The message driver: plays a whole replication, message by message, in the order of time, through any system.

In the order of time, since a live system has one store of contacts for all browsers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.browser import (
    Attributes,
    BrowserProfile,
    Context,
    CookieJar,
    Document,
    Page,
    PageEvent,
    PageEventKind,
    Request,
    Route,
    SetCookie,
    Window,
)
from sim.browser.page import Handler
from sim.browser.shape import Shape, why_absent
from sim.draws import Identifiers, Purpose, Stream
from sim.drive.choices import browser_profiles, consent_answers, remembering, session_restores
from sim.drive.collecting import no_collecting
from sim.drive.columns import Sightings, observations
from sim.drive.faults import SystemFault, check_assignment, describe, watchdog
from sim.drive.jars import jars
from sim.drive.landings import places
from sim.records import DAY, NONE, SECOND, Action, Int64, Observations, Trace
from sim.scenario import Banner, Scenario, WebPage, Website
from sim.system import CookieNames, TrackingSystem

_STRETCH = 2000
"""Actions between two signs of life."""

_LOAD = int(Action.LOAD)  # comparing with a member of an enumeration costs ten times as much

_FORM_VIEW, _CONSENT = PageEvent(PageEventKind.FORM_VIEW), PageEvent(PageEventKind.CONSENT)
_CLICK = PageEvent(PageEventKind.CLICK)
_NAVIGATIONS = frozenset(map(int, (Action.FOLLOW_EMAIL_LINK, Action.FOLLOW_REDIRECT, Action.SIGN_IN, Action.REGISTER)))
_OK = 200

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
    adjust: Callable[[BrowserProfile], BrowserProfile] | None = None,
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
        adjust: What becomes of the rules of each browser, in a what-if.
        progress: Told now and then how many more actions have been played.

    Raises:
        SystemFault: If the system raises, hangs, or gives an assignment that cannot be one.
    """
    given = np.arange(len(trace.events)) if tokens is None else tokens
    player = _Player(trace, scenario, system, stream, adjust)
    with watchdog(name) as alive, no_collecting():
        for start in range(0, len(trace.events), _STRETCH):
            alive()
            stretch = slice(start, start + _STRETCH)
            try:
                if not start and len(trace.mails):
                    system.import_contacts(player.mailing_list())
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
    return observations(name, check_assignment(name, assignment, len(given)), player.taken_down(), given)


class _Player:
    """Browsers with their jars, and the website that they visit."""

    def __init__(
        self,
        trace: Trace,
        scenario: Scenario,
        system: TrackingSystem,
        stream: Stream,
        adjust: Callable[[BrowserProfile], BrowserProfile] | None,
    ) -> None:
        self._trace = trace
        self._system = system
        self._random = Identifiers(stream, Purpose.SCRIPT_IDS)
        self._website = _Website(scenario)
        decorated = scenario.website.decorated_links
        self._place_of = places(trace.events, len(scenario.website.pages)) if decorated else trace.events.page
        self._first_day = scenario.start_ms // DAY
        profiles = browser_profiles(scenario, stream, trace.browsers)
        self._profiles = list(map(adjust, profiles)) if adjust else profiles
        self._jar_of, browser_of = jars(trace.events, trace.browsers, self._profiles)
        self._browser_of = browser_of.tolist()
        self._answers = consent_answers(scenario.consent, trace.browsers)
        self._restores = session_restores(scenario, stream, trace.events, trace.browsers)
        self._remembers, self._corrects = remembering(scenario, stream, trace.events, trace.browsers)
        self._unreached = trace.browsers.ad_blocker[browser_of].tolist()
        self._purges = np.array([profile.purge_after is not None for profile in self._profiles], np.bool_)[browser_of]
        self._open: list[_Browser | None] = [None] * len(browser_of)
        self._tabs: dict[int, list[int]] = {}
        for tab in range(len(trace.browsers), len(browser_of)):
            self._tabs.setdefault(self._browser_of[tab], []).append(tab)
        self._ids: dict[str, int] = {}
        self._sightings = Sightings()

    def play(self, rows: slice, tokens: list[int]) -> None:
        """Play some rows of the trace."""
        events, jar = self._trace.events, self._jar_of[rows]
        spared = events.interacted[rows] & self._purges[jar]  # no other browser asks when somebody interacted last
        columns = (events.time[rows], jar, events.action[rows], self._place_of[rows], spared, events.detail[rows])
        numbers = range(rows.start, rows.start + len(tokens))
        already_open, places = self._open, self._website.places
        for row, token, now, number, action, page, interacted, detail in zip(
            numbers, tokens, *(column.tolist() for column in columns), strict=True
        ):
            browser = already_open[number]
            if action == _LOAD:
                if browser is None:
                    if self._unreached[number]:
                        continue
                    browser = self._open_browser(number)
                self._load(row, token, now, browser, places[page])
                if interacted:
                    browser.jar.interact(places[page].to_site, now)
            elif action in _NAVIGATIONS:
                if browser is None:
                    if self._unreached[number]:
                        continue
                    browser = self._open_browser(number)
                self._navigate(row, token, now, browser, action, page, detail)
            elif browser is None:  # not on the site yet, or blocks the system, or has a jar for each of its tabs
                for tab in self._tabs.get(number, ()):
                    if (of_tab := already_open[tab]) is not None:
                        self._end(row, now, of_tab, action)
            elif action == Action.SUBMIT:
                self._submit(row, token, now, browser, places[page], detail)
            elif action == Action.CLICK:
                self._system.on_event(self._page(row, token, now, browser, places[page])[0], _CLICK)
            elif action == Action.CHANGE_CONSENT:
                self._change_consent(row, token, now, browser, places[page], bool(detail))
            else:
                self._end(row, now, browser, action)

    def mailing_list(self) -> dict[int, dict[str, str]]:
        """Details of everybody on the mailing list, by the number that links in their mails carry."""
        return {form: self._typed(form) for form in np.unique(self._trace.mails.addressee).tolist()}

    def taken_down(self) -> Int64:
        """Rows of `sim.drive.columns.COLUMNS`, one for each event that a system could record."""
        return self._sightings.columns()

    def _end(self, row: int, now: int, browser: _Browser, action: int) -> None:
        """The browser is closed, cleared, or gone with its device."""
        jar = browser.jar
        if action == Action.CLOSE:
            jar.close_browser(bool(self._restores[row]), now)
            if not jar.profile.clear_on_close:
                return
        elif action == Action.CLEAR:
            jar.clear(now)
        else:
            jar.reset(now)
        browser.local_storage.clear()

    def _open_browser(self, number: int) -> _Browser:
        of = self._browser_of[number]
        jar = CookieJar(self._profiles[of], days_used=self._trace.days_used[of], first_day=self._first_day)
        browser = self._open[number] = _Browser(jar, self._system.handle, self._random, self._answers[of])
        return browser

    def _load(self, row: int, token: int, now: int, browser: _Browser, place: _Place) -> None:
        """A page is opened: its script runs, its banner is answered, its form is looked at."""
        page, seen = self._page(row, token, now, browser, place)
        system = self._system
        system.on_load(page)
        if seen.asks and browser.answer is not None:
            self._answer(page, seen, browser, place, now, browser.answer)
        if place.has_form:
            system.on_event(page, _FORM_VIEW)
            if place.prefills:
                browser.filled_in[page.url] = page.form
                if page.form:
                    self._sightings.mark_prefilled()

    def _submit(self, row: int, token: int, now: int, browser: _Browser, place: _Place, form: int) -> None:
        """A form is submitted as it was filled in, or as typed where it was not, or shows somebody else's name."""
        page, _ = self._page(row, token, now, browser, place)
        typed, shown = self._typed(form), browser.filled_in.pop(page.url, None)
        if shown and (_name(shown) == _name(typed) or not self._corrects[row]):
            typed.update(shown)
        remember_me = place.prefills and bool(self._remembers[row])
        self._system.on_event(page, PageEvent(PageEventKind.SUBMIT, typed, remember_me))

    def _change_consent(self, row: int, token: int, now: int, browser: _Browser, place: _Place, accepted: bool) -> None:
        """The site's consent settings are opened, where it has some, and answered anew."""
        page, seen = self._page(row, token, now, browser, place)
        if self._website.asks:
            self._answer(page, seen, browser, place, now, accepted)

    def _answer(self, page: Page, seen: _Seen, browser: _Browser, place: _Place, now: int, accepted: bool) -> None:
        """The banner is answered: the site keeps that in mind, and tells the system where it is news."""
        self._website.remember_choice(accepted, browser.jar, place, now)
        if accepted is not seen.tracked:
            page.config = place.configs[accepted]
            self._system.on_event(page, _CONSENT)

    def _navigate(
        self, row: int, token: int, now: int, browser: _Browser, action: int, number: int, detail: int
    ) -> None:
        """The browser goes to the service by a link, or does something on the event website."""
        website, trace = self._website, self._trace
        if action == Action.FOLLOW_EMAIL_LINK:
            addressee, campaign = int(trace.mails.addressee[detail]), int(trace.mails.campaign[detail])
            ask = [(website.to_links, Request(website.email_link(addressee, campaign), now, token, "GET"))]
        elif action == Action.FOLLOW_REDIRECT:
            ask = [(website.to_links, Request(website.redirect_link, now, token, "GET"))]
        else:
            sign_in = Request(website.sign_in, now, token, "POST", website.sign_in_as(self._typed(detail)))
            register = Request(website.register, now, token, "POST")
            ask = [(website.to_event_site, sign_in if action == Action.SIGN_IN else register)]
            if action == Action.REGISTER:
                ask += [(website.to_event_site, sign_in), (website.to_event_site, register)]  # once more, if need be
        jar, place = browser.jar, website.places[max(number, 0)]
        seen = self._look(jar.version(now), jar, place, now, ask[0][0])
        self._sightings.add(row, seen.number)
        for route, request in ask:
            request.cookies = jar.sent(route, now)
            response = browser.handler(request)
            for set_cookie in response.set_cookies:
                jar.store(set_cookie, route, now)
            if response.status == _OK:
                break

    def _page(self, row: int, token: int, now: int, browser: _Browser, place: _Place) -> tuple[Page, _Seen]:
        """A page, and what its browser holds for the system now, before the system acts; that is taken down."""
        jar, seen = browser.jar, browser.seen
        version = jar.version(now)
        if seen.version != version or not (seen.place is place or jar.shape.rooted):
            seen = browser.seen = self._look(version, jar, place, now, place.to_service)
        self._sightings.add(row, seen.number)
        return Page(place.document, browser, now, token, place.configs[seen.tracked]), seen

    def _typed(self, form: int) -> dict[str, str]:
        forms = self._trace.forms
        return {name: getattr(forms, name)[form] for name in forms.schema()}

    def _look(self, version: int, jar: CookieJar, place: _Place, now: int, to_service: Route) -> _Seen:
        """Look for the system's cookies and the site's own, among those that script reads and the service is sent."""
        names, ids, website = self._system.cookies, self._ids, self._website
        own, theirs = jar.script_values(place.to_site, now), jar.sent(to_service, now)
        third, first = theirs.get(names.third_party_visitor), own.get(names.first_party_visitor)
        choice = own.get(website.consent_cookie, "")
        tracked, absences = website.tracked[choice], place.absences[to_service]
        absent = absences.get(jar.shape)
        if absent is None:
            absent = absences[jar.shape] = _absences(jar.shape, names, place.to_site, to_service)
        number = self._sightings.take_down(
            NONE if third is None else ids.setdefault(third, len(ids)),
            NONE if first is None else ids.setdefault(first, len(ids)),
            absent,
            tracked,
        )
        return _Seen(version, place, number, website.asks and not choice, tracked)


def _name(fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(fields.get(part, "").casefold() for part in ("first_name", "last_name"))


def _absences(shape: Shape, names: CookieNames, to_site: Route, to_service: Route) -> int:
    """Why each of the system's four cookies is not there, a byte each: visitor ids third party first, then visits."""
    reasons = (
        why_absent(shape, names.third_party_visitor, to_service, script=False),
        why_absent(shape, names.first_party_visitor, to_site, script=True),
        why_absent(shape, names.third_party_visit, to_service, script=False),
        why_absent(shape, names.first_party_visit, to_site, script=True),
    )
    return sum(reason << 8 * byte for byte, reason in enumerate(reasons))


class _Seen:
    """What a browser held for the site and the system when last looked at; it holds for one version of its jar."""

    __slots__ = ("asks", "number", "place", "tracked", "version")

    def __init__(self, version: int, place: _Place | None, number: int, asks: bool, tracked: bool) -> None:
        self.version = version
        self.place = place
        self.number = number
        """Number of what was taken down."""
        self.asks = asks
        """Whether the site's banner is shown, since no choice is remembered."""
        self.tracked = tracked
        """Whether the site lets the system set cookies."""


_NOTHING_SEEN = _Seen(NONE, None, NONE, asks=False, tracked=False)


class _Browser(Window):
    """A browser that has been on the site, with who sits before it."""

    __slots__ = ("answer", "filled_in", "seen")

    def __init__(self, jar: CookieJar, handler: Handler, random: Callable[[int], str], answer: bool | None) -> None:
        super().__init__(jar, handler, random)
        self.answer = answer
        """Whether its user accepts when a banner asks; `None`: no answer."""
        self.filled_in: dict[str, Mapping[str, str]] = {}
        """What each form, by address of its page, was filled in with until it is submitted."""
        self.seen = _NOTHING_SEEN


class _Place:
    """A page of the site, with the routes that start there and what it tells the script."""

    __slots__ = ("absences", "configs", "document", "has_form", "prefills", "to_service", "to_site")

    def __init__(self, page: WebPage, website: Website, link_decorated: bool) -> None:
        service = website.service
        self.document = Document(f"https://{website.host}{page.path}", link_decorated)
        self.to_site = self.document.route
        self.to_service = self.document.routes[f"https://{service}/", "POST"]
        self.has_form = page.form
        self.prefills = page.prefill
        self.configs = {
            tracked: {
                "website_id": page.website_id,
                "hostname": service,
                "Anonymize": not tracked,
                "prefill": page.prefill,
                "captured": page.captured,
            }
            for tracked in (False, True)
        }
        """By whether the system may set cookies."""
        self.absences: defaultdict[Route, dict[Shape, int]] = defaultdict(dict)
        """What `_absences` told for this page, by the route to the service and the shape of the jar."""


class _Website:
    """The customer's site: its pages, and its consent banner."""

    def __init__(self, scenario: Scenario) -> None:
        website, consent = scenario.website, scenario.consent
        self.places = [
            _Place(page, website, decorated) for decorated in (False, True) for page in website.pages
        ]  # by page, and again as landing pages of decorated links
        self.asks = consent.banner is not Banner.NONE
        self.consent_cookie = consent.cookie.name
        self.tracked = {_ACCEPTED: True, _REFUSED: False, "": consent.banner is not Banner.OPT_IN}
        """Whether the site lets the system set cookies, by what its consent cookie holds."""
        self.to_links = Route.of(f"https://{website.service}/", Context.top_level(f"https://{website.service}/"))
        """A link of the system's is followed: from a mail, or from a page of somebody else."""
        self.redirect_link = f"https://{website.service}/redirect-link"
        event_site = f"https://{website.event_site}"
        self.to_event_site = Route.of(f"{event_site}/", Context(f"{event_site}/", "POST", True))
        self.sign_in, self.register = f"{event_site}/sign-in", f"{event_site}/register"
        self._service = website.service
        self._language = scenario.population.locale.partition("_")[0]
        self._set_by_server = consent.cookie.set_by == "server"
        attributes = Attributes(max_age=consent.cookie.life // SECOND, path="/")
        self._choices = {
            accepted: SetCookie(self.consent_cookie, _ACCEPTED if accepted else _REFUSED, attributes)
            for accepted in (False, True)
        }

    def sign_in_as(self, details: Mapping[str, str]) -> dict[str, Any]:
        """What the event website is told when somebody signs in."""
        return {"fields": details, "language": self._language}

    def email_link(self, addressee: int, campaign: int) -> str:
        """The link in a mail: it names the message and whom it was sent to."""
        return f"https://{self._service}/email-link?addressee={addressee}&campaign={campaign}"

    def remember_choice(self, accepted: bool, jar: CookieJar, place: _Place, now: int) -> None:
        """Set the consent cookie, as the site does it: by script, or by a response of its own server."""
        jar.store(self._choices[accepted], place.to_site, now, script=not self._set_by_server)
