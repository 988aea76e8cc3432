"""What would be gained: the same trace is driven again with causes of errors taken away, one or more at a time.

People do the same things at the same times; only what their browsers keep, what the site asks, and what they type
differs. So the gain is a paired one, on the same visitors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from sim.browser import BrowserProfile
from sim.browser.rules import UNLIMITED, ThirdParty
from sim.records import NONE, Action, Forms, Int64, Observations, Trace, Truth
from sim.scenario import Banner, Consent, Removal, Scenario


@dataclass(frozen=True, slots=True)
class Alternative:
    """A world with some causes taken away."""

    removed: tuple[Removal, ...]
    scenario: Scenario
    driven: Trace
    """What the system is shown."""
    measured: Trace
    """The same actions, row by row, in the browsers that they were really done in."""
    truth: Truth

    def profile(self, profile: BrowserProfile) -> BrowserProfile:
        """The rules of a browser in this world."""
        return _adjusted(profile, Removal.CAPS in self.removed, Removal.BLOCKING in self.removed)

    def belief(self, seen: Observations) -> Observations:
        """What the system believes in this world, of what it recorded."""
        if Removal.WINDOW not in self.removed:
            return seen
        true = self.truth.visit[seen.row]
        known = seen.visit != NONE
        visit = np.full(len(seen), NONE, np.int64)
        pairs = np.stack((seen.visitor[known], true[known]), axis=1)
        visit[known] = np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1)
        return replace(seen, visit=visit)


def what_ifs(removals: tuple[Removal, ...]) -> Iterator[tuple[str, tuple[Removal, ...]]]:
    """Names of the alternatives, and what each takes away: one cause, all but one, and all.

    >>> [name for name, _ in what_ifs((Removal.CAPS, Removal.WINDOW))]
    ['without caps', 'without window', 'only caps', 'only window', 'without all']
    """
    for removal in removals:
        yield f"without {removal.value}", (removal,)
    if len(removals) > 1:
        for removal in removals:
            yield f"only {removal.value}", tuple(other for other in removals if other is not removal)
        yield "without all", removals


def alternative(removed: tuple[Removal, ...], *, scenario: Scenario, trace: Trace, truth: Truth) -> Alternative:
    """Take causes away from a world.

    Args:
        removed: The causes.
        scenario: The world as the scenario has it.
        trace: What people do.
        truth: Who does it.
    """
    kept = np.ones(len(trace.events), np.bool_)
    if Removal.CLEARING in removed:
        kept &= ~np.isin(trace.events.action, (Action.CLEAR, Action.RESET))
        trace = replace(trace, browsers=replace(trace.browsers, clear_on_close=np.zeros(len(trace.browsers), np.bool_)))
    if Removal.BLOCKING in removed:
        trace = replace(trace, browsers=replace(trace.browsers, ad_blocker=np.zeros(len(trace.browsers), np.bool_)))
    driven = trace
    if Removal.BROWSERS in removed:
        main = _main_browser(trace, truth)
        # what ends cookies in the others would end them in the only one
        kept &= (main[truth.person] == trace.events.browser) | ~np.isin(trace.events.action, _ENDINGS)
        driven = _one_browser_each(trace, truth, main)
    if Removal.MATCHING in removed:
        driven = _own_details(driven, truth)
    if Removal.REFUSAL in removed:
        scenario = scenario.model_copy(update={"consent": Consent(banner=Banner.NONE, cookie=scenario.consent.cookie)})
    return Alternative(
        removed=removed,
        scenario=scenario,
        driven=replace(driven, events=driven.events.take(kept)),
        measured=replace(trace, events=trace.events.take(kept)),
        truth=truth.take(kept),
    )


_ENDINGS = (Action.CLEAR, Action.CLOSE, Action.RESET)


@cache
def _adjusted(profile: BrowserProfile, uncapped: bool, unblocked: bool) -> BrowserProfile:
    if uncapped:
        profile = replace(
            profile,
            http_life=UNLIMITED,
            script_life=UNLIMITED,
            decorated_script_life=UNLIMITED,
            cloaked_http_life=UNLIMITED,
            purge_after=None,
        )
    return replace(profile, third_party=ThirdParty.ALLOWED) if unblocked else profile


def _main_browser(trace: Trace, truth: Truth) -> Int64:
    """The browser in which each person, by number, loads most pages; of several the first."""
    loads = trace.events.action == Action.LOAD
    browsers = len(trace.browsers)
    key = truth.person[loads].astype(np.int64) * browsers + trace.events.browser[loads]
    pair, count = np.unique(key, return_counts=True)
    order = np.lexsort((-pair, count))  # the last written counts: the most loads, and of several the first browser
    main = np.zeros(int(truth.person.max(initial=-1)) + 1, np.int64)
    main[pair[order] // browsers] = pair[order] % browsers
    return main


def _one_browser_each(trace: Trace, truth: Truth, main: Int64) -> Trace:
    """The trace with a browser for each person, like the one that they use most, used whenever any of theirs was."""
    used = np.zeros((len(main), trace.days_used.shape[1]), np.bool_)
    pairs = np.unique(np.stack((truth.person.astype(np.int64), trace.events.browser), axis=1), axis=0)
    np.logical_or.at(used, pairs[:, 0], trace.days_used[pairs[:, 1]])
    browsers = trace.browsers.take(main)
    browsers = replace(browsers, private=np.zeros(len(browsers), np.bool_))
    return replace(
        trace,
        events=replace(trace.events, browser=truth.person.astype(np.int32)),
        browsers=browsers,
        days_used=used,
    )


def _own_details(trace: Trace, truth: Truth) -> Trace:
    """The trace with details that are each person's alone in whatever they type."""
    people = np.arange(int(max(truth.person.max(initial=-1), trace.mails.person.max(initial=-1))) + 1)
    typed = {name: np.array([f"{name} {person}" for person in people], object) for name in Forms.schema()}
    typing = np.isin(trace.events.action, (Action.SUBMIT, Action.SIGN_IN, Action.REGISTER))
    detail = np.where(typing, truth.person, trace.events.detail).astype(np.int32)
    return replace(
        trace,
        events=replace(trace.events, detail=detail),
        forms=Forms(**typed),
        mails=replace(trace.mails, addressee=trace.mails.person),
    )
