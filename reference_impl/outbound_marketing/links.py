"""Tracked links: top-level navigations to the service, which sets its cookie there as first party."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

EMAIL_LINK, REDIRECT_LINK = "email-link", "redirect-link"
"""Paths of the two kinds. A link in a mail names its addressee, a redirect link nobody."""


def addressee_of(url: str) -> int | None:
    """The number of the addressee in the URL of a mail's link; nobody where it is not one of ours."""
    values = parse_qs(urlsplit(url).query).get("addressee", [])
    return int(values[0]) if len(values) == 1 and values[0].isascii() and values[0].isdecimal() else None
