"""Scenario files as tests, in a pytest of their own."""

from __future__ import annotations

import json

import pytest

from tests.conftest import SMALL

pytest_plugins = ["pytester"]


def scenario_file(folder, name, **changes):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps({**SMALL, "population": {"people": 30}, "days": 14, **changes}))


def test_each_threshold_is_a_test(pytester):
    scenario_file(pytester.path, "mine.scenario.yaml", thresholds={
        "as_is.visits.exact": ">= -9", "as_is.contacts.coverage": ">= 2",
    })  # fmt: skip
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*fail: as_is.contacts.coverage >= 2:*95 % interval*"])


def test_scenarios_are_collected_when_asked_for(pytester):
    scenario_file(pytester.path / "scenarios", "mine.yaml")
    scenario_file(pytester.path / "elsewhere", "mine.yaml")
    pytester.runpytest_subprocess().assert_outcomes()
    pytester.runpytest_subprocess("--crumbline").assert_outcomes(passed=1)


def test_a_wrong_scenario_is_an_error_with_its_message(pytester):
    (pytester.path / "mine.scenario.yaml").write_text("name: mine\npeople: 3\n")
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*mine.scenario.yaml:2:1: people: unknown key*"])


def test_points_of_a_sweep_are_tests_each(pytester):
    scenario_file(
        pytester.path, "mine.scenario.yaml", sweep={"seed": [1, 2]}, thresholds={"as_is.visits.exact": ">= -9"}
    )
    pytester.runpytest_subprocess("-v").assert_outcomes(passed=2)


def test_the_fixture_runs_a_scenario(pytester):
    scenario_file(pytester.path, "mine.yaml")
    pytester.makepyfile(
        """
        def test_it(crumbline):
            assert crumbline("mine.yaml", ["replications=1"]).summary["as_is"]["visits.exact"].n == 1
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
