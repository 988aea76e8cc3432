"""What people and browsers do that depends on cookies or on the system, from draws keyed by whom it is."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from sim.browser import BrowserProfile, profile
from sim.draws import Purpose, Stream
from sim.records import PRIVATE, Action, Bool, Browsers, DeviceKind, Events
from sim.scenario import Consent, Device, Scenario

_DEVICE = {DeviceKind.DESKTOP: Device.DESKTOP, DeviceKind.PHONE: Device.PHONE, DeviceKind.TABLET: Device.TABLET}


def browser_profiles(scenario: Scenario, stream: Stream, browsers: Browsers) -> list[BrowserProfile]:
    """Which rules hold in each browser: its make's, drawn from the mix of its kind of device, as it is set and used."""
    uniform = stream.uniform(Purpose.BROWSER_MAKE, np.where(browsers.private, browsers.key - PRIVATE, browsers.key))
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
    for row in np.flatnonzero(browsers.private | browsers.clear_on_close).tolist():
        make = chosen[row].in_private if browsers.private[row] else chosen[row].name
        chosen[row] = _forgetful(make)
    return chosen


@cache
def _forgetful(make: str) -> BrowserProfile:
    """The rules of a make where all is cleared whenever the browser, or the last private window, is closed."""
    return replace(profile(make), clear_on_close=True)


def consent_answers(consent: Consent, browsers: Browsers) -> list[bool | None]:
    """How the user of each browser answers the banner whenever it is shown: yes, no, or `None` for not at all."""
    habit = browsers.consent_habit
    accepts, answers = habit < consent.accept, habit < consent.accept + consent.reject
    return [bool(yes) if answer else None for yes, answer in zip(accepts, answers, strict=True)]


def remembering(scenario: Scenario, stream: Stream, events: Events, browsers: Browsers) -> tuple[Bool, Bool]:
    """For each row that submits a form, whether its user ticks "remember me", and whether they would type over a name
    that is not theirs, were it shown; both false elsewhere. Nobody asks to be remembered in a private window.
    """
    ticked, corrected = np.zeros(len(events), np.bool_), np.zeros(len(events), np.bool_)
    rows = np.flatnonzero(events.action == Action.SUBMIT)
    event, private = events.event[rows], browsers.private[events.browser[rows]]
    ticked[rows] = (stream.uniform(Purpose.REMEMBER_ME, event) < scenario.prefill.remember_me) & ~private
    corrected[rows] = stream.uniform(Purpose.PREFILL_CORRECTION, event) < scenario.prefill.corrected
    return ticked, corrected


def session_restores(scenario: Scenario, stream: Stream, events: Events, browsers: Browsers) -> Bool:
    """For each row that closes a browser, whether the browser then restores its session; false elsewhere.

    What clears everything when it is closed has nothing to restore.
    """
    restored = np.zeros(len(events), np.bool_)
    remembers = ~(browsers.private | browsers.clear_on_close)
    closes = np.flatnonzero((events.action == Action.CLOSE) & remembers[events.browser])
    share = scenario.population.closing.restores_session
    restored[closes] = stream.uniform(Purpose.SESSION_RESTORE, events.event[closes]) < share
    return restored
