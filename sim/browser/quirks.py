"""Where engines depart from RFC 6265bis in how they read and order cookies. Each was seen on the engine named."""

from __future__ import annotations

from enum import Enum, auto


class Quirk(Enum):
    """A departure from the letter of the draft."""

    __hash__ = object.__hash__  # an enumeration hashes its names, by Python code, each time a jar asks for a quirk

    REFUSES_TABS = auto()
    """A tab within a name or a value refuses the cookie, like other control characters. Chromium."""
    SIGNED_MAX_AGE = auto()
    """Max-Age may begin with a plus sign. Chromium, WebKitGTK."""
    EMPTY_MAX_AGE_ENDS = auto()
    """An empty Max-Age is one of zero. WebKitGTK."""
    LAST_LIFE_WINS = auto()
    """Of Max-Age and Expires the later one in the header wins. WebKitGTK."""
    EARLY_YEARS = auto()
    """A date before the year 1601 is a date in the past, not none. Chromium, Firefox, WebKitGTK."""
    LOOSE_DATES = auto()
    """The 31st of February is the 3rd of March, 24 o'clock is midnight, the time or its seconds may be missing; but an
    underscore does not separate. Firefox."""
    NAME_ALONE = auto()
    """Without an equals sign the text is the name, and a pair with an empty name is refused. Firefox."""
    DEFAULT_PATH_FITS_HOST_PREFIX = auto()
    """`__Host-` is content with a default path of `/`. Firefox."""
    NO_PREFIXES = auto()
    """`__Secure-` and `__Host-` mean nothing. WebKitGTK."""
    NO_SIZE_LIMITS = auto()
    """Names, values and attributes may be as long as they like. WebKitGTK."""
    NEW_VALUE_NEW_PLACE = auto()
    """An overwrite keeps the creation time only where the value stays the same. Chromium."""
    DOMAIN_COOKIES_FIRST = auto()
    """Among equal paths, cookies of a domain are sent before those of the very host. WebKitGTK."""
    SAME_SITE_STORES_ALL = auto()
    """SameSite says what is sent, not what is stored. WebKitGTK."""
    NO_ANCESTORS = auto()
    """A frame of the page's own site inside another site's frame is no third party. WebKitGTK."""


RFC: frozenset[Quirk] = frozenset()
"""The draft to the letter."""
