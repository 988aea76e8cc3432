"""The cookie that a jar holds."""

from __future__ import annotations

from sim.browser.rules import NEVER, SameSite
from sim.browser.terms import Terms


class Cookie:
    """A cookie as a jar holds it: its terms, and what changes with each time it is set. The jar alone changes it."""

    __slots__ = ("asked", "created", "expires", "last_access", "terms", "value")

    terms: Terms
    value: str
    created: int
    """In ms since the epoch, like all that follow; an overwrite keeps it."""
    last_access: int
    expires: int
    """When the browser ends it; `NEVER` for a session cookie."""
    asked: int
    """When the setter wanted it to end."""

    def __init__(self, terms: Terms, value: str, created: int) -> None:
        self.terms = terms
        self.value = value
        self.created = self.last_access = created

    def copy(self) -> Cookie:
        """One that stays as it is, whatever becomes of this one."""
        twin = Cookie(self.terms, self.value, self.created)
        twin.last_access, twin.expires, twin.asked = self.last_access, self.expires, self.asked
        return twin

    @property
    def name(self) -> str:
        """Its name; empty for a nameless cookie."""
        return self.terms.name

    @property
    def path(self) -> str:
        """The path that it is for, with all below it."""
        return self.terms.path

    @property
    def domain(self) -> str:
        """The host or domain that it is for."""
        return self.terms.scope.removeprefix(".")

    @property
    def host_only(self) -> bool:
        """Whether it goes to that very host only."""
        return not self.terms.scope.startswith(".")

    @property
    def partition(self) -> str:
        """The top-level site that it is kept apart for; empty: none."""
        return self.terms.partition

    @property
    def secure(self) -> bool:
        """Whether it goes over secure connections only."""
        return self.terms.secure

    @property
    def http_only(self) -> bool:
        """Whether it is hidden from script."""
        return self.terms.http_only

    @property
    def same_site(self) -> SameSite:
        """Its SameSite attribute, as given."""
        return self.terms.same_site

    @property
    def scripted(self) -> bool:
        """Whether a script wrote it."""
        return self.terms.scripted

    @property
    def persistent(self) -> bool:
        """Whether it outlives the session."""
        return self.expires != NEVER

    def __str__(self) -> str:
        """As it stands in a Cookie header: RFC 6265bis, section 5.8.3, step 4."""
        return f"{self.terms.name}={self.value}" if self.terms.name else self.value

    def __repr__(self) -> str:
        return f"Cookie({self}; {self.terms.scope}{self.path}; {self.partition or 'unpartitioned'})"
