"""The cookie store of one browser: RFC 6265bis, sections 5.7 and 5.8, under a profile's rules.

One jar, two doors. `set_cookie`, `cookies_for`, `document_cookie` and `set_document_cookie` take headers and addresses;
`store`, `script_store`, `sent`, `script_text` and `absence` take what is parsed and resolved already. The former are
the latter with the parsing before them. All times are ms since the epoch and never run backwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.browser import rules
from sim.browser.absence import Absence
from sim.browser.cookie import Cookie
from sim.browser.profiles import BrowserProfile
from sim.browser.quirks import Quirk
from sim.browser.route import Context, Route
from sim.browser.rules import NEVER
from sim.browser.set_cookie import Attributes, SetCookie
from sim.browser.shape import Shape, ended, moved_last, setting, sight, why_absent

_DAY = 24 * 60 * 60 * 1000


class _View:
    """What requests on one route carry, made when asked for, and again once the jar has changed."""

    __slots__ = ("by_name", "read", "version")

    def __init__(self) -> None:
        self.version = -1  # of the jar, when this was made
        self.by_name: Mapping[str, str] = {}
        self.read = 0  # the last access of its cookies, told to them when it matters


class _ScriptView:
    """What document.cookie reads on one route, likewise."""

    __slots__ = ("read", "text", "version")

    def __init__(self) -> None:
        self.version = -1
        self.text = ""
        self.read = 0


_NO_VIEWS: dict[Route, _View] = {}
_NO_SCRIPT_VIEWS: dict[Route, _ScriptView] = {}
_NO_INTERACTIONS: dict[str, int] = {}


class CookieJar:
    """The cookies of one browser.

    Args:
        profile: The rules of its make.
        days_used: Whether the browser was used, for any site, on each day from `first_day` on; none beyond them. Left
            out, it is used every day. Only a profile that purges by days of use looks at it.
        first_day: Day of the first entry, in days since the epoch.
    """

    __slots__ = (
        "_cookies",
        "_days_used",
        "_first_day",
        "_interactions",
        "_next_end",
        "_script_views",
        "_shape",
        "_version",
        "_views",
        "profile",
    )

    def __init__(self, profile: BrowserProfile, days_used: NDArray[np.bool_] | None = None, first_day: int = 0) -> None:
        self.profile = profile
        self._days_used = days_used if profile.purge_after is not None else None
        self._first_day = first_day
        self._cookies: list[Cookie] = []  # in order of creation
        self._shape = Shape.empty(profile)  # of the cookies, at the same positions
        self._version = 0  # changes with every value and every shape
        self._next_end = NEVER  # nothing in the jar ends before this
        self._views = _NO_VIEWS
        self._script_views = _NO_SCRIPT_VIEWS
        self._interactions = _NO_INTERACTIONS  # last interaction by site; the first script write where there was none

    # Headers and addresses

    def set_cookie(self, header: str, url: str, now: int, context: Context) -> Absence:
        """Take a Set-Cookie header of the response from `url`.

        Returns:
            PRESENT where it was obeyed, else why not.
        """
        asked = SetCookie.parse(header, self.profile.quirks)
        return Absence.REFUSED if asked is None else self.store(asked, Route.of(url, context), now)

    def cookies_for(self, url: str, now: int, context: Context) -> list[Cookie]:
        """The cookies that a request to `url` carries, in sending order. RFC 6265bis, section 5.8.3.

        They are copies: what happens later does not change them.
        """
        route = Route.of(url, context)
        self.sent(route, now)
        return [self._cookies[position].copy() for position in self._seen(route, now)]

    def document_cookie(self, url: str, now: int, context: Context | None = None) -> str:
        """What document.cookie reads on a page at `url`, in the tab itself where no context says otherwise."""
        return self.script_text(Route.of(url, context or Context(url)), now)

    def set_document_cookie(self, text: str, url: str, now: int, context: Context | None = None) -> Absence:
        """Assign to document.cookie on a page at `url`, in the tab itself where no context says otherwise."""
        return self.script_store(text, Route.of(url, context or Context(url)), now)

    # Parsed and resolved

    def store(self, asked: SetCookie, route: Route, now: int, script: bool = False) -> Absence:
        """Do what a response on `route` asks, or with `script` a script on a page there. RFC 6265bis, section 5.7.

        Returns:
            PRESENT where the cookie is stored, or deleted as asked; else why not.
        """
        if now >= self._next_end:
            self._sweep(now)
        name, attributes = asked.name, asked.attributes
        done = setting(self._shape, name, name or asked.value, attributes, route, script)
        terms, position = done.terms, done.position
        if script and self.profile.purge_after is not None and not terms.refusal:
            self._note_writing(route, now)
        if done.refusal:
            self._take_shape(done.shape)
            return done.refusal
        cookies = self._cookies
        if position == len(cookies):
            cookie = Cookie(terms, asked.value, now)
            if self._give_life(cookie, attributes, now):
                cookies.append(cookie)
                self._take_shape(done.shape)
                if len(cookies) > self.profile.domain_limit:
                    self._make_room(cookie, now)
            return Absence.PRESENT
        cookie = cookies[position]
        if cookie.terms is not terms:
            cookie.terms = terms
            self._take_shape(done.shape)
        if not self._give_life(cookie, attributes, now):
            self._lose([(position, Absence.EXPIRED)])
        elif cookie.value != asked.value:
            cookie.value = asked.value
            self._version += 1
            if Quirk.NEW_VALUE_NEW_PLACE in self.profile.quirks:
                cookie.created = now
                if position < len(cookies) - 1:
                    self._move_last(position)
        return Absence.PRESENT

    def script_store(self, text: str, route: Route, now: int) -> Absence:
        """Do what a script on a page of `route` asks by assigning to document.cookie."""
        if "\n" in text and Quirk.SCRIPT_WRITES_LINES in self.profile.quirks:
            return [self.script_store(line, route, now) for line in text.split("\n")][-1]
        asked = SetCookie.parse(text, self.profile.quirks)
        return Absence.REFUSED if asked is None else self.store(asked, route, now, script=True)

    def sent(self, route: Route, now: int) -> Mapping[str, str]:
        """The cookies that a request on `route` carries, by name; the first sent of a name wins. Don't change it."""
        if now >= self._next_end:
            self._sweep(now)
        if self._shape.rooted:
            route = route.root
        view = self._views.get(route)
        if view is None or view.version != self._version:
            view = self._looked(route, now)
        view.read = now
        return view.by_name

    def script_text(self, route: Route, now: int) -> str:
        """What document.cookie reads on a page of `route`."""
        if now >= self._next_end:
            self._sweep(now)
        if self._shape.rooted:
            route = route.root
        view = self._script_views.get(route)
        if view is None or view.version != self._version:
            view = self._script_looked(route)
        view.read = now
        return view.text

    def script_values(self, route: Route, now: int) -> dict[str, str]:
        """What document.cookie reads on a page of `route`, by name; the first of a name wins."""
        if now >= self._next_end:
            self._sweep(now)
        cookies = self._cookies
        return {name: cookies[position].value for name, position in sight(self._shape, route, True).named}

    def absence(self, name: str, route: Route, now: int, script: bool = False) -> Absence:
        """Why no cookie of that name is sent on `route` (with `script`: is read by a script there).

        The first of these that holds: it is there; this browser blocks third-party cookies here; this part of the jar
        has it, but SameSite or another rule of retrieval keeps it; the last one that this part had, or was to have,
        ended or was turned away for a reason; another part of the jar has it; none was ever set.
        """
        if name in (self.script_values(route, now) if script else self.sent(route, now)):
            return Absence.PRESENT
        why = why_absent(self._shape, name, route, script)
        return Absence.SAME_SITE if why is Absence.PRESENT else why  # too old by now to go along

    def version(self, now: int) -> int:
        """A number that stays the same as long as nothing that the jar shows changes, nor why it does not show more."""
        if now >= self._next_end:
            self._sweep(now)
        return self._version

    @property
    def shape(self) -> Shape:
        """What it holds, but for values and times, as of the last call that was told the time."""
        return self._shape

    # What the user does. With the time left out, what has expired since the last call counts as ended by this.

    def interact(self, where: Route | str, now: int) -> None:
        """Note a click, tap or key on a page: Safari spares what script wrote on a site used lately."""
        if self.profile.purge_after is None:
            return
        route = Route.of(where, Context(where)) if isinstance(where, str) else where
        if now >= self._next_end:
            self._sweep(now)
        if self._interactions is _NO_INTERACTIONS:
            self._interactions = {}
        self._interactions[route.site] = now

    def _note_writing(self, route: Route, now: int) -> None:
        """Where nobody has interacted, days of use count from the first time that script writes."""
        if route.site not in self._interactions:
            self.interact(route, now)

    def clear(self, now: int = 0) -> None:
        """The user clears all cookies."""
        self._end_all(Absence.CLEARED, now)

    def reset(self, now: int = 0) -> None:
        """The device is installed anew."""
        self._end_all(Absence.RESET, now)

    def close_browser(self, restores_session: bool = False, now: int = 0) -> None:
        """Close the browser: session cookies end, unless it restores its session.

        Where the profile clears on close, every cookie is a session cookie.
        """
        if restores_session:
            return
        if self.profile.clear_on_close:
            self._end_all(Absence.CLOSED, now)
            return
        if now >= self._next_end:
            self._sweep(now)
        self._lose([(at, Absence.CLOSED) for at, cookie in enumerate(self._cookies) if cookie.expires == NEVER])

    def __iter__(self) -> Iterator[Cookie]:
        """Copies of all cookies in the jar, oldest first."""
        return iter([cookie.copy() for cookie in self._cookies])

    def __len__(self) -> int:
        return len(self._cookies)

    # The storage model: RFC 6265bis, section 5.7

    def _give_life(self, cookie: Cookie, asked: Attributes, now: int) -> bool:
        """Let a cookie live as long as is asked for and granted; false where that is over already."""
        terms = cookie.terms
        if terms.granted == NEVER:
            cookie.asked = cookie.expires = NEVER
        elif terms.granted is None or terms.asked is None:
            cookie.asked = rules.asked_expiry(now, asked.max_age, asked.expires)
            cookie.expires = rules.granted_expiry(cookie.asked, now, terms.longest)
        else:
            cookie.asked = now + terms.asked
            cookie.expires = now + terms.granted
        cookie.last_access = now
        end = self._earliest_end(cookie) if cookie.terms.scripted else cookie.expires
        if end < self._next_end:
            self._next_end = end
        return cookie.expires > now

    def _move_last(self, position: int) -> None:
        self._cookies.append(self._cookies.pop(position))
        self._take_shape(moved_last(self._shape, position))

    def _make_room(self, newest: Cookie, now: int) -> None:
        """Evict what is over the limits, the newest cookie excepted. RFC 6265bis, section 5.7, last paragraphs."""
        profile = self.profile
        self._tell_access()
        site, partition = newest.terms.site, newest.terms.partition
        rivals = [
            cookie
            for cookie in self._cookies
            if cookie.terms.site == site and cookie.terms.partition == partition and cookie is not newest
        ]
        if len(rivals) >= profile.domain_limit:
            rivals.sort(key=lambda cookie: (cookie.secure, cookie.last_access))
            self._evict(rivals[: len(rivals) + 1 - profile.domain_kept])
        if len(self._cookies) > profile.jar_limit:
            spared = now - profile.spared_age
            unread = [cookie for cookie in self._cookies if cookie.last_access <= spared and cookie is not newest]
            unread.sort(key=lambda cookie: cookie.last_access)
            self._evict(unread[: len(self._cookies) - profile.jar_kept])

    def _evict(self, evicted: list[Cookie]) -> None:
        gone = set(map(id, evicted))
        self._lose([(at, Absence.EVICTED) for at, cookie in enumerate(self._cookies) if id(cookie) in gone])

    # The retrieval algorithm: section 5.8.3

    def _looked(self, route: Route, now: int) -> _View:
        """What requests on a route carry, as of now."""
        if self._views is _NO_VIEWS:
            self._views = {}
        view = self._views.get(route)
        if view is None:
            view = self._views[route] = _View()
        cookies = self._cookies
        if route.lax_post:  # there, minutes change what is sent: it is looked for each time
            held = [cookies[position] for position in self._seen(route, now)]
            view.by_name = {cookie.terms.name: cookie.value for cookie in reversed(held)}
        else:
            view.by_name = {name: cookies[position].value for name, position in sight(self._shape, route, False).named}
            view.version = self._version
        return view

    def _script_looked(self, route: Route) -> _ScriptView:
        """What document.cookie reads on a route."""
        if self._script_views is _NO_SCRIPT_VIEWS:
            self._script_views = {}
        view = self._script_views.get(route)
        if view is None:
            view = self._script_views[route] = _ScriptView()
        cookies = self._cookies
        view.text = "; ".join(
            [before + cookies[position].value for before, position in sight(self._shape, route, True).written]
        )
        view.version = self._version
        return view

    def _seen(self, route: Route, now: int) -> list[int]:
        """The positions of the cookies that a request carries, in sending order."""
        seen = sight(self._shape, route, False)
        ages = zip(seen.positions, seen.ages, strict=True)
        return [position for position, age in ages if now - self._cookies[position].created < age]

    # How cookies end

    def _earliest_end(self, cookie: Cookie) -> int:
        """A time before which the cookie does not end: a purge waits for so many days at the least."""
        wanted = self.profile.purge_after
        if cookie.terms.scripted and wanted is not None:
            since = self._interactions.get(cookie.terms.site, cookie.created)
            return min(cookie.expires, (since // _DAY + wanted) * _DAY)
        return cookie.expires

    def _end_of(self, cookie: Cookie) -> int:
        if cookie.terms.scripted and self.profile.purge_after is not None:
            return min(cookie.expires, self._purge_time(self._interactions.get(cookie.terms.site, cookie.created)))
        return cookie.expires

    def _purge_time(self, since: int) -> int:
        """Start of the n-th day of use after the day of `since`."""
        wanted = self.profile.purge_after
        assert wanted is not None
        day = since // _DAY
        if self._days_used is None:
            return (day + wanted) * _DAY
        start = max(day + 1 - self._first_day, 0)
        used = np.flatnonzero(self._days_used[start:])
        if len(used) < wanted:
            return NEVER
        return int(used[wanted - 1] + start + self._first_day) * _DAY

    def _sweep(self, now: int) -> None:
        """Remove what has ended by now."""
        gone = []
        purged = set()
        next_end = NEVER
        for position, cookie in enumerate(self._cookies):
            end = self._end_of(cookie)
            if end > now:
                next_end = min(next_end, end)
            else:
                gone.append((position, _how_it_ended(cookie, end)))
                if end < cookie.expires:
                    purged.add(cookie.terms.site)
        for site in purged & self._interactions.keys():
            del self._interactions[site]  # the days of use count anew
        self._lose(gone)
        self._next_end = next_end

    def _end_all(self, how: Absence, now: int) -> None:
        if now >= self._next_end:
            self._sweep(now)
        self._interactions = _NO_INTERACTIONS
        self._lose([(position, how) for position in range(len(self._cookies))])
        self._next_end = NEVER

    def _lose(self, gone: list[tuple[int, Absence]]) -> None:
        """Let go of the cookies at some positions, which ended in some ways."""
        if gone:
            self._take_shape(ended(self._shape, tuple(gone)))
            for position, _ in reversed(gone):
                del self._cookies[position]

    def _take_shape(self, shape: Shape) -> None:
        if shape is not self._shape:
            self._shape = shape
            self._version += 1

    def _tell_access(self) -> None:
        """Tell the cookies when they were read last."""
        for views, script in ((self._views, False), (self._script_views, True)):
            for route, view in views.items():
                for position in sight(self._shape, route, script).positions:
                    cookie = self._cookies[position]
                    cookie.last_access = max(cookie.last_access, view.read)


def _how_it_ended(cookie: Cookie, end: int) -> Absence:
    """Whether a cookie lived as long as was asked for, or as the browser let it, or was purged before."""
    if end < cookie.expires:
        return Absence.PURGED
    return Absence.CAPPED if cookie.expires < cookie.asked else Absence.EXPIRED
