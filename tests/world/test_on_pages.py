"""What people do on pages: shares hold their targets, moments lie within the visit, texts are whose they should be.

Tolerances are 4 standard errors of a share at the number of draws, unless said otherwise.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim.records import NONE, Action, DeviceKind
from sim.world import live

GROUP = {"groups": [{"share": 1, "people": {"4": 1}}]}


def lived(scenario, **population):
    return live(scenario({"population": {"people": 1500, **population}}), 0)


def within_four_errors(count, of, share):
    return count / of == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / of))


def of(trace, action):
    return np.flatnonzero(trace.events.action == action)


def test_clicks_are_on_a_page_that_is_looked_at_and_count_as_interaction(scenario):
    trace, _ = lived(scenario, clicks=0.3)
    events, clicks, loads = trace.events, of(trace, Action.CLICK), of(trace, Action.LOAD)
    assert within_four_errors(len(clicks), len(loads), 0.3)
    load_of = {int(events.event[row]): row for row in loads}
    for click in clicks.tolist():
        load = load_of[int(events.event[click]) // 8 * 8]
        assert 0 < events.time[click] - events.time[load] <= events.dwell[load]
        assert events.interacted[load]
        assert events.page[click] == events.page[load]
        assert events.tab[click] == events.tab[load]


def test_tabs_are_opened_within_a_visit_and_gone_on_in(scenario):
    trace, truth = lived(scenario, new_tab=0.25)
    loads = of(trace, Action.LOAD)
    order = np.lexsort((trace.events.time[loads], truth.visit[loads]))
    visit, tab = truth.visit[loads][order], trace.events.tab[loads][order]
    later = visit[1:] == visit[:-1]
    assert (tab[np.flatnonzero(~later) + 1] == 0).all()
    assert within_four_errors((np.diff(tab)[later] == 1).sum(), later.sum(), 0.25)
    assert np.isin(np.diff(tab)[later], (0, 1)).all()


def test_a_visit_by_a_redirect_link_begins_with_following_it(scenario):
    trace, truth = lived(scenario, redirect_links=0.2)
    events, follows = trace.events, of(trace, Action.FOLLOW_REDIRECT)
    visits = np.unique(truth.visit[of(trace, Action.LOAD)])
    assert within_four_errors(len(follows), len(visits), 0.2)
    by_browser = np.lexsort((np.arange(len(events)), events.browser))
    place = np.empty(len(events), np.int64)
    place[by_browser] = np.arange(len(events))
    landing = by_browser[place[follows] + 1]
    assert (events.action[landing] == Action.LOAD).all()
    assert (truth.visit[landing] == truth.visit[follows]).all()
    assert (events.page[landing] == events.page[follows]).all()
    assert (events.time[landing] - events.time[follows] == 1).all()


def test_a_visit_is_gone_on_with_on_another_device_as_another_visit(scenario):
    trace, truth = lived(scenario, going_on={"share": 0.3, "shortest": "2min", "longest": "40min"})
    loads = of(trace, Action.LOAD)
    visit, first = np.unique(truth.visit[loads], return_index=True)
    number, row = visit % (1 << 20), loads[first]
    at = {int(one): int(row) for one, row in zip(visit, row, strict=True)}
    last = dict(zip(truth.visit[loads].tolist(), loads.tolist(), strict=True))
    later = visit[number >= 1 << 17]
    events, browsers = trace.events, trace.browsers
    assert len(later)
    for one in later.tolist():
        before, after = last[one - (1 << 17)], at[one]
        gap = events.time[after] - events.time[before] - events.dwell[before]
        assert 2 <= gap / 60_000 <= 40
        assert browsers.device[events.browser[before]] != browsers.device[events.browser[after]]
        assert truth.person[before] == truth.person[after]
    devices = np.bincount(browsers.key // 64, minlength=1500)
    several = np.isin(visit >> 20, np.flatnonzero(devices > 1))
    assert len(later) / (several & (number < 1 << 17)).sum() == pytest.approx(
        0.3, abs=0.05
    )  # some have one device only


def test_people_sign_in_as_themselves_and_register_afterwards(scenario):
    trace, truth = lived(scenario, event_website={"sign_in": 0.2, "registration": 0.4})
    events, sign_ins, registers = trace.events, of(trace, Action.SIGN_IN), of(trace, Action.REGISTER)
    assert within_four_errors(len(sign_ins), len(np.unique(truth.visit[of(trace, Action.LOAD)])), 0.2)
    assert within_four_errors(len(registers), len(sign_ins), 0.4)
    for row in [*sign_ins, *registers]:
        assert f".{truth.person[row]}@" in trace.forms.email[events.detail[row]]
    signed_in = dict(zip(truth.visit[sign_ins].tolist(), events.time[sign_ins].tolist(), strict=True))
    assert all(signed_in[int(truth.visit[row])] <= events.time[row] for row in registers)


def test_consent_is_answered_anew_within_a_visit(scenario):
    trace, truth = lived(scenario, consent_change={"visits": 0.2, "accept": 0.3})
    changes = of(trace, Action.CHANGE_CONSENT)
    assert within_four_errors(len(changes), len(np.unique(truth.visit[of(trace, Action.LOAD)])), 0.2)
    assert within_four_errors((trace.events.detail[changes] == 1).sum(), len(changes), 0.3)
    assert set(trace.events.detail[changes]) == {0, 1}
    assert (truth.visit[changes] != NONE).all()


def test_forms_hold_own_second_mistyped_and_other_peoples_details(scenario):
    shares = {"second_address": 0.2, "mistyped": 0.1, "for_somebody_else": 0.3}
    trace, truth = lived(scenario, typed=shares, **GROUP, visits_per_month=10)
    submits = of(trace, Action.SUBMIT)
    email = trace.forms.email[trace.events.detail[submits]]
    named = np.array([int(re.search(r"(\d+)@", one)[1]) for one in email])
    typist = truth.person[submits]
    assert within_four_errors((named != typist).sum(), len(submits), 0.3)
    assert (named // 4 == typist // 4).all()
    assert within_four_errors(sum(one.endswith("@second.example") for one in email), len(submits), 0.2)
    whole = trace.forms.first_name + "." + trace.forms.last_name
    plain = [re_ascii(one) for one in whole[trace.events.detail[submits]]]
    wrong = sum(one.split("@")[0] != f"{name}.{who}" for one, name, who in zip(email, plain, named, strict=True))
    assert within_four_errors(wrong, len(submits), 0.1)


def re_ascii(name):
    return "".join(letter for letter in name.lower() if letter.isascii() and (letter.isalpha() or letter == "."))


def test_a_mailbox_is_one_for_the_group(scenario):
    groups = [{"share": 1, "people": {"5": 1}, "mailbox": 0.4}]
    trace, truth = lived(scenario, groups=groups, visits_per_month=10)
    submits = of(trace, Action.SUBMIT)
    email = trace.forms.email[trace.events.detail[submits]].astype(str)
    shared = np.char.startswith(email, "office.")
    assert within_four_errors(shared.sum(), len(submits), 0.4)
    for one in np.unique(email[shared]):
        assert len(np.unique(truth.person[submits][email == one] // 5)) == 1


def test_nobody_alone_fills_in_a_form_for_somebody_else(scenario):
    trace, truth = lived(scenario, typed={"for_somebody_else": 1})
    submits = of(trace, Action.SUBMIT)
    email = trace.forms.email[trace.events.detail[submits]]
    assert all(f".{person}@" in one for person, one in zip(truth.person[submits], email, strict=True))


def test_networks_are_the_groups_the_persons_and_those_met_elsewhere(scenario):
    trace, truth = lived(scenario, networks={"mobile": 0.6, "travel": 0.1}, **GROUP)
    loads = of(trace, Action.LOAD)
    _, first = np.unique(truth.visit[loads], return_index=True)
    row = loads[first]
    person, network = truth.person[row], trace.events.network[row]
    phone = trace.browsers.kind[trace.events.browser[row]] == DeviceKind.PHONE
    at_home = network == person // 4 * 4 * 16
    assert within_four_errors((network == person * 16 + 1).sum(), phone.sum(), 0.6 * 0.9)
    assert within_four_errors(at_home[~phone].sum(), (~phone).sum(), 0.9)
    assert (at_home | (network // 16 == person)).all()
