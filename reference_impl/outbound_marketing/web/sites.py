"""What is registered with the service: customer sites by their origins, and where tracked links lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """Addresses that the service knows. It answers no other site, and redirects nowhere else."""

    service: str
    """Host of the tracking service, with its port where that is not the scheme's own."""
    event_website: str
    """Host of the event website."""
    origins: Mapping[str, frozenset[str]]
    """By website id, the origins whose pages may report under it."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Where each redirect link leads, by its name."""
    campaigns: Mapping[int, str] = field(default_factory=dict)
    """Where the link in each campaign's mails leads, by its number."""
    scheme: str = "https"

    @property
    def customers(self) -> list[str]:
        """All origins of customer sites."""
        return sorted(set().union(*self.origins.values()))
