"""The shape of a jar: on which terms its cookies stand and how others ended, but neither values nor times.

Most jars of a simulation are alike: they hold the same few cookies of the same few hosts, and lost them in the same few
ways. What a route sees of a jar, in which order, and why it sees no more depends on the shape alone; so it is worked
out once for all jars of a shape, and a jar goes from shape to shape by moves that are remembered, too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sim.browser import rules
from sim.browser.absence import Absence
from sim.browser.match import domain_match, path_match
from sim.browser.profiles import BrowserProfile
from sim.browser.quirks import Quirk
from sim.browser.route import Route
from sim.browser.rules import ThirdParty
from sim.browser.set_cookie import Attributes
from sim.browser.terms import Terms, decide, shown_for

_REMEMBERED = 8192


class _Ended(NamedTuple):
    """A cookie that a jar held, or was to hold, by what another one must share to be taken for it."""

    name: str
    scope: str
    partition: str


class Shape:
    """What a jar holds and has lost. Equal shapes are one object, as long as they are remembered; none ever changes."""

    __slots__ = ("ends", "profile", "rooted", "terms")

    def __init__(self, profile: BrowserProfile, terms: tuple[Terms, ...], ends: dict[_Ended, Absence]) -> None:
        self.profile = profile
        self.terms = terms
        """Of its cookies, in order of creation."""
        self.ends = ends
        """How the last cookie of each kind ended."""
        self.rooted = all(each.path == "/" for each in terms)
        """Whether all paths are `/`, so that paths make no difference."""

    @staticmethod
    def empty(profile: BrowserProfile) -> Shape:
        """The shape of a jar that never held a cookie."""
        return _shape(profile, (), frozenset())


class Sight:
    """What a route sees of all jars of a shape."""

    __slots__ = ("ages", "named", "positions", "written")

    def __init__(
        self,
        positions: tuple[int, ...],
        ages: tuple[int, ...],
        named: tuple[tuple[str, int], ...],
        written: tuple[tuple[str, int], ...],
    ) -> None:
        self.positions = positions
        """Of the cookies seen, in sending order."""
        self.ages = ages
        """Up to what age each of them is seen, in ms: for always, but where `Route.lax_post` holds."""
        self.named = named
        """Names and positions; of several cookies with one name the first sent counts."""
        self.written = written
        """What stands before each value in a header, and the value's position."""


@lru_cache(maxsize=_REMEMBERED)
def _shape(profile: BrowserProfile, terms: tuple[Terms, ...], ends: frozenset[tuple[_Ended, Absence]]) -> Shape:
    return Shape(profile, terms, dict(ends))


def _changed(shape: Shape, terms: tuple[Terms, ...], ends: dict[_Ended, Absence]) -> Shape:
    return _shape(shape.profile, terms, frozenset(ends.items()))


# Moves from shape to shape


class Setting:
    """What comes of setting a cookie in all jars of a shape, whatever its value and how long it lives."""

    __slots__ = ("position", "refusal", "shape", "terms")

    def __init__(self, terms: Terms, refusal: Absence, position: int, shape: Shape) -> None:
        self.terms = terms
        self.refusal = refusal
        """Why it is not stored; `PRESENT` where it is."""
        self.position = position
        """That of the cookie that it takes the place of; behind all others where there is none."""
        self.shape = shape
        """The shape that the jar has then."""


@lru_cache(maxsize=65536)
def setting(shape: Shape, name: str, prefixed: str, attributes: Attributes, route: Route, script: bool) -> Setting:
    """What comes of it that a response, or with `script` a script, sets a cookie: see `decide` for the arguments."""
    terms = decide(shape.profile, name, prefixed, attributes, route, script)
    held, position = shape.terms, _position(shape, terms)
    if terms.refusal:
        return Setting(terms, terms.refusal, position, _turned_away(shape, terms) if terms.scope else shape)
    overwrites = position < len(held)
    if (overwrites and script and held[position].http_only) or (
        not (terms.secure or route.secure) and _lies_over_secure(shape, terms)
    ):
        return Setting(terms, Absence.REFUSED, position, shape)
    if overwrites and held[position] is terms:
        return Setting(terms, Absence.PRESENT, position, shape)
    then = _changed(shape, (*held[:position], terms, *held[position + 1 :]), shape.ends)
    return Setting(terms, Absence.PRESENT, position, then)


def _position(shape: Shape, terms: Terms) -> int:
    """Where the cookie is that is the same one, RFC 6265bis, section 5.7, step 23; behind all where there is none."""
    for position, held in enumerate(shape.terms):
        if (
            held.name == terms.name
            and held.scope == terms.scope
            and held.path == terms.path
            and held.partition == terms.partition
        ):
            return position
    return len(shape.terms)


def _lies_over_secure(shape: Shape, terms: Terms) -> bool:
    """Whether a cookie would lie over a secure one of its name: RFC 6265bis, section 5.7, step 12."""
    domain = terms.scope.removeprefix(".")
    for held in shape.terms:
        if held.secure and held.name == terms.name and path_match(terms.path, held.path):
            theirs = held.scope.removeprefix(".")
            if domain_match(theirs, domain) or domain_match(domain, theirs):
                return True
    return False


def _turned_away(shape: Shape, terms: Terms) -> Shape:
    ends = shape.ends | {_kind(terms): terms.refusal}
    return shape if ends == shape.ends else _changed(shape, shape.terms, ends)


@lru_cache(maxsize=_REMEMBERED)
def moved_last(shape: Shape, position: int) -> Shape:
    """A cookie taken for the youngest."""
    terms = shape.terms
    return _changed(shape, (*terms[:position], *terms[position + 1 :], terms[position]), shape.ends)


@lru_cache(maxsize=_REMEMBERED)
def ended(shape: Shape, ends: tuple[tuple[int, Absence], ...]) -> Shape:
    """Without the cookies at some positions, which ended in some ways."""
    gone = dict(ends)
    kept = tuple(terms for position, terms in enumerate(shape.terms) if position not in gone)
    return _changed(shape, kept, shape.ends | {_kind(shape.terms[position]): how for position, how in ends})


def _kind(terms: Terms) -> _Ended:
    return _Ended(terms.name, terms.scope, terms.partition)


# What is seen of it


@lru_cache(maxsize=_REMEMBERED)
def sight(shape: Shape, route: Route, script: bool) -> Sight:
    """What a request on a route carries, or with `script` what a script there reads. RFC 6265bis, section 5.8.3."""
    if shape.rooted and route is not route.root:
        return sight(shape, route.root, script)
    terms, profile = shape.terms, shape.profile
    ages = [shown_for(profile, each, route, script) for each in terms]
    near_first = Quirk.NEAR_DOMAINS_FIRST in profile.quirks
    host, domain, *above = route.scopes
    nearness = [domain, host, *above]

    def order(position: int) -> tuple[int, int]:
        """Longer paths first; older cookies first among equals is the order of the shape."""
        return -len(terms[position].path), nearness.index(terms[position].scope) if near_first else 0

    seen = sorted((position for position, age in enumerate(ages) if age), key=order)
    named: dict[str, int] = {}
    for position in seen:
        named.setdefault(terms[position].name, position)
    return Sight(
        positions=tuple(seen),
        ages=tuple(ages[position] for position in seen),
        named=tuple(named.items()),
        written=tuple((f"{terms[position].name}=" if terms[position].name else "", position) for position in seen),
    )


@lru_cache(maxsize=_REMEMBERED)
def why_absent(shape: Shape, name: str, route: Route, script: bool) -> Absence:
    """Why no cookie of a name is seen by a route in jars of a shape, at whatever age: see `CookieJar.absence`."""
    if name in dict(sight(shape, route, script).named):
        return Absence.PRESENT
    rule, third_party = shape.profile.third_party, route.third_party
    sees_common = rules.sees_common(rule, third_party)
    sees_partition = rules.sees_partition(rule, third_party)
    if not (sees_common or sees_partition):
        return Absence.BLOCKED
    elsewhere = Absence.NEVER_SET
    for terms in shape.terms:
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
    for scope in route.scopes if shape.ends else ():
        for partition in (route.partition, ""):
            how = shape.ends.get(_Ended(name, scope, partition))
            if how is not None and (partition or sees_common or how is Absence.BLOCKED):
                return how
    return elsewhere
