"""What a browser does with cookies. Knows no person and no clock: the time is handed in."""

from sim.browser.absence import Absence
from sim.browser.cookie import Cookie
from sim.browser.jar import CookieJar
from sim.browser.page import Document, Page, PageEvent, PageEventKind, Request, Response, Window
from sim.browser.profiles import PROFILES, BrowserProfile, profile
from sim.browser.route import Context, Route
from sim.browser.rules import SameSite
from sim.browser.set_cookie import Attributes, SetCookie

__all__ = [
    "PROFILES",
    "Absence",
    "Attributes",
    "BrowserProfile",
    "Context",
    "Cookie",
    "CookieJar",
    "Document",
    "Page",
    "PageEvent",
    "PageEventKind",
    "Request",
    "Response",
    "Route",
    "SameSite",
    "SetCookie",
    "Window",
    "profile",
]
