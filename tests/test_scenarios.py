"""The shipped scenarios: each runs, has a question and a verdict, and stands in the index with its finding."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from sim.cli import Exit, app
from sim.scenario import load, load_experiment
from tests.publish_scenarios import ELSEWHERE, INDEX, PUBLISHED, SCENARIOS, finding, index, shipped, sweep_finding


@pytest.mark.parametrize("name", [*shipped(), *sorted(ELSEWHERE)])
def test_a_shipped_scenario_runs_quickly(name, tmp_path):
    path = SCENARIOS / f"{name}.yaml"
    command = ["run", str(path), "--quick", "--json", "--workers", "1", "--results", str(tmp_path)]
    ended = CliRunner().invoke(app, command)
    assert ended.exit_code == Exit.PASSED, ended.stderr
    told = json.loads(ended.stdout)
    experiment = load_experiment(path)
    points = told.get("points", [told])
    assert len(points) == len(experiment.points)
    assert all(set(point["metrics"]) == set(experiment.scenario.systems) for point in points)
    (folder,) = (tmp_path / name).iterdir()
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["state"] == "finished"


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_asks_a_question(name):
    scenario = load(SCENARIOS / f"{name}.yaml")
    assert scenario.name == name
    assert scenario.question.endswith("?")


def test_the_index_is_what_was_published():
    assert INDEX.read_text(encoding="utf-8") == index()


@pytest.mark.parametrize("name", shipped())
def test_what_was_published_is_of_the_systems_as_they_are(name):
    published = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    experiment = load_experiment(SCENARIOS / f"{name}.yaml")
    points = published.get("points", [published])
    assert [point.get("values", {}) for point in points] == [point.values for point in experiment.points]
    assert all(list(point["metrics"]) == list(experiment.scenario.systems) for point in points)
    assert (PUBLISHED / f"{name}.png").exists()


def _row(mean, low, high, **other):
    return {"metric": "identity.pairwise.f1", "mean": mean, "low": low, "high": high, **other}


def test_a_finding_is_the_greatest_difference_that_is_not_none():
    metrics = {"a": {"identity.pairwise.f1": _row(0.5, 0.4, 0.6)}, "b": {}, "c": {}}
    differences = [
        _row(-0.9, -2, 1, first="a", second="b"),
        _row(-0.2, -0.3, -0.1, first="a", second="c"),
        _row(-0.7, -0.8, -0.6, first="b", second="c"),
    ]
    told = finding({"metrics": metrics, "differences": differences})
    assert re.search(
        r"`a` has .* of 0.500 \(0.400 to 0.600\); `c` instead of `a` changes it by -0.200 \(-0.300 to -0.100\)", told
    )
    told = finding({"metrics": metrics, "differences": differences[:1]})
    assert told.endswith("no other system or what-if differs for certain.")


def test_a_finding_of_a_sweep_is_the_lowest_and_the_highest_of_what_it_moves_most():
    def point(value, *means):
        steady = {metric: _row(0.5, 0.4, 0.6) for metric in ("contacts.coverage", "visits.boundary.f1")}
        metrics = {
            name: steady | {"identity.pairwise.f1": _row(mean, mean - 0.01, mean + 0.01)}
            for name, mean in zip("ab", means, strict=True)
        }
        return {"values": {"x.y": value}, "metrics": metrics}

    told = sweep_finding([point(1, 0.5, 0.7), point(2, 0.5, 0.9), point(3, 0.5, 0.6)])
    assert re.match(
        r"`b` has .* of 0.900 \(0.890 to 0.910\) at `x.y = 2` and 0.600 \(0.590 to 0.610\) at `x.y = 3`; "
        r"`a` 0.500 .* at `x.y = 2` and 0.500 .* at `x.y = 3`\.$",
        told,
    )
    assert sweep_finding([point(1, 0.5, 0.5), point(2, 0.5, 0.501)]).endswith("it may be chance.")
