"""Where engines depart from RFC 6265bis in how they read and order cookies. Each was seen on the engine named."""

from __future__ import annotations

from enum import Enum, auto


class Quirk(Enum):
    """A departure from the letter of the draft."""

    __hash__ = object.__hash__  # an enumeration hashes its names, by Python code, each time a jar asks for a quirk

    READ_BY_LIBSOUP = auto()
    """The header is read as libsoup does: see `libsoup`. WebKitGTK."""
    REFUSES_TABS = auto()
    """A tab within a name or a value refuses the cookie, like other control characters. Chromium."""
    SIGNED_MAX_AGE = auto()
    """Max-Age may begin with a plus sign. Chromium."""
    LAST_LIFE_COUNTS = auto()
    """Of several Max-Age, as of several Expires, the last one counts even if it says nothing. Chromium, Firefox."""
    EARLY_YEARS = auto()
    """A date before the year 1601 is a date in the past, not none. Chromium, Firefox."""
    LOOSE_DATES = auto()
    """The 31st of February is the 3rd of March, 24 o'clock is midnight, the time or its seconds may be missing; but an
    underscore does not separate. Firefox."""
    NAME_ALONE = auto()
    """Without an equals sign the text is the name, and a pair with an empty name is refused. Firefox."""
    DEFAULT_PATH_FITS_HOST_PREFIX = auto()
    """`__Host-` is content with a default path of `/`. Firefox."""
    DOT_IS_NO_DOMAIN = auto()
    """A Domain of a dot alone refuses the cookie. Chromium, Firefox; WebKitGTK, by libsoup."""
    NO_PREFIXES = auto()
    """`__Secure-` and `__Host-` mean nothing. WebKitGTK."""
    SCRIPT_WRITES_LINES = auto()
    """Each line that a script assigns to document.cookie is a cookie. WebKitGTK."""
    NEW_VALUE_NEW_PLACE = auto()
    """An overwrite keeps the creation time only where the value stays the same. Chromium."""
    NEAR_DOMAINS_FIRST = auto()
    """Among equal paths, cookies of the host as a domain are sent first, then those of the very host, then those of the
    domains above it, the nearest first. WebKitGTK."""
    SAME_SITE_STORES_ALL = auto()
    """SameSite says what is sent, not what is stored. WebKitGTK."""
    NO_ANCESTORS = auto()
    """A frame of the page's own site inside another site's frame is no third party. WebKitGTK."""
    UNLISTED_HOSTS_ARE_SITES = auto()
    """Under a suffix that the public suffix list does not name, such as `localhost`, each host is a site of its own:
    what sets a cookie that the page in the tab would not see itself is a third party. WebKitGTK, for third parties that
    set no cookies."""


RFC: frozenset[Quirk] = frozenset()
"""The draft to the letter."""
