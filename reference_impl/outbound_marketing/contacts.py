"""The contact store: who has submitted a form, and which visitor ids are whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reference_impl.outbound_marketing.rules import match_key


class Contacts:
    """Contacts with their details, by what they are matched on; and what each visitor id was mapped to, in order.

    Args:
        match_on: Attributes that must all be equal for a submission to be matched to a contact.
        first_stays: Whether the first contact that a visitor id was mapped to stays behind it.
    """

    __slots__ = ("_behind", "_by_key", "_first_stays", "_match_on", "details", "mapped")

    def __init__(self, match_on: Sequence[str] = ("email",), first_stays: bool = False) -> None:
        self._match_on = match_on
        self._first_stays = first_stays
        self._by_key: dict[tuple[str, ...], int] = {}
        self._behind: dict[int, int] = {}
        self.details: list[dict[str, str]] = []
        """Details of each contact, as last submitted."""
        self.mapped: list[tuple[int, int, int]] = []
        """Visitor, contact, and how many interactions had been recorded by then, of each identification."""

    def submit(self, fields: Mapping[str, str]) -> int:
        """Match a submission to a contact, whose other details it overwrites, or make one."""
        key = match_key(fields, self._match_on)
        contact = self._by_key.get(key) if key else None
        if contact is None:
            contact = len(self.details)
            self.details.append(dict(fields))
            if key:
                self._by_key[key] = contact
        else:
            self.details[contact].update({name: text for name, text in fields.items() if name not in self._match_on})
        return contact

    def map(self, visitor: int, contact: int, moment: int) -> None:
        """Note that a visitor id was found to be a contact's, after so many interactions."""
        self.mapped.append((visitor, contact, moment))
        if not self._first_stays or visitor not in self._behind:
            self._behind[visitor] = contact

    def behind(self, visitor: int) -> int | None:
        """The contact that a visitor id is mapped to."""
        return self._behind.get(visitor)
