"""Playing the script in a browser, real or simulated, and writing down what is observed."""

from __future__ import annotations

import itertools
import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from sim.browser.conformance.cases import Case, Count, Fetch, Follow, Nested, Read, Step, Submit, Visit, Write
from sim.browser.conformance.clock import moved_clock
from sim.browser.conformance.engine import DAY_S, Engine, Stored
from sim.browser.conformance.server import ReferenceServer
from sim.browser.jar import CookieJar
from sim.browser.profiles import BrowserProfile
from sim.browser.route import Context

Observed = dict[str, tuple[str, ...]]
"""What was seen in each case, by its title."""

_DAY = DAY_S * 1000
_ROLE = re.compile(r"\{(\w+)\}")


class Browser(ABC):
    """What can be done in a browser; each request gives back the Cookie header that it carried."""

    @abstractmethod
    def request(self, step: Visit, url: str, sets: Sequence[str], tracker: str) -> str:
        """Make the step's request. A nested one goes through a frame of the address `tracker`."""

    @abstractmethod
    def write(self, text: str) -> None:
        """Assign to document.cookie."""

    @abstractmethod
    def read(self) -> str:
        """Read document.cookie."""

    @abstractmethod
    def stored(self) -> list[Stored]:
        """All cookies that it holds."""

    @abstractmethod
    def restart(self, day: float) -> None:
        """Close it and start it again at that many days after the first start."""


class RealBrowser(Browser):
    """An engine, started already, before the reference server."""

    def __init__(self, engine: Engine, server: ReferenceServer) -> None:
        self._engine = engine
        self._server = server
        self._steps = itertools.count(1)

    def request(self, step: Visit, url: str, sets: Sequence[str], tracker: str) -> str:
        number = next(self._steps)
        address = f"{url}?step={number}"
        self._server.prepare(number, sets)
        target = json.dumps(address)
        match step:
            case Fetch():
                self._engine.run(f"fetch({target}, {{credentials: 'include'}}).then(answer => answer.text())")
            case Follow():
                self._engine.run(f"void (location.href = {target})")
                self._arrive(number, address)
            case Submit():
                form = "Object.assign(document.createElement('form'), {method: 'post', action: " + target + "})"
                self._engine.run(f"void document.body.appendChild({form}).submit()")
                self._arrive(number, address)
            case Nested():
                outer = next(self._steps)
                self._server.prepare(outer, (), f'<iframe src="{address}"></iframe>')
                source = json.dumps(f"{tracker}?step={outer}")
                frame = "Object.assign(document.createElement('iframe'), {src: " + source + ", onload: done})"
                self._engine.run(f"new Promise(done => document.body.appendChild({frame}))")
            case _:
                self._engine.open(address)
        return self._server.received(number)

    def write(self, text: str) -> None:
        self._engine.run(f"void (document.cookie = {json.dumps(text)})")

    def read(self) -> str:
        return self._engine.run("document.cookie")

    def stored(self) -> list[Stored]:
        return self._engine.stored()

    def restart(self, day: float) -> None:
        self._engine.stop()
        self._engine.start(moved_clock(day) if day else {})

    def _arrive(self, number: int, address: str) -> None:
        self._server.received(number)
        wanted = f"{address} complete"
        for _ in range(500):
            try:
                if self._engine.run("location.href + ' ' + document.readyState") == wanted:
                    return
            except RuntimeError:  # the page went away under the script
                pass
            time.sleep(0.02)
        raise TimeoutError(f"{self._engine.name} did not show {address}")


class SimulatedBrowser(Browser):
    """A cookie jar in place of an engine."""

    def __init__(self, profile: BrowserProfile) -> None:
        self._jar = CookieJar(profile)
        self._start = self._now = 20_000 * _DAY
        self._page = ""

    def request(self, step: Visit, url: str, sets: Sequence[str], tracker: str) -> str:  # noqa: ARG002
        self._now += 10
        match step:
            case Fetch():
                context = Context(self._page)
            case Follow():
                context = Context(self._page, "GET", True)
            case Submit():
                context = Context(self._page, "POST", True)
            case Nested():
                context = Context(self._page, cross_site_ancestor=True)
            case _:
                context = Context.top_level(url)
        if context.top_level_navigation:
            self._page = url
        sent = self._jar.cookies_for(url, self._now, context)
        for header in sets:
            self._jar.set_cookie(header, url, self._now, context)
        return "; ".join(str(cookie) for cookie in sent)

    def write(self, text: str) -> None:
        self._now += 10
        self._jar.set_document_cookie(text, self._page, self._now)

    def read(self) -> str:
        self._now += 10
        return self._jar.document_cookie(self._page, self._now)

    def stored(self) -> list[Stored]:
        return sorted(
            Stored(
                cookie.name,
                cookie.domain if cookie.host_only else f".{cookie.domain}",
                cookie.path,
                round((cookie.expires - self._now) / _DAY, 1) if cookie.persistent else None,
            )
            for cookie in self._jar
        )

    def restart(self, day: float) -> None:
        self._jar.close_browser()
        self._now = max(self._now, self._start + int(day * _DAY))


def play(cases: Sequence[Case], browser: Browser, port: int) -> Observed:
    """Play all cases in a browser that is at its start, one after the other; what goes on later, day by day.

    Args:
        cases: The script.
        browser: The browser; it is restarted for each later day.
        port: Port of the reference server.
    """
    seen: dict[str, list[str]] = {case.title: [] for case in cases}
    for number, case in enumerate(cases):
        for step in case.steps:
            seen[case.title] += _take(step, number, browser, port)
    stored = browser.stored()
    for number, case in enumerate(cases):
        if case.lists_store:
            mark = f"-{number}.localhost"
            seen[case.title] += [
                f"{cookie.name} {cookie.domain.removesuffix(mark)}{cookie.path} {_life(cookie.days)}"
                for cookie in stored
                if cookie.domain.endswith(mark)
            ]
    for day in sorted({day for case in cases for day in case.later}):
        browser.restart(day)
        for number, case in enumerate(cases):
            for step in case.later.get(day, ()):
                seen[case.title] += [f"day {day:g}: {line}" for line in _take(step, number, browser, port)]
    return {title: tuple(lines) for title, lines in seen.items()}


def _life(days: float | None) -> str:
    return "session" if days is None else f"{days:g} d"


def _take(step: Step, number: int, browser: Browser, port: int) -> list[str]:
    match step:
        case Write():
            browser.write(_named(step.text, number))
            return []
        case Read():
            return ["script reads " + browser.read()]
        case Count():
            mark = f"-{number}.localhost"
            return [f"{sum(cookie.domain.endswith(mark) for cookie in browser.stored())} cookies"]
        case Visit():
            host, _, path = step.url.partition("/")
            kind = type(step).__name__
            sets = [_named(header, number) for header in step.sets]
            url = f"https://{host}-{number}.localhost:{port}/{path}"
            sent = browser.request(step, url, sets, f"https://tracker-{number}.localhost:{port}/")
            return [f"{kind} {step.url} carries {sent}"]


def _named(text: str, number: int) -> str:
    """The header with its roles written out as domains."""
    return _ROLE.sub(lambda role: _domain(role[1], number), text)


def _domain(role: str, number: int) -> str:
    return f"{role}-{number}.LOCALHOST" if role.isupper() else f"{role}-{number}.localhost"
