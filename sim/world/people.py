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
    count = int(groups.size.sum())
    person = np.arange(groups.first_person, groups.first_person + count, dtype=np.int64)
    group = np.repeat(np.arange(len(groups.size)), groups.size)
    zones = choose(stream.uniform(Purpose.TIME_ZONE, groups.number), population.rhythm.zones)

    devices = choose(stream.uniform(Purpose.DEVICE_COUNT, person), population.devices)
    homes = _Homes.draw(scenario, stream, groups)
    slots = _SLOTS if homes.devices.any() else OWN_DEVICES_MOST
    slot = np.arange(slots)
    shared_slot = np.maximum(slot - OWN_DEVICES_MOST, 0)
    is_shared = slot >= OWN_DEVICES_MOST
    has_device = np.where(is_shared, shared_slot < homes.devices[group, None], slot < devices[:, None])
    browsers_on = choose(stream.uniform(Purpose.BROWSER_COUNT, person[:, None], slot), population.browsers)

    first_row = (np.cumsum(groups.size) - groups.size)[group]
    keeper = np.where(is_shared & ~homes.own_accounts[group][:, shared_slot], homes.keeper[group][:, shared_slot], -1)
    user = np.arange(count)[:, None]
    account_of = np.where(keeper < 0, user, first_row[:, None] + keeper)
    browsers_on = np.where(has_device, browsers_on[account_of, slot], 0)

    # Own browsers first, in the order of people; then those on shared devices.
    has_rows = np.where(account_of == user, browsers_on, 0)
    in_order = np.concatenate([has_rows[:, ~is_shared].ravel(), has_rows[:, is_shared].ravel()])
    cells = np.arange(count * slots).reshape(count, slots)
    cells = np.concatenate([cells[:, ~is_shared].ravel(), cells[:, is_shared].ravel()])
    first_browser = np.zeros((count, slots), np.int64)
    first_browser.ravel()[cells] = np.cumsum(in_order) - in_order
    first_browser = first_browser[account_of, slot]

    owner, at = np.divmod(np.repeat(cells, in_order), slots)
    rank = np.arange(len(owner)) - first_browser[owner, at]
    own = at < OWN_DEVICES_MOST
    shared_at = np.maximum(at - OWN_DEVICES_MOST, 0)
    own_device = np.cumsum(slot[:OWN_DEVICES_MOST] < devices[:, None]).reshape(count, -1) - 1
    own_devices = int(devices.sum())
    shared_device = (
        own_devices + (np.cumsum(homes.devices) - homes.devices)[group, None] + np.arange(SHARED_DEVICES_MOST)
    )
    device = np.where(own, own_device[owner, np.minimum(at, OWN_DEVICES_MOST - 1)], shared_device[owner, shared_at])
    _, account = np.unique(np.where(own, device, own_devices + owner * _SLOTS + shared_at), return_inverse=True)

    own_kind = _kinds(population.device_kinds, stream.uniform(Purpose.DEVICE_KIND, person[:, None], slot))
    kind = np.where(own, own_kind[owner, at], homes.device_kind[group[owner], shared_at])
    habits = population.clearing
    clearing_every = np.array([np.inf if habit.every is None else float(habit.every) for habit in habits])
    habit = pick(stream.uniform(Purpose.CLEARING_KIND, person), [habit.share for habit in habits])
    place = at * BROWSERS_MOST + rank
    browsers = Browsers(
        key=np.where(own, person[owner] * _OWN_PLACES, _SHARED_KEYS + person[owner] * _SLOTS * BROWSERS_MOST) + place,
        device=device.astype(np.int32),
        account=account.astype(np.int32),
        kind=kind.astype(np.int8),
        private=np.zeros(len(owner), np.bool_),
        ad_blocker=(stream.uniform(Purpose.AD_BLOCKER, person) < population.ad_blockers)[owner],
        clear_on_close=np.array([habit.at_close for habit in habits])[habit][owner],
        consent_habit=stream.uniform(Purpose.CONSENT_HABIT, person)[owner],
    )

    activity = lognormal_factor(stream.uniform(Purpose.VISIT_RATE, person), population.activity_spread)
    return Cohort(
        person=person,
        group_first=first_row,
        group_size=groups.size[group],
        group_kind=groups.kind[group],
        utc_offset_hours=zones[group],
        visits_per_ms=population.visits_per_month / (30 * DAY) * activity,
        clearing_ms=clearing_every[habit],
        devices=devices,
        shared_devices=homes.devices[group],
        browsers_on=browsers_on,
        first_browser=first_browser,
        browsers=browsers,
        owner=owner,
        place=place,
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
