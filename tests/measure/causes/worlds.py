"""Miniature worlds: a few actions of a few people, driven through the reference system for real."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from sim.draws import Stream
from sim.drive import drive, open_system
from sim.measure import join
from sim.measure.causes import charges, counts
from sim.records import DAY, MINUTE, NONE, Action, Browsers, DeviceKind, Events, Forms, Mails, Trace, Truth
from sim.runs import site_of
from tests.conftest import build
from tests.measure.cases import filled

START = 1_767_571_200_000  # Monday, 5 January 2026
ACCEPTS, REFUSES, IGNORES = 0.1, 0.5, 0.9
FORM = 2


@dataclass
class World:
    """Each browser is (device, account, kind, private); what is done is noted by the methods, in the order of time."""

    browsers: list = field(default_factory=lambda: [(0, 0, "desktop", False)])
    habit: float = ACCEPTS
    days: int = 900
    used: bool = True
    rows: list = field(default_factory=list)
    typed: list = field(default_factory=list)
    last_names: dict = field(default_factory=dict)
    mails: list = field(default_factory=list)

    def do(self, action, *, at, person=0, browser=0, visit=0, page=0, detail=NONE):
        self.rows.append((at, person, browser, visit, int(action), page, detail))
        return self

    def load(self, at, **where):
        return self.do(Action.LOAD, at=at, **where)

    def submit(self, at, email, last_name="", **where):
        self.last_names[len(self.typed)] = last_name
        self.typed.append(email)
        self.load(at, page=FORM, **where)
        return self.do(Action.SUBMIT, at=at + MINUTE, page=FORM, detail=len(self.typed) - 1, **where)

    def register(self, at, email, **where):
        """Sign in to the event website under an address, and register."""
        self.typed.append(email)
        self.do(Action.SIGN_IN, at=at, page=NONE, detail=len(self.typed) - 1, **where)
        return self.do(Action.REGISTER, at=at + MINUTE, page=NONE, detail=len(self.typed) - 1, **where)

    def follow_mail(self, at, addressee, **where):
        """Follow the link of a mail to an address, and load the page that it leads to."""
        self.typed.append(addressee)
        self.mails.append(len(self.typed) - 1)
        self.do(Action.FOLLOW_EMAIL_LINK, at=at, detail=len(self.mails) - 1, **where)
        return self.load(at, **where)

    def follow_redirect(self, at, **where):
        return self.do(Action.FOLLOW_REDIRECT, at=at, **where).load(at, **where)

    def trace(self):
        rows = sorted(self.rows, key=lambda row: row[0])
        at, person, browser, visit, action, page, detail = (np.array(column) for column in zip(*rows, strict=True))
        n = len(rows)
        events = {
            "event": np.arange(n),
            "time": START + at,
            "browser": browser,
            "tab": np.zeros(n),
            "action": action,
            "page": page,
            "dwell": np.full(n, 1000),
            "interacted": np.zeros(n),
            "network": np.zeros(n),
            "detail": detail,
        }
        device, account, kind, private = zip(*self.browsers, strict=True)
        count = len(self.browsers)
        browsers = {
            "key": np.arange(count),
            "device": device,
            "account": account,
            "kind": [DeviceKind[one.upper()] for one in kind],
            "private": private,
            "consent_habit": np.full(count, self.habit),
        }
        blank = np.array([""] * len(self.typed), object)
        names = np.array([self.last_names.get(row, "") for row in range(len(self.typed))], object)
        forms = Forms(email=np.array(self.typed, object), first_name=blank, last_name=names, phone=blank)
        trace = Trace(
            events=filled(Events, events, n),
            browsers=filled(Browsers, browsers, count),
            forms=forms,
            mails=filled(Mails, {"addressee": self.mails}, len(self.mails)),
            days_used=np.full((count, self.days), self.used),
        )
        return trace, filled(Truth, {"person": person, "visit": visit}, n)


def blamed(world, *changes, settings=None, makes=None, believed=None):
    """What a world's errors are charged to: error, cause and count, once driven through the reference system.

    `believed` gives columns that another kind of system would have believed, from those of the reference system.
    """
    mix = {kind: {(makes or {}).get(kind, "chromium"): 1} for kind in ("desktop", "phone", "tablet")}
    system = {"use": "outbound_marketing", "settings": settings or {}}
    scenario = build(
        {
            "start": "2026-01-05",
            "browsers": mix,
            "consent": {"banner": "opt_in", "accept": 0.4, "reject": 0.4, "ignore": 0.2},
            "systems": {"as_is": system},
        },
        *changes,
    )
    trace, truth = world.trace()
    stream = Stream(1, 0)
    belief = drive(trace, scenario, open_system("as_is", scenario.systems["as_is"], stream), stream)
    if believed:
        belief = replace(belief, **believed(belief))
    charged = charges(join(trace=trace, truth=truth, belief=belief), site=site_of(scenario))
    return {(error.value, cause.text): count for error, cause, count, _ in counts(charged)}


__all__ = ["ACCEPTS", "DAY", "IGNORES", "MINUTE", "REFUSES", "World", "blamed"]
