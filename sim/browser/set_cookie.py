"""What a Set-Cookie header says. RFC 6265bis, section 5.6."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from sim.browser.dates import parse_cookie_date
from sim.browser.rules import SameSite

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = re.compile(r"-?[0-9]+\Z")
_NAME_AND_VALUE_OCTETS = 4096
_SURELY_SHORT = _NAME_AND_VALUE_OCTETS // 4
"""So many characters are never too many octets."""
_ATTRIBUTE_OCTETS = 1024
_BLANK = " \t"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attributes:
    """What is asked for beside a name and a value. Compared by identity: what is decided of one is remembered for it,
    so that whoever sets cookies often keeps its attributes as constants.
    """

    expires: int | None = None
    """In ms since the epoch."""
    max_age: int | None = None
    """In seconds, as in the header."""
    domain: str = ""
    """Without a leading dot, in lower case; empty: the host that sets it, and no other."""
    path: str = ""
    """Empty: the default path of the address that sets it."""
    secure: bool = False
    http_only: bool = False
    same_site: SameSite = SameSite.UNSET
    partitioned: bool = False

    @staticmethod
    @lru_cache(maxsize=4096)
    def parse(text: str) -> Attributes:
        """Read what stands behind the first semicolon of a Set-Cookie header. RFC 6265bis, section 5.6."""
        expires: int | None = None
        max_age: int | None = None
        domain = path = ""
        secure = http_only = partitioned = False
        same_site = SameSite.UNSET
        for attribute in text.split(";"):
            key, _, value = attribute.partition("=")
            value = value.strip(_BLANK)
            if _octets(value) > _ATTRIBUTE_OCTETS:
                continue
            match key.strip(_BLANK).lower():
                case "expires":
                    moment = parse_cookie_date(value)
                    expires = expires if moment is None else moment
                case "max-age":
                    max_age = int(value) if _MAX_AGE.match(value) else max_age
                case "domain":
                    domain = value.removeprefix(".").lower()
                case "path":
                    path = value if value.startswith("/") else ""
                case "secure":
                    secure = True
                case "httponly":
                    http_only = True
                case "samesite":
                    same_site = SameSite.__members__.get(value.upper(), SameSite.UNSET)
                case "partitioned":
                    partitioned = True
        return Attributes(
            expires=expires,
            max_age=max_age,
            domain=domain,
            path=path,
            secure=secure,
            http_only=http_only,
            same_site=same_site,
            partitioned=partitioned,
        )


@dataclass(slots=True)
class SetCookie:
    """What a server or a script asks a browser to store."""

    name: str
    value: str
    attributes: Attributes

    @classmethod
    def parse(cls, header: str) -> Self | None:
        """Read a Set-Cookie header, or what a script assigns to document.cookie; None where it is to be ignored.

        RFC 6265bis, section 5.6. It never raises.
        """
        if not header.isprintable() and _CONTROL.search(header):
            return None
        pair, _, rest = header.partition(";")
        name, equals, value = pair.partition("=")
        if not equals:
            name, value = "", name
        name, value = name.strip(_BLANK), value.strip(_BLANK)
        if not (name or value) or (len(pair) > _SURELY_SHORT and _octets(name + value) > _NAME_AND_VALUE_OCTETS):
            return None
        return cls(name, value, Attributes.parse(rest))


def _octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
