"""Why a cookie is not there."""

from __future__ import annotations

from enum import IntEnum


class Absence(IntEnum):
    """Why a cookie of some name is not sent with a request, or was not stored."""

    PRESENT = 0
    """It is there."""
    NEVER_SET = 1
    """This browser never held it for this address."""
    CLEARED = 2
    """The user cleared the browser's cookies."""
    RESET = 3
    """The device was deleted and installed anew."""
    EXPIRED = 4
    """It lived as long as its setter had asked for, or its setter deleted it."""
    CAPPED = 5
    """The browser granted it a shorter life than was asked for, and what was asked for would not be over yet."""
    PURGED = 6
    """The browser removed what script had written on a site without recent interaction."""
    BLOCKED = 7
    """The browser blocks third-party cookies."""
    PARTITIONED = 8
    """The browser holds such a cookie, but under another top-level site."""
    SAME_SITE = 9
    """The cookie's SameSite attribute keeps it from cross-site requests or responses."""
    REFUSED = 10
    """Any other rule of the storage model or of retrieval: domain, path, Secure, HttpOnly, prefix, size."""
    CLOSED = 11
    """It was a session cookie and the browser was closed."""
    EVICTED = 12
    """The jar was full and made room for others."""
