"""The shape of a jar: on which terms its cookies stand and how others ended, but neither values nor times.

Most jars of a simulation are alike: they hold the same few cookies of the same few hosts, and lost them in the same few
ways. What a route sees of a jar, in which order, and why it sees no more depends on the shape alone; so it is worked
out once for all jars of a shape, and a jar goes from shape to shape by moves that are remembered, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sim.browser import rules
from sim.browser.absence import Absence
from sim.browser.match import path_match
from sim.browser.profiles import BrowserProfile
from sim.browser.quirks import Quirk
from sim.browser.route import Route
from sim.browser.rules import ThirdParty
from sim.browser.terms import Terms, shown_for

_REMEMBERED = 8192


class _Ended(NamedTuple):
    """A cookie that a jar held, or was to hold, by what another one must share to be taken for it."""

    name: str
    scope: str
    partition: str


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What a jar holds and has lost. Equal shapes are one object, as long as they are remembered."""

    profile: BrowserProfile
    terms: tuple[Terms, ...]
    """Of its cookies, in order of creation."""
    ends: dict[_Ended, Absence]
    """How the last cookie of each kind ended."""
    rooted: bool
    """Whether all paths are `/`, so that paths make no difference."""

    @staticmethod
    def empty(profile: BrowserProfile) -> Shape:
        """The shape of a jar that never held a cookie."""
        return _shape(profile, (), frozenset())


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a route sees of all jars of a shape."""

    positions: tuple[int, ...]
    """Of the cookies seen, in sending order."""
    ages: tuple[int, ...]
    """Up to what age each of them is seen, in ms: for always, but where `Route.lax_post` holds."""
    named: tuple[tuple[str, int], ...]
    """Names and positions; of several cookies with one name the first sent counts."""
    written: tuple[tuple[str, int], ...]
    """What stands before each value in a header, and the value's position."""


@lru_cache(maxsize=_REMEMBERED)
def _shape(profile: BrowserProfile, terms: tuple[Terms, ...], ends: frozenset[tuple[_Ended, Absence]]) -> Shape:
    return Shape(profile, terms, dict(ends), all(each.path == "/" for each in terms))


def _changed(shape: Shape, terms: tuple[Terms, ...], ends: dict[_Ended, Absence]) -> Shape:
    return _shape(shape.profile, terms, frozenset(ends.items()))


# Moves from shape to shape


@lru_cache(maxsize=_REMEMBERED)
def added(shape: Shape, terms: Terms) -> Shape:
    """One cookie more, the youngest."""
    return _changed(shape, (*shape.terms, terms), shape.ends)


@lru_cache(maxsize=_REMEMBERED)
def replaced(shape: Shape, position: int, terms: Terms) -> Shape:
    """Another cookie in the place of one."""
    return _changed(shape, (*shape.terms[:position], terms, *shape.terms[position + 1 :]), shape.ends)


@lru_cache(maxsize=_REMEMBERED)
def moved_last(shape: Shape, position: int) -> Shape:
    """A cookie taken for the youngest."""
    terms = shape.terms
    return _changed(shape, (*terms[:position], *terms[position + 1 :], terms[position]), shape.ends)


@lru_cache(maxsize=_REMEMBERED)
def turned_away(shape: Shape, terms: Terms, how: Absence) -> Shape:
    """A cookie that came to nothing."""
    ends = shape.ends | {_kind(terms): how}
    return shape if ends == shape.ends else _changed(shape, shape.terms, ends)


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
