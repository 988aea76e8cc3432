"""Consent: what is recorded and set without it, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measure import join
from sim.measure.consent import consent_metrics
from sim.measure.joined import Without
from sim.records import DAY, HOUR, NONE, Action
from tests.measure.cases import replication_of

IN_FORCE = [True, False, False, False]
COOKIES = ("absent_third_party", "absent_first_party", "absent_third_party_visit", "absent_first_party_visit")


def without(**columns):
    """What was recorded without consent of events of one browser, an hour apart; columns of all tables by name."""
    rows = len(columns["consent"])
    events = {"time": np.arange(rows) * HOUR, "action": np.full(rows, Action.LOAD)}
    events |= {name: columns.pop(name) for name in ("browser", "time", "action") if name in columns}
    return join(**replication_of(events=events, truth={}, seen=columns)).without_consent


def test_ids_recorded_without_consent_are_counted_of_the_events_without():
    got = without(consent=IN_FORCE, visitor=[4, 4, NONE, NONE])
    assert (got.on_pages, got.ids_on_pages, got.by_links) == (3, 1, 0)
    assert without(consent=[]) == Without(*[0] * 9)


def test_ids_recorded_of_links_are_counted_apart():
    links = [Action.FOLLOW_EMAIL_LINK, Action.FOLLOW_REDIRECT, Action.FOLLOW_REDIRECT, Action.LOAD]
    got = without(consent=IN_FORCE, visitor=[4, 4, NONE, NONE], action=links)
    assert (got.on_pages, got.ids_on_pages, got.by_links, got.ids_by_links) == (1, 0, 2, 1)


def test_of_an_event_its_first_interaction_counts():
    got = without(consent=[True, False, False], visitor=[NONE, NONE, 4], row=[0, 0, 1])
    assert (got.on_pages, got.ids_on_pages, got.lost) == (1, 1, 1)


def cookies(**changed):
    """Three events of one browser without consent, an hour apart; one cookie appears at the last."""
    there = changed.pop("cookies", [0b00, 0b00, 0b10])
    absent = {name: [0 if one >> bit & 1 else 1 for one in there] for bit, name in enumerate(COOKIES)}
    got = without(**({"browser": [3, 3, 3], "consent": [False, False, False]} | absent | changed))
    return got.cookies_on_pages, got.cookies_by_links


def test_a_cookie_that_appears_without_consent_was_set_without_it():
    assert cookies() == (1, 0)


@pytest.mark.parametrize("cookie", range(4))
def test_each_kind_of_cookie_counts(cookie):
    assert cookies(cookies=[0, 0, 1 << cookie]) == (1, 0)


def test_a_cookie_that_a_link_set_is_counted_apart():
    assert cookies(action=[Action.LOAD, Action.FOLLOW_REDIRECT, Action.LOAD]) == (0, 1)
    assert cookies(action=[Action.FOLLOW_EMAIL_LINK, Action.LOAD, Action.FOLLOW_EMAIL_LINK]) == (1, 0)


def test_a_cookie_that_was_there_before_was_not_set():
    assert cookies(cookies=[0b11, 0b11, 0b11]) == (0, 0)


def test_a_cookie_that_appears_beside_another_one_was_set():
    assert cookies(cookies=[0b01, 0b11, 0b11]) == (1, 0)


def test_a_cookie_may_be_set_with_consent_and_be_there_when_it_is_gone():
    assert cookies(consent=[False, True, False]) == (0, 0)


def test_another_browser_has_other_cookies():
    assert cookies(browser=[3, 3, 4]) == (0, 0)


def test_after_more_than_a_day_an_answer_may_be_forgotten():
    assert cookies(time=[0, 1, 2 + DAY]) == (0, 0)
    assert cookies(time=[0, 1, 1 + DAY]) == (1, 0)


def test_submissions_say_themselves_whose_they_are():
    action = [Action.LOAD, Action.LOAD, Action.LOAD, Action.SUBMIT]
    got = without(consent=IN_FORCE, contact=[7, 7, NONE, 7], action=action)
    assert (got.unsubmitted, got.credited) == (2, 1)


def test_what_is_lost_has_neither_consent_nor_id():
    assert without(consent=IN_FORCE, visitor=[NONE, 4, NONE, NONE]).lost == 2


def test_metrics_are_shares():
    counted = Without(
        lost=3,
        unsubmitted=4,
        credited=1,
        on_pages=5,
        ids_on_pages=2,
        cookies_on_pages=1,
        by_links=2,
        ids_by_links=1,
        cookies_by_links=2,
    )
    assert consent_metrics(counted, interactions=10) == {
        "consent.ids_without": 2 / 5,
        "consent.cookies_without": 1 / 5,
        "consent.ids_by_links_without": 1 / 2,
        "consent.cookies_by_links_without": 1,
        "consent.credited_without": 1 / 4,
        "consent.lost": 3 / 10,
    }
    assert set(consent_metrics(Without(*[0] * 9), interactions=0).values()) == {0}
