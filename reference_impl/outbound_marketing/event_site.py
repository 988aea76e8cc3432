"""The event website: signing in sets a session cookie, and registering for an event is credited to who signed in.

Its two cookies are essential: they are set whatever the consent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sim.browser import Attributes, Response, SameSite, SetCookie

SIGN_IN, REGISTER = "sign-in", "register"
SESSION, LANGUAGE = "event_session", "event_language"
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
SESSION_LENGTH = 24
_LANGUAGE_LIFE_S = 365 * 86_400


class EventSite:
    """Who is signed in under which session."""

    def __init__(self, random: Callable[[int], str]) -> None:
        self._random = random
        self._contact_of: dict[str, int] = {}
        self._session = Attributes(path="/", secure=True, http_only=True, same_site=SameSite.LAX)
        self._language = Attributes(path="/", secure=True, max_age=_LANGUAGE_LIFE_S, same_site=SameSite.LAX)

    def sign_in(self, contact: int, language: str) -> Response:
        """Begin a session of a contact.

        Args:
            contact: Who signs in.
            language: What they chose, or had before; where it is no language's code, it is English.
        """
        session = self._random(SESSION_LENGTH)
        self._contact_of[session] = contact
        spoken = language if LANGUAGE_CODE.fullmatch(language) else "en"
        return Response(
            set_cookies=[SetCookie(SESSION, session, self._session), SetCookie(LANGUAGE, spoken, self._language)]
        )

    def signed_in(self, cookies: Mapping[str, str]) -> int | None:
        """The contact whose session the cookies hold."""
        return self._contact_of.get(cookies.get(SESSION, ""))
