"""What a page's script has in its hands: its cookies, its storage, its configuration, and a way to fetch.

A `Document` is what all loads of one URL share; a `Page` is one load of it in one browser. A `Request` goes from there
through the browser's jar to a service, and its `Response` comes back the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from sim.browser.jar import CookieJar
from sim.browser.route import Context, Route
from sim.browser.set_cookie import SetCookie

NOTHING: Mapping[str, Any] = {}


class Request:
    """A request as a server sees it."""

    __slots__ = ("body", "cookies", "event", "method", "now", "url")

    def __init__(
        self,
        url: str,
        now: int,
        event: int,
        method: str = "POST",
        body: Mapping[str, Any] = NOTHING,
        cookies: Mapping[str, str] = NOTHING,
    ) -> None:
        self.url = url
        self.now = now
        """When it is sent, in ms since the epoch."""
        self.event = event
        """Opaque token of the event that caused it."""
        self.method = method
        self.body = body
        """Plain JSON values."""
        self.cookies = cookies
        """The Cookie header, by name; the browser fills it in."""


class Response:
    """A response as a server sends it."""

    __slots__ = ("body", "location", "set_cookies", "status")

    def __init__(
        self,
        body: Mapping[str, Any] = NOTHING,
        set_cookies: Sequence[SetCookie] = (),
        status: int = 200,
        location: str = "",
    ) -> None:
        self.body = body
        """Plain JSON values."""
        self.set_cookies = set_cookies
        self.status = status
        self.location = location
        """Where a redirect leads."""


Handler = Callable[[Request], Response]


class PageEventKind(Enum):
    """What can happen on a page after it has loaded."""

    FORM_VIEW = "form_view"
    CLICK = "click"
    SUBMIT = "submit"
    CONSENT = "consent"


class PageEvent:
    """Something that happens on a page and that its scripts hear of."""

    __slots__ = ("fields", "kind", "remember_me")

    def __init__(self, kind: PageEventKind, fields: Mapping[str, str] = NOTHING, remember_me: bool = False) -> None:
        self.kind = kind
        self.fields = fields
        """What the form holds when it is submitted, by name of the field; empty for other kinds."""
        self.remember_me = remember_me
        """Whether the box "remember me" of the form was ticked."""


class Document:
    """What all loads of one URL have in common: where it is, and the routes of its requests."""

    __slots__ = ("route", "routes", "url")

    def __init__(self, url: str, link_decorated: bool = False) -> None:
        self.url = url
        self.route = Route.of(url, Context(url, "GET", True, link_decorated=link_decorated))
        """Route of the navigation to it, which is also that of its script's own cookies."""
        self.routes = Routes(url)
        """Routes of requests that scripts in this document make."""


class Routes(dict[tuple[str, str], Route]):
    """Routes of requests from one page, by URL and method, worked out when they are first asked for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page

    def __missing__(self, request: tuple[str, str]) -> Route:
        url, method = request
        route = self[request] = Route.of(url, Context(self._page, method))
        return route


class Window:
    """What all pages in one browser share: its jar, its storage, and what lies behind its network."""

    __slots__ = ("handler", "jar", "local_storage", "random")

    def __init__(self, jar: CookieJar, handler: Handler, random: Callable[[int], str]) -> None:
        self.jar = jar
        self.handler = handler
        """The service that answers its requests."""
        self.random = random
        """So many random characters of the URL-safe base64 alphabet, as from crypto.getRandomValues()."""
        self.local_storage: dict[str, dict[str, str]] = {}
        """Script storage by site."""


class Page:
    """One load of a document in one browser."""

    __slots__ = ("_document", "_window", "config", "event", "form", "now", "referrer", "url")

    def __init__(
        self,
        document: Document,
        window: Window,
        now: int,
        event: int,
        config: Mapping[str, Any],
        referrer: str = "",
    ) -> None:
        self._document = document
        self._window = window
        self.url = document.url
        self.now = now
        """The time, in ms since the epoch."""
        self.event = event
        """Opaque token of the event that is going on; every request carries it."""
        self.config = config
        """What the page tells its scripts: website id, host of the service, whether to anonymise."""
        self.referrer = referrer
        self.form: Mapping[str, str] = NOTHING
        """What scripts have filled into the page's form, by name of the field."""

    def random(self, characters: int) -> str:
        """So many random characters of the URL-safe base64 alphabet, as from crypto.getRandomValues()."""
        return self._window.random(characters)

    @property
    def local_storage(self) -> dict[str, str]:
        """What scripts of this document's site have stored in this browser; clearing cookies clears it too."""
        return self._window.local_storage.setdefault(self._document.route.site, {})

    @property
    def cookie(self) -> str:
        """document.cookie: the cookies of this document that scripts may see, as one string."""
        return self._window.jar.script_text(self._document.route, self.now)

    @cookie.setter
    def cookie(self, text: str) -> None:
        self._window.jar.script_store(text, self._document.route, self.now)

    def fetch(self, request: Request) -> Response:
        """Send a request with the cookies that the browser grants it, and let the browser keep those that come back."""
        window, now = self._window, self.now
        route = self._document.routes[request.url, request.method]
        request.cookies = window.jar.sent(route, now)
        response = window.handler(request)
        for set_cookie in response.set_cookies:
            window.jar.store(set_cookie, route, now)
        return response
