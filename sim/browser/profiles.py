"""The cookie rules of browser makes, as data: each rule with its source and how well it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from types import MappingProxyType

from sim.browser.quirks import RFC, Quirk
from sim.browser.rules import UNLIMITED, ThirdParty

_MINUTE = 60 * 1000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


class Evidence(Enum):
    """How well a rule is known."""

    MEASURED = "M"
    """Seen on the engine itself; `crumbline conformance` repeats it."""
    STATED = "S"
    """Read in the engine's source or in its maker's own text."""
    SECONDARY = "X"
    """Known from an abstract, an excerpt or somebody else's text."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from."""

    evidence: Evidence
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BrowserProfile:
    """What a make of browsers does with cookies, where makes differ. Lives and ages are in ms."""

    name: str
    describes: str
    """The browsers and settings meant."""
    third_party: ThirdParty
    partitioned: bool
    """Whether the Partitioned attribute (CHIPS) is honoured."""
    lax_by_default: bool
    """Whether a cookie without SameSite is taken for Lax."""
    lax_post: int = 0
    """Age up to which a Lax-by-default cookie goes along with cross-site POST navigations."""
    none_needs_secure: bool
    """Whether SameSite=None without Secure is refused."""
    http_life: int
    """Longest life of a cookie that a response sets."""
    script_life: int
    """Longest life of a cookie that a script writes."""
    decorated_script_life: int = UNLIMITED
    """The same where a classified domain's decorated link led to the page."""
    cloaked_http_life: int = UNLIMITED
    """Longest life of a cookie that a cloaked third party sets."""
    purge_after: int | None = None
    """Days of browser use without interaction after which what script wrote on a site is removed."""
    clear_on_close: bool = False
    """A user's setting: everything ends when the browser is closed."""
    in_private: str
    """Name of the profile whose rules hold in private windows."""
    private_per_tab: bool = False
    """Whether each private tab has a jar of its own, not all private windows one together."""
    domain_limit: int = UNLIMITED
    """Cookies that a site may have (in one partition) before some are evicted."""
    domain_kept: int = UNLIMITED
    """Cookies that it is cut down to then."""
    jar_limit: int = UNLIMITED
    """Cookies that the jar may have before some are evicted."""
    jar_kept: int = UNLIMITED
    """Cookies that it is cut down to then."""
    spared_age: int = 0
    """Cookies read within this time are spared when the whole jar is too full."""
    quirks: frozenset[Quirk] = RFC
    """Where it departs from the letter of the draft."""
    sources: Mapping[str, Source]
    """Source of each rule, by its name here. A rule without one is not claimed: it stands at what grants most."""

    @classmethod
    def rules(cls) -> list[str]:
        """Names of the rules, in order."""
        return [field.name for field in fields(cls) if field.name not in ("name", "describes", "sources")]


def profile(name: str) -> BrowserProfile:
    """The profile of that name.

    Raises:
        ValueError: There is none; the message lists those that there are.
    """
    if name not in PROFILES:
        raise ValueError(f"no browser profile {name!r}; there are {', '.join(sorted(PROFILES))}")
    return PROFILES[name]


def _measured(text: str) -> Source:
    return Source(Evidence.MEASURED, text)


def _stated(text: str) -> Source:
    return Source(Evidence.STATED, text)


def _secondary(text: str) -> Source:
    return Source(Evidence.SECONDARY, text)


def _variant(of: BrowserProfile, sources: Mapping[str, Source], **changes: object) -> BrowserProfile:
    """A profile that differs from another in some rules. A rule that changes leaves the other's source behind."""
    inherited = {rule: source for rule, source in of.sources.items() if rule not in changes}
    return replace(of, sources=MappingProxyType({**inherited, **sources}), **changes)  # type: ignore[arg-type]


_CHROMIUM = BrowserProfile(
    name="chromium",
    describes="Chrome, Opera, Samsung Internet: the Chromium engine, third-party cookies allowed",
    third_party=ThirdParty.ALLOWED,
    partitioned=True,
    lax_by_default=True,
    lax_post=2 * _MINUTE,
    none_needs_secure=True,
    http_life=400 * _DAY,
    script_life=400 * _DAY,
    in_private="chromium_blocking",
    domain_limit=180,
    domain_kept=150,
    jar_limit=3300,
    jar_kept=3000,
    spared_age=30 * _DAY,
    quirks=frozenset(
        {
            Quirk.REFUSES_TABS,
            Quirk.SIGNED_MAX_AGE,
            Quirk.LAST_LIFE_COUNTS,
            Quirk.EARLY_YEARS,
            Quirk.DOT_IS_NO_DOMAIN,
            Quirk.NEW_VALUE_NEW_PLACE,
        }
    ),
    sources=MappingProxyType(
        {
            "third_party": _secondary(
                "Chrome keeps users' choice, normal windows allow: Google's announcement, April 2025"
            ),
            "partitioned": _measured("Chromium 156; shipped in 114: Chrome's documentation of CHIPS"),
            "lax_by_default": _measured("Chromium 156; the default since 80: Chromium's notes on SameSite"),
            "lax_post": _measured("Chromium 156; Chromium's notes on SameSite, Lax + POST"),
            "none_needs_secure": _measured("Chromium 156"),
            "http_life": _measured("Chromium 156; since 104: Chrome's note on the Max-Age and Expires upper limit"),
            "script_life": _measured("Chromium 156; since 104: Chrome's note on the Max-Age and Expires upper limit"),
            "in_private": _stated("Chrome's help: Incognito blocks third-party cookies"),
            "domain_limit": _measured("Chromium 156; kDomainMaxCookies in net/cookies/cookie_monster.h"),
            "domain_kept": _measured("Chromium 156; kDomainPurgeCookies in net/cookies/cookie_monster.h"),
            "jar_limit": _stated("kMaxCookies in net/cookies/cookie_monster.h"),
            "jar_kept": _stated("kPurgeCookies in net/cookies/cookie_monster.h"),
            "spared_age": _stated("kSafeFromGlobalPurgeDays in net/cookies/cookie_monster.h"),
            "quirks": _measured("Chromium 156"),
        }
    ),
)
_DRAFT = Source(Evidence.STATED, "draft-ietf-httpbis-rfc6265bis-22")
_RFC6265BIS = BrowserProfile(
    name="rfc6265bis",
    describes="The draft to the letter, for comparison: no browser, and no rule on third parties",
    third_party=ThirdParty.ALLOWED,
    partitioned=False,
    lax_by_default=True,
    lax_post=2 * _MINUTE,
    none_needs_secure=True,
    http_life=400 * _DAY,
    script_life=400 * _DAY,
    in_private="rfc6265bis",
    sources=MappingProxyType(
        dict.fromkeys(("lax_by_default", "lax_post", "none_needs_secure", "http_life", "script_life", "quirks"), _DRAFT)
    ),
)
_CHROMIUM_BLOCKING = _variant(
    _CHROMIUM,
    {"third_party": _measured("Chromium 156, cookie_controls_mode 1")},
    name="chromium_blocking",
    describes="The Chromium engine with third-party cookies off: a user's setting, Incognito, Debian's build",
    third_party=ThirdParty.ONLY_PARTITIONED,
)
_EDGE_SOURCE = "Edge's documentation of tracking prevention, Balanced"
_EDGE = _variant(
    _CHROMIUM,
    {"third_party": _stated(f"{_EDGE_SOURCE}: storage of hosts that are not listed is allowed")},
    name="edge",
    describes="Edge, the service's host not on its list of trackers",
    in_private="edge",
)
_EDGE_LISTED = _variant(
    _EDGE,
    {"third_party": _stated(f"{_EDGE_SOURCE}: storage of listed trackers is blocked")},
    name="edge_listed",
    describes="Edge, the service's host on its list of trackers",
    third_party=ThirdParty.BLOCKED,
    in_private="edge_listed",
)
_FIREFOX = BrowserProfile(
    name="firefox",
    describes="Firefox as it comes: Total Cookie Protection",
    third_party=ThirdParty.PARTITIONED,
    partitioned=True,
    lax_by_default=False,
    none_needs_secure=True,
    http_life=400 * _DAY,
    script_life=400 * _DAY,
    in_private="firefox",
    domain_limit=180,
    domain_kept=150,
    jar_limit=3000,
    jar_kept=3000,
    quirks=frozenset(
        {
            Quirk.LAST_LIFE_COUNTS,
            Quirk.EARLY_YEARS,
            Quirk.LOOSE_DATES,
            Quirk.DOT_IS_NO_DOMAIN,
            Quirk.NAME_ALONE,
            Quirk.DEFAULT_PATH_FITS_HOST_PREFIX,
        }
    ),
    sources=MappingProxyType(
        {
            "third_party": _measured(
                "Firefox 153, cookieBehavior 5; the default since 2022: Mozilla on Total Cookie Protection"
            ),
            "partitioned": _measured("Firefox 153; since 141: its release notes for developers"),
            "lax_by_default": _measured("Firefox 153; network.cookie.sameSite.laxByDefault is off"),
            "none_needs_secure": _measured("Firefox 153; since 131: its release notes for developers"),
            "http_life": _measured("Firefox 153"),
            "script_life": _measured("Firefox 153"),
            "in_private": _stated("Mozilla's support pages: Total Cookie Protection holds in private windows too"),
            "domain_limit": _measured("Firefox 153; network.cookie.maxPerHost"),
            "domain_kept": _measured("Firefox 153; network.cookie.quotaPerHost"),
            "jar_limit": _stated("network.cookie.maxNumber"),
            "jar_kept": _stated("network.cookie.maxNumber"),
            "quirks": _measured("Firefox 153"),
        }
    ),
)
_FIREFOX_BLOCK_ALL = _variant(
    _FIREFOX,
    {"third_party": _measured("Firefox 153, cookieBehavior 1")},
    name="firefox_block_all",
    describes="Firefox set to block all cross-site cookies",
    third_party=ThirdParty.BLOCKED,
    in_private="firefox_block_all",
)
_FIREFOX_ALLOW_ALL = _variant(
    _FIREFOX,
    {"third_party": _measured("Firefox 153, cookieBehavior 0")},
    name="firefox_allow_all",
    describes="Firefox set to allow all cookies",
    third_party=ThirdParty.ALLOWED,
    in_private="firefox_allow_all",
)
_FIREFOX_OPT_IN = _variant(
    _FIREFOX,
    {"third_party": _measured("Firefox 153, cookieBehavior 5 with optInPartitioning")},
    name="firefox_opt_in",
    describes="Firefox where third-party cookies must opt in to being partitioned",
    third_party=ThirdParty.ONLY_PARTITIONED,
    in_private="firefox_opt_in",
)
_FIREFOX_LISTED = _variant(
    _FIREFOX,
    {"third_party": _stated("Mozilla on Enhanced Tracking Protection: cookies of listed trackers are blocked")},
    name="firefox_listed_tracker",
    describes="Firefox as it comes, the service's host on its list of trackers",
    third_party=ThirdParty.BLOCKED,
    in_private="firefox_listed_tracker",
)
_ITP = "WebKit's blog on Intelligent Tracking Prevention"
_SAFARI = BrowserProfile(
    name="safari",
    describes="Safari from mid-2022, and every browser on iOS: purge after 7 days of use",
    third_party=ThirdParty.BLOCKED,
    partitioned=False,
    lax_by_default=False,
    none_needs_secure=False,
    http_life=UNLIMITED,
    script_life=UNLIMITED,
    decorated_script_life=24 * _HOUR,
    cloaked_http_life=7 * _DAY,
    purge_after=7,
    in_private="safari",
    private_per_tab=True,
    sources=MappingProxyType(
        {
            "third_party": _secondary("WebKit's blog: full third-party cookie blocking, March 2020 (Safari 13.1)"),
            "partitioned": _measured(
                "WebKitGTK 2.50 ignores it; so do releases of Safari but 18.4, 18.5 and from 26.2"
            ),
            "lax_by_default": _measured("WebKitGTK 2.50"),
            "none_needs_secure": _measured("WebKitGTK 2.50"),
            "http_life": _measured("WebKitGTK 2.50 grants two years"),
            "script_life": _stated("WebKit's change of 2022: removal takes the place of the cap"),
            "decorated_script_life": _stated(f"{_ITP} 2.2: 24 hours on a page that a decorated link led to"),
            "cloaked_http_life": _stated("WebKit's blog on CNAME cloaking defence (Safari 14), addresses from 16.4"),
            "purge_after": _stated(
                "WebKit's change of 2022: 7 days of use without interaction; 7 days: its blog, March 2020"
            ),
            "in_private": _secondary("WebKit's documentation of tracking prevention"),
            "private_per_tab": _secondary(
                "WebKit's documentation of tracking prevention: an ephemeral session for each tab"
            ),
        }
    ),
)
_SAFARI_EXPIRY_7D = _variant(
    _SAFARI,
    {
        "script_life": _stated(f"{_ITP} 2.1 (Safari 12.1): a script-written cookie lives 7 days from each write"),
        "purge_after": _stated(f"{_ITP} 2.1: expiry, not removal"),
    },
    name="safari_expiry_7d",
    describes="Safari 12.1 to mid-2022: script-written cookies live 7 days from each write",
    script_life=7 * _DAY,
    purge_after=None,
    in_private="safari_expiry_7d",
)
_SAFARI_PURGE_30D = _variant(
    _SAFARI,
    {"purge_after": _stated("WebKit's source from 2024: 30 days of use. Whether a release acts on it is not known")},
    name="safari_purge_30d",
    describes="WebKit's trunk from 2024: purge after 30 days of use",
    purge_after=30,
    in_private="safari_purge_30d",
)
_WEBKIT_ALLOW_ALL = BrowserProfile(
    name="webkit_allow_all",
    describes="WebKitGTK that accepts all cookies",
    third_party=ThirdParty.ALLOWED,
    partitioned=False,
    lax_by_default=False,
    none_needs_secure=False,
    http_life=UNLIMITED,
    script_life=UNLIMITED,
    in_private="webkit_allow_all",
    quirks=frozenset(
        {
            Quirk.READ_BY_LIBSOUP,
            Quirk.NO_PREFIXES,
            Quirk.SCRIPT_WRITES_LINES,
            Quirk.NEAR_DOMAINS_FIRST,
            Quirk.SAME_SITE_STORES_ALL,
            Quirk.NO_ANCESTORS,
        }
    ),
    sources=MappingProxyType(
        {
            rule: _measured("WebKitGTK 2.50")
            for rule in (
                "third_party",
                "partitioned",
                "lax_by_default",
                "none_needs_secure",
                "http_life",
                "script_life",
                "quirks",
            )
        }
    ),
)
_WEBKIT_NO_THIRD_PARTY = replace(
    _WEBKIT_ALLOW_ALL,
    name="webkit_no_third_party",
    describes="WebKitGTK as it comes: third parties set no cookies",
    third_party=ThirdParty.NOT_SET,
    quirks=_WEBKIT_ALLOW_ALL.quirks | {Quirk.UNLISTED_HOSTS_ARE_SITES},
    in_private="webkit_no_third_party",
)
_WEBKIT_ITP = replace(
    _WEBKIT_ALLOW_ALL,
    name="webkit_itp",
    describes="WebKitGTK with Intelligent Tracking Prevention",
    third_party=ThirdParty.BLOCKED,
    script_life=7 * _DAY,
    in_private="webkit_itp",
)
_BRAVE = _variant(
    _CHROMIUM,
    {
        "third_party": _secondary("Brave's documentation of Shields: third-party cookies are blocked"),
        "http_life": _stated("Brave's documentation of cookie lifetimes: 180 days for cookies set by servers"),
        "script_life": _stated("Brave's documentation of cookie lifetimes: 7 days for cookies set by script"),
    },
    name="brave",
    describes="Brave",
    third_party=ThirdParty.BLOCKED,
    http_life=180 * _DAY,
    script_life=7 * _DAY,
    in_private="brave",
)

PROFILES: Mapping[str, BrowserProfile] = MappingProxyType(
    {
        made.name: made
        for made in (
            _CHROMIUM,
            _CHROMIUM_BLOCKING,
            _EDGE,
            _EDGE_LISTED,
            _BRAVE,
            _FIREFOX,
            _FIREFOX_OPT_IN,
            _FIREFOX_LISTED,
            _FIREFOX_BLOCK_ALL,
            _FIREFOX_ALLOW_ALL,
            _SAFARI,
            _SAFARI_EXPIRY_7D,
            _SAFARI_PURGE_30D,
            _WEBKIT_ITP,
            _WEBKIT_NO_THIRD_PARTY,
            _WEBKIT_ALLOW_ALL,
            _RFC6265BIS,
        )
    }
)
"""All profiles by name, make by make."""
