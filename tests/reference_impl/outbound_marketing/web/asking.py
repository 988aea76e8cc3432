"""Requests as they go over the wire, put to the application without a server before it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from reference_impl.outbound_marketing import Policy
from reference_impl.outbound_marketing.web.app import EVENT_HEADER, NOW_HEADER, Clock
from tests.reference_impl.outbound_marketing.web.running import built

SERVICE, EVENTS, SHOP = "svc.localhost:8000", "events.localhost:8000", "shop.localhost:8000"
MESSAGE = {"website_id": "main", "page": f"http://{SHOP}/", "visitor": None, "visit": None}
WHO = {"email": "ada@mail.example", "first_name": "Ada", "last_name": "Byron", "phone": "1"}


@dataclass(frozen=True)
class Sent:
    """A request, as it goes over the wire."""

    method: str
    host: str
    path: str
    headers: tuple[tuple[str, str | bytes | None], ...] = ()
    """A header of no value is left out."""
    body: bytes = b""

    def with_header(self, name: str, value: str | bytes | None) -> Sent:
        others = tuple(header for header in self.headers if header[0] != name)
        return replace(self, headers=(*others, (name, value)))


def message(what: str, **more: object) -> Sent:
    """A message of the script on the demo site."""
    said = MESSAGE | ({"fields": WHO} if what == "form-submit" else {}) | more
    headers = (("origin", f"http://{SHOP}"), ("content-type", "application/json"))
    return Sent("POST", SERVICE, f"/{what}", headers, json.dumps(said).encode())


@dataclass
class Answer:
    """What comes back."""

    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


class Service:
    """The application without a server before it, which would refuse some of the corpus by itself. What the application
    raises is raised here, so that a 5xx cannot hide.
    """

    def __init__(self, folder: Path, simulated: bool, policy: Policy | None = None) -> None:
        self.simulated = simulated
        self._app, self.service, self.journal, _ = built(folder, policy, clock=Clock(lambda: 1_000, simulated))

    def answer(self, sent: Sent) -> Answer:
        named = {name for name, _ in sent.headers}
        times = {NOW_HEADER: "1000", EVENT_HEADER: "1"} if self.simulated else {}
        headers = [("host", sent.host), *(item for item in times.items() if item[0] not in named), *sent.headers]
        path, _, query = sent.path.partition("?")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": sent.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), octets(value)) for name, value in headers if value is not None],
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 1),
        }
        half = len(sent.body) // 2
        chunks = [
            {"type": "http.request", "body": sent.body[:half], "more_body": True},
            {"type": "http.request", "body": sent.body[half:], "more_body": False},
        ]
        answer = Answer()

        async def receive():
            return chunks.pop(0) if chunks else {"type": "http.disconnect"}

        async def send(said):
            if said["type"] == "http.response.start":
                answer.status, answer.headers = said["status"], tuple(said["headers"])
            else:
                answer.body += said["body"]

        asyncio.run(self._app(scope, receive, send))
        return answer

    def stored(self) -> tuple[int, int, int, int]:
        held = self.service.service
        return (
            self.service.messages,
            len(list(self.journal.read())),
            len(held.assignment().event),
            len(held.contacts.details),
        )


def octets(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
