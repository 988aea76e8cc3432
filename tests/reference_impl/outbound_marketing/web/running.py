"""The service running on a real port, and a system under test that is behind it."""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import numpy as np
import uvicorn

from reference_impl.outbound_marketing import OutboundMarketing, Policy
from reference_impl.outbound_marketing.script import Script
from reference_impl.outbound_marketing.web.app import EVENT_HEADER, NOW_HEADER, Clock
from reference_impl.outbound_marketing.web.durable import DurableService
from reference_impl.outbound_marketing.web.journal import Journal
from reference_impl.outbound_marketing.web.serving import application, listen, local_sites
from sim.browser import Request, Response, SetCookie
from sim.serve import served_site
from tests.conftest import build

SIMULATED = Clock(lambda: 0, simulated=True)


def renamed(ids):
    """Ids by the order in which they come first."""
    _, first, numbers = np.unique(ids, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return np.where(ids == -1, -1, order[numbers])


def random_characters(count: int) -> str:
    return secrets.token_urlsafe(count)[:count]


def opened(folder: Path, policy: Policy) -> tuple[DurableService, Journal]:
    """A service with its journal in a folder."""
    journal = Journal(folder / "journal.sqlite", policy.model_dump_json())
    return DurableService(policy, journal, random_characters), journal


def built(
    folder: Path, policy: Policy | None = None, *, port: int = 8000, clock: Clock = SIMULATED, site=None, lead_to=None
):
    """The application, the service behind it, its journal, and the sites; links lead to one place, if it is given."""
    policy, site = policy or Policy(), site or served_site(build())
    service, journal = opened(folder, policy)
    sites = local_sites(port, site)
    if lead_to:
        sites = replace(sites, links={"": lead_to}, campaigns=dict.fromkeys(sites.campaigns, lead_to))
    return application(service, policy, sites, clock, site, lambda: None), service, journal, sites


@contextmanager
def listening(app, taken: socket.socket) -> Iterator[None]:
    """Serve an application in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, args=([taken],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        taken.close()


def free_port() -> socket.socket:
    return listen(0)


class BehindHttp:
    """The system as a service over HTTP: the script is the Python one, and whatever it sends goes by a socket."""

    Settings = OutboundMarketing.Settings
    cookies = OutboundMarketing.cookies

    def __init__(self, policy, service, sites, client: httpx.Client) -> None:
        script = Script(policy)
        self.on_load, self.on_event = script.on_load, script.on_event
        self.import_contacts = service.import_contacts
        self._service, self._sites, self._client = service, sites, client

    def assignment(self):
        return self._service.service.assignment()

    def handle(self, request: Request) -> Response:
        path = "/" + request.url.rpartition("/")[2]
        to_event_website = path in ("/sign-in", "/register")
        host = self._sites.event_website if to_event_website else self._sites.service
        headers = {"host": host, NOW_HEADER: str(request.now), EVENT_HEADER: str(request.event)}
        if request.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in request.cookies.items())
        content = ""
        if to_event_website:
            headers["origin"] = f"http://{host}"
            headers["content-type"] = "application/x-www-form-urlencoded"
            if path == "/sign-in":
                content = urlencode(request.body["fields"] | {"language": request.body["language"]})
        elif request.method == "POST":
            headers["origin"] = self._sites.customers[0]
            headers["content-type"] = "application/json"
            page = self._sites.customers[0] + urlsplit(request.body["page"]).path  # the scenario's host is not here
            content = json.dumps(dict(request.body) | {"page": page})
        answer = self._client.request(request.method, path, headers=headers, content=content)
        assert answer.status_code in (200, 302, 303, 401), answer.text
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return Response(
            answer.json() if is_json else {},
            [SetCookie.parse(header) for header in answer.headers.get_list("set-cookie")],
            401 if answer.status_code == 401 else 200,
        )
