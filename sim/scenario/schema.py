"""What a scenario file may say: its fields, their units, bounds and defaults. Samples nothing.

Every default is an assumption unless its description names a source.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Self

from faker.config import AVAILABLE_LOCALES
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from sim.browser import PROFILES
from sim.durations import Duration

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

MINUTE, DAY = 60_000, 86_400_000


class Part(BaseModel):
    """A part of a scenario: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


def shares_add_up(shares: dict[Any, float]) -> dict[Any, float]:
    """Check that shares of a whole add up to 1.

    Raises:
        ValueError: If their sum is further from 1 than rounding explains.
    """
    total = math.fsum(shares.values())
    if not math.isclose(total, 1, abs_tol=1e-6):
        terms = " + ".join(f"{share:g} ({name})" for name, share in shares.items())
        raise ValueError(f"{terms or 'no shares'} make {total:g}; shares must add up to 1")
    return shares


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


def known_locale(locale: str) -> str:
    """Check that Faker has names of a locale.

    Raises:
        ValueError: If it does not.
    """
    if locale not in AVAILABLE_LOCALES:
        near = get_close_matches(locale, AVAILABLE_LOCALES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ", such as en_US or de_DE"
        raise ValueError(f"{locale!r} is not a locale of Faker's{hint}")
    return locale


Count = Annotated[int, Field(ge=1, le=8)]
Counts = Annotated[dict[Count, Share], AfterValidator(shares_add_up)]


class Device(StrEnum):
    """What a browser runs on."""

    DESKTOP = "desktop"
    PHONE = "phone"
    TABLET = "tablet"


class ReturnGap(Part):
    """Time from one visit of a person to the next: Lomax (Pareto II), a heavy tail.

    Gaps between visits are heavy-tailed and not exponential (Dezső et al., "Dynamics of information access on the web",
    Physical Review E 73, 2006). They run on a clock that goes faster in busy hours, see `Rhythm`.
    """

    tail: Annotated[float, Field(gt=1, le=100, description="Shape of the tail; the lower, the heavier.")] = 1.8
    minimum: Annotated[Duration, Field(description="Least time from leaving to coming back.")] = MINUTE


class Rhythm(Part):
    """How arrivals differ by hour and weekday, in the local time of `utc_offset_hours`."""

    utc_offset_hours: Annotated[int, Field(ge=-12, le=14)] = 0
    hours: Annotated[
        tuple[Annotated[float, Field(ge=0)], ...],
        Field(min_length=24, max_length=24, description="Relative activity in each hour of the day."),
    ] = (2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 11, 12, 12, 9, 5)
    weekdays: Annotated[
        tuple[Annotated[float, Field(ge=0)], ...],
        Field(min_length=7, max_length=7, description="Relative activity on Monday to Sunday."),
    ] = (10, 10, 10, 10, 9, 8, 9)

    @model_validator(mode="after")
    def _some_activity(self) -> Self:
        if not sum(self.hours) or not sum(self.weekdays):
            raise ValueError("at least one hour and one weekday must have some activity")
        return self


class Pages(Part):
    """Pages of a visit: an inverse Gaussian number (Huberman et al., "Strong regularities in world wide web surfing",
    Science 280, 1998), rounded up.
    """

    mean: Annotated[float, Field(gt=0, le=100)] = 3.5
    shape: Positive = 3.0


class Dwell(Part):
    """Time that a page is in the foreground: Weibull with shape below 1, "negative aging" (Liu, White and Dumais,
    "Understanding web browsing behaviors through Weibull analysis of dwell time", SIGIR 2010).
    """

    scale: Duration = 40_000
    shape: Annotated[float, Field(gt=0, le=10)] = 0.75
    maximum: Annotated[Duration, Field(description="Longest stay in one go; what is longer is cut.")] = 20 * MINUTE


class Pause(Part):
    """A pause within a visit (a call, a meal), after which the person goes on where they were."""

    share: Annotated[Share, Field(description="Share of page loads followed by a pause.")] = 0.01
    shortest: Duration = 5 * MINUTE
    longest: Duration = 90 * MINUTE

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.shortest > self.longest:
            raise ValueError("shortest must not be longer than longest")
        return self


class ClearingHabit(Part):
    """One kind of people in the mix of those who clear their cookies."""

    share: Share
    every: Annotated[
        Duration | None,
        Field(description="Mean time between two clearings of one browser; leave it out for people who never clear."),
    ] = None

    @field_validator("every")
    @classmethod
    def _some_time(cls, every: int | None) -> int | None:
        if every == 0:
            raise ValueError("must be longer than nothing; leave it out for people who never clear")
        return every


class Closing(Part):
    """When browsers are closed, which ends session cookies."""

    after_visit: Annotated[Share, Field(description="Share of visits after which the browser is closed.")] = 0.4
    within_visit: Annotated[Share, Field(description="Share of visits interrupted by closing the browser.")] = 0.01
    restores_session: Annotated[
        Share, Field(description="Share of closings after which the browser restores its session and its cookies.")
    ] = 0.3


class Population(Part):
    """Who the people are, and what they do of their own accord."""

    people: Annotated[int, Field(ge=1, le=50_000_000)] = 5000
    locale: Annotated[
        str, AfterValidator(known_locale), Field(description="Faker locale of the names that people type.")
    ] = "en_US"
    devices: Annotated[Counts, Field(description="Devices of a person.")] = {1: 0.4, 2: 0.45, 3: 0.15}
    device_kinds: Annotated[
        dict[Device, Share], AfterValidator(shares_add_up), Field(description="What a device is.")
    ] = {Device.DESKTOP: 0.5, Device.PHONE: 0.42, Device.TABLET: 0.08}
    browsers: Annotated[Counts, Field(description="Browsers that a person uses on a device.")] = {1: 0.8, 2: 0.2}
    main_device: Annotated[Share, Field(description="Share of a person's visits made on their main device.")] = 0.7
    main_browser: Annotated[Share, Field(description="Share of a device's visits made in its main browser.")] = 0.9
    visits_per_month: Annotated[float, Field(gt=0, le=3000, description="Mean over people, in 30 days.")] = 2.5
    activity_spread: Annotated[
        float, Field(ge=0, le=3, description="Standard deviation of the logarithm of people's visit rates.")
    ] = 0.8
    return_gap: ReturnGap = ReturnGap()
    rhythm: Rhythm = Rhythm()
    pages: Pages = Pages()
    dwell: Dwell = Dwell()
    pause: Pause = Pause()
    interaction: Annotated[Share, Field(description="Share of page loads with a click, tap or key.")] = 0.6
    days_of_use: Annotated[
        Share, Field(description="Share of days on which a browser is used, for whatever site; Safari counts them.")
    ] = 0.7
    clearing: tuple[ClearingHabit, ...] = (ClearingHabit(share=1),)
    closing: Closing = Closing()

    @field_validator("clearing")
    @classmethod
    def _clearing_shares(cls, habits: tuple[ClearingHabit, ...]) -> tuple[ClearingHabit, ...]:
        shares_add_up({f"habit {number}": habit.share for number, habit in enumerate(habits, 1)})
        return habits


class WebPage(Part):
    """A page of the customer's site."""

    path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/_.-]*$", max_length=200)]
    share: Annotated[Share, Field(description="Share of page loads that are of this page.")]
    form: Annotated[bool, Field(description="Whether it holds a marketing form.")] = False
    submit: Annotated[Share, Field(description="Share of the form's views that end in a submission.")] = 0.0
    website_id: Annotated[Name, Field(description="Pages with one website id are recorded by one script.")] = "main"

    @model_validator(mode="after")
    def _form_is_there(self) -> Self:
        if self.submit and not self.form:
            raise ValueError("submit is for pages with a form; add form: true")
        return self


class Website(Part):
    """The customer's site, and where the tracking service is."""

    host: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+$")] = "www.shop.example"
    service: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9.-]+$"), Field(description="Host of the service; another site.")
    ] = "org.svc.dynamics.example"
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
    systems: Annotated[dict[Name, SystemUnderTest], Field(min_length=1)]
    thresholds: Annotated[
        dict[str, str],
        Field(description="Verdicts: `system.metric` to a bound such as '>= 0.9', decided on the 95 % interval."),
    ] = {}

    @model_validator(mode="after")
    def _mix_for_each_kind(self) -> Self:
        for device, share in self.population.device_kinds.items():
            if share and device not in self.browsers:
                raise ValueError(f"browsers: there are {device.value} devices, but no mix of browsers for them")
        return self

    @property
    def start_ms(self) -> int:
        """Midnight UTC of the first day, in ms since the epoch."""
        return int(datetime.combine(self.start, time(), UTC).timestamp()) * 1000

    @property
    def end_ms(self) -> int:
        """Midnight UTC after the last day, in ms since the epoch."""
        return self.start_ms + self.days * DAY
