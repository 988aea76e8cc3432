"""The cookie store of one browser: RFC 6265bis, sections 5.7 and 5.8, under a profile's rules.

One jar, two doors. `set_cookie`, `cookies_for`, `document_cookie` and `set_document_cookie` take headers and addresses;
`store`, `script_store`, `sent`, `script_text` and `absence` take what is parsed and resolved already. The former are
the latter with the parsing before them. All times are ms since the epoch and never run backwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.browser import rules
from sim.browser.absence import Absence
from sim.browser.cookie import Cookie, SetCookie
from sim.browser.match import domain_match, is_public_suffix, path_match
from sim.browser.profiles import BrowserProfile
from sim.browser.route import Context, Route
from sim.browser.rules import NEVER, Place, SameSite

_DAY = 24 * 60 * 60 * 1000


@dataclass(slots=True)
class _View:
    """What one route sees of the jar, kept until the jar changes."""

    cookies: list[Cookie]
    """In sending order."""
    by_name: dict[str, str]
    text: str = field(default="")
    read: int = 0
    """When it was read last: the last access of its cookies, told to them when it matters."""


_NO_VIEWS: dict[Route, _View] = {}
_NO_ENDS: dict[tuple[str, str, str], tuple[Absence, int]] = {}
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
        "_ends",
        "_first_day",
        "_interactions",
        "_next_end",
        "_script_views",
        "_views",
        "profile",
    )

    def __init__(self, profile: BrowserProfile, days_used: NDArray[np.bool_] | None = None, first_day: int = 0) -> None:
        self.profile = profile
        self._days_used = days_used
        self._first_day = first_day
        self._cookies: list[Cookie] = []  # in order of creation
        self._next_end = NEVER  # nothing in the jar ends before this
        self._views = _NO_VIEWS
        self._script_views = _NO_VIEWS
        self._ends = _NO_ENDS  # how the last cookie of (name, scope, partition) ended, and until when it was asked for
        self._interactions = _NO_INTERACTIONS  # last interaction by site; the first script write where there was none

    # Headers and addresses

    def set_cookie(self, header: str, url: str, now: int, context: Context) -> Absence:
        """Take a Set-Cookie header of the response from `url`.

        Returns:
            PRESENT where it was obeyed, else why not.
        """
        asked = SetCookie.parse(header)
        return Absence.REFUSED if asked is None else self.store(asked, Route.of(url, context), now)

    def cookies_for(self, url: str, now: int, context: Context) -> list[Cookie]:
        """The cookies that a request to `url` carries, in sending order. RFC 6265bis, section 5.8.3."""
        return list(self._view(Route.of(url, context), now).cookies)

    def document_cookie(self, url: str, now: int, context: Context | None = None) -> str:
        """What document.cookie reads on a page at `url`, in the tab itself where no context says otherwise."""
        return self.script_text(Route.of(url, context or Context(url)), now)

    def set_document_cookie(self, text: str, url: str, now: int, context: Context | None = None) -> Absence:
        """Assign to document.cookie on a page at `url`, in the tab itself where no context says otherwise."""
        return self.script_store(text, Route.of(url, context or Context(url)), now)

    # Parsed and resolved

    def store(self, asked: SetCookie, route: Route, now: int) -> Absence:
        """Do what a response on `route` asks. RFC 6265bis, section 5.7.

        Returns:
            PRESENT where the cookie is stored, or deleted as asked; else why not.
        """
        return self._store(asked, route, now, script=False)

    def script_store(self, asked: str | SetCookie, route: Route, now: int) -> Absence:
        """Do what a script on a page of `route` asks by assigning to document.cookie."""
        parsed = SetCookie.parse(asked) if isinstance(asked, str) else asked
        return Absence.REFUSED if parsed is None else self._store(parsed, route, now, script=True)

    def sent(self, route: Route, now: int) -> Mapping[str, str]:
        """The cookies that a request on `route` carries, by name; the first sent of a name wins. Don't change it."""
        if now < self._next_end:
            view = self._views.get(route)
            if view is not None:
                view.read = now
                return view.by_name
        return self._view(route, now).by_name

    def script_text(self, route: Route, now: int) -> str:
        """What document.cookie reads on a page of `route`."""
        if now < self._next_end:
            view = self._script_views.get(route)
            if view is not None:
                view.read = now
                return view.text
        return self._script_view(route, now).text

    def absence(self, name: str, route: Route, now: int, script: bool = False) -> Absence:
        """Why no cookie of that name is sent on `route` (with `script`: is read by a script there).

        The first of these that holds: it is there; this browser blocks third-party cookies here; it is in the jar but
        SameSite, or another rule of retrieval, keeps it; the last one that this part of the jar held, or was to hold,
        ended or was turned away for a reason; one is there for another top-level site; none was ever set.
        """
        view = self._script_view(route, now) if script else self._view(route, now)
        if name in view.by_name:
            return Absence.PRESENT
        rule, third_party = self.profile.third_party, route.third_party
        sees_common = rules.sees_common(rule, third_party)
        sees_partition = rules.sees_partition(rule, third_party)
        if not (sees_common or sees_partition):
            return Absence.BLOCKED
        elsewhere = False
        for cookie in self._cookies:
            if cookie.name == name and cookie.scope in route.scopes:
                if (sees_partition and cookie.partition == route.partition) or (sees_common and not cookie.partition):
                    if route.same_site or (cookie.http_only and script) or not path_match(route.path, cookie.path):
                        return Absence.REFUSED
                    return Absence.SAME_SITE
                elsewhere = True
        if self._ends:
            for scope in route.scopes:
                for partition in ("", route.partition):
                    end = self._ends.get((name, scope, partition))
                    if end is not None and (partition or sees_common or end[0] == Absence.BLOCKED):
                        reason, asked = end
                        return Absence.CAPPED if reason == Absence.EXPIRED and now < asked else reason
        if elsewhere:
            return Absence.PARTITIONED if sees_partition and rule == rules.ThirdParty.PARTITIONED else Absence.BLOCKED
        return Absence.NEVER_SET

    # What the user does

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

    def clear(self) -> None:
        """The user clears all cookies."""
        self._end_all(Absence.CLEARED)

    def reset(self) -> None:
        """The device is installed anew."""
        self._end_all(Absence.RESET)

    def close_browser(self, restores_session: bool = False) -> None:
        """Close the browser: session cookies end, unless it restores its session."""
        if restores_session:
            return
        kept = []
        for cookie in self._cookies:
            if cookie.expires == NEVER:
                self._remember_end(cookie, Absence.CLOSED)
            else:
                kept.append(cookie)
        self._cookies = kept
        self._changed()

    def __len__(self) -> int:
        return len(self._cookies)

    # The storage model

    def _store(self, asked: SetCookie, route: Route, now: int, script: bool) -> Absence:
        profile = self.profile
        if now >= self._next_end:
            self._sweep(now)
        place = rules.storage_place(profile.third_party, route.third_party, asked.partitioned and profile.partitioned)
        partition = route.partition if place == Place.PARTITION else ""
        scope = _scope(asked.domain, route)
        if scope is None:
            return Absence.REFUSED
        refusal = self._refusal(asked, route, place, scope, script)
        old_at = None
        path = asked.path or route.default_path
        if refusal is Absence.PRESENT:
            for at, cookie in enumerate(self._cookies):
                if (
                    cookie.name == asked.name
                    and cookie.scope == scope
                    and cookie.path == path
                    and cookie.partition == partition
                ):
                    old_at = at
                    if script and cookie.http_only:
                        return Absence.REFUSED
                elif (
                    cookie.secure
                    and not (asked.secure or route.secure)
                    and cookie.name == asked.name
                    and path_match(path, cookie.path)
                    and (
                        domain_match(cookie.domain, scope.removeprefix("."))
                        or domain_match(scope.removeprefix("."), cookie.domain)
                    )
                ):
                    return Absence.REFUSED  # leave secure cookies alone
        if refusal is not Absence.PRESENT:
            self._remember(asked.name, scope, partition, refusal, 0)
            return refusal

        cookie = Cookie()
        cookie.name, cookie.value = asked.name, asked.value
        cookie.scope, cookie.path, cookie.partition, cookie.site = scope, path, partition, route.site
        cookie.secure, cookie.http_only, cookie.same_site = asked.secure, asked.http_only, asked.same_site
        cookie.created = cookie.last_access = now
        cookie.scripted = script
        cookie.asked = rules.asked_expiry(now, asked.max_age, asked.expires)
        cookie.expires = rules.granted_expiry(cookie.asked, now, self._longest_life(route, script))
        if old_at is not None:
            cookie.created = self._cookies[old_at].created
        if cookie.expires <= now:
            if old_at is not None:
                self._remember_end(cookie, Absence.EXPIRED)
                del self._cookies[old_at]
                self._changed()
            return Absence.PRESENT
        if old_at is not None:
            self._cookies[old_at] = cookie
        else:
            self._cookies.append(cookie)
        if script and profile.purge_after is not None and route.site not in self._interactions:
            self.interact(route, now)
        self._next_end = min(self._next_end, self._end_of(cookie))
        self._changed()
        return Absence.PRESENT

    def _refusal(self, asked: SetCookie, route: Route, place: int, scope: str, script: bool) -> Absence:
        profile = self.profile
        if place == Place.NOWHERE:
            return Absence.BLOCKED
        if not rules.same_site_stores(
            asked.same_site, profile.lax_by_default, route.same_site, route.navigation and not script
        ):
            return Absence.SAME_SITE
        if asked.secure and not route.secure:
            return Absence.REFUSED
        if asked.http_only and script:
            return Absence.REFUSED
        if asked.same_site is SameSite.NONE and not asked.secure and profile.none_needs_secure:
            return Absence.REFUSED
        if asked.partitioned and profile.partitioned and not asked.secure:
            return Absence.REFUSED
        prefixed = (asked.name or asked.value).lower()
        if prefixed.startswith("__secure-") and not asked.secure:
            return Absence.REFUSED
        if prefixed.startswith("__host-") and not (asked.secure and not scope.startswith(".") and asked.path == "/"):
            return Absence.REFUSED
        return Absence.PRESENT

    def _longest_life(self, route: Route, script: bool) -> int:
        profile = self.profile
        if script:
            return (
                min(profile.script_life, profile.decorated_script_life) if route.link_decorated else profile.script_life
            )
        return min(profile.http_life, profile.cloaked_http_life) if route.cloaked else profile.http_life

    # The retrieval algorithm

    def _view(self, route: Route, now: int) -> _View:
        if now >= self._next_end:
            self._sweep(now)
        view = self._views.get(route)
        if view is None:
            cookies = self._seen(route, now, script=False)
            view = _View(cookies, _by_name(cookies))
            if self._views is _NO_VIEWS:
                self._views = {}
            if route.safe or not route.navigation:  # else Lax+POST makes it change by the minute
                self._views[route] = view
        view.read = now
        return view

    def _script_view(self, route: Route, now: int) -> _View:
        if now >= self._next_end:
            self._sweep(now)
        view = self._script_views.get(route)
        if view is None:
            cookies = self._seen(route, now, script=True)
            view = _View(cookies, _by_name(cookies), _text(cookies))
            if self._script_views is _NO_VIEWS:
                self._script_views = {}
            self._script_views[route] = view
        view.read = now
        return view

    def _seen(self, route: Route, now: int, script: bool) -> list[Cookie]:
        profile = self.profile
        sees_common = rules.sees_common(profile.third_party, route.third_party)
        sees_partition = rules.sees_partition(profile.third_party, route.third_party)
        seen = [
            cookie
            for cookie in self._cookies
            if cookie.scope in route.scopes
            and path_match(route.path, cookie.path)
            and (route.secure or not cookie.secure)
            and not (script and cookie.http_only)
            and ((sees_partition and cookie.partition == route.partition) if cookie.partition else sees_common)
            and rules.same_site_sends(
                cookie.same_site,
                profile.lax_by_default,
                route.same_site,
                route.navigation and not script,
                route.safe,
                now - cookie.created,
                profile.lax_post,
            )
        ]
        seen.sort(key=_by_path_length)  # stable: equals stay in order of creation
        return seen

    # How cookies end

    def _end_of(self, cookie: Cookie) -> int:
        if cookie.scripted and self.profile.purge_after is not None:
            return min(cookie.expires, self._purge_time(self._interactions.get(cookie.site, cookie.created)))
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
        kept = []
        next_end = NEVER
        for cookie in self._cookies:
            end = self._end_of(cookie)
            if end > now:
                kept.append(cookie)
                next_end = min(next_end, end)
            else:
                self._remember_end(cookie, Absence.EXPIRED if end == cookie.expires else Absence.PURGED)
        if len(kept) < len(self._cookies):
            self._cookies = kept
            self._changed()
        self._next_end = next_end

    def _end_all(self, how: Absence) -> None:
        for cookie in self._cookies:
            self._remember_end(cookie, how)
        self._cookies = []
        self._interactions = _NO_INTERACTIONS
        self._next_end = NEVER
        self._changed()

    def _remember_end(self, cookie: Cookie, how: Absence) -> None:
        self._remember(cookie.name, cookie.scope, cookie.partition, how, cookie.asked)

    def _remember(self, name: str, scope: str, partition: str, how: Absence, asked: int) -> None:
        if self._ends is _NO_ENDS:
            self._ends = {}
        self._ends[name, scope, partition] = how, asked

    def _changed(self) -> None:
        """Forget the views, once their cookies know when they were read."""
        for views in (self._views, self._script_views):
            for view in views.values():
                for cookie in view.cookies:
                    cookie.last_access = max(cookie.last_access, view.read)
        self._views = _NO_VIEWS
        self._script_views = _NO_VIEWS


def _scope(domain: str, route: Route) -> str | None:
    """Whom the cookie is for: RFC 6265bis, section 5.7, steps 9 and 10. None: not for this host to set."""
    if not domain:
        return route.host
    if is_public_suffix(domain):
        return route.host if domain == route.host else None
    return "." + domain if domain_match(route.host, domain) else None


def _by_name(cookies: list[Cookie]) -> dict[str, str]:
    named: dict[str, str] = {}
    for cookie in cookies:
        named.setdefault(cookie.name, cookie.value)
    return named


def _text(cookies: list[Cookie]) -> str:
    """RFC 6265bis, section 5.8.3, step 4: a nameless cookie has no equals sign."""
    return "; ".join(f"{cookie.name}={cookie.value}" if cookie.name else cookie.value for cookie in cookies)


def _by_path_length(cookie: Cookie) -> int:
    return -len(cookie.path)
