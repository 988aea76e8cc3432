from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.browser import rules
from sim.browser.rules import NEVER, UNLIMITED, Place, SameSite, ThirdParty

DAY = 24 * 60 * 60 * 1000
times = st.integers(0, 2**45)


def test_max_age_goes_before_expires_and_neither_is_a_session():
    assert rules.asked_expiry(1000, 5, 9_000_000) == 6000
    assert rules.asked_expiry(1000, None, 9_000_000) == 9_000_000
    assert rules.asked_expiry(1000, 0, 9_000_000) <= 1000
    assert rules.asked_expiry(1000, -5, None) <= 1000
    assert rules.asked_expiry(1000, None, None) == NEVER


@given(times, st.integers(-(10**15), 10**15), st.sampled_from([7 * DAY, 400 * DAY, UNLIMITED]))
def test_no_life_is_longer_than_the_browser_grants_nor_than_asked(now, max_age, longest):
    asked = rules.asked_expiry(now, max_age, None)
    granted = rules.granted_expiry(asked, now, longest)
    assert granted <= asked
    assert granted <= now + longest
    assert granted in (asked, now + longest)


def test_a_session_cookie_stays_one():
    assert rules.granted_expiry(NEVER, 1000, 7 * DAY) == NEVER


@pytest.mark.parametrize(
    ("rule", "plain", "partitioned"),
    [
        (ThirdParty.ALLOWED, Place.COMMON, Place.PARTITION),
        (ThirdParty.PARTITIONED, Place.PARTITION, Place.PARTITION),
        (ThirdParty.ONLY_PARTITIONED, Place.NOWHERE, Place.PARTITION),
        (ThirdParty.NOT_SET, Place.NOWHERE, Place.NOWHERE),
        (ThirdParty.BLOCKED, Place.NOWHERE, Place.NOWHERE),
    ],
)
def test_where_a_third_partys_cookie_goes(rule, plain, partitioned):
    assert rules.storage_place(rule, True, False) == plain
    assert rules.storage_place(rule, True, True) == partitioned
    assert rules.storage_place(rule, False, False) == Place.COMMON
    assert rules.storage_place(rule, False, True) == Place.PARTITION


@given(st.sampled_from(ThirdParty), st.booleans(), st.booleans())
def test_what_is_stored_somewhere_is_seen_there(rule, third_party, partitioned):
    place = rules.storage_place(rule, third_party, partitioned)
    if place == Place.COMMON:
        assert rules.sees_common(rule, third_party)
    if place == Place.PARTITION:
        assert rules.sees_partition(rule, third_party)


@pytest.mark.parametrize(
    ("attribute", "subresource", "link", "post"),
    [
        (SameSite.STRICT, 0, 0, 0),
        (SameSite.LAX, 0, NEVER, 0),
        (SameSite.NONE, NEVER, NEVER, NEVER),
        (SameSite.UNSET, 0, NEVER, 120_000),
    ],
)
def test_what_goes_with_cross_site_requests_where_lax_is_the_default(attribute, subresource, link, post):
    def age(navigation, safe):
        return rules.same_site_sends_for(attribute, True, False, navigation, safe, 120_000)

    assert (age(False, True), age(True, True), age(True, False)) == (subresource, link, post)


@given(st.sampled_from(SameSite), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 10**6))
def test_same_site_requests_carry_and_store_all(attribute, lax_by_default, navigation, safe, lax_post):
    assert rules.same_site_sends_for(attribute, lax_by_default, True, navigation, safe, lax_post) == NEVER
    assert rules.same_site_stores(attribute, lax_by_default, True, navigation)


def test_only_none_is_stored_by_a_cross_site_subresource():
    stored = [rule for rule in SameSite if rules.same_site_stores(rule, True, False, False)]
    assert stored == [SameSite.NONE]
    assert rules.same_site_stores(SameSite.UNSET, False, False, False)
    assert all(rules.same_site_stores(rule, True, False, True) for rule in SameSite)
