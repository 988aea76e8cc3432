"""What a profile decides of a cookie before it looks into the jar. Decided once for each name, attributes and route.

A jar holds a handful of cookies that are set and sent over and over on the same few routes; so the decisions are
remembered, and a page load looks them up.
"""

from __future__ import annotations

from functools import lru_cache

from sim.browser import rules
from sim.browser.absence import Absence
from sim.browser.match import domain_match, has_listed_suffix, is_public_suffix, path_match
from sim.browser.profiles import BrowserProfile
from sim.browser.quirks import Quirk
from sim.browser.route import Route
from sim.browser.rules import Place, SameSite
from sim.browser.set_cookie import Attributes


class Terms:
    """What is decided of a cookie of some name and attributes on some route, whatever else is in the jar.

    `decide` gives one object for equal terms: they are compared by identity.
    """

    __slots__ = (
        "asked", "empty", "granted", "http_only", "longest", "name", "partition",
        "path", "refusal", "same_site", "scope", "scripted", "secure", "site",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        empty: bool,
        scope: str,
        path: str,
        partition: str,
        site: str,
        secure: bool,
        http_only: bool,
        same_site: SameSite,
        scripted: bool,
        longest: int,
        asked: int | None,
        granted: int | None,
        refusal: Absence,
    ) -> None:
        self.name = name
        self.empty = empty
        """Whether it has neither name nor value: libsoup keeps such a cookie, but never shows it."""
        self.scope = scope
        """The host that alone gets it, or a dot and the domain whose hosts all get it; empty: it is for none here."""
        self.path = path
        self.partition = partition
        """The top-level site that it is kept apart for; empty: none."""
        self.site = site
        """The registrable domain that it belongs to."""
        self.secure = secure
        self.http_only = http_only
        self.same_site = same_site
        self.scripted = scripted
        """Whether a script writes it."""
        self.longest = longest
        """The longest that the browser lets it live, in ms."""
        self.asked = asked
        """How long it is to live, in ms: `NEVER` for as long as the session; `None` where Expires names a moment."""
        self.granted = granted
        """The same as the browser grants it."""
        self.refusal = refusal
        """Why it is not stored; `PRESENT` where it is."""


_TERMS: dict[tuple[object, ...], Terms] = {}


@lru_cache(maxsize=65536)
def decide(
    profile: BrowserProfile, name: str, prefixed: str, attributes: Attributes, route: Route, script: bool
) -> Terms:
    """The terms on which a browser takes a cookie. RFC 6265bis, section 5.7.

    Args:
        profile: The rules of the browser.
        name: The cookie's name.
        prefixed: What a prefix would stand before: the name, or the value of a nameless cookie.
        attributes: What is asked for.
        route: The route of the response, or of the page whose script asks.
        script: Whether a script asks.
    """
    route = _resolved(profile, route)
    partitioned = attributes.partitioned and profile.partitioned
    scope = _scope(attributes.domain, route) or ""
    third_party = route.third_party or (
        Quirk.UNLISTED_HOSTS_ARE_SITES in profile.quirks
        and not has_listed_suffix(route.host)
        and scope not in route.page_scopes
    )
    place = rules.storage_place(profile.third_party, third_party, partitioned)
    if script:
        longest = min(profile.script_life, profile.decorated_script_life if route.link_decorated else rules.UNLIMITED)
    else:
        longest = min(profile.http_life, profile.cloaked_http_life if route.cloaked else rules.UNLIMITED)
    names_moment = attributes.max_age is None and attributes.expires is not None
    asked = None if names_moment else rules.asked_expiry(0, attributes.max_age, attributes.expires)
    said = (
        name,
        not prefixed,
        scope,
        attributes.path or route.default_path,
        route.partition if place == Place.PARTITION else "",
        route.site,
        attributes.secure,
        attributes.http_only,
        attributes.same_site,
        script,
        longest,
        asked,
        None if asked is None else rules.granted_expiry(asked, 0, longest),
        _refusal(profile, scope, not name, prefixed, attributes, route, script, place),
    )
    terms = _TERMS.get(said)
    if terms is None:
        terms = _TERMS[said] = Terms(*said)
    return terms


@lru_cache(maxsize=65536)
def shown_for(profile: BrowserProfile, terms: Terms, route: Route, script: bool) -> int:
    """Up to what age a route sees a cookie, in ms: 0 for never, `NEVER` for always.

    Only the age at which a Lax-by-default cookie stops going along with POST is in between. RFC 6265bis, section 5.8.3.
    """
    route = _resolved(profile, route)
    if terms.partition:
        seen = terms.partition == route.partition and rules.sees_partition(profile.third_party, route.third_party)
    else:
        seen = rules.sees_common(profile.third_party, route.third_party)
    if (
        not seen
        or terms.empty
        or terms.scope not in route.scopes
        or not path_match(route.path, terms.path)
        or (terms.secure and not route.secure)
        or (script and terms.http_only)
    ):
        return 0
    return rules.same_site_sends_for(
        terms.same_site,
        profile.lax_by_default,
        route.same_site,
        route.navigation and not script,
        route.safe,
        profile.lax_post,
    )


def _refusal(
    profile: BrowserProfile,
    scope: str,
    nameless: bool,
    prefixed: str,
    asked: Attributes,
    route: Route,
    script: bool,
    place: int,
) -> Absence:
    if not scope:
        return Absence.REFUSED
    if place == Place.NOWHERE:
        return Absence.BLOCKED
    navigation = route.navigation and not script
    if not (
        rules.same_site_stores(asked.same_site, profile.lax_by_default, route.same_site, navigation)
        or Quirk.SAME_SITE_STORES_ALL in profile.quirks
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
    if Quirk.NO_PREFIXES not in profile.quirks and _breaks_prefix(profile, scope, nameless, prefixed, asked, route):
        return Absence.REFUSED
    return Absence.PRESENT


def _breaks_prefix(
    profile: BrowserProfile, scope: str, nameless: bool, prefixed: str, asked: Attributes, route: Route
) -> bool:
    """Whether a name makes a promise that the attributes break: RFC 6265bis, section 5.7, steps 20 to 22."""
    lower = prefixed.lower()
    if nameless:  # a server could not tell the value from a name
        return lower.startswith(("__secure-", "__host-"))
    if lower.startswith("__secure-"):
        return not asked.secure
    if lower.startswith("__host-"):
        at_root = asked.path == "/" or (
            Quirk.DEFAULT_PATH_FITS_HOST_PREFIX in profile.quirks and not asked.path and route.default_path == "/"
        )
        return not (asked.secure and not scope.startswith(".") and at_root)
    return False


def _resolved(profile: BrowserProfile, route: Route) -> Route:
    """The route as the browser sees it."""
    return route.direct if Quirk.NO_ANCESTORS in profile.quirks else route


def _scope(domain: str, route: Route) -> str | None:
    """Whom the cookie is for: RFC 6265bis, section 5.7, steps 9 and 10. None: not for this host to set."""
    if not domain:
        return route.host
    if is_public_suffix(domain):
        return route.host if domain == route.host else None
    if domain.lower() == route.host:  # libsoup leaves it in its case, in which no other host matches it
        return "." + route.host
    return "." + domain if domain_match(route.host, domain) else None
