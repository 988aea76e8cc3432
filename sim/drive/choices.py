"""What people and browsers do that depends on cookies or on the system, from draws keyed by whom it is."""

from __future__ import annotations

import numpy as np

from sim.browser import BrowserProfile, profile
from sim.draws import Purpose, Stream
from sim.records import Action, Bool, Browsers, DeviceKind, Events
from sim.scenario import Consent, Device, Scenario

_DEVICE = {DeviceKind.DESKTOP: Device.DESKTOP, DeviceKind.PHONE: Device.PHONE, DeviceKind.TABLET: Device.TABLET}


def browser_profiles(scenario: Scenario, stream: Stream, browsers: Browsers) -> list[BrowserProfile]:
    """Which make each browser is: drawn from the mix of its kind of device."""
    uniform = stream.uniform(Purpose.BROWSER_MAKE, browsers.key)
    chosen: list[BrowserProfile] = [profile("chromium")] * len(browsers)
    for kind, device in _DEVICE.items():
        rows = np.flatnonzero(browsers.kind == kind)
        if len(rows):
            mix = scenario.browsers[device]
            makes = [profile(make) for make in mix]
            bounds = np.cumsum(list(mix.values()))
            at = np.minimum(np.searchsorted(bounds, uniform[rows], side="right"), len(makes) - 1)
            for row, make in zip(rows.tolist(), at.tolist(), strict=True):
                chosen[row] = makes[make]
    return chosen


def consent_answers(consent: Consent, browsers: Browsers) -> list[bool | None]:
    """How the user of each browser answers the banner whenever it is shown: yes, no, or `None` for not at all."""
    habit = browsers.consent_habit
    accepts, answers = habit < consent.accept, habit < consent.accept + consent.reject
    return [bool(yes) if answer else None for yes, answer in zip(accepts, answers, strict=True)]


def session_restores(scenario: Scenario, stream: Stream, events: Events) -> Bool:
    """For each row that closes a browser, whether the browser then restores its session; false elsewhere."""
    restored = np.zeros(len(events), np.bool_)
    closes = np.flatnonzero(events.action == Action.CLOSE)
    share = scenario.population.closing.restores_session
    restored[closes] = stream.uniform(Purpose.SESSION_RESTORE, events.event[closes]) < share
    return restored
