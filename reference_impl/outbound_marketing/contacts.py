"""The contact store: who has submitted a form, and which visitor ids are whose."""

from __future__ import annotations

from collections.abc import Mapping

from reference_impl.outbound_marketing.rules import match_key

MATCH_ON = ("email",)
"""Attributes that must all be equal for a submission to be matched to a contact."""


class Contacts:
    """Contacts by what they are matched on, and the contact of each visitor id."""

    __slots__ = ("_by_key", "_count", "of_visitor")

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, ...], int] = {}
        self._count = 0
        self.of_visitor: dict[int, int] = {}
        """Contact of each visitor that one was submitted under: the last one submitted, in the order of submission."""

    def submit(self, fields: Mapping[str, str], visitor: int | None) -> int:
        """Match a submission to a contact, or make one, and map the visitor to it."""
        key = match_key(fields, MATCH_ON)
        contact = self._by_key.get(key) if key else None
        if contact is None:
            contact = self._count
            self._count += 1
            if key:
                self._by_key[key] = contact
        if visitor is not None:
            self.map(visitor, contact)
        return contact

    def map(self, visitor: int, contact: int) -> None:
        """From now on, all that was ever done under a visitor id is this contact's."""
        self.of_visitor.pop(visitor, None)
        self.of_visitor[visitor] = contact
