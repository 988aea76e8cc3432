"""What a profile decides of a cookie before it looks into the jar. Decided once for each name, attributes and route.

A jar holds a handful of cookies that are set and sent over and over on the same few routes; so the decisions are
remembered, and a page load looks them up.
"""

from __future__ import annotations

from functools import lru_cache

from sim.browser import rules
from sim.browser.absence import Absence
from sim.browser.match import domain_match, is_public_suffix, path_match
from sim.browser.profiles import BrowserProfile
from sim.browser.route import Route
from sim.browser.rules import Place, SameSite
from sim.browser.set_cookie import Attributes


class Terms:
    """What a profile decides of a cookie of some name and attributes on some route, whatever else is in the jar."""

    __slots__ = ("http_only", "life", "name", "partition", "path", "refusal", "same_site", "scope", "secure", "site")

    name: str
    scope: str
    """The host that alone gets it, or a dot and the domain whose hosts all get it."""
    path: str
    partition: str
    """The top-level site that it is kept apart for; empty: none."""
    site: str
    """The registrable domain that it belongs to."""
    secure: bool
    http_only: bool
    same_site: SameSite
    life: int
    """The longest that the browser lets it live, in ms."""
    refusal: Absence
    """Why it is not stored; `PRESENT` where it is."""


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
    partitioned = attributes.partitioned and profile.partitioned
    place = rules.storage_place(profile.third_party, route.third_party, partitioned)
    terms = Terms()
    terms.name, terms.site = name, route.site
    terms.path = attributes.path or route.default_path
    terms.partition = route.partition if place == Place.PARTITION else ""
    terms.secure, terms.http_only, terms.same_site = attributes.secure, attributes.http_only, attributes.same_site
    if script:
        terms.life = profile.script_life
        if route.link_decorated:
            terms.life = min(terms.life, profile.decorated_script_life)
    else:
        terms.life = min(profile.http_life, profile.cloaked_http_life) if route.cloaked else profile.http_life
    terms.scope = _scope(attributes.domain, route) or ""
    terms.refusal = _refusal(profile, terms, prefixed, attributes, route, script, place)
    return terms


@lru_cache(maxsize=65536)
def shown_for(profile: BrowserProfile, terms: Terms, route: Route, script: bool) -> int:
    """Up to what age a route sees a cookie, in ms: 0 for never, `NEVER` for always.

    Only the age at which a Lax-by-default cookie stops going along with POST is in between. RFC 6265bis, section 5.8.3.
    """
    if terms.partition:
        seen = terms.partition == route.partition and rules.sees_partition(profile.third_party, route.third_party)
    else:
        seen = rules.sees_common(profile.third_party, route.third_party)
    if (
        not seen
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
    profile: BrowserProfile, terms: Terms, prefixed: str, asked: Attributes, route: Route, script: bool, place: int
) -> Absence:
    if not terms.scope:
        return Absence.REFUSED
    if place == Place.NOWHERE:
        return Absence.BLOCKED
    navigation = route.navigation and not script
    if not rules.same_site_stores(asked.same_site, profile.lax_by_default, route.same_site, navigation):
        return Absence.SAME_SITE
    if asked.secure and not route.secure:
        return Absence.REFUSED
    if asked.http_only and script:
        return Absence.REFUSED
    if asked.same_site is SameSite.NONE and not asked.secure and profile.none_needs_secure:
        return Absence.REFUSED
    if asked.partitioned and profile.partitioned and not asked.secure:
        return Absence.REFUSED
    lower = prefixed.lower()
    if lower.startswith("__secure-") and not asked.secure:
        return Absence.REFUSED
    if lower.startswith("__host-") and not (asked.secure and not terms.scope.startswith(".") and asked.path == "/"):
        return Absence.REFUSED
    return Absence.PRESENT


def _scope(domain: str, route: Route) -> str | None:
    """Whom the cookie is for: RFC 6265bis, section 5.7, steps 9 and 10. None: not for this host to set."""
    if not domain:
        return route.host
    if is_public_suffix(domain):
        return route.host if domain == route.host else None
    return "." + domain if domain_match(route.host, domain) else None
