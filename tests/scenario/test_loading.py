"""Scenario files: good ones load as written, each bad one ends with the very message that stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load, parse

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BAD = sorted((SCENARIOS / "bad").glob("*.yaml"))
GOOD = sorted(SCENARIOS.glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_scenario_ends_with_the_message_beside_it(path, monkeypatch):
    monkeypatch.chdir(SCENARIOS.parent)
    with pytest.raises(ScenarioError) as refused:
        load(path.relative_to(SCENARIOS.parent))
    assert str(refused.value) + "\n" == path.with_suffix(".txt").read_text()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_every_shipped_scenario_loads_and_says_what_it_asks(path):
    scenario = load(path)
    assert scenario.name == path.stem
    assert scenario.question


def test_a_missing_file_names_the_nearest_one(tmp_path):
    (tmp_path / "quickstart.yaml").write_text("")
    with pytest.raises(ScenarioError, match=r"quikstart.yaml: no such file; did you mean '.*quickstart.yaml'"):
        load(tmp_path / "quikstart.yaml")


def test_what_a_scenario_resolves_to_loads_as_the_same_scenario(scenario):
    import json

    first = scenario()
    again = parse(json.dumps(first.model_dump(mode="json")))
    assert again == first
    assert again.model_dump_json() == first.model_dump_json()


def test_durations_are_whole_milliseconds(scenario):
    loaded = scenario({"population": {"dwell": {"scale": "1.5min"}}})
    assert loaded.population.dwell.scale == 90_000
    assert loaded.model_dump(mode="json")["population"]["dwell"]["scale"] == "90s"
