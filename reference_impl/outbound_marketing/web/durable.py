"""The service with its journal: a message is answered once it is on the disk, and a restart forgets nothing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.service import Service
from reference_impl.outbound_marketing.web.journal import Entry, Journal
from sim.browser import Request, Response

_IMPORT = "IMPORT"
"""Method of the journal's entry for a mailing list."""


class NotWrittenError(Exception):
    """A message could not be written down, and counts as never received."""


class DurableService:
    """A service whose messages are written down before they are answered.

    What comes in while the disk is busy is written in one go afterwards, so that many visitors cost few writes.

    Args:
        policy: The system's settings.
        journal: Its journal; what is in it already happened.
        random: Gives so many random characters of the URL-safe base64 alphabet.
    """

    def __init__(self, policy: Policy, journal: Journal, random: Callable[[int], str]) -> None:
        self._policy = policy
        self._journal = journal
        self._random = random
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._in_hand: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._drawn: list[str] = []
        self._recover()

    @property
    def service(self) -> Service:
        """The service as it stands; what it holds may not be written down yet."""
        return self._service

    @property
    def messages(self) -> int:
        """How many messages it has accepted."""
        return self._accepted

    def import_contacts(self, contacts: Mapping[int, Mapping[str, str]]) -> None:
        """Take in the people on the mailing list, by the number that links in their mails carry."""
        body = {str(number): dict(fields) for number, fields in contacts.items()}
        entry = self._take(Request("import", 0, 0, _IMPORT, body))[0]
        self._journal.write([entry])

    async def handle(self, request: Request) -> Response:
        """Answer a message, once it is written down.

        Raises:
            NotWrittenError: If it cannot be, and it is as if it had never come.
        """
        entry, response = self._take(request)
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await written
        return response

    def _take(self, request: Request) -> tuple[Entry, Response]:
        self._drawn = []
        try:
            response = _play(self._service, request)
        except Exception:
            self._recover()  # it may have been left half done
            raise
        entry = Entry(self._accepted, request, tuple(self._drawn))
        self._accepted += 1
        return entry, response

    async def _write(self) -> None:
        """Write down what waits, until nothing does."""
        while self._waiting:
            self._in_hand, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._journal.write, [entry for entry, _ in self._in_hand])
            except SQLAlchemyError as problem:
                lost, self._in_hand, self._waiting = self._in_hand + self._waiting, [], []
                self._recover()  # what is not on the disk must not be in the memory
                for _, written in lost:
                    if not written.done():
                        written.set_exception(NotWrittenError(str(problem)))
            else:
                done, self._in_hand = self._in_hand, []
                for _, written in done:
                    if not written.done():  # whoever asked may have gone away
                        written.set_result(None)
        self._writing = None

    def _recover(self) -> None:
        """Make of the journal, and of what is on its way there, what the service had made of its messages."""
        self._accepted = 0
        again: list[str] = []

        def draw(characters: int) -> str:
            characters_drawn = again.pop(0) if again else self._random(characters)
            self._drawn.append(characters_drawn)
            return characters_drawn

        self._service = Service(self._policy, draw)
        on_its_way = [entry for entry, _ in (*self._in_hand, *self._waiting)]
        there = itertools.takewhile(
            lambda entry: not on_its_way or entry.number < on_its_way[0].number, self._journal.read()
        )
        for entry in itertools.chain(there, on_its_way):
            again.extend(entry.drawn)
            _play(self._service, entry.request)
            self._accepted = entry.number + 1


def _play(service: Service, request: Request) -> Response:
    if request.method == _IMPORT:
        service.import_contacts({int(number): fields for number, fields in request.body.items()})
        return Response()
    return service.handle(request)
