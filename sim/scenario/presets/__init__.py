"""Ready-made parts of a scenario: populations, browser mixes and consent banners, every figure with its source.

A scenario takes one by name and overrides what it likes: `population: {preset: consumer_us, people: 2000}`. What it
says itself wins, figure by figure; a mix of shares is one figure. What neither says is the schema's default.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from ruamel.yaml import YAML

from sim.scenario.parts import Part

KINDS = ("population", "browsers", "consent")
"""Parts of a scenario that have presets."""

ASSUMPTION = "assumption"
"""What the source of a figure begins with if nobody measured it."""


class Figure(Part):
    """One figure of a preset."""

    value: Any
    source: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1),
        Field(description="Who published it, or `assumption`, and how it was read."),
    ]

    @property
    def assumed(self) -> bool:
        """Whether nobody measured it."""
        return self.source.startswith(ASSUMPTION)


class Preset(Part):
    """One preset, as its file says it."""

    describes: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    figures: Annotated[
        dict[str, Figure], Field(min_length=1, description="By the field of the part, `pages.mean` for one within.")
    ]

    def filled_in(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """The figures of the preset, with those that a scenario's part gives itself in their place."""
        whole: dict[str, Any] = _copied(part)
        for path, figure in self.figures.items():
            *outer, last = path.split(".")
            here: Any = whole
            for name in outer:
                here = here.setdefault(name, {}) if isinstance(here, dict) else None
            if isinstance(here, dict):
                here.setdefault(last, figure.value)
        return whole


class UnknownPresetError(ValueError):
    """There is no preset of this name."""


@cache
def presets(kind: str) -> dict[str, Preset]:
    """All presets of one of the `KINDS`, by name."""
    folder = files(__name__).joinpath(kind)
    names = sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))
    return {
        name: Preset.model_validate(YAML(typ="safe").load(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8")))
        for name in names
    }


def with_preset(kind: str, part: Mapping[str, Any]) -> dict[str, Any]:
    """Replace the `preset` of a scenario's part by its figures.

    Raises:
        UnknownPresetError: If there is none of that name.
    """
    name = str(part["preset"])
    known = presets(kind)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise UnknownPresetError(f"no preset {name!r}; {hint}")
    return known[name].filled_in({field: value for field, value in part.items() if field != "preset"})


def _copied(node: Any) -> Any:
    """A copy whose mappings can be filled in."""
    return {key: _copied(value) for key, value in node.items()} if isinstance(node, Mapping) else node
