"""The event website: a page to sign in on, and to register for an event once one has."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from reference_impl.outbound_marketing.event_site import LANGUAGE, REGISTER, SESSION, SIGN_IN
from reference_impl.outbound_marketing.web.app import Clock, say_that_it_failed, with_cookies
from reference_impl.outbound_marketing.web.durable import DurableService, NotWrittenError
from reference_impl.outbound_marketing.web.pages import page
from reference_impl.outbound_marketing.web.sites import Sites
from reference_impl.outbound_marketing.web.wire import Refused, read_body, read_cookies, read_sign_in
from sim.browser import Request

_SEE_OTHER = 303


def event_website(service: DurableService, sites: Sites, clock: Clock) -> Starlette:
    """The website as an ASGI application; signing in and registering are messages to the service.

    Args:
        service: What answers the messages.
        sites: Under which host it is.
        clock: What time it is.
    """
    own_origin = f"{sites.scheme}://{sites.event_website}"

    async def show(request: HttpRequest) -> HttpResponse:
        cookies = read_cookies(request)
        return _page(200, cookies, "registered" in request.query_params)

    async def sign_in(request: HttpRequest) -> HttpResponse:
        _from_here(request, own_origin)
        return await tell(SIGN_IN, request, (await read_sign_in(request)).body())

    async def register(request: HttpRequest) -> HttpResponse:
        _from_here(request, own_origin)
        if await read_body(request):
            raise Refused(400, "who registers says no more than that")
        if not service.service.is_signed_in(read_cookies(request)):
            raise Refused(401, "sign in first")
        return await tell(REGISTER, request, {})

    async def tell(what: str, request: HttpRequest, body: dict[str, object]) -> HttpResponse:
        now, event = clock.read(request, service.messages)
        response = await service.handle(
            Request(f"{own_origin}/{what}", now, event, "POST", body, read_cookies(request))
        )
        return with_cookies(RedirectResponse("/?registered" if what == REGISTER else "/", _SEE_OTHER), response)

    return Starlette(
        routes=[
            Route("/", show),
            Route(f"/{SIGN_IN}", sign_in, methods=["POST"]),
            Route(f"/{REGISTER}", register, methods=["POST"]),
        ],
        exception_handlers={Refused: _say_why, NotWrittenError: say_that_it_failed},
    )


def _from_here(request: HttpRequest, own_origin: str) -> None:
    """Refuse forms that another site has made its visitor's browser send."""
    if request.headers.get("origin") != own_origin:
        raise Refused(403, "this form was not sent from here")


async def _say_why(request: HttpRequest, problem: Exception) -> HttpResponse:
    assert isinstance(problem, Refused)
    return _page(problem.status, read_cookies(request), problem=problem.why)


def _page(status: int, cookies: dict[str, str], registered: bool = False, problem: str = "") -> HttpResponse:
    language = cookies.get(LANGUAGE, "en")
    said = {"signed_in": SESSION in cookies, "language": language, "registered": registered, "problem": problem}
    return HTMLResponse(page("event_website", **said), status)
