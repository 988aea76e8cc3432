"""The cookie store of one browser: RFC 6265bis, sections 5.7 and 5.8, under a profile's rules.

One jar, two doors. `set_cookie`, `cookies_for`, `document_cookie` and `set_document_cookie` take headers and addresses;
`store`, `script_store`, `sent`, `script_text` and `absence` take what is parsed and resolved already. The former are
the latter with the parsing before them. All times are ms since the epoch and never run backwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.browser import rules
from sim.browser.absence import Absence
from sim.browser.cookie import Cookie
from sim.browser.match import domain_match, path_match
from sim.browser.profiles import BrowserProfile
from sim.browser.quirks import Quirk
from sim.browser.route import Context, Route
from sim.browser.rules import NEVER, ThirdParty
from sim.browser.set_cookie import SetCookie
from sim.browser.terms import Terms, decide, shown_for

_DAY = 24 * 60 * 60 * 1000


@dataclass(slots=True)
class _View:
    """What one route sees of the jar, kept until the jar changes."""

    cookies: list[Cookie]
    """In sending order."""
    by_name: dict[str, str] | None = None
    """Made when asked for, as `text` is, and again once a value has changed."""
    text: str | None = None
    absent: dict[str, Absence] | None = None
    """Why cookies of some names are not among them, as far as it has been asked."""
    read: int = 0
    """When it was read last: the last access of its cookies, told to them when it matters."""


_NO_VIEWS: dict[Route, _View] = {}
_NO_ENDS: dict[tuple[str, str, str], Absence] = {}
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
        "_rooted",
        "_script_views",
        "_views",
        "profile",
    )

    def __init__(self, profile: BrowserProfile, days_used: NDArray[np.bool_] | None = None, first_day: int = 0) -> None:
        self.profile = profile
        self._days_used = days_used if profile.purge_after is not None else None
        self._first_day = first_day
        self._cookies: list[Cookie] = []  # in order of creation
        self._next_end = NEVER  # nothing in the jar ends before this
        self._rooted = True  # no cookie has had another path than "/", so that paths make no difference
        self._views = _NO_VIEWS
        self._script_views = _NO_VIEWS
        self._ends = _NO_ENDS  # how the last cookie of (name, scope, partition) ended
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
        view = self._view(Route.of(url, context), now)
        view.read = now
        return [copy(cookie) for cookie in view.cookies]

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
        parsed = SetCookie.parse(asked, self.profile.quirks) if isinstance(asked, str) else asked
        return Absence.REFUSED if parsed is None else self._store(parsed, route, now, script=True)

    def sent(self, route: Route, now: int) -> Mapping[str, str]:
        """The cookies that a request on `route` carries, by name; the first sent of a name wins.

        Don't change it. As long as it is the same object, nothing has changed, nor what `absence` says.
        """
        view = self._views.get(route.root if self._rooted else route) if now < self._next_end else None
        if view is None:
            view = self._view(route, now)
        view.read = now
        if view.by_name is None:
            view.by_name = _by_name(view.cookies)
        return view.by_name

    def script_text(self, route: Route, now: int) -> str:
        """What document.cookie reads on a page of `route`."""
        view = self._script_views.get(route.root if self._rooted else route) if now < self._next_end else None
        if view is None:
            view = self._script_view(route, now)
        view.read = now
        if view.text is None:
            view.text = "; ".join(map(str, view.cookies))
        return view.text

    def script_values(self, route: Route, now: int) -> Mapping[str, str]:
        """What document.cookie reads on a page of `route`, by name, on the same terms as `sent`."""
        view = self._script_views.get(route.root if self._rooted else route) if now < self._next_end else None
        if view is None:
            view = self._script_view(route, now)
        view.read = now
        if view.by_name is None:
            view.by_name = _by_name(view.cookies)
        return view.by_name

    def absence(self, name: str, route: Route, now: int, script: bool = False) -> Absence:
        """Why no cookie of that name is sent on `route` (with `script`: is read by a script there).

        The first of these that holds: it is there; this browser blocks third-party cookies here; this part of the jar
        has it, but SameSite or another rule of retrieval keeps it; the last one that this part had, or was to have,
        ended or was turned away for a reason; another part of the jar has it; none was ever set.
        """
        view = self._script_view(route, now) if script else self._view(route, now)
        if view.absent is None:
            view.absent = {}
        reason = view.absent.get(name)
        if reason is None:
            there = any(cookie.terms.name == name for cookie in view.cookies)
            reason = view.absent[name] = Absence.PRESENT if there else self._why_absent(name, route, script)
        return reason

    def _why_absent(self, name: str, route: Route, script: bool) -> Absence:
        rule, third_party = self.profile.third_party, route.third_party
        sees_common = rules.sees_common(rule, third_party)
        sees_partition = rules.sees_partition(rule, third_party)
        if not (sees_common or sees_partition):
            return Absence.BLOCKED
        elsewhere = Absence.NEVER_SET
        for cookie in self._cookies:
            terms = cookie.terms
            if terms.name != name or terms.scope not in route.scopes:
                continue
            if (sees_partition and terms.partition == route.partition) if terms.partition else sees_common:
                fits = (
                    path_match(route.path, terms.path)
                    and (route.secure or not terms.secure)
                    and not (script and terms.http_only)
                )
                return Absence.SAME_SITE if fits else Absence.REFUSED
            if terms.partition or rule == ThirdParty.PARTITIONED:
                elsewhere = Absence.PARTITIONED
            elif elsewhere is Absence.NEVER_SET:
                elsewhere = Absence.BLOCKED
        for scope in route.scopes if self._ends else ():
            for partition in (route.partition, ""):
                how = self._ends.get((name, scope, partition))
                if how is not None and (partition or sees_common or how is Absence.BLOCKED):
                    return how
        return elsewhere

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
        for cookie in self._cookies:
            if cookie.expires == NEVER:
                self._remember(cookie.terms, Absence.CLOSED)
        self._cookies = [cookie for cookie in self._cookies if cookie.expires != NEVER]
        for view in (*self._views.values(), *self._script_views.values()):
            view.cookies = [cookie for cookie in view.cookies if cookie.expires != NEVER]
            view.by_name = view.text = view.absent = None

    def __iter__(self) -> Iterator[Cookie]:
        """Copies of all cookies in the jar, oldest first."""
        return iter([copy(cookie) for cookie in self._cookies])

    def __len__(self) -> int:
        return len(self._cookies)

    # The storage model: RFC 6265bis, section 5.7

    def _store(self, asked: SetCookie, route: Route, now: int, script: bool) -> Absence:
        if now >= self._next_end:
            self._sweep(now)
        terms = decide(self.profile, asked.name, asked.name or asked.value, asked.attributes, route, script)
        if terms.refusal is not Absence.PRESENT:
            if terms.scope:
                self._remember(terms, terms.refusal)
            return terms.refusal
        if script and self.profile.purge_after is not None and route.site not in self._interactions:
            self.interact(route, now)  # days of use count from the first write where nobody has interacted
        if route.secure:
            for cookie in self._cookies:
                if cookie.terms is terms:  # so most often: it is set again just as it was set before
                    cookie.scripted = script
                    return self._set_again(cookie, asked, now)
        old = self._find(terms)
        if (old is not None and script and old.terms.http_only) or (
            not (terms.secure or route.secure) and self._lies_over_secure(terms)
        ):
            return Absence.REFUSED
        if self._rooted and terms.path != "/":
            self._rooted = False
            self._forget_views()
        cookie = Cookie()
        cookie.terms, cookie.value, cookie.scripted = terms, asked.value, script
        cookie.created = now if old is None else old.created
        if old is not None:
            self._cookies[self._cookies.index(old)] = cookie
            self._forget_views()
            if old.value != asked.value and Quirk.NEW_VALUE_NEW_PLACE in self.profile.quirks:
                self._make_youngest(cookie, now)
        return self._set_again(cookie, asked, now, new=old is None)

    def _set_again(self, cookie: Cookie, asked: SetCookie, now: int, new: bool = False) -> Absence:
        """Give a cookie the value and the life that are asked for, and take it in if it is new."""
        attributes, terms = asked.attributes, cookie.terms
        cookie.asked = rules.asked_expiry(now, attributes.max_age, attributes.expires)
        cookie.expires = rules.granted_expiry(cookie.asked, now, terms.life)
        if cookie.expires <= now:
            if not new:
                self._remember(terms, Absence.EXPIRED)
                self._cookies.remove(cookie)
                self._forget_views()
            return Absence.PRESENT
        cookie.last_access = now
        if new:
            self._cookies.append(cookie)
            self._show(cookie)
            if len(self._cookies) > self.profile.domain_limit:
                self._make_room(cookie, now)
        elif cookie.value != asked.value:
            cookie.value = asked.value
            if Quirk.NEW_VALUE_NEW_PLACE in self.profile.quirks:
                self._make_youngest(cookie, now)
            for view in (*self._views.values(), *self._script_views.values()):
                view.by_name = view.text = None
        end = self._earliest_end(cookie)
        if end < self._next_end:
            self._next_end = end
        return Absence.PRESENT

    def _make_youngest(self, cookie: Cookie, now: int) -> None:
        """Take an overwritten cookie for a new one, as engines with `Quirk.NEW_VALUE_NEW_PLACE` do."""
        cookie.created = now
        if self._cookies[-1] is not cookie:
            self._cookies.remove(cookie)
            self._cookies.append(cookie)
            for view in (*self._views.values(), *self._script_views.values()):
                if len(view.cookies) > 1 and cookie in view.cookies:
                    view.cookies.remove(cookie)
                    view.cookies.append(cookie)
                    self._sort(view.cookies)

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
        for cookie in evicted:
            self._remember(cookie.terms, Absence.EVICTED)
        gone = set(map(id, evicted))
        self._cookies = [cookie for cookie in self._cookies if id(cookie) not in gone]
        self._forget_views()

    def _find(self, terms: Terms) -> Cookie | None:
        """The cookie that is the same one: RFC 6265bis, section 5.7, step 23."""
        for cookie in self._cookies:
            held = cookie.terms
            if held is terms or (
                held.name == terms.name
                and held.scope == terms.scope
                and held.path == terms.path
                and held.partition == terms.partition
            ):
                return cookie
        return None

    def _lies_over_secure(self, terms: Terms) -> bool:
        """Whether a cookie would lie over a secure one of its name: RFC 6265bis, section 5.7, step 12."""
        domain = terms.scope.removeprefix(".")
        return any(
            cookie.secure
            and cookie.name == terms.name
            and path_match(terms.path, cookie.path)
            and (domain_match(cookie.domain, domain) or domain_match(domain, cookie.domain))
            for cookie in self._cookies
        )

    # The retrieval algorithm: section 5.8.3

    def _view(self, route: Route, now: int) -> _View:
        if now >= self._next_end:
            self._sweep(now)
        if self._rooted:
            route = route.root
        view = self._views.get(route)
        if view is None:
            view = _View(self._seen(route, now, script=False))
            if self._views is _NO_VIEWS:
                self._views = {}
            if not route.lax_post:  # there, minutes change what is sent
                self._views[route] = view
        return view

    def _script_view(self, route: Route, now: int) -> _View:
        if now >= self._next_end:
            self._sweep(now)
        if self._rooted:
            route = route.root
        view = self._script_views.get(route)
        if view is None:
            view = _View(self._seen(route, now, script=True))
            if self._script_views is _NO_VIEWS:
                self._script_views = {}
            self._script_views[route] = view
        return view

    def _seen(self, route: Route, now: int, script: bool) -> list[Cookie]:
        """The cookies that a route sees, in sending order."""
        profile = self.profile
        seen = [
            cookie for cookie in self._cookies if now - cookie.created < shown_for(profile, cookie.terms, route, script)
        ]
        self._sort(seen)
        return seen

    def _sort(self, cookies: list[Cookie]) -> None:
        """Bring cookies that stand in order of creation into sending order."""
        if not self._rooted or Quirk.DOMAIN_COOKIES_FIRST in self.profile.quirks:
            cookies.sort(key=self._order)  # stable: equals stay in order of creation

    def _order(self, cookie: Cookie) -> tuple[int, bool]:
        """Longer paths first; older cookies first among equals is the order of the jar."""
        return -len(cookie.terms.path), cookie.host_only and Quirk.DOMAIN_COOKIES_FIRST in self.profile.quirks

    # How cookies end

    def _earliest_end(self, cookie: Cookie) -> int:
        """A time before which the cookie does not end: a purge waits for so many days at the least."""
        wanted = self.profile.purge_after
        if cookie.scripted and wanted is not None:
            since = self._interactions.get(cookie.terms.site, cookie.created)
            return min(cookie.expires, (since // _DAY + wanted) * _DAY)
        return cookie.expires

    def _end_of(self, cookie: Cookie) -> int:
        if cookie.scripted and self.profile.purge_after is not None:
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
        kept = []
        purged = set()
        next_end = NEVER
        for cookie in self._cookies:
            end = self._end_of(cookie)
            if end > now:
                kept.append(cookie)
                next_end = min(next_end, end)
            else:
                self._remember(cookie.terms, _how_it_ended(cookie, end))
                if end < cookie.expires:
                    purged.add(cookie.terms.site)
        for site in purged & self._interactions.keys():
            del self._interactions[site]  # the days of use count anew
        if len(kept) < len(self._cookies):
            self._cookies = kept
            self._forget_views()
        self._next_end = next_end

    def _end_all(self, how: Absence, now: int) -> None:
        if now >= self._next_end:
            self._sweep(now)
        self._interactions = _NO_INTERACTIONS
        if not self._cookies:
            return
        for cookie in self._cookies:
            self._remember(cookie.terms, how)
        self._cookies = []
        self._next_end = NEVER
        self._forget_views()

    def _remember(self, terms: Terms, how: Absence) -> None:
        key = (terms.name, terms.scope, terms.partition)
        if self._ends.get(key) is not how:
            if self._ends is _NO_ENDS:
                self._ends = {}
            self._ends[key] = how
            for view in (*self._views.values(), *self._script_views.values()):
                view.absent = view.by_name = None

    # What routes see

    def _show(self, cookie: Cookie) -> None:
        """Put a new cookie into the views that see it."""
        for views, script in ((self._views, False), (self._script_views, True)):
            for route, view in views.items():
                view.absent = view.by_name = None  # elsewhere is a reason, too
                if shown_for(self.profile, cookie.terms, route, script):
                    view.cookies.append(cookie)
                    self._sort(view.cookies)
                    view.text = None

    def _forget_views(self) -> None:
        """Forget the views, once their cookies know when they were read."""
        self._tell_access()
        self._views = _NO_VIEWS
        self._script_views = _NO_VIEWS

    def _tell_access(self) -> None:
        """Tell the cookies when they were read last."""
        for view in (*self._views.values(), *self._script_views.values()):
            for cookie in view.cookies:
                if cookie.last_access < view.read:
                    cookie.last_access = view.read


def _by_name(cookies: list[Cookie]) -> dict[str, str]:
    """Values by name, in sending order; of several with one name the first counts."""
    by_name = {cookie.terms.name: cookie.value for cookie in cookies}
    if len(by_name) < len(cookies):
        by_name.update((cookie.terms.name, cookie.value) for cookie in reversed(cookies))
    return by_name


def _how_it_ended(cookie: Cookie, end: int) -> Absence:
    """Whether a cookie lived as long as was asked for, or as the browser let it, or was purged before."""
    if end < cookie.expires:
        return Absence.PURGED
    return Absence.CAPPED if cookie.expires < cookie.asked else Absence.EXPIRED
