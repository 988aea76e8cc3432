"""A customer's website, to try the service on: pages with the tracking script, forms, a consent banner."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from reference_impl.outbound_marketing.web.pages import page
from reference_impl.outbound_marketing.web.sites import Sites
from sim.system import ServedSite


def demo_website(site: ServedSite, sites: Sites) -> Starlette:
    """The website as an ASGI application.

    Args:
        site: Its pages, and what it asks its visitors.
        sites: Where the service is.
    """
    titles = {each.path: _title(each.path) for each in site.pages}
    by_path = {each.path: each for each in site.pages}

    async def show(request: HttpRequest) -> HttpResponse:
        here = by_path.get(request.url.path)
        if here is None:
            return PlainTextResponse("There is no such page.", 404)
        said = {"site": site, "here": here, "titles": titles, "service": sites.service, "scheme": sites.scheme}
        return HTMLResponse(page("demo", **said))

    return Starlette(routes=[Route("/{path:path}", show)])


def _title(path: str) -> str:
    """What a page is called: its path, in words."""
    return path.strip("/").replace("/", ", ").replace("_", " ").replace("-", " ").capitalize() or "Welcome"
