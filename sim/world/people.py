"""Who the people of a cohort are: their devices and browsers, how often they come, how they treat their cookies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import DAY, Browsers, DeviceKind, Float64, Int64
from sim.scenario import Device, Scenario
from sim.world.distributions import lognormal_factor, pick

DEVICES_MOST = 8
BROWSERS_MOST = 8
BROWSER_SLOTS = DEVICES_MOST * BROWSERS_MOST
"""Browsers that one person can have: a browser's key is its person's number times this, plus its slot."""

_KIND = {Device.DESKTOP: DeviceKind.DESKTOP, Device.PHONE: DeviceKind.PHONE, Device.TABLET: DeviceKind.TABLET}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The people of a cohort, one row a person, and their browsers, one row a browser in the order of their owners."""

    person: Int64
    """Number in the replication."""
    visits_per_ms: Float64
    """Mean rate of visits."""
    clearing_ms: Float64
    """Mean time between two clearings of one browser; infinite for people who never clear."""
    devices: Int64
    """Devices of the person."""
    browsers_on: Int64
    """Browsers on each device of the person: people by `DEVICES_MOST`, 0 where there is no such device."""
    first_browser: Int64
    """Row in `browsers` of the first browser on each device: people by `DEVICES_MOST`."""
    browsers: Browsers
    owner: Int64
    """Row of the person whom a browser belongs to."""


def settle(scenario: Scenario, stream: Stream, first: int, count: int) -> Cohort:
    """Draw who the people number `first` to `first + count - 1` are."""
    population = scenario.population
    person = np.arange(first, first + count, dtype=np.int64)

    devices = _choice(population.devices, stream.uniform(Purpose.DEVICE_COUNT, person))
    slot = np.arange(DEVICES_MOST)
    has_device = slot < devices[:, None]
    browsers_on = _choice(population.browsers, stream.uniform(Purpose.BROWSER_COUNT, person[:, None], slot))
    browsers_on = np.where(has_device, browsers_on, 0)
    first_browser = (np.cumsum(browsers_on) - browsers_on.ravel()).reshape(browsers_on.shape)
    kinds = np.array([_KIND[device] for device in population.device_kinds])
    kind = kinds[pick(stream.uniform(Purpose.DEVICE_KIND, person[:, None], slot), population.device_kinds)]

    owner, device_slot = np.divmod(np.repeat(np.arange(count * DEVICES_MOST), browsers_on.ravel()), DEVICES_MOST)
    rank = np.arange(len(owner)) - first_browser[owner, device_slot]
    device = np.cumsum(has_device).reshape(has_device.shape)[owner, device_slot] - 1
    browsers = Browsers(
        key=(person[owner] * DEVICES_MOST + device_slot) * BROWSERS_MOST + rank,
        device=device.astype(np.int32),
        account=device.astype(np.int32),
        kind=kind[owner, device_slot].astype(np.int8),
        private=np.zeros(len(owner), np.bool_),
        consent_habit=stream.uniform(Purpose.CONSENT_HABIT, person)[owner],
    )

    habits = population.clearing
    clearing_every = np.array([np.inf if habit.every is None else float(habit.every) for habit in habits])
    habit = pick(stream.uniform(Purpose.CLEARING_KIND, person), {row: one.share for row, one in enumerate(habits)})
    activity = lognormal_factor(stream.uniform(Purpose.VISIT_RATE, person), population.activity_spread)
    return Cohort(
        person=person,
        visits_per_ms=population.visits_per_month / (30 * DAY) * activity,
        clearing_ms=clearing_every[habit],
        devices=devices,
        browsers_on=browsers_on,
        first_browser=first_browser,
        browsers=browsers,
        owner=owner,
    )


def _choice(shares: dict[int, float], uniform: Float64) -> Int64:
    return np.array(list(shares), np.int64)[pick(uniform, shares)]
