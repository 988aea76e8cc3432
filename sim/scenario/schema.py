"""What a scenario file may say: its fields, their units, bounds and defaults. Samples nothing.

Every default is an assumption unless its description names a source.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from enum import StrEnum
from itertools import chain
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from sim.browser import PROFILES
from sim.durations import Duration
from sim.scenario.parts import DAY, Name, Part, Share, shares_add_up
from sim.scenario.population import Device, Population


def known_makes(makes: dict[str, float]) -> dict[str, float]:
    """Check that a mix of browsers names profiles that there are.

    Raises:
        ValueError: If it does not.
    """
    for make in makes:
        if make not in PROFILES:
            near = get_close_matches(make, PROFILES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(sorted(PROFILES))}"
            raise ValueError(f"{make!r} is not a browser profile{hint}")
    return makes


class WebPage(Part):
    """A page of the customer's site."""

    path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/_.-]*$", max_length=200)]
    share: Annotated[Share, Field(description="Share of page loads that are of this page.")]
    form: Annotated[bool, Field(description="Whether it holds a marketing form.")] = False
    submit: Annotated[Share, Field(description="Share of the form's views that end in a submission.")] = 0.0
    prefill: Annotated[
        bool, Field(description="Whether the form is shown filled in to visitors who asked to be remembered.")
    ] = False
    captured: Annotated[
        bool, Field(description="Whether the form is the customer's own, captured by the script: never filled in.")
    ] = False
    website_id: Annotated[Name, Field(description="Pages with one website id are recorded by one script.")] = "main"

    @model_validator(mode="after")
    def _form_is_there(self) -> Self:
        for name in ("submit", "prefill", "captured"):
            if getattr(self, name) and not self.form:
                raise ValueError(f"{name} is for pages with a form; add form: true")
        return self


class Website(Part):
    """The customer's site, and where the tracking service is."""

    host: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+$")] = "www.shop.example"
    service: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9.-]+$"), Field(description="Host of the service; another site.")
    ] = "org.svc.dynamics.example"
    event_site: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9.-]+$"), Field(description="Host of the event website; another site.")
    ] = "events.portal.example"
    decorated_links: Annotated[
        bool,
        Field(
            description="Whether the system's links add to the landing page's address, and Safari takes the service "
            "for a tracker: what script writes on that page then lives 24 hours."
        ),
    ] = False
    pages: tuple[WebPage, ...] = (
        WebPage(path="/", share=0.4),
        WebPage(path="/products", share=0.5),
        WebPage(path="/contact", share=0.1, form=True, submit=0.12),
    )

    @field_validator("pages")
    @classmethod
    def _page_shares(cls, pages: tuple[WebPage, ...]) -> tuple[WebPage, ...]:
        shares_add_up({page.path: page.share for page in pages})
        return pages


class Banner(StrEnum):
    """What a site asks before it sets non-essential cookies."""

    NONE = "none"
    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"


class ConsentCookie(Part):
    """The cookie in which the site remembers the answer."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")] = "site_consent"
    life: Duration = 180 * DAY
    set_by: Annotated[str, StringConstraints(pattern=r"^(script|server)$")] = "script"


class Consent(Part):
    """The consent banner, and how people answer it: three shares of people, since ignoring is an answer too."""

    banner: Banner = Banner.NONE
    accept: Share = 1.0
    reject: Share = 0.0
    ignore: Share = 0.0
    cookie: ConsentCookie = ConsentCookie()

    @model_validator(mode="after")
    def _answers(self) -> Self:
        shares_add_up({"accept": self.accept, "reject": self.reject, "ignore": self.ignore})
        return self


class ScoredKind(StrEnum):
    """What a system can record of a person, as lead scoring calls it."""

    WEBSITE_VISITED = "website_visited"
    WEBSITE_CLICKED = "website_clicked"
    FORM_VISITED = "form_visited"
    FORM_SUBMITTED = "form_submitted"
    REDIRECT_LINK_CLICKED = "redirect_link_clicked"
    EMAIL_CLICKED = "email_clicked"
    EVENT_REGISTRATION = "event_registration"


class Prefill(Part):
    """What people make of forms that can remember them."""

    remember_me: Annotated[
        Share, Field(description='Share of submissions for which "remember me" is ticked; in private windows none.')
    ] = 0.3
    corrected: Annotated[
        Share, Field(description="Share of forms filled in with somebody else's name that the person types over.")
    ] = 0.9


class LeadScoring(Part):
    """How a contact's interactions add up to a score."""

    points: Annotated[
        dict[ScoredKind, Annotated[float, Field(ge=-1000, le=1000)]],
        Field(description="Points of an interaction, by its kind; kinds that are left out score nothing."),
    ] = {
        ScoredKind.WEBSITE_VISITED: 1,
        ScoredKind.WEBSITE_CLICKED: 1,
        ScoredKind.FORM_VISITED: 2,
        ScoredKind.FORM_SUBMITTED: 10,
        ScoredKind.REDIRECT_LINK_CLICKED: 2,
        ScoredKind.EMAIL_CLICKED: 5,
        ScoredKind.EVENT_REGISTRATION: 20,
    }
    half_life: Annotated[
        Duration | None, Field(description="Time after which points are worth half; without it they keep their worth.")
    ] = None
    threshold: Annotated[float, Field(description="Score from which on a lead is passed to sales.")] = 20


class Removal(StrEnum):
    """A cause that a what-if takes away."""

    CLEARING = "clearing"
    """Nobody clears cookies, and no device is reset."""
    CAPS = "caps"
    """Browsers grant the life that is asked for, and purge nothing."""
    BLOCKING = "blocking"
    """Browsers take third-party cookies for any others, and nobody has an ad blocker."""
    REFUSAL = "refusal"
    """The site asks nobody, and everybody is tracked."""
    BROWSERS = "browsers"
    """Everybody does everything in one browser of their own, that which they use most."""
    MATCHING = "matching"
    """Everybody types details that are theirs alone into all forms."""
    WINDOW = "window"
    """A visitor's visits are their true ones."""


class SystemUnderTest(Part):
    """A system to compare, by the name of its entry point, with its policy switches."""

    use: Annotated[Name, Field(description="Name of an entry point in the group crumbline.systems.")]
    settings: Annotated[dict[str, Any], Field(description="The system's own settings.")] = {}


Mix = Annotated[dict[str, Share], AfterValidator(known_makes), AfterValidator(shares_add_up)]


class Scenario(Part):
    """One experiment: a population, a website, and the systems that watch it."""

    name: Name
    question: Annotated[str, Field(description="What the scenario is to answer, in a sentence.")] = ""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    start: Annotated[date, Field(description="First day, in UTC.")] = date(2026, 1, 5)
    days: Annotated[int, Field(ge=1, le=3650)] = 90
    replications: Annotated[int, Field(ge=1, le=10_000, description="Independent populations.")] = 5
    population: Population = Population()
    website: Website = Website()
    browsers: Annotated[dict[Device, Mix], Field(description="Mix of browser profiles on each kind of device.")] = {
        device: {"chromium": 1.0} for device in Device
    }
    consent: Consent = Consent()
    prefill: Prefill = Prefill()
    lead_scoring: LeadScoring = LeadScoring()
    systems: Annotated[dict[Name, SystemUnderTest], Field(min_length=1)]
    precision: Annotated[
        float | None,
        Field(
            gt=0,
            lt=1,
            description="Half of the widest 95 % interval that headline metrics may have: replications are added until "
            "they are that narrow.",
        ),
    ] = None
    max_replications: Annotated[
        int, Field(ge=1, le=10_000, description="Where adding replications for the precision ends.")
    ] = 50
    what_if: Annotated[
        Literal["all"] | tuple[Removal, ...],
        Field(description="Causes to take away, one at a time and all but one: `all`, or a list of them."),
    ] = ()
    thresholds: Annotated[
        dict[str, str],
        Field(
            description="Verdicts: `system.metric`, or `system - other.metric`, to a bound such as '>= 0.9' or "
            "'no worse than baseline by 0.01', decided on the 95 % interval."
        ),
    ] = {}
    baseline: Annotated[str, Field(description="Folder of the run that thresholds are held against.")] = ""

    @model_validator(mode="after")
    def _mix_for_each_kind(self) -> Self:
        own, shared = self.population.device_kinds, (group.device_kinds for group in self.population.groups)
        for device, share in chain(own.items(), *(kinds.items() for kinds in shared)):
            if share and device not in self.browsers:
                raise ValueError(f"browsers: there are {device.value} devices, but no mix of browsers for them")
        return self

    @model_validator(mode="after")
    def _room_for_precision(self) -> Self:
        if self.precision is not None and self.max_replications < max(self.replications, 2):
            raise ValueError(
                f"max_replications: {self.max_replications} leaves no room for precision; it must be at least "
                f"{max(self.replications, 2)}"
            )
        return self

    @property
    def removals(self) -> tuple[Removal, ...]:
        """The causes that the what-ifs take away."""
        return tuple(Removal) if self.what_if == "all" else self.what_if

    @property
    def start_ms(self) -> int:
        """Midnight UTC of the first day, in ms since the epoch."""
        return int(datetime.combine(self.start, time(), UTC).timestamp()) * 1000

    @property
    def end_ms(self) -> int:
        """Midnight UTC after the last day, in ms since the epoch."""
        return self.start_ms + self.days * DAY
