"""What helps to write scenario files: a schema for editors, a file to start from, and a small form of any scenario."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.scenario.experiment import Experiment, Point
from sim.scenario.presets import KINDS, presets
from sim.scenario.schema import Scenario
from sim.scenario.sweeps import Range, Sample

QUICK = ("population.people=100", "days=21", "replications=2", "max_replications=5")
"""What makes a small run of any scenario."""

STARTER = Path(__file__).with_name("starter.yaml")
"""The scenario that a new one starts from; it is called new_scenario."""


def without_thresholds(experiment: Experiment) -> Experiment:
    """The same, with nothing to be judged: what a small run shows is not sure."""

    def unjudged(scenario: Scenario) -> Scenario:
        return scenario.model_copy(update={"thresholds": {}})

    points = tuple(Point(point.values, unjudged(point.scenario)) for point in experiment.points)
    given = None if experiment.given is None else {**experiment.given, "thresholds": {}}
    return replace(experiment, scenario=unjudged(experiment.scenario), points=points, given=given)


def scenario_schema() -> dict[str, Any]:
    """JSON Schema of scenario files, with what files may say beyond a scenario: `extends`, `sweep`, presets, `rest`."""
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Crumbline scenario"
    fields = schema["properties"]
    fields["extends"] = {
        "type": "string",
        "description": "A scenario file whose fields hold where this one is silent.",
    }
    swept = {"anyOf": [{"type": "array", "minItems": 1}, Range.model_json_schema(by_alias=True)]}
    fields["sweep"] = {
        "type": "object",
        "description": "Dotted fields with their values: a list, or a range; lists that go together under `zip`.",
        "properties": {
            "sample": Sample.model_json_schema(),
            "zip": {"type": "object", "additionalProperties": {"type": "array", "minItems": 1}},
        },
        "additionalProperties": swept,
    }
    for kind in KINDS:
        named = {"properties": {"preset": {"enum": sorted(presets(kind))}}, "required": ["preset"], "type": "object"}
        fields[kind] = {"anyOf": [named, {key: value for key, value in fields[kind].items() if key != "default"}]}
    schema["required"] = [] if "extends" in fields else schema["required"]
    return schema


def new_scenario(name: str, folder: Path) -> Path:
    """Write a commented scenario to start from.

    Raises:
        ValueError: If the name is none for a scenario, or the file is there already.
        OSError: If it cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        raise ValueError(f"{name!r} is no name for a scenario; use a-z, 0-9 and _, such as consent_banner")
    path = folder / f"{name}.yaml"
    text = STARTER.read_text(encoding="utf-8").replace("new_scenario", name)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ValueError(f"{path}: is there already; choose another name, or remove it") from None
    return path
