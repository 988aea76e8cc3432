"""The rules of outbound marketing, at their edges."""

from __future__ import annotations

import pytest

from reference_impl.outbound_marketing.rules import id_in_force, match_key, renews_cookies, visit_goes_on

MINUTE = 60_000


@pytest.mark.parametrize(
    ("gap", "boundary", "goes_on"),
    [
        (30 * MINUTE - 1, "inclusive", True),
        (30 * MINUTE, "inclusive", True),
        (30 * MINUTE + 1, "inclusive", False),
        (30 * MINUTE - 1, "exclusive", True),
        (30 * MINUTE, "exclusive", False),
    ],
)
def test_a_gap_of_exactly_the_timeout_is_in_the_visit_only_if_the_boundary_is_inclusive(gap, boundary, goes_on):
    assert visit_goes_on(0, 5 * MINUTE, 5 * MINUTE + gap, 30 * MINUTE, "inactivity", boundary) is goes_on


def test_a_fixed_window_runs_from_the_first_page_load():
    assert visit_goes_on(0, 25 * MINUTE, 40 * MINUTE, 30 * MINUTE, "inactivity", "inclusive")
    assert not visit_goes_on(0, 25 * MINUTE, 40 * MINUTE, 30 * MINUTE, "fixed", "inclusive")


@pytest.mark.parametrize(
    ("third", "first", "in_force"), [("a", "b", "a"), ("a", None, "a"), (None, "b", "b"), (None, None, None)]
)
def test_the_third_party_id_received_goes_before_the_first_party_one(third, first, in_force):
    assert id_in_force(third, first) == in_force


@pytest.mark.parametrize(
    ("refresh", "new_visit", "renews"),
    [("visit", True, True), ("visit", False, False), ("load", False, True), ("never", True, False)],
)
def test_persistent_cookies_are_set_again_when_the_policy_says(refresh, new_visit, renews):
    assert renews_cookies(refresh, new_visit) is renews


def test_submissions_match_whatever_their_case_and_blanks_but_never_on_a_blank():
    assert match_key({"email": " Ann@Mail.example "}, ["email"]) == match_key({"email": "ann@mail.example"}, ["email"])
    assert match_key({"email": "  "}, ["email"]) is None
    assert match_key({}, ["email"]) is None
    assert match_key({"email": "a@b", "phone": ""}, ["email", "phone"]) is None
