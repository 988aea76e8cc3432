"""Leads: what sales follows up, one for each e-mail address and marketing page, under a parent contact."""

from __future__ import annotations

from collections.abc import Mapping

from reference_impl.outbound_marketing.rules import match_key

EXTERNAL_PAGE = ""
"""Pages outside of the product have no page id, so that all their forms count as one."""


class Leads:
    """Leads in the order in which they came up."""

    __slots__ = ("_by_key", "parents")

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, ...], int] = {}
        self.parents: list[int | None] = []
        """Contact of each lead, as last submitted; `None`: nobody is known to be behind it."""

    def submit(self, fields: Mapping[str, str], contact: int | None, page: str = EXTERNAL_PAGE) -> int:
        """Match a submission to a lead by e-mail and page, or make one; a known parent replaces the one before."""
        key = match_key({**fields, "page": page or "external"}, ("email", "page"))
        lead = self._by_key.get(key) if key else None
        if lead is None:
            lead = len(self.parents)
            self.parents.append(contact)
            if key:
                self._by_key[key] = lead
        elif contact is not None:
            self.parents[lead] = contact
        return lead
