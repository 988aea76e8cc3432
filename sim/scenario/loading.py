"""Reads a scenario. What is wrong in it is told with file, line, column and field, all of it at once."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.experiment import Experiment, Point
from sim.scenario.presets import KINDS, UnknownPresetError, with_preset
from sim.scenario.schema import Scenario
from sim.scenario.sources import (
    Location,
    ScenarioError,
    Source,
    did_you_mean,
    line_of,
    merged,
    put,
    read_sources,
    set_source,
    text_source,
    with_rests,
)
from sim.scenario.sweeps import Sweep
from sim.scenario.systems import installed_systems, system_settings
from sim.scenario.thresholds import Threshold

SWEEP = "sweep"
_NOT_A_FIELD = ("zip", "sample")


def load(path: Path, settings: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario file, its sweep left aside.

    Raises:
        ScenarioError: If there is no such file, or anything in it is wrong.
    """
    return load_experiment(path, settings).scenario


def load_experiment(path: Path, settings: Sequence[str] = ()) -> Experiment:
    """Read and check a scenario file with all points of its sweep.

    Args:
        path: The file.
        settings: Fields to set over the file's, each as `field=value`.

    Raises:
        ScenarioError: If there is no such file, or anything in it is wrong.
    """
    sources = read_sources(path)
    return _experiment([set_source(settings), *sources] if settings else sources)


def parse(text: str, name: str = "scenario") -> Scenario:
    """Check a scenario given as YAML text.

    Args:
        text: The YAML.
        name: What to call it in an error.

    Raises:
        ScenarioError: If anything in it is wrong.
    """
    return parse_experiment(text, name).scenario


def parse_experiment(text: str, name: str = "scenario") -> Experiment:
    """Check a scenario with its sweep, given as YAML text: see `parse`."""
    return _experiment([text_source(text, name)])


def _experiment(sources: list[Source]) -> Experiment:
    whole = merged(sources)
    swept = whole.pop(SWEEP, None)
    scenario = _checked(whole, sources)
    if swept is None:
        return Experiment(scenario, None, (Point({}, scenario),))
    sweep = _sweep(swept, sources)
    points = []
    for values in sweep.points(scenario.seed):
        here = copy.deepcopy(whole)
        for field, value in values.items():
            put(here, field, value)
        try:
            points.append(Point(values, _checked(here, sources)))
        except ScenarioError as problem:
            said = "\n".join(line.partition(": ")[2] for line in str(problem).splitlines())
            at = ", ".join(f"{field} = {value}" for field, value in values.items())
            field = next(iter(values))
            place: Location = (SWEEP, "zip", field) if field in sweep.zipped else (SWEEP, field)
            raise ScenarioError(line_of(sources, place, f"with {at}: {said}")) from None
    given = json.loads(json.dumps({**whole, SWEEP: sweep.written()}, default=str))
    return Experiment(scenario, sweep, tuple(points), given)


def _sweep(swept: Any, sources: list[Source]) -> Sweep:
    if not isinstance(swept, Mapping):
        raise ScenarioError(line_of(sources, (SWEEP,), "is a mapping from dotted fields to values"))
    parts = {
        "axes": {field: axis for field, axis in swept.items() if field not in _NOT_A_FIELD},
        "zipped": swept.get("zip", {}),
        "sample": swept.get("sample"),
    }
    try:
        return Sweep.model_validate_json(json.dumps(parts, default=str))
    except ValidationError as problem:
        raise ScenarioError("\n".join(_sweep_problems(problem, sources))) from None


def _sweep_problems(problem: ValidationError, sources: list[Source]) -> Iterator[str]:
    told = set()
    for error in problem.errors(include_url=False):
        inner = [part for part in error["loc"] if part not in ("axes", "list[any]", "Range", "[key]")]
        location: Location = (SWEEP, *("zip" if part == "zipped" else part for part in inner))
        message = _message(error, ["from", "to", "steps"])
        if location[:2] not in told:
            told.add(location[:2])
            yield line_of(sources, location, message)


def _checked(fields: dict[str, Any], sources: list[Source]) -> Scenario:
    whole = with_rests(fields)
    for kind in KINDS:
        part = whole.get(kind)
        if isinstance(part, Mapping) and "preset" in part:
            try:
                whole[kind] = with_preset(kind, part)
            except UnknownPresetError as problem:
                raise ScenarioError(line_of(sources, (kind, "preset"), str(problem))) from None
    try:
        scenario = Scenario.model_validate_json(json.dumps(whole, default=str), strict=True)
    except ValidationError as problem:
        raise ScenarioError("\n".join(_explain(problem, Scenario, (), sources))) from None
    problems = [*_system_problems(scenario, sources), *_threshold_problems(scenario, sources)]
    if problems:
        raise ScenarioError("\n".join(problems))
    return scenario


def _system_problems(scenario: Scenario, sources: list[Source]) -> Iterator[str]:
    for label, system in scenario.systems.items():
        if system.use not in installed_systems():
            message = f"no system {system.use!r} is installed{did_you_mean(system.use, list(installed_systems()))}"
            yield line_of(sources, ("systems", label, "use"), message)
            continue
        try:
            system_settings(system.use, system.settings)
        except ValidationError as problem:
            model = installed_systems()[system.use].load().Settings
            yield from _explain(problem, model, ("systems", label, "settings"), sources)


def _threshold_problems(scenario: Scenario, sources: list[Source]) -> Iterator[str]:
    for label, bound in scenario.thresholds.items():
        at = ("thresholds", label)
        try:
            threshold = Threshold.parse(label, bound)
        except ValueError as problem:
            yield line_of(sources, at, str(problem))
            continue
        for system in threshold.systems:
            if system not in scenario.systems:
                message = f"no system {system!r}{did_you_mean(system, list(scenario.systems))}"
                yield line_of(sources, at, message)
        if threshold.baseline and not scenario.baseline:
            yield line_of(sources, at, "is held against a baseline; name the folder of a run in `baseline`")


def _explain(
    problem: ValidationError, model: type[BaseModel], prefix: Location, sources: list[Source]
) -> Iterator[str]:
    """A line for each error that pydantic found, at the place in the file where it is."""
    schema = model.model_json_schema()
    errors = problem.errors(include_url=False)
    for error in errors:
        if len(errors) > 1 and str(error["loc"][-1]).startswith("literal["):
            continue  # what may be a word or something else: what is wrong with the something else is told
        inner = tuple(part for part in error["loc"] if part != "[key]" and not str(part).endswith("]"))
        yield line_of(sources, prefix + inner, _message(error, _fields_at(schema, inner[:-1])))


def _message(error: ErrorDetails, fields: list[str]) -> str:
    match error["type"]:
        case "extra_forbidden":
            hint = did_you_mean(str(error["loc"][-1]), fields) or f"; known here: {', '.join(fields)}"
            return f"unknown key{hint}"
        case "missing":
            return "is required, and is not there"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            message = error["msg"]
            return f"{message[0].lower()}{message[1:]}, not {error['input']!r}"


def _fields_at(schema: dict[str, Any], location: Location) -> list[str]:
    """Names of the fields that may stand at a location, by the JSON schema."""
    here = schema
    for part in location:
        here = _resolve(schema, here)
        if isinstance(part, int):
            here = here.get("items", {})
        else:
            here = here.get("properties", {}).get(part) or here.get("additionalProperties", {})
    fields = list(_resolve(schema, here).get("properties", {}))
    return [*fields, "preset"] if location in [(kind,) for kind in KINDS] else fields


def _resolve(schema: dict[str, Any], node: Any) -> dict[str, Any]:
    if not isinstance(node, dict):
        return {}
    for choice in node.get("anyOf", ()):
        if "$ref" in choice:
            node = choice
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return dict(node)
