"""A customer's website, to try the service on: pages with the tracking script, a form, a consent banner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from reference_impl.outbound_marketing.web.pages import page
from reference_impl.outbound_marketing.web.sites import Sites


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPage:
    """A page of the website."""

    path: str
    title: str
    website_id: str = "main"
    form: bool = False
    prefill: bool = False
    captured: bool = False


_PAGES = (
    DemoPage(path="/", title="Welcome"),
    DemoPage(path="/products", title="Products"),
    DemoPage(path="/contact", title="Contact", form=True, prefill=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """A customer's website, and what it asks its visitors."""

    pages: tuple[DemoPage, ...] = field(default=_PAGES)
    banner: Literal["none", "opt_in", "opt_out"] = "opt_in"
    consent_cookie: str = "site_consent"
    consent_life_s: int = 180 * 86_400


def demo_website(site: DemoSite, sites: Sites) -> Starlette:
    """The website as an ASGI application.

    Args:
        site: Its pages.
        sites: Where the service is.
    """
    by_path = {each.path: each for each in site.pages}

    async def show(request: HttpRequest) -> HttpResponse:
        here = by_path.get(request.url.path)
        if here is None:
            return PlainTextResponse("There is no such page.", 404)
        said = {"site": site, "here": here, "service": sites.service, "scheme": sites.scheme, "language": "en"}
        return HTMLResponse(page("demo", **said))

    return Starlette(routes=[Route("/{path:path}", show)])
