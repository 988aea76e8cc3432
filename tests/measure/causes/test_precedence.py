"""The orders of precedence that the modules of causes document, written out over rows of plain Python objects, and held
against what is charged in worlds where anything happens: shared browsers, ids that come and go, answers given anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from sim.browser import Absence
from sim.measure import join
from sim.measure.causes import Cause, Error, Site, charges
from sim.records import DAY, NONE, Action, Browsers, Events, Forms, Observations, Trace, Truth
from sim.system import InteractionKind
from tests.measure.cases import filled

BROWSERS, PEOPLE, ROWS = 12, 8, 500
SITE = Site(website=np.array([0, 0, 1]), refuses_from=0.5, ignores_from=0.8)
LOSSES = {
    Absence.CLEARED: Cause.COOKIES_CLEARED,
    Absence.RESET: Cause.DEVICE_RESET,
    Absence.PURGED: Cause.PURGED,
    Absence.CAPPED: Cause.CAPPED,
    Absence.EXPIRED: Cause.EXPIRED,
    Absence.EVICTED: Cause.EVICTED,
    Absence.CLOSED: Cause.COOKIES_CLEARED,
    Absence.SAME_SITE: Cause.SAME_SITE,
    Absence.REFUSED: Cause.REFUSED,
    Absence.PARTITIONED: Cause.PARTITIONED,
    Absence.BLOCKED: Cause.BLOCKED,
}
LINKS = (InteractionKind.EMAIL_CLICKED, InteractionKind.REDIRECT_LINK_CLICKED)


def anything(seed):
    """A replication in which columns have little to do with one another."""
    draw = np.random.default_rng(seed)
    browser = draw.integers(0, BROWSERS, ROWS)
    person = np.where(draw.random(ROWS) < 0.2, draw.integers(0, PEOPLE, ROWS), browser % PEOPLE)
    action = draw.choice([*[Action.LOAD] * 5, Action.SUBMIT, Action.REGISTER, Action.CHANGE_CONSENT], ROWS)
    time = np.sort(draw.integers(0, int(draw.choice([1, 30])) * DAY, ROWS))
    recorded = np.flatnonzero((action != Action.CHANGE_CONSENT) & (draw.random(ROWS) < 0.9))
    twice = recorded[draw.random(len(recorded)) < 0.1]
    row = np.sort(np.concatenate([recorded, twice]))
    seen = len(row)
    contact = np.where(draw.random(seen) < 0.5, NONE, (person[row] + (draw.random(seen) < 0.3)) % PEOPLE)
    visitor = np.where(draw.random(seen) < 0.2, NONE, browser[row] + (draw.random(seen) < 0.1))
    number = np.cumsum(draw.random(ROWS) < 0.1)
    events = {
        "time": time,
        "browser": browser,
        "action": action,
        "page": draw.integers(0, 3, ROWS),
        "detail": np.where(action == Action.CHANGE_CONSENT, draw.integers(0, 2, ROWS), draw.integers(0, 6, ROWS)),
    }
    observed = {
        "row": row,
        "kind": draw.integers(0, len(InteractionKind), seen),
        "visitor": visitor,
        "visit": np.where(draw.random(seen) < 0.2, NONE, number[row] // 3 * 3 + (draw.random(seen) < 0.1)),
        "contact": contact,
        "identity": np.where(contact != NONE, 100 + contact, visitor),
        "consent": draw.random(seen) < 0.7,
    }
    for name in ("third_party", "first_party", "third_party_visit", "first_party_visit"):
        observed[f"absent_{name}"] = draw.choice([0, 0, *map(int, Absence)], seen)
    kept = {
        "device": draw.integers(0, BROWSERS // 2, BROWSERS),
        "account": draw.integers(0, 2, BROWSERS),
        "private": draw.random(BROWSERS) < 0.2,
        "consent_habit": draw.random(BROWSERS),
    }
    typed = {"email": np.array([f" {'aA'[one % 2]}{one // 2}@x" for one in range(6)], object)}
    trace = Trace(
        events=filled(Events, events, ROWS),
        browsers=filled(Browsers, kept, BROWSERS),
        forms=filled(Forms, typed, 6),
        days_used=np.zeros((1, 1), np.bool_),
    )
    truth = filled(Truth, {"person": person, "visit": browser * 1000 + number}, ROWS)
    return trace, truth, filled(Observations, observed, seen)


class Row:
    """All that is known of an interaction."""

    def __init__(self, trace, truth, belief, place):
        at, browsers = belief.row[place], trace.browsers
        self.place, self.event = place, int(at)
        self.first = place == 0 or belief.row[place - 1] != at
        for name in ("visitor", "visit", "contact", "identity", "consent", "kind"):
            setattr(self, name, getattr(belief, name)[place].item())
        for name in ("time", "browser", "action", "page", "detail"):
            setattr(self, name, getattr(trace.events, name)[at].item())
        self.person, self.true_visit = int(truth.person[at]), int(truth.visit[at])
        for name in ("device", "account", "private"):
            setattr(self, name, getattr(browsers, name)[self.browser].item())
        self.absent = [int(belief.absent_third_party[place]), int(belief.absent_first_party[place])]
        self.visit_absent = [int(belief.absent_third_party_visit[place]), int(belief.absent_first_party_visit[place])]
        answers = [
            trace.events.detail[row].item()
            for row in range(self.event)
            if trace.events.action[row] == Action.CHANGE_CONSENT and trace.events.browser[row] == self.browser
        ]
        habit = browsers.consent_habit[self.browser]
        self.refuses = not answers[-1] if answers else SITE.refuses_from <= habit < SITE.ignores_from
        self.refused = self.refuses and (not self.consent or self.visitor == NONE)
        self.unanswered = not self.consent and not self.refuses


class World:
    """The rows of a replication, and who typed what."""

    def __init__(self, trace, truth, belief):
        self.rows = [Row(trace, truth, belief, place) for place in range(len(belief))]
        self.forms = [row for row in self.rows if row.action == Action.SUBMIT and row.contact != NONE]
        typed = defaultdict(list)
        for row in self.forms:
            row.address = str(trace.forms.email[row.detail]).strip().casefold()
            typed[row.person].append(row.address)
        self.own = {who: Counter(addresses).most_common(1)[0][0] for who, addresses in typed.items()}

    def submitted(self, contact, person):
        return any((row.contact, row.person) == (contact, person) for row in self.forms)

    def foreign(self, contact, person):
        """Whether they typed somebody else's own address, which is not theirs."""
        return any(
            (row.contact, row.person) == (contact, person)
            and row.address != self.own[person]
            and row.address in self.own.values()
            for row in self.forms
        )

    def submitted_under(self, visitor, person):
        return visitor != NONE and any((row.visitor, row.person) == (visitor, person) for row in self.forms)


def lost(row):
    return next((cause for absence, cause in LOSSES.items() if absence in row.absent), None)


def firsts(rows, of):
    """Each row at which something begins to have another thing that it did not have; and the first one it had.

    A missing identity is one that no other row has.
    """
    had = defaultdict(dict)
    for row in rows:
        name = ("alone", row.place) if row.identity == NONE else row.identity
        whose, which = (row.person, name) if of == "person" else (name, row.person)
        if which not in had[whose]:
            if had[whose]:
                yield row, next(iter(had[whose].values()))
            had[whose][which] = row


def earlier(rows, at, with_identity):
    """What a break is compared with: the person's row before in the browser, else the first of the latest stay."""
    ends, begins, latest_in = [], [], {}
    for row in rows[: at.place]:
        before = latest_in.get(row.browser)
        goes_on = before and row.identity != NONE and (before.person, before.identity) == (row.person, row.identity)
        latest_in[row.browser] = row
        if row.person == at.person and (row.identity != NONE or not with_identity):
            ends.append(row)
            if not goes_on:
                begins.append(row)
    in_browser = [row for row in ends if row.browser == at.browser]
    on_device = [row for row in begins if row.device == at.device]
    return (in_browser or on_device or begins or [None])[-1]


def cause_of_break(world, at):
    just_before = earlier(world.rows, at, with_identity=False)
    before = (at.identity != NONE and earlier(world.rows, at, with_identity=True)) or just_before
    if at.identity == NONE and (at.refused or at.unanswered):
        return Cause.CONSENT_REFUSED if at.refused else Cause.BANNER_UNANSWERED
    if NONE not in (at.contact, before.contact) and at.contact != before.contact:
        here, there = (world.submitted(one.contact, at.person) for one in (at, before))
        if at.kind == InteractionKind.EMAIL_CLICKED and not here:
            return Cause.FORWARDED_LINK
        if any(world.foreign(one.contact, at.person) for one in (at, before)):
            return Cause.FOR_ANOTHER
        if here != there:
            return Cause.REMAPPED
        return Cause.OTHER_ADDRESS if here else Cause.SHARED_ACCOUNT
    if at.browser != before.browser:
        if at.private or before.private:
            return Cause.PRIVATE_WINDOW
        if at.device != before.device:
            return Cause.OTHER_DEVICE
        return Cause.OTHER_ACCOUNT if at.account != before.account else Cause.OTHER_BROWSER
    for one in (before, at):
        if one.visitor == NONE and (one.refused or one.unanswered):
            return Cause.CONSENT_REFUSED if one.refused else Cause.BANNER_UNANSWERED
    if at.visitor == before.visitor != NONE:
        return Cause.NOT_YET_IDENTIFIED
    one_is_known = (at.contact == NONE) != (before.contact == NONE)
    if one_is_known and InteractionKind.EVENT_REGISTRATION in (at.kind, before.kind):
        return Cause.NOT_YET_IDENTIFIED
    if at.kind in LINKS or before.kind in LINKS:
        return Cause.LINK_ID
    if at.private:
        return Cause.PRIVATE_WINDOW
    minted = just_before if Absence.PRESENT in at.absent and just_before.browser == at.browser else at
    if at.refuses and lost(minted) is Cause.EXPIRED:
        return Cause.CONSENT_REFUSED
    return next((found for one in (minted, at, before) if (found := lost(one))), Cause.SYSTEM_FAILED)


def cause_of_merge(world, first, at):
    contact = at.contact
    if contact != NONE:
        here, there = world.submitted(contact, at.person), world.submitted(contact, first.person)
        if at.kind == InteractionKind.EMAIL_CLICKED and not here:
            return Cause.FORWARDED_LINK
        if here and (world.foreign(contact, at.person) or world.foreign(contact, first.person)):
            return Cause.FOR_ANOTHER
        if here and there:
            same = world.own[at.person] == world.own[first.person]
            return Cause.SHARED_MAILBOX if same else Cause.DUPLICATE_DETECTION
        if not here and world.submitted_under(at.visitor, at.person):
            return Cause.REMAPPED
        if not there and world.submitted_under(first.visitor, first.person):
            return Cause.REMAPPED
    where = defaultdict(set)
    for row in world.rows:
        if row.identity == at.identity:
            where[row.person].add(row.browser)
    if where[at.person] & where[first.person]:
        return Cause.SHARED_ACCOUNT
    return Cause.SHARED_NETWORK if at.visitor != NONE else Cause.SYSTEM_FAILED


def cause_of_boundary(before, at, longest):
    if NONE in (before.visit, at.visit):
        if before.refused or at.refused:
            return Cause.CONSENT_REFUSED
        if before.unanswered or at.unanswered:
            return Cause.BANNER_UNANSWERED
    if SITE.website[before.page] != SITE.website[at.page]:
        return Cause.WEBSITE_ID
    if before.visitor != at.visitor:
        return lost(at) or Cause.ID_CHANGED
    if Absence.CLOSED in at.visit_absent and Absence.PRESENT not in at.visit_absent:
        return Cause.CLOSED
    if at.time - before.time > longest:
        return Cause.IDLE
    return Cause.CLOCK_CUT if at.time // DAY != before.time // DAY else Cause.FIXED_WINDOW


def boundaries(world):
    """Errors at boundaries, and their causes, by whether they were missed."""
    steps, before = [], {}
    for row in world.rows:
        if row.first and row.action == Action.LOAD:
            if row.browser in before:
                steps.append((before[row.browser], row))
            before[row.browser] = row
    said = [a.visit != b.visit or b.visit == NONE for a, b in steps]
    longest = max((b.time - a.time for (a, b), cut in zip(steps, said, strict=True) if not cut), default=0)
    found = {Error.BOUNDARY_ADDED: [], Error.BOUNDARY_MISSED: []}
    for (a, b), cut in zip(steps, said, strict=True):
        true = a.true_visit != b.true_visit
        if cut and not true:
            found[Error.BOUNDARY_ADDED].append((b.place, cause_of_boundary(a, b, longest)))
        if true and not cut:
            cause = Cause.SHARED_ACCOUNT if a.person != b.person else Cause.WITHIN_WINDOW
            found[Error.BOUNDARY_MISSED].append((b.place, cause))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_causes_follow_the_documented_order_of_precedence(seed):
    trace, truth, belief = anything(seed)
    world = World(trace, truth, belief)
    expected = {
        Error.BREAK: [(at.place, cause_of_break(world, at)) for at, _ in firsts(world.rows, "person")],
        Error.MERGE: [(at.place, cause_of_merge(world, first, at)) for at, first in firsts(world.rows, "identity")],
        **boundaries(world),
    }
    for kind in charges(join(trace=trace, truth=truth, belief=belief), site=SITE):
        got = zip(kind.row.tolist(), map(Cause, kind.cause.tolist()), strict=True)
        assert sorted(got) == sorted(expected[kind.error]), kind.error
        assert len(expected[kind.error]) > 10
