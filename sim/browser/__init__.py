"""What a browser does with cookies. Knows no person and no clock: the time is handed in.

    jar = CookieJar(profile("firefox"))
    jar.set_cookie("id=1; SameSite=None; Secure", "https://tracker.example/t", now, Context("https://shop.example/"))
    jar.cookies_for("https://tracker.example/t", now, Context("https://other.example/"))  # []: another partition

Where a rule stands, from the header to what is sent:

- `dates`, `set_cookie`: the parser; `libsoup`: WebKitGTK's; `match`: hosts, domains, paths, public suffixes;
- `route`: what the rules need to know of an address and of the page that asks for it;
- `rules`: lives, SameSite, third parties, as functions on numbers; `profiles`: where makes differ, with sources;
  `quirks`: where engines depart from the draft;
- `terms`: what a profile decides of a cookie before it looks into the jar; `shape`: what a jar shows and why no more;
  `jar`: the store itself; `absence`: why a cookie is not there;
- `page`: what a page's script has in its hands; `catalogue`: the profiles as text;
- `conformance`: all of it held against real engines.
"""

from sim.browser.absence import Absence
from sim.browser.cookie import Cookie
from sim.browser.dates import parse_cookie_date
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
    "parse_cookie_date",
    "profile",
]
