"""Presets: each of their figures has a source, each loads, and what a scenario says itself wins."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from sim.durations import parse_duration as duration
from sim.scenario import PRESET_KINDS, Preset, ScenarioError, parse, presets

PUBLISHERS = (
    "comScore 2007",
    "Commanders Act",
    "Fox Rothschild 2019",
    "GlobalWebIndex 2014",
    "Jupiter Research 2005",
    "PageFair 2017",
    "StatCounter",
    "TowerData 2018",
)
EVERY = [(kind, name) for kind in PRESET_KINDS for name in presets(kind)]


def scenario_with(**parts):
    return parse(json.dumps({"name": "one", "systems": {"as_is": {"use": "outbound_marketing"}}} | parts), "one.yaml")


def test_there_are_presets_of_each_kind():
    assert set(presets("population")) == {
        "business_to_business",
        "comscore_2007",
        "consumer_europe",
        "consumer_us",
        "iphone_heavy",
        "office",
        "privacy_minded",
    }
    assert "statcounter" in presets("browsers")
    assert "explicit_2019" in presets("consent")


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_preset_loads_and_every_one_of_its_figures_arrives(kind, name):
    part = json.loads(scenario_with(**{kind: {"preset": name}}).model_dump_json())[kind]
    for path, figure in presets(kind)[name].figures.items():
        here = part
        for field in path.split("."):
            here = here[field]
        assert_arrived(json.loads(json.dumps(figure.value)), here)


def assert_arrived(said, loaded):
    """All that is said is there; what is left out within it has a default."""
    if isinstance(said, dict):
        for key, value in said.items():
            assert_arrived(value, loaded[key])
    elif isinstance(said, list):
        for one, other in zip(said, loaded, strict=True):
            assert_arrived(one, other)
    else:
        assert said == loaded or duration(said) == duration(loaded)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_figure_is_published_or_an_assumption_or_follows_from_what_the_preset_is(kind, name):
    for field, figure in presets(kind)[name].figures.items():
        published = any(publisher in figure.source for publisher in PUBLISHERS)
        assert published or figure.source.startswith(("assumption", "by definition: ")), field


@pytest.mark.parametrize("figure", [{"value": 1}, {"value": 1, "source": ""}, {"value": 1, "source": "  "}, 1])
def test_a_figure_without_a_source_is_refused(figure):
    with pytest.raises(ValidationError, match=r"source|instance"):
        Preset.model_validate({"describes": "people", "figures": {"people": figure}})


def test_what_the_scenario_says_itself_wins_figure_by_figure():
    took = scenario_with(population={"preset": "business_to_business", "people": 7, "pages": {"shape": 9}})
    assert (took.population.people, took.population.pages.shape) == (7, 9)
    assert took.population.pages.mean == presets("population")["business_to_business"].figures["pages.mean"].value
    changed = {"preset": "consumer_us", "devices": {"1": 1}, "return_gap": {"tail": 4}}
    own = scenario_with(population=changed).population
    assert own.devices == {1: 1}
    assert own.return_gap.tail == 4


def test_a_preset_is_not_changed_by_those_who_take_it():
    before = [preset.model_dump_json() for preset in presets("population").values()]
    scenario_with(population={"preset": "business_to_business", "pages": {"mean": 9}})
    assert [preset.model_dump_json() for preset in presets("population").values()] == before


def test_a_wrong_override_is_told_at_its_line():
    text = "name: one\npopulation:\n  preset: consumer_us\n  peple: 3\nsystems: {as_is: {use: outbound_marketing}}\n"
    with pytest.raises(ScenarioError, match=r"one.yaml:4:3: population.peple: unknown key; did you mean 'people'"):
        parse(text, "one.yaml")
