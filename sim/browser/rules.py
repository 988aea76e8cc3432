"""The rules of cookies as pure functions on numbers: is it stored, where, until when, and is it sent.

The jar calls them for every cookie. They know no object, so that a compiled loop may call them too.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

NEVER: Final = 2**62 - 1
"""The moment that never comes: the expiry of a session cookie. The largest number that compiled code need not box."""

UNLIMITED: Final = 2**61
"""A life, in ms, that no cookie reaches: the browser grants what is asked."""


class SameSite(IntEnum):
    """The SameSite attribute."""

    UNSET = 0
    """None was given, or none that is known: the browser's default decides."""
    NONE = 1
    LAX = 2
    STRICT = 3


class ThirdParty(IntEnum):
    """What a browser does with cookies on a site other than the one in the address bar."""

    ALLOWED = 0
    """Set and sent like any other cookie."""
    PARTITIONED = 1
    """Set and sent, but kept apart for each top-level site."""
    ONLY_PARTITIONED = 2
    """Blocked, but for cookies with the Partitioned attribute."""
    NOT_SET = 3
    """Not set; a cookie that a top-level visit has set is sent."""
    BLOCKED = 4
    """Neither set nor sent."""


class Place(IntEnum):
    """Where in the jar a cookie goes."""

    NOWHERE = 0
    COMMON = 1
    """With those that do not depend on the top-level site."""
    PARTITION = 2
    """With those of the top-level site at hand."""


def asked_expiry(now: int, max_age: int | None, expires: int | None) -> int:
    """When the setter wants the cookie to end: Max-Age (in s) goes before Expires (in ms since the epoch).

    RFC 6265bis, section 5.7, step 3. `NEVER` for a session cookie; a Max-Age that is not positive has ended already.
    """
    if max_age is not None:
        return now + min(max_age * 1000, UNLIMITED) if max_age > 0 else 0
    return NEVER if expires is None else expires


def granted_expiry(asked: int, now: int, longest: int) -> int:
    """When the browser will end the cookie, given the longest life (in ms) that it grants.

    A session cookie stays one. RFC 6265bis, sections 5.6.1 and 5.6.2, leaves the limit to the browser.
    """
    if asked == NEVER or asked <= now + longest:
        return asked
    return now + longest


def storage_place(rule: int, third_party: bool, partitioned: bool) -> int:
    """Where a `ThirdParty` rule puts a cookie, given whether its Partitioned attribute is present and honoured."""
    if third_party:
        if rule in (ThirdParty.BLOCKED, ThirdParty.NOT_SET) or (
            rule == ThirdParty.ONLY_PARTITIONED and not partitioned
        ):
            return Place.NOWHERE
        if rule == ThirdParty.PARTITIONED:
            return Place.PARTITION
    return Place.PARTITION if partitioned else Place.COMMON


def sees_common(rule: int, third_party: bool) -> bool:
    """Whether a request takes cookies from the common part of the jar."""
    return not third_party or rule in (ThirdParty.ALLOWED, ThirdParty.NOT_SET)


def sees_partition(rule: int, third_party: bool) -> bool:
    """Whether a request takes cookies from the partition of its top-level site."""
    return not third_party or rule not in (ThirdParty.BLOCKED, ThirdParty.NOT_SET)


def effective_same_site(attribute: int, lax_by_default: bool) -> int:
    """The attribute as the browser reads it: unset is Lax or None."""
    if attribute != SameSite.UNSET:
        return attribute
    return SameSite.LAX if lax_by_default else SameSite.NONE


def same_site_stores(attribute: int, lax_by_default: bool, same_site: bool, navigation: bool) -> bool:
    """Whether SameSite lets a response set the cookie. RFC 6265bis, section 5.7, steps 15 and 16.

    Args:
        attribute: A `SameSite`.
        lax_by_default: Whether the browser takes an unset attribute for Lax.
        same_site: Whether the request is same-site.
        navigation: Whether it loads a page into a tab (never so for script).
    """
    return same_site or navigation or effective_same_site(attribute, lax_by_default) == SameSite.NONE


def same_site_sends_for(
    attribute: int, lax_by_default: bool, same_site: bool, navigation: bool, safe: bool, lax_post: int
) -> int:
    """Up to what age (in ms) SameSite lets a request carry the cookie: 0 for never, `NEVER` for always.

    RFC 6265bis, section 5.8.3.

    Args:
        attribute: A `SameSite`.
        lax_by_default: Whether the browser takes an unset attribute for Lax.
        same_site: Whether the request is same-site.
        navigation: Whether it loads a page into a tab.
        safe: Whether its method is safe (GET, HEAD, OPTIONS, TRACE).
        lax_post: Up to what age a Lax-by-default cookie goes along with unsafe navigations too; section 5.6.7.2.
    """
    effective = effective_same_site(attribute, lax_by_default)
    if same_site or effective == SameSite.NONE or (effective == SameSite.LAX and navigation and safe):
        return NEVER
    return lax_post if navigation and effective == SameSite.LAX and attribute == SameSite.UNSET else 0
