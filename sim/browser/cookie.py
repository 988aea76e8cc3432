"""What a Set-Cookie header says, and the cookie that a jar makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from sim.browser.dates import parse_cookie_date
from sim.browser.rules import NEVER, SameSite

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = re.compile(r"-?[0-9]+\Z")
_NAME_AND_VALUE_OCTETS = 4096
_ATTRIBUTE_OCTETS = 1024
_BLANK = " \t"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCookie:
    """What a server or a script asks a browser to store."""

    name: str
    value: str
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

    @classmethod
    def parse(cls, header: str) -> Self | None:
        """Read a Set-Cookie header, or what a script assigns to document.cookie; None where it is to be ignored.

        RFC 6265bis, section 5.6. It never raises.
        """
        if _CONTROL.search(header):
            return None
        pair, _, rest = header.partition(";")
        name, equals, value = pair.partition("=")
        if not equals:
            name, value = "", name
        name, value = name.strip(_BLANK), value.strip(_BLANK)
        if not (name or value) or _octets(name) + _octets(value) > _NAME_AND_VALUE_OCTETS:
            return None
        expires: int | None = None
        max_age: int | None = None
        domain = path = ""
        secure = http_only = partitioned = False
        same_site = SameSite.UNSET
        for attribute in rest.split(";"):
            key, _, text = attribute.partition("=")
            text = text.strip(_BLANK)
            if _octets(text) > _ATTRIBUTE_OCTETS:
                continue
            match key.strip(_BLANK).lower():
                case "expires":
                    moment = parse_cookie_date(text)
                    expires = expires if moment is None else moment
                case "max-age":
                    max_age = int(text) if _MAX_AGE.match(text) else max_age
                case "domain":
                    domain = text.removeprefix(".").lower()
                case "path":
                    path = text if text.startswith("/") else ""
                case "secure":
                    secure = True
                case "httponly":
                    http_only = True
                case "samesite":
                    same_site = SameSite.__members__.get(text.upper(), SameSite.UNSET)
                case "partitioned":
                    partitioned = True
        return cls(
            name=name,
            value=value,
            expires=expires,
            max_age=max_age,
            domain=domain,
            path=path,
            secure=secure,
            http_only=http_only,
            same_site=same_site,
            partitioned=partitioned,
        )


class Cookie:
    """A cookie as a jar holds it. Treat it as read-only; a rewrite makes another one."""

    __slots__ = (
        "asked",
        "created",
        "expires",
        "http_only",
        "last_access",
        "name",
        "partition",
        "path",
        "same_site",
        "scope",
        "scripted",
        "secure",
        "site",
        "value",
    )

    name: str
    value: str
    scope: str
    """The host that alone gets it, or a dot and the domain whose hosts all get it."""
    path: str
    partition: str
    """The top-level site that it is kept apart for; empty: none."""
    secure: bool
    http_only: bool
    same_site: SameSite
    created: int
    """In ms since the epoch, like all that follow; an overwrite keeps it."""
    last_access: int
    expires: int
    """When the browser ends it; `NEVER` for a session cookie."""
    asked: int
    """When the setter wanted it to end."""
    scripted: bool
    """Whether a script wrote it."""
    site: str
    """The registrable domain that it belongs to."""

    @property
    def domain(self) -> str:
        """The host or domain that it is for."""
        return self.scope.removeprefix(".")

    @property
    def host_only(self) -> bool:
        """Whether it goes to that very host only."""
        return not self.scope.startswith(".")

    @property
    def persistent(self) -> bool:
        """Whether it outlives the session."""
        return self.expires != NEVER

    def __repr__(self) -> str:
        return f"Cookie({self.name}={self.value}; {self.scope}{self.path}; {self.partition or 'unpartitioned'})"


def _octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
