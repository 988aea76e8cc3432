"""The tracking service's addresses: what scripts report to, tracked links, and the scripts themselves."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, RedirectResponse
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from reference_impl.outbound_marketing.links import EMAIL_LINK, REDIRECT_LINK, addressee_of
from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.web.durable import DurableService, NotWrittenError
from reference_impl.outbound_marketing.web.sites import Sites
from reference_impl.outbound_marketing.web.wire import MESSAGES, Refused, read_cookies, read_message
from sim.browser import Request, Response

NOW_HEADER, EVENT_HEADER = "Crumbline-Now", "Crumbline-Event"
"""In test mode: the simulated time, in ms since the epoch, and the token of the event."""

_SCRIPTS = Path(__file__).parent / "scripts"
_LONGEST_QUERY = 500
_PREFLIGHT_S = 86_400


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is, and which event it is.

    Args:
        now: The time, in ms since the epoch.
        simulated: Whether requests say it themselves, as only tests may.
    """

    now: Callable[[], int]
    simulated: bool = False

    def read(self, request: HttpRequest, messages: int) -> tuple[int, int]:
        """Time and token of a request.

        Args:
            request: The request.
            messages: How many were accepted before it: its token, where it has no other.

        Raises:
            Refused: If it says its time itself and must not, or must and does not (400).
        """
        said = request.headers.get(NOW_HEADER), request.headers.get(EVENT_HEADER)
        if not self.simulated:
            if any(said):
                raise Refused(400, f"{NOW_HEADER} and {EVENT_HEADER} are for test mode")
            return self.now(), messages
        now, event = (int(value) if value and value.isdecimal() and len(value) < 16 else None for value in said)
        if now is None or event is None:
            raise Refused(400, f"test mode needs {NOW_HEADER} and {EVENT_HEADER}, as whole numbers")
        return now, event


Endpoint = Callable[[HttpRequest], Awaitable[HttpResponse]]


def tracking_service(service: DurableService, policy: Policy, sites: Sites, clock: Clock) -> Starlette:
    """The service as an ASGI application.

    Args:
        service: What answers the messages.
        policy: The settings that the scripts must know.
        sites: Who may report, and where links lead.
        clock: What time it is.
    """

    def moment(request: HttpRequest) -> tuple[int, int]:
        return clock.read(request, service.messages)

    async def report(request: HttpRequest) -> HttpResponse:
        what = request.path_params["what"]
        if what not in MESSAGES:
            raise Refused(404, "there is no such message")
        message = await read_message(request, what)
        origin = request.headers.get("origin", "")
        if origin not in sites.origins.get(message.website_id, ()):
            raise Refused(403, "this site is not registered under this website id")
        if not message.page.startswith(f"{origin}/"):
            raise Refused(400, "page: is not on the site that the message comes from")
        return await answer(f"/{what}", request, message.body())

    async def answer(path: str, request: HttpRequest, body: dict[str, object]) -> HttpResponse:
        url = f"{sites.scheme}://{sites.service}{path}"
        response = await service.handle(Request(url, *moment(request), request.method, body, read_cookies(request)))
        return with_cookies(JSONResponse(dict(response.body), response.status), response)

    async def follow(request: HttpRequest) -> HttpResponse:
        """Redirect along a registered link; the click is recorded on the way."""
        query = request.url.query
        if len(query) > _LONGEST_QUERY:
            raise Refused(414, "no link of ours is that long")
        kind = request.url.path[1:]
        target = _target(kind, query, sites)
        url = f"{sites.scheme}://{sites.service}/{kind}" + (f"?{query}" if kind == EMAIL_LINK else "")
        response = await service.handle(Request(url, *moment(request), "GET", {}, read_cookies(request)))
        return with_cookies(RedirectResponse(target, 302), response)

    async def script(request: HttpRequest) -> HttpResponse:
        return HttpResponse(_script(request.url.path[1:], policy), media_type="text/javascript")

    cors = Middleware(
        CORSMiddleware,
        allow_origins=sites.customers,
        allow_methods=["POST"],
        allow_headers=["content-type", *([NOW_HEADER, EVENT_HEADER] if clock.simulated else [])],
        allow_credentials=True,
        max_age=_PREFLIGHT_S,
    )
    app = Starlette(
        routes=[
            Route("/tracker.js", script),
            Route("/form.js", script),
            Route(f"/{EMAIL_LINK}", follow),
            Route(f"/{REDIRECT_LINK}", follow),
            Route("/{what}", report, methods=["POST"]),
        ],
        middleware=[cors],
        exception_handlers={Refused: say_why, NotWrittenError: say_that_it_failed},
    )
    app.router.redirect_slashes = False  # links lead to registered places, and nothing else leads anywhere
    return app


def with_cookies(answer: HttpResponse, response: Response) -> HttpResponse:
    """An answer that sets the cookies that the service asks for."""
    for cookie in response.set_cookies:
        answer.headers.append("set-cookie", cookie.header())
    return answer


async def say_why(_request: HttpRequest, problem: Exception) -> HttpResponse:
    """Answer a request that was refused."""
    assert isinstance(problem, Refused)
    return JSONResponse({"error": problem.why}, problem.status)


async def say_that_it_failed(_request: HttpRequest, _problem: Exception) -> HttpResponse:
    """Answer a request that could not be written down: it may be sent again."""
    return JSONResponse({"error": "not written down; send it again"}, 503)


def _target(kind: str, query: str, sites: Sites) -> str:
    """Where a link leads. Only registered ones lead anywhere, so that nobody can borrow our name for their own.

    Raises:
        Refused: If it is not registered (404).
    """
    try:
        said = parse_qs(query, keep_blank_values=True, max_num_fields=10)
    except ValueError:
        raise Refused(404, "no link of ours says so much") from None
    if kind == REDIRECT_LINK:
        target = sites.links.get(said.get("link", [""])[0])
    else:
        campaign = said.get("campaign", [""])[0]
        known = campaign.isascii() and campaign.isdecimal() and addressee_of(f"?{query}") is not None
        target = sites.campaigns.get(int(campaign)) if known else None
    if target is None:
        raise Refused(404, "there is no such link")
    return target


def _script(name: str, policy: Policy) -> str:
    """A script as it is served: what both share, then its own part."""
    settings = json.dumps({"firstPartyId": policy.first_party_id})
    shared, own = ((_SCRIPTS / each).read_text(encoding="utf-8") for each in ("visitor.js", name))
    return f'"use strict";\n({shared.rstrip()})({settings});\n{own}'
