"""The cookie rules of browser makes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.browser.rules import UNLIMITED, ThirdParty

_HOUR = 60 * 60 * 1000
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BrowserProfile:
    """What a make of browsers does with cookies, where makes differ. Lives are in ms."""

    name: str
    third_party: ThirdParty
    lax_by_default: bool
    """Whether a cookie without SameSite is taken for Lax."""
    lax_post: int = 0
    """How long a Lax-by-default cookie goes along with cross-site POST navigations."""
    none_needs_secure: bool = True
    """Whether SameSite=None without Secure is refused."""
    partitioned: bool
    """Whether the Partitioned attribute is honoured."""
    http_life: int = 400 * _DAY
    """Longest life of a cookie that a response sets."""
    script_life: int = 400 * _DAY
    """Longest life of a cookie that a script writes."""
    decorated_script_life: int = UNLIMITED
    """The same where a classified domain's decorated link led to the page."""
    cloaked_http_life: int = UNLIMITED
    """Longest life of a cookie set by a cloaked third party."""
    purge_after: int | None = None
    """Days of browser use without interaction after which what script wrote on a site is removed."""
    domain_limit: int = 180
    """Cookies a domain may have before some are evicted."""
    domain_kept: int = 150
    """Cookies that a domain is cut down to then."""
    jar_limit: int = 3300
    jar_kept: int = 3000
    kept_if_younger: int = 0
    """Age below which a full jar evicts nothing."""


_CHROMIUM = BrowserProfile(
    name="chromium",
    third_party=ThirdParty.ALLOWED,
    lax_by_default=True,
    lax_post=2 * 60 * 1000,
    partitioned=True,
    kept_if_younger=30 * _DAY,
)
_FIREFOX = BrowserProfile(
    name="firefox",
    third_party=ThirdParty.PARTITIONED,
    lax_by_default=False,
    partitioned=True,
    jar_limit=3000,
    jar_kept=2700,
)
_WEBKIT = BrowserProfile(
    name="webkit_allow_all",
    third_party=ThirdParty.ALLOWED,
    lax_by_default=False,
    none_needs_secure=False,
    partitioned=False,
    http_life=UNLIMITED,
    script_life=UNLIMITED,
)
_SAFARI = replace(
    _WEBKIT,
    name="safari",
    third_party=ThirdParty.BLOCKED,
    decorated_script_life=24 * _HOUR,
    cloaked_http_life=7 * _DAY,
    purge_after=7,
)

PROFILES: dict[str, BrowserProfile] = {
    made.name: made
    for made in (
        _CHROMIUM,
        replace(_CHROMIUM, name="chromium_blocking", third_party=ThirdParty.ONLY_PARTITIONED),
        replace(_CHROMIUM, name="edge"),
        _FIREFOX,
        replace(_FIREFOX, name="firefox_block_all", third_party=ThirdParty.BLOCKED),
        replace(_FIREFOX, name="firefox_allow_all", third_party=ThirdParty.ALLOWED),
        _SAFARI,
        replace(_SAFARI, name="safari_expiry_7d", purge_after=None, script_life=7 * _DAY),
        replace(_SAFARI, name="safari_purge_30d", purge_after=30),
        replace(_WEBKIT, name="webkit_no_third_party", third_party=ThirdParty.NOT_SET),
        _WEBKIT,
        replace(
            _CHROMIUM,
            name="brave",
            third_party=ThirdParty.ONLY_PARTITIONED,
            http_life=180 * _DAY,
            script_life=7 * _DAY,
        ),
    )
}


def profile(name: str) -> BrowserProfile:
    """The profile of that name.

    Raises:
        ValueError: There is none; the message lists those that there are.
    """
    if name not in PROFILES:
        raise ValueError(f"no browser profile {name!r}; there are {', '.join(sorted(PROFILES))}")
    return PROFILES[name]
