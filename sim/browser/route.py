"""The circumstances of a request: the address asked for, and the page and the way it is asked from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit, urlunsplit

from sim.browser.match import default_path, is_address, registrable_domain

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.1
_SECURE_SCHEMES = frozenset({"https", "wss"})
_SAME_SCHEME = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Context:
    """From where and how an address is asked for."""

    top_level_url: str
    """The page in the tab. For a top-level navigation the page that it starts from, or the address itself where no
    page starts it (typed, bookmarked, from another program)."""
    method: str = "GET"
    top_level_navigation: bool = False
    """Whether the answer becomes the page in the tab."""
    cross_site_ancestor: bool = False
    """Whether a frame of another site stands between the page in the tab and what asks."""
    link_decorated: bool = False
    """Whether the page was reached by a link from a site that the browser takes for a tracker, with a query or a
    fragment added to it. Safari shortens the life of what script writes there."""
    cloaked: bool = False
    """Whether the address asked for is a host of the page's site that hides another party's behind a CNAME or an
    unrelated address. Safari shortens the life of what it sets."""

    @classmethod
    def top_level(cls, url: str) -> Context:
        """The plain case: a page is opened that no other page led to."""
        return cls(url, "GET", True)


class Route:
    """All that the rules need to know of an address and a context, worked out once. Equal routes are one object."""

    __slots__ = (
        "cloaked",
        "default_path",
        "direct",
        "host",
        "lax_post",
        "link_decorated",
        "navigation",
        "page_scopes",
        "partition",
        "path",
        "root",
        "safe",
        "same_site",
        "scopes",
        "secure",
        "site",
        "third_party",
    )

    def __init__(self, url: str, context: Context) -> None:
        parts, top = urlsplit(url), urlsplit(context.top_level_url)
        self.host = _host(parts.hostname)
        self.path = parts.path or "/"
        self.default_path = default_path(self.path)
        self.secure = parts.scheme in _SECURE_SCHEMES
        self.site = registrable_domain(self.host)
        top_host = _host(top.hostname)
        top_site = registrable_domain(top_host)
        scheme = _SAME_SCHEME.get(parts.scheme, parts.scheme)
        top_scheme = _SAME_SCHEME.get(top.scheme, top.scheme)
        self.navigation = context.top_level_navigation
        self.same_site = self.site == top_site and scheme == top_scheme and not context.cross_site_ancestor
        """Schemeful: RFC 6265bis, section 5.2."""
        self.third_party = not self.navigation and (self.site != top_site or context.cross_site_ancestor)
        self.partition = f"{scheme}://{self.site}" if self.navigation else f"{top_scheme}://{top_site}"
        if self.third_party:  # CHIPS keys by whether another site stands between, too
            self.partition += " cross-site"
        self.safe = context.method.upper() in _SAFE_METHODS
        self.scopes = _scopes(self.host, self.site)
        """The scopes of the cookies that it may see, the host's own first."""
        self.page_scopes = self.scopes if self.navigation else _scopes(top_host, top_site)
        """The same of the page in the tab, or of what becomes it."""
        self.lax_post = self.navigation and not self.safe and not self.same_site
        """Whether only the young among Lax-by-default cookies go along."""
        self.direct = (
            Route.of(url, replace(context, cross_site_ancestor=False)) if context.cross_site_ancestor else self
        )
        """The same without other sites' frames in between."""
        self.link_decorated = context.link_decorated
        self.cloaked = context.cloaked and not self.navigation
        root, root_context = _root(parts), replace(context, top_level_url=_root(top))
        self.root: Route = self if (url, context) == (root, root_context) else Route.of(root, root_context)
        """The same from page `/` to page `/`: it sees the same cookies where none has another path."""

    @staticmethod
    @lru_cache(maxsize=65536)
    def of(url: str, context: Context) -> Route:
        """The route to an address in a context.

        Raises:
            ValueError: An address has no host.
        """
        return Route(url, context)


def _root(address: SplitResult) -> str:
    return urlunsplit((address.scheme, address.netloc, "/", "", ""))


def _host(name: str | None) -> str:
    """The canonical host: RFC 6265bis, section 5.1.2."""
    if not name:
        raise ValueError("an address with a host is needed")
    return name if name.isascii() else name.encode("idna").decode()


def _scopes(host: str, site: str) -> tuple[str, ...]:
    scopes = [host, "." + host]
    while host != site and not is_address(host):
        host = host.partition(".")[2]
        scopes.append("." + host)
    return tuple(scopes)
