from __future__ import annotations

from dataclasses import fields

import pytest

from sim.browser import PROFILES, profile
from sim.browser.catalogue import details, overview
from sim.browser.profiles import BrowserProfile, Evidence

DEFAULTS = {field.name: field.default for field in fields(BrowserProfile)}
PLAIN = {"clear_on_close", "private_per_tab", "in_private"}


@pytest.mark.parametrize("name", PROFILES)
def test_every_rule_that_restricts_has_a_source(name):
    made = profile(name)
    assert set(made.sources) <= set(made.rules())
    for rule in made.rules():
        if rule not in PLAIN and getattr(made, rule) != DEFAULTS[rule] and name != "rfc6265bis":
            assert rule in made.sources, rule


@pytest.mark.parametrize("name", PROFILES)
def test_the_rules_of_private_windows_are_a_profile(name):
    assert profile(name).in_private in PROFILES


def test_what_was_measured_names_the_engine_and_its_version():
    for made in PROFILES.values():
        for source in made.sources.values():
            if source.evidence is Evidence.MEASURED:
                assert source.text.startswith(("Chromium 1", "Firefox 1", "WebKitGTK 2."))


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(ValueError, match=r"no browser profile 'chrome'.*chromium, .*firefox"):
        profile("chrome")


def test_the_overview_names_all_profiles_and_the_two_lives():
    lines = overview().splitlines()
    assert [line.split()[0] for line in lines[1 : len(PROFILES) + 1]] == list(PROFILES)
    assert next(line for line in lines if line.startswith("brave")).split()[1:5] == ["180", "d", "7", "d"]


@pytest.mark.parametrize("name", PROFILES)
def test_the_details_give_every_rule_with_its_source(name):
    text = details(name)
    for rule in profile(name).rules():
        assert f"\n{rule} " in text
    for source in profile(name).sources.values():
        assert f"[{source.evidence.value}] {source.text}" in text
