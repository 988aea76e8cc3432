"""All of it on one port: the tracking service, the event website and a customer's website, told apart by host."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Host

from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.web.app import Clock, tracking_service
from reference_impl.outbound_marketing.web.demo import demo_website
from reference_impl.outbound_marketing.web.durable import DurableService
from reference_impl.outbound_marketing.web.event_website import event_website
from reference_impl.outbound_marketing.web.journal import Journal, JournalError
from reference_impl.outbound_marketing.web.sites import Sites
from sim.system import ServedSite, ServiceError

_LONGEST_PATIENCE_S = 5
_CAMPAIGNS = 100


def local_sites(port: int, demo: ServedSite) -> Sites:
    """Three sites on this machine. Browsers look up nothing for *.localhost (RFC 6761, section 6.3), take each for a
    site of its own, since `localhost` is no site, and for trustworthy without TLS (W3C Secure Contexts, section 3.1).
    """
    shop = f"http://shop.localhost:{port}"
    return Sites(
        service=f"svc.localhost:{port}",
        event_website=f"events.localhost:{port}",
        origins={page.website_id: frozenset({shop}) for page in demo.pages},
        links={"": f"{shop}{demo.pages[0].path}"} | {page.path[1:]: f"{shop}{page.path}" for page in demo.pages},
        campaigns=dict.fromkeys(range(_CAMPAIGNS), f"{shop}{demo.pages[0].path}"),
        scheme="http",
    )


def application(
    service: DurableService, policy: Policy, sites: Sites, clock: Clock, demo: ServedSite, close: Callable[[], None]
) -> Starlette:
    """The three sites as one ASGI application.

    Args:
        service: What answers the messages.
        policy: The system's settings.
        sites: Which hosts are whose.
        clock: What time it is.
        demo: The customer's website; it is at all registered origins.
        close: Called when the server stops.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        close()

    customer = demo_website(demo, sites)
    return Starlette(
        routes=[
            Host(_name(sites.service), tracking_service(service, policy, sites, clock)),
            Host(_name(sites.event_website), event_website(service, sites, clock)),
            *(Host(_name(origin.partition("://")[2]), customer) for origin in sites.customers),
        ],
        lifespan=lifespan,
    )


def listen(port: int) -> socket.socket:
    """A socket that listens on a port of this machine, or on any free one for 0.

    It is said to be TCP's: asyncio sends small answers at once on such a socket alone.

    Raises:
        OSError: If the port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError:
        listening.close()
        raise
    return listening


def serve(
    *,
    settings: Policy,
    site: ServedSite,
    database: Path,
    port: int,
    now: Callable[[], int],
    random: Callable[[int], str],
    started: Callable[[str], None],
) -> None:
    """Serve until interrupted: a `sim.system.RealService`.

    Args:
        settings: The system's settings.
        site: The customer's website.
        database: File of its journal.
        port: Port on this machine.
        now: The time, in ms since the epoch.
        random: Gives so many random characters of the URL-safe base64 alphabet.
        started: Told the addresses of the websites.

    Raises:
        ServiceError: If the database cannot be used, or the port is taken.
    """
    sites = local_sites(port, site)
    try:
        listening = listen(port)
    except OSError as problem:
        raise ServiceError(f"port {port}: {problem.strerror}; give another with --port") from None
    with listening:
        try:
            journal = Journal(database, settings.model_dump_json())
            service = DurableService(settings, journal, random)
        except JournalError as problem:
            raise ServiceError(str(problem)) from None
        app = application(service, settings, sites, Clock(now), site, journal.close)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=_LONGEST_PATIENCE_S
        )
        started(f"{sites.customers[0]}{site.pages[0].path}")
        started(f"{sites.scheme}://{sites.event_website}/")
        uvicorn.Server(config).run([listening])


def _name(host: str) -> str:
    return host.partition(":")[0]
