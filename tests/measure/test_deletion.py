"""Figures of a study of cookie deletion, counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure import deletion_figures


def figures(*events):
    """Each event is (owner, browser, "load" or "clear")."""
    owner, browser, what = zip(*events, strict=True) if events else ((), (), ())
    return deletion_figures(
        owner=np.array(owner, np.int64),
        browser=np.array(browser, np.int64),
        load=np.array([one == "load" for one in what], np.bool_),
        cleared=np.array([one == "clear" for one in what], np.bool_),
    )


def test_a_clearing_between_two_loads_is_a_reset():
    found = figures((0, 0, "load"), (0, 0, "clear"), (0, 0, "load"), (1, 1, "load"))
    assert found["share_that_reset"] == 0.5
    assert found["cookies_if_reset"] == 2
    assert found["mean_per_computer"] == 1.5
    assert math.isnan(found["their_mean_cookies"])


def test_clearings_that_no_load_follows_or_precedes_are_not_seen():
    assert figures((0, 0, "clear"), (0, 0, "load"), (0, 0, "clear"))["share_that_reset"] == 0


def test_two_clearings_between_two_loads_are_one_reset():
    assert figures((0, 0, "load"), (0, 0, "clear"), (0, 0, "clear"), (0, 0, "load"))["mean_per_computer"] == 2


def test_a_second_browser_brings_a_cookie_and_no_reset_whatever_is_cleared_in_the_other():
    found = figures((0, 0, "load"), (0, 0, "clear"), (0, 1, "load"))
    assert (found["share_that_reset"], found["mean_per_computer"]) == (0, 2)


def test_four_resets_are_heavy_and_three_are_not():
    often = [(0, 0, what) for what in ["load"] + ["clear", "load"] * 4]
    thrice = [(1, 1, what) for what in ["load"] + ["clear", "load"] * 3]
    found = figures(*often, *thrice)
    assert found["share_with_4_or_more_resets"] == 0.5
    assert found["their_mean_cookies"] == 5
    assert found["their_share_of_all_cookies"] == pytest.approx(5 / 9)


def test_without_events_there_is_no_figure():
    assert all(math.isnan(value) for value in figures().values())


event = st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from(["load", "clear"]))


@given(st.lists(event, min_size=1, max_size=60))
def test_figures_are_those_of_a_jar_that_is_played_event_by_event(drawn):
    events = [(person, person * 3 + rank, what) for person, rank, what in drawn]
    cookies, resets, held, seen = {}, {}, set(), set()
    for person, browser, what in events:
        if what == "clear":
            held.discard(browser)
        elif browser not in held:
            cookies[person] = cookies.get(person, 0) + 1
            resets[person] = resets.get(person, 0) + (browser in seen)
            held.add(browser)
            seen.add(browser)
    found = figures(*events)
    if not cookies:
        assert math.isnan(found["mean_per_computer"])
        return
    assert found["mean_per_computer"] == pytest.approx(np.mean(list(cookies.values())))
    assert found["share_that_reset"] == pytest.approx(np.mean([count > 0 for count in resets.values()]))
    heavy = [cookies[person] for person, count in resets.items() if count >= 4]
    assert found["share_with_4_or_more_resets"] == pytest.approx(len(heavy) / len(cookies))
    assert found["their_share_of_all_cookies"] == pytest.approx(sum(heavy) / sum(cookies.values()))
