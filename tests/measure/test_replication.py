"""All metrics of small random replications, against definitions written out over rows of plain Python objects."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure import Scoring, join, measure
from sim.records import DAY, HOUR, NONE, Action, Browsers, Events, Forms, Observations, Trace, Truth
from sim.system import InteractionKind

IDS = [NONE, 0, 1, 2, 10**12]
ACTIONS = [*[Action.LOAD] * 3, Action.CLICK, Action.SUBMIT, Action.CLEAR, Action.FOLLOW_REDIRECT]
LINKS = (Action.FOLLOW_EMAIL_LINK, Action.FOLLOW_REDIRECT)
ABSENCES = [name for name in Observations.schema() if name.startswith("absent_")]
SCORING = Scoring(points={0: 1.0, 3: 10.0}, threshold=12.0)
MONDAY_2026_01_05 = 1_767_571_200_000


@st.composite
def replications(draw):
    """A few events, some seen once, some twice and some not at all; ids are missing, shared and far apart."""
    n = draw(st.integers(0, 12))

    def column(*values, of=n):
        return draw(st.lists(st.sampled_from(values), min_size=of, max_size=of))

    browser = column(0, 1, 2)
    person = [p if shared else b for b, p, shared in zip(browser, column(0, 1), column(False, True), strict=True)]
    visit = [b * 10 + number for b, number in zip(browser, column(0, 1, 2), strict=True)]
    gaps = column(0, HOUR, 3 * DAY, 20 * DAY)
    time = [MONDAY_2026_01_05 + sum(gaps[: place + 1]) for place in range(n)]
    zeros = np.zeros(n)
    events = dict.fromkeys(Events.schema(), zeros) | {
        "event": np.arange(n),
        "time": time,
        "browser": browser,
        "action": column(*ACTIONS),
    }
    trace = Trace(
        events=Events(**as_schema(Events, events)),
        browsers=Browsers.empty(),
        forms=Forms.empty(),
        days_used=np.zeros((3, 1), np.bool_),
    )
    truth = Truth(**as_schema(Truth, {"person": person, "visit": visit}))
    row = np.repeat(np.arange(n), column(0, 1, 1, 2))
    ids = {name: column(*IDS, of=len(row)) for name in ("visitor", "visit", "contact", "identity")}
    seen = dict.fromkeys(Observations.schema(), np.zeros(len(row))) | ids | {"row": row}
    seen |= {name: column(0, 1, of=len(row)) for name in ABSENCES}
    seen |= {name: column(True, False, of=len(row)) for name in ("consent", "prefilled")}
    seen |= {"kind": column(0, 1, 2, 3, of=len(row))}
    return trace, truth, Observations(**as_schema(Observations, seen))


def as_schema(table, columns):
    return {name: np.asarray(columns[name], dtype) for name, dtype in table.schema().items()}


def interactions(trace, truth, belief):
    """What was recorded, one dictionary an interaction; a missing identity or visit is a name that no other row has."""
    events, rows = trace.events, []
    for place, row in enumerate(belief.row.tolist()):
        rows.append(
            {
                "row": row,
                "first": place == 0 or belief.row[place - 1] != row,
                "time": int(events.time[row]),
                "browser": int(events.browser[row]),
                "action": int(events.action[row]),
                "prefilled": bool(belief.prefilled[place]),
                "person": int(truth.person[row]),
                "true_visit": int(truth.visit[row]),
                "visitor": int(belief.visitor[place]),
                "contact": int(belief.contact[place]),
                "known_identity": int(belief.identity[place]),
                "identity": alone_if_none(belief.identity[place], place),
                "visit": (int(events.browser[row]), alone_if_none(belief.visit[place], place)),
                "consent": bool(belief.consent[place]),
                "kind": int(belief.kind[place]),
                "absent": [bool(getattr(belief, name)[place]) for name in ABSENCES],
            }
        )
    return rows


def alone_if_none(number, place):
    return ("alone", place) if number == NONE else ("id", int(number))


def ratio(part, whole, nothing=1.0):
    return part / whole if whole else nothing


def scores(name, shared, believed, true):
    precision, recall = ratio(shared, believed), ratio(shared, true)
    f1 = ratio(2 * precision * recall, precision + recall, 0.0)
    return {f"{name}.precision": precision, f"{name}.recall": recall, f"{name}.f1": f1}


def grouped(rows, key):
    groups = defaultdict(set)
    for place, row in enumerate(rows):
        groups[row[key]].add(place)
    return dict(groups)


def links(rows, key):
    return {pair for group in grouped(rows, key).values() for pair in combinations(sorted(group), 2)}


def link_scores(name, rows, true, believed):
    real, taken = links(rows, true), links(rows, believed)
    return scores(name, len(real & taken), len(taken), len(real))


def identity_by_definition(rows):
    people, identities = grouped(rows, "person"), grouped(rows, "identity")
    both = [(people[row["person"]], identities[row["identity"]]) for row in rows]
    overlaps = sum(bool(one & other) for one in people.values() for other in identities.values())
    exact = sum(one in identities.values() for one in people.values())
    return {
        **link_scores("identity.pairwise", rows, "person", "identity"),
        "identity.bcubed.precision": ratio(sum(len(t & c) / len(c) for t, c in both), len(rows)),
        "identity.bcubed.recall": ratio(sum(len(t & c) / len(t) for t, c in both), len(rows)),
        "identity.exact_match": ratio(exact, len(people)),
        "identity.fragmentation": ratio(overlaps, len(people)),
        "identity.conflation": ratio(overlaps, len(identities)),
    }


def reach_by_definition(rows):
    def moment(row):
        return datetime.fromtimestamp(row["time"] / 1000, UTC)

    periods = {
        "ever": lambda row: 0,
        "day": lambda row: moment(row).date(),
        "week": lambda row: moment(row).isocalendar()[:2],
        "month": lambda row: (moment(row).year, moment(row).month),
    }

    def distinct(key, period):
        return len({(row[key], periods[period](row)) for row in rows if row[key] != NONE})

    return {
        "identity.visitor_inflation": ratio(distinct("visitor", "ever"), distinct("person", "ever")),
        "identity.visitor_inflation_per_month": ratio(distinct("visitor", "month"), distinct("person", "month")),
        **{
            f"identity.reach_error_{period}": ratio(distinct("known_identity", period), distinct("person", period)) - 1
            for period in ("day", "week", "month")
        },
    }


def owners(rows):
    """Whose each contact is: most submissions, then most interactions, then the lower number."""
    counts = defaultdict(Counter)
    for row in rows:
        if row["contact"] != NONE:
            counts[row["contact"]][row["person"], row["action"] == Action.SUBMIT] += 1
    return {
        contact: min({p for p, _ in n}, key=lambda p, n=n: (-n[p, True], -(n[p, True] + n[p, False]), p))
        for contact, n in counts.items()
    }


def contacts_by_definition(trace, truth, rows):
    owner = owners(rows)
    credited = [row for row in rows if row["contact"] != NONE]
    right = [row for row in credited if owner[row["contact"]] == row["person"]]
    submits = trace.events.action == Action.SUBMIT
    submitters = set(truth.person[submits].tolist())
    known, people = {}, {}
    for row in right:
        if row["action"] == Action.SUBMIT:
            known.setdefault(row["contact"], row["time"])
            people.setdefault(row["person"], row["time"])
    loads = {}
    for person, time, action in zip(truth.person.tolist(), trace.events.time, trace.events.action, strict=True):
        if action == Action.LOAD:
            loads.setdefault(person, int(time))
    waits = [(time - loads[person]) / DAY for person, time in people.items() if person in loads]
    submitted = {(row["contact"], row["person"]) for row in credited if row["action"] == Action.SUBMIT}
    several = sum(n > 1 for n in Counter(contact for contact, _ in submitted).values())
    return {
        "contacts.coverage": ratio(
            sum(row["person"] in submitters for row in right), sum(row["person"] in submitters for row in rows)
        ),
        "contacts.correctness": ratio(len(right), len(credited)),
        "contacts.prefill_rate": ratio(
            sum(row["prefilled"] for row in rows if row["kind"] == InteractionKind.FORM_VISITED),
            sum(row["kind"] == InteractionKind.FORM_VISITED for row in rows),
            math.nan,
        ),
        "contacts.duplicates_per_person": ratio(len(owner), len(set(owner.values()))) - 1,
        "contacts.persons_per_contact": ratio(len({(row["contact"], row["person"]) for row in credited}), len(owner)),
        "contacts.wrong_merges": ratio(several, len(owner), 0.0),
        "contacts.days_to_identification": ratio(sum(waits), len(waits), math.nan),
        "contacts.retroactive_share": ratio(
            sum(row["time"] < known.get(row["contact"], -math.inf) for row in credited), len(credited), 0.0
        ),
    }


def visits_by_definition(trace, rows):
    loads = [row for row in rows if row["first"] and row["action"] == Action.LOAD]
    true, believed = grouped(loads, "true_visit"), grouped(loads, "visit")
    steps = [
        step
        for browser in {row["browser"] for row in loads}
        for step in pairwise(row for row in loads if row["browser"] == browser)
    ]
    ends = [(a["true_visit"] != b["true_visit"], a["visit"] != b["visit"]) for a, b in steps]
    split = sum(sum(bool(one & other) for other in believed.values()) > 1 for one in true.values())
    merged = sum(any(one & other and other - one for other in believed.values()) for one in true.values())
    return {
        **scores("visits.boundary", sum(t and b for t, b in ends), sum(b for _, b in ends), sum(t for t, _ in ends)),
        **link_scores("visits.pairwise", loads, "true_visit", "visit"),
        "visits.count_ratio": ratio(len(believed), len(true)),
        "visits.exact": ratio(sum(one in believed.values() for one in true.values()), len(true)),
        "visits.split": ratio(split, len(true), 0.0),
        "visits.merged": ratio(merged, len(true), 0.0),
        "visits.time_on_page.unknown": ratio(len(believed), len(loads), 0.0),
        "visits.recorded": ratio(len(loads), int(np.sum(trace.events.action == Action.LOAD))),
    }


def leads_by_definition(trace, truth, rows, scoring):
    owner = owners(rows)
    submitters = sorted(set(truth.person[trace.events.action == Action.SUBMIT].tolist()))

    def score(chosen):
        return sum(scoring.points.get(row["kind"], 0) for row in chosen)

    true = [score(row for row in rows if row["person"] == person) for person in submitters]
    believed = []
    for person in submitters:
        theirs = [contact for contact in owner if owner[contact] == person]
        believed.append(max([score(row for row in rows if row["contact"] == one) for one in theirs], default=0))
    pairs = [(t >= scoring.threshold, b >= scoring.threshold) for t, b in zip(true, believed, strict=True)]
    return {
        "leads.score_error": ratio(sum(abs(t - b) for t, b in zip(true, believed, strict=True)), len(true), 0.0),
        "leads.wrongly_passed": ratio(pairs.count((False, True)), sum(not t for t, _ in pairs), 0.0),
        "leads.wrongly_missed": ratio(pairs.count((True, False)), sum(t for t, _ in pairs), 0.0),
    }


def consent_by_definition(rows):
    without = [row for row in rows if not row["consent"]]
    silent = [row for row in without if row["action"] != Action.SUBMIT]
    first = [row for row in without if row["first"]]
    steps = [
        (a, b)
        for browser in {row["browser"] for row in rows}
        for a, b in pairwise(row for row in rows if row["first"] and row["browser"] == browser)
        if not a["consent"] and not b["consent"] and b["time"] - a["time"] <= DAY
    ]
    setters = [a for a, b in steps if any(x and not y for x, y in zip(a["absent"], b["absent"], strict=True))]

    def part(rows, among):
        return ratio(len(rows), len(among), 0.0)

    links, pages = ([row for row in first if (row["action"] in LINKS) is is_link] for is_link in (True, False))
    return {
        "consent.cookies_without": part([row for row in setters if row["action"] not in LINKS], pages),
        "consent.cookies_by_links_without": part([row for row in setters if row["action"] in LINKS], links),
        "consent.ids_without": part([row for row in pages if row["visitor"] != NONE], pages),
        "consent.ids_by_links_without": part([row for row in links if row["visitor"] != NONE], links),
        "consent.credited_without": ratio(sum(row["contact"] != NONE for row in silent), len(silent), 0.0),
        "consent.lost": ratio(sum(row["visitor"] == NONE for row in without), len(rows), 0.0),
    }


@given(replications())
def test_measure_joins_trace_truth_and_belief_as_the_definitions_say(case):
    trace, truth, belief = case
    rows = interactions(trace, truth, belief)
    expected = {
        **identity_by_definition(rows),
        **reach_by_definition(rows),
        **contacts_by_definition(trace, truth, rows),
        **visits_by_definition(trace, rows),
        **leads_by_definition(trace, truth, rows, SCORING),
        **consent_by_definition(rows),
    }
    got = measure(join(trace=trace, truth=truth, belief=belief), scoring=SCORING)
    assert {name: got[name] for name in expected} == pytest.approx(expected, nan_ok=True)
