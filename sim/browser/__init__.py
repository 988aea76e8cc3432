"""What a browser does with cookies. Knows no person and no clock: the time is handed in."""

from sim.browser.absence import Absence
from sim.browser.cookie import Cookie, SetCookie
from sim.browser.jar import CookieJar
from sim.browser.profiles import BrowserProfile, profile
from sim.browser.route import Context, Route

__all__ = ["Absence", "BrowserProfile", "Context", "Cookie", "CookieJar", "Route", "SetCookie", "profile"]
