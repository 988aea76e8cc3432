"""The one door to a system under test: what it is handed, what it says in the end, and how it is served for real."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from sim.browser import Page, PageEvent, Request, Response

NOBODY = -1
"""What a column of an `Assignment` holds where there is no id."""


class InteractionKind(IntEnum):
    """What a system can record."""

    WEBSITE_VISITED = 0
    WEBSITE_CLICKED = 1
    FORM_VISITED = 2
    FORM_SUBMITTED = 3
    REDIRECT_LINK_CLICKED = 4
    EMAIL_CLICKED = 5
    EVENT_REGISTRATION = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a system believes in the end: one row an interaction, in any order.

    All columns have one length. Ids are whole numbers from 0 on, equal where the system takes two things to be one, and
    `NOBODY` where it has none.
    """

    event: NDArray[np.int64]
    """Token of the event, as the requests carried it."""
    kind: NDArray[np.int8]
    """An `InteractionKind`."""
    visitor: NDArray[np.int64]
    """Visitor id in force."""
    visit: NDArray[np.int64]
    """Visit id."""
    contact: NDArray[np.int64]
    """Contact that it is credited to."""
    identity: NDArray[np.int64]
    """Whom it is by: one space of numbers for contacts and for visitors who are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieNames:
    """Names of the cookies that hold a system's ids; empty: it has none such. The drive notes why one is absent."""

    third_party_visitor: str = ""
    third_party_visit: str = ""
    first_party_visitor: str = ""
    first_party_visit: str = ""


class TrackingSystem(Protocol):
    """The cookie and session logic under test, found by an entry point in the group `crumbline.systems`."""

    Settings: ClassVar[type[BaseModel]]
    """Its policy switches; a scenario's `settings` are checked against it."""
    cookies: ClassVar[CookieNames]

    def __init__(self, settings: Any, random: Callable[[int], str]) -> None:
        """Start with an empty store.

        Args:
            settings: An instance of `Settings`.
            random: Gives so many random characters of the URL-safe base64 alphabet.
        """

    def import_contacts(self, contacts: Mapping[int, Mapping[str, str]]) -> None:
        """Take in the people on the mailing list, by the number that links in their mails carry.

        Called before the first event, and only where the scenario has mail campaigns. Such a link is
        `https://{service}/email-link?addressee={number}&campaign={campaign}`; a redirect link has the path
        `/redirect-link`.
        """

    def on_load(self, page: Page) -> None:
        """The script half: a page with the script has loaded."""

    def on_event(self, page: Page, event: PageEvent) -> None:
        """The script half: something happened on the page."""

    def handle(self, request: Request) -> Response:
        """The service half: a request has come in."""

    def assignment(self) -> Assignment:
        """At the end: whom, and which visit, by event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPage:
    """A page of the website that a real service is tried on."""

    path: str
    website_id: str
    form: bool
    prefill: bool
    captured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedSite:
    """The website that a real service is tried on: the one of a scenario."""

    pages: tuple[ServedPage, ...]
    banner: Literal["none", "opt_in", "opt_out"]
    consent_cookie: str
    consent_life_s: int


class ServiceError(Exception):
    """A real service that cannot be started; the message says why."""


class RealService(Protocol):
    """A system as a real service for real browsers, found by an entry point in the group `crumbline.services`."""

    def __call__(
        self,
        *,
        settings: Any,
        site: ServedSite,
        database: Path,
        port: int,
        now: Callable[[], int],
        random: Callable[[int], str],
        started: Callable[[str], None],
    ) -> None:
        """Serve on this machine until interrupted.

        Args:
            settings: The system's settings, checked.
            site: The customer's website, which is served too.
            database: File in which everything is kept; it goes on with one that is there.
            port: Port on this machine.
            now: The time, in ms since the epoch.
            random: Gives so many random characters of the URL-safe base64 alphabet.
            started: Told the addresses to open, once it listens.

        Raises:
            ServiceError: If it cannot be started.
        """
