"""Every figure that a scenario rests on, with its meaning and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sim.durations import parse_duration
from sim.scenario import Scenario
from sim.scenario.presets import KINDS, Preset, presets


@dataclass(frozen=True, slots=True)
class Assumption:
    """A field of the scenario."""

    field: str
    value: str
    meaning: str
    source: str


def assumptions(scenario: Scenario) -> list[Assumption]:
    """All fields of a scenario that its results depend on.

    A run keeps a scenario resolved, so a preset is known by its figures: the one that most fields of a part are equal
    to, if more than half of its own figures are among them.
    """
    given = {kind: _preset_of(kind, scenario) for kind in KINDS}
    found = []
    for field in _fields(scenario, ""):
        part, _, within = field.path.partition(".")
        if part in _ABOUT_THE_RUN:
            continue
        name, preset = given.get(part, ("", None))
        figure = preset.figures.get(within) if preset else None
        if figure is not None and _same(field.value, figure.value):
            source = f"preset {name}: {figure.source}"
        elif field.is_default:
            source = "default: an assumption unless its meaning names a source"
        else:
            source = "given by the scenario"
        found.append(Assumption(field.path, spelt(field.value), field.meaning, source))
    return found


_ABOUT_THE_RUN = {"name", "question", "seed", "thresholds", "precision", "max_replications", "what_if"}


def _preset_of(kind: str, scenario: Scenario) -> tuple[str, Preset | None]:
    values = {field.path: field.value for field in _fields(getattr(scenario, kind), f"{kind}.")}
    ranked = [
        (sum(_same(values.get(f"{kind}.{path}"), one.value) for path, one in preset.figures.items()), name, preset)
        for name, preset in presets(kind).items()
    ]
    equal, name, preset = max(ranked, key=lambda one: one[0])
    return (name, preset) if 2 * equal > len(preset.figures) else ("", None)


@dataclass(frozen=True, slots=True)
class _Field:
    path: str
    value: Any
    """As a scenario file would say it."""
    is_default: bool
    meaning: str


def _fields(part: BaseModel | Mapping[Any, Any], path: str) -> Iterator[_Field]:
    """Each field, those of parts within parts too."""
    if not isinstance(part, BaseModel):
        for key, value in part.items():
            yield _Field(f"{path}{key}", value, False, "")
        return
    said = part.model_dump(mode="json")
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, BaseModel):
            yield from _fields(value, f"{path}{name}.")
        else:
            default = field.get_default(call_default_factory=True, validated_data={})
            yield _Field(f"{path}{name}", said[name], value == default, field.description or "")


def _same(value: object, figure: object) -> bool:
    """Whether a value of a scenario is what a preset's file says, where spans of time may be spelt in other units."""
    match value, figure:
        case dict(), dict():
            keys = {str(key) for key in figure}
            return value.keys() >= keys and all(_same(value[str(key)], one) for key, one in figure.items())
        case list(), list():
            return len(value) == len(figure) and all(map(_same, value, figure))
        case str(), str() if value != figure:
            try:
                return parse_duration(value) == parse_duration(figure)
            except ValueError:
                return False
    return value == figure


def spelt(value: Any) -> str:
    """A value in words, on one line."""
    match value:
        case dict():
            return ", ".join(f"{key}: {spelt(one)}" for key, one in value.items()) or "none"
        case list():
            return "; ".join(spelt(one) for one in value) or "none"
        case bool():
            return "yes" if value else "no"
        case None:
            return "none"
    return str(value)
