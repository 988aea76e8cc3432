"""The engines and settings that profiles are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


CONFIGURATIONS: tuple[Configuration, ...] = (
    Configuration("Chromium, mode 0", "chromium", lambda: Chromium(0)),
    Configuration("Chromium, mode 1", "chromium_blocking", lambda: Chromium(1)),
    Configuration("Firefox 0", "firefox_allow_all", lambda: Firefox(0)),
    Configuration("Firefox 1", "firefox_block_all", lambda: Firefox(1)),
    Configuration("Firefox 5", "firefox", lambda: Firefox(5)),
    Configuration("Firefox 5, opt-in", "firefox_opt_in", lambda: Firefox(5, opt_in=True)),
    Configuration("WebKitGTK, ITP", "webkit_itp", lambda: WebKit("always", itp=True)),
    Configuration("WebKitGTK, always", "webkit_allow_all", lambda: WebKit("always")),
    Configuration("WebKitGTK, no third party", "webkit_no_third_party", lambda: WebKit("no-third-party")),
)
"""The nine configurations. Safari itself, Edge and Brave run on no machine of a continuous build."""
