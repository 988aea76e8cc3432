"""What a Set-Cookie header says. RFC 6265bis, section 5.6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sim.browser import libsoup
from sim.browser.dates import format_cookie_date, parse_cookie_date
from sim.browser.quirks import RFC, Quirk
from sim.browser.rules import SameSite

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = re.compile(r"-?[0-9]+\Z")
_SIGNED_MAX_AGE = re.compile(r"[+-]?[0-9]+\Z")
_MAX_AGE_DIGITS = 16  # beyond any life, and Python reads no integer of many thousand digits
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
    """Without a leading dot, in lower case; empty: the host that sets it, and no other; a dot: none."""
    path: str = ""
    """Empty: the default path of the address that sets it."""
    secure: bool = False
    http_only: bool = False
    same_site: SameSite = SameSite.UNSET
    partitioned: bool = False

    @staticmethod
    @lru_cache(maxsize=4096)
    def parse(text: str, quirks: frozenset[Quirk] = RFC) -> Attributes:
        """Read what stands behind the first semicolon of a Set-Cookie header. RFC 6265bis, section 5.6."""
        by_libsoup = Quirk.READ_BY_LIBSOUP in quirks
        last_counts = Quirk.LAST_LIFE_COUNTS in quirks
        max_age_form = _SIGNED_MAX_AGE if Quirk.SIGNED_MAX_AGE in quirks else _MAX_AGE
        expires: int | None = None
        max_age: int | None = None
        domain = path = ""
        secure = http_only = partitioned = False
        same_site = SameSite.UNSET
        for key, value in libsoup.attributes(text) if by_libsoup else _attributes(text):
            match key:
                case "expires" | "max-age" if by_libsoup:
                    expires, max_age = libsoup.life(key, value) or (expires, max_age)
                case "expires":
                    moment = parse_cookie_date(value, quirks)
                    if moment is not None or last_counts:
                        expires = moment
                case "max-age":
                    if max_age_form.match(value):
                        max_age = int(value[:_MAX_AGE_DIGITS])
                    elif last_counts:
                        max_age = None
                case "domain":
                    domain = libsoup.domain(value) if by_libsoup else _domain(value, quirks)
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

    def text(self) -> str:
        """The attributes as a header names them, a semicolon before each."""
        said = []
        if self.expires is not None:
            said.append(f"Expires={format_cookie_date(self.expires)}")
        if self.max_age is not None:
            said.append(f"Max-Age={self.max_age}")
        if self.domain:
            said.append(f"Domain={self.domain}")
        if self.path:
            said.append(f"Path={self.path}")
        if self.secure:
            said.append("Secure")
        if self.http_only:
            said.append("HttpOnly")
        if self.same_site is not SameSite.UNSET:
            said.append(f"SameSite={self.same_site.name.capitalize()}")
        if self.partitioned:
            said.append("Partitioned")
        return "".join(f"; {attribute}" for attribute in said)


class SetCookie:
    """What a server or a script asks a browser to store."""

    __slots__ = ("attributes", "name", "value")

    def __init__(self, name: str, value: str, attributes: Attributes) -> None:
        self.name = name
        self.value = value
        self.attributes = attributes

    @staticmethod
    def parse(header: str, quirks: frozenset[Quirk] = RFC) -> SetCookie | None:
        """Read a Set-Cookie header, or what a script assigns to document.cookie; None where it is to be ignored.

        RFC 6265bis, section 5.6. It never raises.
        """
        if Quirk.READ_BY_LIBSOUP in quirks:
            name, value, rest = libsoup.pair(header)
            return SetCookie(name, value, Attributes.parse(rest, quirks))
        if not header.isprintable() and _CONTROL.search(header):
            return None
        pair, _, rest = header.partition(";")
        name, equals, value = pair.partition("=")
        if not equals:
            name, value = "", name
        name, value = name.strip(_BLANK), value.strip(_BLANK)
        if not (name or value):
            return None
        if len(pair) > _SURELY_SHORT and _octets(name + value) > _NAME_AND_VALUE_OCTETS:
            return None
        if not name and Quirk.NAME_ALONE in quirks:
            if equals:
                return None
            name, value = value, ""
        if "\t" in pair and Quirk.REFUSES_TABS in quirks and "\t" in name + value:
            return None
        return SetCookie(name, value, Attributes.parse(rest, quirks))

    def header(self) -> str:
        """The Set-Cookie header that says this."""
        return f"{self.name}={self.value}{self.attributes.text()}"


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    """Their names, in lower case, and their values."""
    for attribute in text.split(";"):
        key, _, value = attribute.partition("=")
        value = value.strip(_BLANK)
        if _octets(value) <= _ATTRIBUTE_OCTETS:
            yield key.strip(_BLANK).lower(), value


def _domain(value: str, quirks: frozenset[Quirk]) -> str:
    """Section 5.6.3."""
    if value == "." and Quirk.DOT_IS_NO_DOMAIN in quirks:
        return value
    return value.removeprefix(".").lower()


def _octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
