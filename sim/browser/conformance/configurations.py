"""The engines and settings that profiles are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sim.browser.conformance.chromium import Chromium
from sim.browser.conformance.engine import Engine
from sim.browser.conformance.firefox import Firefox
from sim.browser.conformance.webkit import WebKit


@dataclass(frozen=True, slots=True)
class Configuration:
    """An engine in one setting, and the profile that is to behave like it."""

    name: str
    profile: str
    engine: Callable[[], Engine]
    """Sets the engine up; raises `EngineMissing`."""
    not_simulated: Mapping[str, str] = field(default_factory=dict)
    """Cases, by title, in which the profile is known to differ, and why that is left so."""


_LIBSOUP = {
    "a tab inside a value": "libsoup ends the value at a control character",
    "control characters": "libsoup ends the value at a control character",
    "octets beyond ASCII": "libsoup hands such a cookie on as an empty one",
    "neither name nor value": "libsoup stores an empty cookie",
    "a Max-Age of thirty digits": "libsoup takes it for none",
    "odd separators and two-digit years in the past": "libsoup reads the three standard date forms only",
    "upper case": "libsoup compares the domain with its case",
}
_LOCALHOST = {
    "the subdomain of a site is the same site": "libsoup knows no site under localhost: each host is a site of its own",
}

CONFIGURATIONS: tuple[Configuration, ...] = (
    Configuration("Chromium, mode 0", "chromium", lambda: Chromium(0)),
    Configuration("Chromium, mode 1", "chromium_blocking", lambda: Chromium(1)),
    Configuration("Firefox 0", "firefox_allow_all", lambda: Firefox(0)),
    Configuration("Firefox 1", "firefox_block_all", lambda: Firefox(1)),
    Configuration("Firefox 5", "firefox", lambda: Firefox(5)),
    Configuration("Firefox 5, opt-in", "firefox_opt_in", lambda: Firefox(5, opt_in=True)),
    Configuration("WebKitGTK, ITP", "webkit_itp", lambda: WebKit("always", itp=True), _LIBSOUP),
    Configuration("WebKitGTK, always", "webkit_allow_all", lambda: WebKit("always"), _LIBSOUP),
    Configuration(
        "WebKitGTK, no third party",
        "webkit_no_third_party",
        lambda: WebKit("no-third-party"),
        {**_LIBSOUP, **_LOCALHOST},
    ),
)
"""The nine configurations. Safari itself, Edge and Brave run on no machine of a continuous build."""
