"""Reads a scenario file. What is wrong in it is told with file, line, column and field, all of it at once."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from sim.scenario.presets import KINDS, UnknownPresetError, with_preset
from sim.scenario.schema import Scenario
from sim.scenario.systems import installed_systems, system_settings
from sim.scenario.thresholds import Threshold

Location = tuple[int | str, ...]


class ScenarioError(Exception):
    """A scenario file cannot be used; the message has a line for each thing that is wrong."""


def load(path: Path) -> Scenario:
    """Read and check a scenario file.

    Raises:
        ScenarioError: If there is no such file, or anything in it is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        near = [str(one) for one in sorted(path.parent.glob("*.yaml"))] if path.parent.is_dir() else []
        raise ScenarioError(f"{path}: no such file{_did_you_mean(str(path), near)}") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ScenarioError(f"{path}: cannot be read: {problem}") from None
    return parse(text, str(path))


def parse(text: str, name: str = "scenario") -> Scenario:
    """Check a scenario given as YAML text.

    Args:
        text: The YAML.
        name: What to call it in an error.

    Raises:
        ScenarioError: If anything in it is wrong.
    """
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise ScenarioError(f"{where}: not valid YAML: {problem.problem or problem.context}") from None
    if not isinstance(data, Mapping):
        raise ScenarioError(f"{name}:1:1: a scenario is a mapping of fields, such as `name: quickstart`")
    whole = dict(data)
    for kind in KINDS:
        part = data.get(kind)
        if isinstance(part, Mapping) and "preset" in part:
            try:
                whole[kind] = with_preset(kind, part)
            except UnknownPresetError as problem:
                raise ScenarioError(_line(name, data, (kind, "preset"), str(problem))) from None
    try:
        scenario = Scenario.model_validate_json(json.dumps(whole, default=str), strict=True)
    except ValidationError as problem:
        raise ScenarioError("\n".join(_explain(problem, Scenario, (), data, name))) from None
    problems = [*_system_problems(scenario, data, name), *_threshold_problems(scenario, data, name)]
    if problems:
        raise ScenarioError("\n".join(problems))
    return scenario


def _system_problems(scenario: Scenario, data: Any, name: str) -> Iterator[str]:
    for label, system in scenario.systems.items():
        if system.use not in installed_systems():
            message = f"no system {system.use!r} is installed{_did_you_mean(system.use, list(installed_systems()))}"
            yield _line(name, data, ("systems", label, "use"), message)
            continue
        try:
            system_settings(system.use, system.settings)
        except ValidationError as problem:
            model = installed_systems()[system.use].load().Settings
            yield from _explain(problem, model, ("systems", label, "settings"), data, name)


def _threshold_problems(scenario: Scenario, data: Any, name: str) -> Iterator[str]:
    for label, bound in scenario.thresholds.items():
        at = ("thresholds", label)
        try:
            threshold = Threshold.parse(label, bound)
        except ValueError as problem:
            yield _line(name, data, at, str(problem))
            continue
        if threshold.system not in scenario.systems:
            message = f"no system {threshold.system!r}{_did_you_mean(threshold.system, list(scenario.systems))}"
            yield _line(name, data, at, message)


def _explain(problem: ValidationError, model: type[BaseModel], prefix: Location, data: Any, name: str) -> Iterator[str]:
    """A line for each error that pydantic found, at the place in the file where it is."""
    schema = model.model_json_schema()
    for error in problem.errors(include_url=False):
        inner = tuple(part for part in error["loc"] if part != "[key]")
        yield _line(name, data, prefix + inner, _message(error, _fields_at(schema, inner[:-1])))


def _message(error: ErrorDetails, fields: list[str]) -> str:
    match error["type"]:
        case "extra_forbidden":
            hint = _did_you_mean(str(error["loc"][-1]), fields) or f"; known here: {', '.join(fields)}"
            return f"unknown key{hint}"
        case "missing":
            return "is required, and is not there"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            message = error["msg"]
            return f"{message[0].lower()}{message[1:]}, not {error['input']!r}"


def _line(name: str, data: Any, location: Location, message: str) -> str:
    """`file:line:column: field: message`, at the last part of the location that the file has."""
    line, column = 0, 0
    here: Any = data
    for part in location:
        key = part
        if isinstance(here, Mapping) and key not in here:
            key = next((one for one in here if str(one) == str(part)), part)
        if not isinstance(here, CommentedMap | CommentedSeq) or not _has(here, key):
            break
        line, column = here.lc.key(key) if isinstance(here, Mapping) else here.lc.item(key)
        here = here[key]
    field = ".".join(str(part) for part in location)
    return f"{name}:{line + 1}:{column + 1}: {field}{': ' if field else ''}{message}"


def _has(here: Any, key: Any) -> bool:
    return key in here if isinstance(here, Mapping) else isinstance(key, int) and 0 <= key < len(here)


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


def _did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
