"""What there is to take by name into a scenario, for a terminal."""

from __future__ import annotations

from difflib import get_close_matches

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from sim.scenario import PRESET_KINDS, Preset, presets


def presets_overview() -> RenderableType:
    """All presets, with how many of their figures are assumptions."""
    table = Table("part", "preset", "what it is", "figures", "assumed", box=None, pad_edge=False)
    for kind in PRESET_KINDS:
        for name, preset in presets(kind).items():
            assumed = sum(figure.assumed for figure in preset.figures.values())
            table.add_row(kind, name, escape(preset.describes), str(len(preset.figures)), str(assumed))
    return table


def preset_details(name: str) -> RenderableType:
    """Every figure of the presets of a name, with its source; a population and its browsers may share a name.

    Raises:
        ValueError: If there is none of that name.
    """
    found = [(kind, presets(kind)[name]) for kind in PRESET_KINDS if name in presets(kind)]
    if not found:
        known = sorted({one for kind in PRESET_KINDS for one in presets(kind)})
        near = get_close_matches(name, known, n=1)
        raise ValueError(
            f"no preset {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}")
        )
    return Group(*(_figures(kind, name, preset) for kind, preset in found))


def _figures(kind: str, name: str, preset: Preset) -> RenderableType:
    table = Table(
        "field",
        "value",
        "source",
        title=f"{kind}: {{preset: {name}}}",
        caption=escape(preset.describes) + " Fields not listed have the scenario's defaults, which are assumptions.",
        title_justify="left",
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    for field, figure in preset.figures.items():
        table.add_row(field, escape(_spelt(figure.value)), escape(figure.source))
    return table


def _spelt(value: object) -> str:
    """A value as a scenario file would write it on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_spelt(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(_spelt(one) for one in value) + "]"
        case _:
            return str(value)
