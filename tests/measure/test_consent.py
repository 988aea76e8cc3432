"""Consent: what is recorded and set without it, by hand."""

from __future__ import annotations

import numpy as np

from sim.measure import consent
from sim.records import DAY, HOUR, NONE

IN_FORCE = np.array([True, False, False, False])
NO = np.array([], np.bool_)


def test_ids_recorded_without_consent_are_a_share_of_the_events_without():
    page = np.zeros(4, np.bool_)
    assert consent.ids_without_consent(consent=IN_FORCE, visitor=np.array([4, 4, NONE, NONE]), link=page) == (1 / 3, 0)
    assert consent.ids_without_consent(consent=NO, visitor=np.array([], np.int64), link=NO) == (0, 0)


def test_ids_recorded_of_links_are_counted_apart():
    link = np.array([True, True, True, False])
    assert consent.ids_without_consent(consent=IN_FORCE, visitor=np.array([4, 4, NONE, NONE]), link=link) == (0, 1 / 2)


def cookies(**changed):
    """Three events of one browser without consent, an hour apart; one cookie appears at the last."""
    case = {
        "browser": np.array([3, 3, 3]),
        "time": np.array([0, HOUR, 2 * HOUR]),
        "consent": np.array([False, False, False]),
        "cookies": np.array([0b00, 0b00, 0b10]),
        "link": np.array([False, False, False]),
    }
    return consent.cookies_set_without_consent(**(case | changed))


def test_a_cookie_that_appears_without_consent_was_set_without_it():
    assert cookies() == (1, 0)


def test_a_cookie_that_a_link_set_is_counted_apart():
    assert cookies(link=np.array([False, True, False])) == (0, 1)
    assert cookies(link=np.array([True, False, True])) == (1, 0)


def test_a_cookie_that_was_there_before_was_not_set():
    assert cookies(cookies=np.array([0b11, 0b11, 0b11])) == (0, 0)


def test_a_cookie_that_appears_beside_another_one_was_set():
    assert cookies(cookies=np.array([0b01, 0b11, 0b11])) == (1, 0)


def test_a_cookie_may_be_set_with_consent_and_be_there_when_it_is_gone():
    assert cookies(consent=np.array([False, True, False])) == (0, 0)


def test_another_browser_has_other_cookies():
    assert cookies(browser=np.array([3, 3, 4])) == (0, 0)


def test_after_more_than_a_day_an_answer_may_be_forgotten():
    assert cookies(time=np.array([0, 1, 2 + DAY])) == (0, 0)


def test_submissions_say_themselves_whose_they_are():
    contact = np.array([7, 7, NONE, 7])
    submission = np.array([False, False, False, True])
    assert consent.credited_without_consent(consent=IN_FORCE, contact=contact, submission=submission) == 1 / 2


def test_what_is_lost_has_neither_consent_nor_id():
    assert consent.lost_to_refusal(consent=IN_FORCE, visitor=np.array([NONE, 4, NONE, NONE])) == 2 / 4
    assert consent.lost_to_refusal(consent=NO, visitor=np.array([], np.int64)) == 0
