"""The profiles held against real engines. They take minutes: `pytest tests/browsers` runs these alone,
`pytest --ignore=tests/browsers` all others. A missing engine is skipped by its name."""

from __future__ import annotations

import pytest

pytest.importorskip("trustme", reason="engines need the packages of the extra: pip install crumbline[browsers]")
pytest.importorskip("websockets", reason="engines need the packages of the extra: pip install crumbline[browsers]")

from sim.browser.conformance.cases import CASES, CASES_IN_TIME, Case
from sim.browser.conformance.compare import Comparison, compare
from sim.browser.conformance.configurations import CONFIGURATIONS, Configuration
from sim.browser.conformance.engine import EngineMissing

configurations = pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda each: each.name)


def held(configuration: Configuration, cases: tuple[Case, ...]) -> Comparison:
    try:
        return compare(configuration, cases)
    except EngineMissing as problem:
        pytest.skip(f"engine not installed: {problem}")


def differences(comparison: Comparison) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [
        (result.case.title, result.simulated, result.observed) for result in comparison.results if not result.agrees
    ]


@configurations
@pytest.mark.parametrize("run", ["first run", "second run"])
def test_the_engine_does_what_the_profile_does(configuration, run):
    assert differences(held(configuration, CASES)) == []


@configurations
def test_the_engine_does_what_the_profile_does_as_time_passes(configuration):
    comparison = held(configuration, CASES_IN_TIME)
    assert differences(comparison) == []
    kept = " ".join(line for result in comparison.results for line in result.observed if line.startswith("day 399"))
    gone = " ".join(line for result in comparison.results for line in result.observed if line.startswith("day 401"))
    assert "a=1" in kept  # the clock was moved, and not too far
    assert ("a=1" in gone) is (configuration.profile.startswith("webkit"))
