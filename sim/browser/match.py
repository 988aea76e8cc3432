"""Hosts, domains, paths and sites: the matching algorithms of RFC 6265bis, sections 5.1.2 to 5.2."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from publicsuffixlist import PublicSuffixList


def is_address(host: str) -> bool:
    """Whether the host is an IP address and not a name."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def domain_match(host: str, domain: str) -> bool:
    """Section 5.1.3: whether `host` is `domain` or a name below it. Both are canonical."""
    return host == domain or (host.endswith("." + domain) and not is_address(host))


def default_path(path: str) -> str:
    """Section 5.1.4: the path of a cookie that asks for none; all up to, but without, the request path's last slash."""
    if not path.startswith("/"):
        return "/"
    return path[: path.rindex("/")] or "/"


def path_match(path: str, cookie_path: str) -> bool:
    """Section 5.1.4: whether the request path is the cookie's path or lies below it."""
    return path == cookie_path or (
        path.startswith(cookie_path) and (cookie_path.endswith("/") or path[len(cookie_path)] == "/")
    )


@lru_cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def is_public_suffix(domain: str) -> bool:
    """Whether anybody may register names right below this domain."""
    return not is_address(domain) and _suffixes().publicsuffix(domain) == domain


@lru_cache(maxsize=65536)
def has_listed_suffix(host: str) -> bool:
    """Whether the public suffix list knows the host's suffix. It does not know `localhost`."""
    return not is_address(host) and _suffixes().publicsuffix(host, accept_unknown=False) is not None


def registrable_domain(host: str) -> str:
    """The public suffix of a host and one label more; the host itself where it is an address or a public suffix."""
    if is_address(host):
        return host
    return str(_suffixes().privatesuffix(host) or host)
