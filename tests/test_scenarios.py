"""The shipped scenarios: each runs, has a question and a verdict, and stands in the index with its finding."""

from __future__ import annotations

import json
import re

import pytest

from sim.runs import run
from sim.scenario import load
from tests.publish_scenarios import ELSEWHERE, INDEX, PUBLISHED, SCENARIOS, finding, index, shipped
from tests.test_run import ticking


@pytest.mark.parametrize("name", [*shipped(), *sorted(ELSEWHERE)])
def test_a_shipped_scenario_runs_when_made_small(name, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.report.results.draw_plots", lambda *_: None)
    whole = load(SCENARIOS / f"{name}.yaml")
    few = whole.population.model_copy(update={"people": 60})
    small = whole.model_copy(update={"population": few, "replications": 1, "days": min(whole.days, 45)})
    result = run(small, tmp_path, clock=ticking(), workers=1)
    assert set(result.summary) == set(whole.systems)
    assert len(result.judgements) == len(whole.thresholds)


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
    assert list(published["metrics"]) == list(load(SCENARIOS / f"{name}.yaml").systems)
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
