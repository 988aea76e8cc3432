"""Who the people of a cohort are: their devices and browsers, how often they come, how they treat their cookies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import DAY, Bool, Browsers, DeviceKind, Float64, Int64
from sim.scenario import Device, Scenario
from sim.world.distributions import choose, lognormal_factor, pick
from sim.world.groups import Groups

OWN_DEVICES_MOST = 8
SHARED_DEVICES_MOST = 4
BROWSERS_MOST = 8
_SLOTS = OWN_DEVICES_MOST + SHARED_DEVICES_MOST
_PLACES = _SLOTS * BROWSERS_MOST
_OWN_PLACES = OWN_DEVICES_MOST * BROWSERS_MOST

_SHARED_KEYS = 1 << 40
"""The keys of browsers on shared devices begin here."""

_KIND = {Device.DESKTOP: DeviceKind.DESKTOP, Device.PHONE: DeviceKind.PHONE, Device.TABLET: DeviceKind.TABLET}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The people of a cohort, one row a person, and their browsers.

    A person reaches devices by *slot*: first the own ones, from `OWN_DEVICES_MOST` on those that the group shares.
    """

    person: Int64
    """Number in the replication."""
    group_first: Int64
    """Row of the first person of the group."""
    group_size: Int64
    """People in the group."""
    group_kind: Int64
    """Which of the population's kinds of groups the group is."""
    utc_offset_hours: Int64
    """Where the person lives, in hours from UTC."""
    visits_per_ms: Float64
    """Mean rate of visits."""
    clearing_ms: Float64
    """Mean time between two clearings of one browser; infinite for people who never clear."""
    devices: Int64
    """Own devices of the person."""
    shared_devices: Int64
    """Devices that the group shares."""
    browsers_on: Int64
    """Browsers that the person has on each device: people by slots, 0 where there is no such device."""
    first_browser: Int64
    """Row in `browsers` of the first of them: people by slots."""
    browsers: Browsers
    owner: Int64
    """Row of the person whom a browser belongs to; who keeps it, where several people use one account."""
    place: Int64
    """Number of the browser among all that this person could have."""


def settle(scenario: Scenario, stream: Stream, groups: Groups) -> Cohort:
    """Draw who the people of some groups are."""
    population = scenario.population
    person = np.arange(groups.first_person, groups.first_person + int(groups.size.sum()), dtype=np.int64)
    group = np.repeat(np.arange(len(groups.size)), groups.size)
    group_first = (np.cumsum(groups.size) - groups.size)[group]
    devices = choose(stream.uniform(Purpose.DEVICE_COUNT, person), population.devices)
    homes = _Homes.draw(scenario, stream, groups)
    habit = pick(stream.uniform(Purpose.CLEARING_KIND, person), [one.share for one in population.clearing])
    clearing_every = np.array([np.inf if one.every is None else float(one.every) for one in population.clearing])
    at_close = np.array([one.at_close for one in population.clearing])
    activity = lognormal_factor(stream.uniform(Purpose.VISIT_RATE, person), population.activity_spread)
    zones = choose(stream.uniform(Purpose.TIME_ZONE, groups.number), population.rhythm.zones)

    accounts = _Accounts.of(scenario, stream, person, group, group_first, devices, homes)
    owner = accounts.owner
    browsers = Browsers(
        key=accounts.key,
        device=accounts.device.astype(np.int32),
        account=accounts.account.astype(np.int32),
        kind=accounts.kind.astype(np.int8),
        private=np.zeros(len(owner), np.bool_),
        ad_blocker=(stream.uniform(Purpose.AD_BLOCKER, person) < population.ad_blockers)[owner],
        clear_on_close=at_close[habit][owner],
        consent_habit=stream.uniform(Purpose.CONSENT_HABIT, person)[owner],
    )
    return Cohort(
        person=person,
        group_first=group_first,
        group_size=groups.size[group],
        group_kind=groups.kind[group],
        utc_offset_hours=zones[group],
        visits_per_ms=population.visits_per_month / (30 * DAY) * activity,
        clearing_ms=clearing_every[habit],
        devices=devices,
        shared_devices=homes.devices[group],
        browsers_on=accounts.browsers_on,
        first_browser=accounts.first_browser,
        browsers=browsers,
        owner=owner,
        place=accounts.place,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accounts:
    """Who has an account on which device, with which browsers.

    The first two are people by slots; all others have one row a browser: those on own devices first, in the order of
    people, then those on shared ones, likewise.
    """

    browsers_on: Int64
    first_browser: Int64
    owner: Int64
    place: Int64
    key: Int64
    device: Int64
    account: Int64
    kind: Int64

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        stream: Stream,
        person: Int64,
        group: Int64,
        group_first: Int64,
        devices: Int64,
        homes: _Homes,
    ) -> _Accounts:
        population, count, user = scenario.population, len(person), np.arange(len(person))[:, None]
        slot = np.arange(_SLOTS if homes.devices.any() else OWN_DEVICES_MOST)
        shared = slot >= OWN_DEVICES_MOST
        at_home = np.maximum(slot - OWN_DEVICES_MOST, 0)
        has_device = np.where(shared, at_home < homes.devices[group, None], slot < devices[:, None])

        # Whose account is used: one's own, or on a device with one account for all, that of whoever keeps it.
        for_all = shared & ~homes.own_accounts[group][:, at_home]
        account_of = np.where(for_all, group_first[:, None] + homes.keeper[group][:, at_home], user)
        drawn = choose(stream.uniform(Purpose.BROWSER_COUNT, person[:, None], slot), population.browsers)
        browsers_on = np.where(has_device, drawn[account_of, slot], 0)

        cells = np.arange(count * len(slot)).reshape(count, len(slot))
        cells = np.concatenate([cells[:, ~shared].ravel(), cells[:, shared].ravel()])
        rows_in = np.where(account_of == user, browsers_on, 0).ravel()[cells]
        first_browser = np.empty(count * len(slot), np.int64)
        first_browser[cells] = np.cumsum(rows_in) - rows_in
        first_browser = first_browser.reshape(count, len(slot))[account_of, slot]

        owner, at = np.divmod(np.repeat(cells, rows_in), len(slot))
        own, here = at < OWN_DEVICES_MOST, at_home[at]
        place = at * BROWSERS_MOST + np.arange(len(owner)) - first_browser[owner, at]
        first_own = np.cumsum(devices) - devices
        first_shared = devices.sum() + np.cumsum(homes.devices) - homes.devices
        device = np.where(own, first_own[owner] + at, first_shared[group[owner]] + here)
        own_kind = _kinds(population.device_kinds, stream.uniform(Purpose.DEVICE_KIND, person[owner], at))
        return cls(
            browsers_on=browsers_on,
            first_browser=first_browser,
            owner=owner,
            place=place,
            key=np.where(own, person[owner] * _OWN_PLACES, _SHARED_KEYS + person[owner] * _PLACES) + place,
            device=device,
            account=np.unique(device * count + np.where(own, 0, owner), return_inverse=True)[1],
            kind=np.where(own, own_kind, homes.device_kind[group[owner], here]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Homes:
    """What the groups of a cohort share, one row a group and, but for `devices`, one column a shared device."""

    devices: Int64
    device_kind: Int64
    own_accounts: Bool
    keeper: Int64
    """Which person of the group keeps the account that all use."""

    @classmethod
    def draw(cls, scenario: Scenario, stream: Stream, groups: Groups) -> _Homes:
        slot = np.arange(SHARED_DEVICES_MOST)
        shape = (len(groups.number), SHARED_DEVICES_MOST)
        homes = cls(
            devices=np.zeros(shape[0], np.int64),
            device_kind=np.zeros(shape, np.int64),
            own_accounts=np.zeros(shape, np.bool_),
            keeper=np.zeros(shape, np.int64),
        )
        for row, kind in enumerate(scenario.population.groups):
            if not any(kind.devices):
                continue
            at = np.flatnonzero(groups.kind == row)
            number = groups.number[at, None]
            homes.devices[at] = choose(stream.uniform(Purpose.SHARED_DEVICE_COUNT, number[:, 0]), kind.devices)
            homes.device_kind[at] = _kinds(kind.device_kinds, stream.uniform(Purpose.SHARED_DEVICE_KIND, number, slot))
            homes.own_accounts[at] = stream.uniform(Purpose.SHARED_ACCOUNT, number, slot) < kind.own_accounts
            keeper = stream.uniform(Purpose.KEEPER, number, slot) * groups.size[at, None]
            homes.keeper[at] = keeper.astype(np.int64)
        return homes


def _kinds(shares: dict[Device, float], uniform: Float64) -> Int64:
    return np.array([_KIND[device] for device in shares], np.int64)[pick(uniform, shares.values())]
