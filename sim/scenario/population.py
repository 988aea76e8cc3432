"""What a scenario file may say of its population: who the people are, and what they do of their own accord.

Every default is an assumption unless its description names a source.
"""

from __future__ import annotations

from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Self

from faker.config import AVAILABLE_LOCALES
from pydantic import AfterValidator, Field, field_validator, model_validator

from sim.durations import Duration
from sim.scenario.parts import HOUR, MINUTE, Part, Positive, Share, shares_add_up


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


GroupSize = Annotated[int, Field(ge=1, le=64)]
SharedCount = Annotated[int, Field(ge=0, le=4)]


class Group(Part):
    """One kind of groups in the mix: a household or an office, with people who share devices and mailboxes.

    Nothing is shared beyond a group. What people have of their own is said outside of groups, and alike for all kinds.
    """

    share: Annotated[Share, Field(description="Share of groups, not of people.")]
    people: Annotated[
        dict[GroupSize, Share], AfterValidator(shares_add_up), Field(description="People in a group.")
    ] = {1: 1.0}
    devices: Annotated[
        dict[SharedCount, Share], AfterValidator(shares_add_up), Field(description="Devices that the people share.")
    ] = {0: 1.0}
    device_kinds: Annotated[
        dict[Device, Share], AfterValidator(shares_add_up), Field(description="What a shared device is.")
    ] = {Device.DESKTOP: 1.0}
    own_accounts: Annotated[
        Share, Field(description="Share of shared devices with an account for each person; others have one for all.")
    ] = 0.5
    use: Annotated[Share, Field(description="Share of visits that people with shared devices make on one of them.")] = (
        0.3
    )
    turn_away: Annotated[
        Share, Field(description="Share of visits that, finding the device taken, turn to an own one; others wait.")
    ] = 0.5
    mailbox: Annotated[
        Share, Field(description="Share of form submissions that give the address of a mailbox that the group shares.")
    ] = 0.0


class ReturnGap(Part):
    """Time from one visit of a person to the next: Lomax (Pareto II), a heavy tail.

    Gaps between visits are heavy-tailed and not exponential (Dezső et al., "Dynamics of information access on the web",
    Physical Review E 73, 2006). They run on a clock that goes faster in busy hours, see `Rhythm`.
    """

    tail: Annotated[float, Field(gt=1, le=100, description="Shape of the tail; the lower, the heavier.")] = 1.8
    minimum: Annotated[Duration, Field(description="Least time from leaving to coming back.")] = MINUTE


UtcOffset = Annotated[int, Field(ge=-12, le=14)]


class Rhythm(Part):
    """How arrivals differ by hour and weekday, in the local time of each group."""

    utc_offset_hours: UtcOffset = 0
    time_zones: Annotated[
        dict[UtcOffset, Share],
        Field(description="Groups by their offset from UTC in hours, where it is not `utc_offset_hours` for all."),
    ] = {}
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

    @field_validator("time_zones")
    @classmethod
    def _zone_shares(cls, zones: dict[int, float]) -> dict[int, float]:
        return shares_add_up(zones) if zones else zones

    @property
    def zones(self) -> dict[int, float]:
        """Share of groups by their offset from UTC, in hours."""
        return self.time_zones or {self.utc_offset_hours: 1.0}


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
    at_close: Annotated[
        bool, Field(description="Whether their browsers clear everything whenever they are closed.")
    ] = False

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


class Typed(Part):
    """What people type into forms where it is not their own details; what the shares leave are those."""

    second_address: Annotated[Share, Field(description="Share of submissions with another address of theirs.")] = 0.0
    mistyped: Annotated[Share, Field(description="Share of submissions with a letter missing in the address.")] = 0.0
    for_somebody_else: Annotated[
        Share,
        Field(description="Share of submissions with the details of somebody else in the group, if there is one."),
    ] = 0.0

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if (total := self.second_address + self.mistyped + self.for_somebody_else) > 1:
            raise ValueError(f"these shares make {total:g}; together they must not be more than 1")
        return self


class EventWebsite(Part):
    """Visits to the event website."""

    sign_in: Annotated[Share, Field(description="Share of visits in which the person signs in to it.")] = 0.0
    registration: Annotated[Share, Field(description="Share of sign-ins followed by registering for an event.")] = 0.5


class Campaign(Part):
    """A mail with a tracked link, sent to everybody on the mailing list."""

    sent: Annotated[Duration, Field(description="When, from the start of the scenario.")]
    opened: Annotated[Share, Field(description="Share of addressees who open it.")] = 0.3
    clicked: Annotated[Share, Field(description="Share of those who open it that follow the link.")] = 0.1
    forwarded: Annotated[
        Share, Field(description="Share of those who open it that forward it to somebody in their group.")
    ] = 0.0
    delay: Annotated[
        Duration, Field(gt=0, description="Mean time until it is opened, of a heavy tail (Lomax with shape 2).")
    ] = 12 * HOUR


class Mailing(Part):
    """Mail campaigns. Who is on the mailing list is drawn here, and is known to every system from the start."""

    on_list: Annotated[Share, Field(description="Share of people who are on the mailing list.")] = 0.0
    campaigns: Annotated[tuple[Campaign, ...], Field(max_length=1000)] = ()


class ConsentChange(Part):
    """The consent settings are opened and answered anew."""

    visits: Annotated[Share, Field(description="Share of visits in which the person does so.")] = 0.0
    accept: Annotated[Share, Field(description="Share of such answers that consent.")] = 0.5


class GoingOn(Part):
    """A visit that is gone on with on another device, which makes another visit."""

    share: Annotated[Share, Field(description="Share of visits, of people with several devices of their own.")] = 0.0
    shortest: Annotated[Duration, Field(description="Shortest time between the two.")] = MINUTE
    longest: Annotated[Duration, Field(description="Longest time between the two; log-uniform in between.")] = 3 * HOUR

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 0 < self.shortest <= self.longest:
            raise ValueError("shortest must be longer than nothing, and not longer than longest")
        return self


class Networks(Part):
    """Which public address visits come from, where it is not the group's own."""

    mobile: Annotated[Share, Field(description="Share of visits on phones over the person's mobile network.")] = 0.0
    travel: Annotated[
        Share, Field(description="Share of visits over one of the networks that the person meets elsewhere.")
    ] = 0.0


class DeviceReset(Part):
    """A device is deleted and installed anew, or another one takes its place; either way all its cookies are gone."""

    every: Annotated[
        Duration | None, Field(gt=0, description="Mean time between two resets of a device; left out, there are none.")
    ] = None
    replaced: Annotated[
        Share, Field(description="Share of resets that bring another device, where browsers may be of another make.")
    ] = 0.5


class PrivateWindows(Part):
    """Windows that forget everything when they are closed, which they are after each visit."""

    people: Annotated[Share, Field(description="Share of people who use them.")] = 0.0
    visits: Annotated[Share, Field(description="Share of these people's visits made in one.")] = 0.1


class Population(Part):
    """Who the people are, and what they do of their own accord."""

    people: Annotated[int, Field(ge=1, le=50_000_000)] = 5000
    groups: Annotated[
        tuple[Group, ...], Field(description="Kinds of groups; by default, everybody is on their own.")
    ] = (Group(share=1),)
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
    clicks: Annotated[Share, Field(description="Share of page loads with a click that the script records.")] = 0.0
    new_tab: Annotated[
        Share, Field(description="Share of page loads, after a visit's first, that open in another tab.")
    ] = 0.0
    redirect_links: Annotated[
        Share, Field(description="Share of visits that begin with a redirect link of the system's, on somebody's page.")
    ] = 0.0
    going_on: GoingOn = GoingOn()
    typed: Typed = Typed()
    event_website: EventWebsite = EventWebsite()
    mailing: Mailing = Mailing()
    consent_change: ConsentChange = ConsentChange()
    networks: Networks = Networks()
    days_of_use: Annotated[
        Share, Field(description="Share of days on which a browser is used, for whatever site; Safari counts them.")
    ] = 0.7
    clearing: tuple[ClearingHabit, ...] = (ClearingHabit(share=1),)
    closing: Closing = Closing()
    device_reset: DeviceReset = DeviceReset()
    private_windows: PrivateWindows = PrivateWindows()
    ad_blockers: Annotated[
        Share, Field(description="Share of people whose browsers reach neither the system's script nor its service.")
    ] = 0.0

    @field_validator("groups")
    @classmethod
    def _group_shares(cls, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        shares_add_up({f"group {number}": group.share for number, group in enumerate(groups, 1)})
        return groups

    @field_validator("clearing")
    @classmethod
    def _clearing_shares(cls, habits: tuple[ClearingHabit, ...]) -> tuple[ClearingHabit, ...]:
        shares_add_up({f"habit {number}": habit.share for number, habit in enumerate(habits, 1)})
        return habits
