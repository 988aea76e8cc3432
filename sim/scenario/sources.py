"""Where a scenario's fields come from: its file, the files that this one extends, and what the command line sets."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

Location = tuple[int | str, ...]

EXTENDS, REST = "extends", "rest"


class ScenarioError(Exception):
    """A scenario file cannot be used; the message has a line for each thing that is wrong."""


@dataclass(frozen=True, slots=True)
class Source:
    """Fields from one place."""

    name: str
    """What to call it in an error: the file, or `--set`."""
    data: Mapping[str, Any]


def read_sources(path: Path, seen: tuple[Path, ...] = ()) -> list[Source]:
    """A scenario file and the files that it extends, itself first.

    Raises:
        ScenarioError: If a file is not there, is not YAML, or extends itself.
    """
    if path.resolve() in seen:
        chain = " -> ".join(str(one.name) for one in (*seen, path))
        raise ScenarioError(f"{path}: extends itself: {chain}")
    source = text_source(_read(path), str(path))
    base = source.data.get(EXTENDS)
    if base is None:
        return [source]
    if not isinstance(base, str):
        raise ScenarioError(
            line_of([source], (EXTENDS,), "is the path of another scenario file, from this one's folder")
        )
    try:
        return [source, *read_sources(path.parent / base, (*seen, path.resolve()))]
    except ScenarioError as problem:
        if str(problem).startswith(f"{path.parent / base}: no such file"):
            raise ScenarioError(line_of([source], (EXTENDS,), str(problem))) from None
        raise


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        near = [str(one) for one in sorted(path.parent.glob("*.yaml"))] if path.parent.is_dir() else []
        raise ScenarioError(f"{path}: no such file{did_you_mean(str(path), near)}") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ScenarioError(f"{path}: cannot be read: {problem}") from None


def text_source(text: str, name: str) -> Source:
    """Fields given as YAML text.

    Raises:
        ScenarioError: If it is not YAML, or no mapping.
    """
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise ScenarioError(f"{where}: not valid YAML: {problem.problem or problem.context}") from None
    if not isinstance(data, Mapping):
        raise ScenarioError(f"{name}:1:1: a scenario is a mapping of fields, such as `name: quickstart`")
    return Source(name, data)


def set_source(settings: Sequence[str]) -> Source:
    """Fields set on the command line.

    Args:
        settings: Each as `field=value`, the field dotted, the value as in YAML.

    Raises:
        ScenarioError: If one is not of that form.
    """
    data: dict[str, Any] = {}
    for setting in settings:
        field, equals, value = setting.partition("=")
        if not (field and equals):
            raise ScenarioError(f"--set {setting}: write field=value, such as --set population.people=1000")
        try:
            put(data, field, YAML(typ="safe").load(value))
        except YAMLError:
            raise ScenarioError(f"--set {setting}: {value!r} is not a value in YAML") from None
    return Source("--set", data)


def merged(sources: Sequence[Source]) -> dict[str, Any]:
    """The fields of all sources, the first ones going before the later ones; mappings are merged, all else replaced."""
    whole: dict[str, Any] = {}
    for source in reversed(sources):
        whole = _merge(whole, source.data)
    whole.pop(EXTENDS, None)
    return whole


def _merge(base: Any, over: Any) -> Any:
    if isinstance(over, Mapping):
        kept = dict(base) if isinstance(base, Mapping) else {}
        return {**kept, **{key: _merge(kept.get(key), value) for key, value in over.items()}}
    return list(over) if isinstance(over, list) else over


def put(data: Any, field: str, value: Any) -> None:
    """Set a dotted field in nested mappings and lists, which are made where they are missing.

    >>> data = {"clearing": [{"share": 1}]}
    >>> put(data, "clearing.0.share", 0.5); put(data, "consent.accept", 0.2); data
    {'clearing': [{'share': 0.5}], 'consent': {'accept': 0.2}}
    """
    *parents, last = field.split(".")
    for part in parents:
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
            continue
        if not isinstance(data.get(part), dict | list):
            data[part] = {}
        data = data[part]
    if isinstance(data, list) and last.isdigit() and int(last) < len(data):
        data[int(last)] = value
    else:
        data[last] = value


def with_rests(node: Any) -> Any:
    """Fill in each share that is `rest`: what its neighbours leave of 1.

    >>> with_rests({"chromium": "rest", "safari": 0.3})
    {'chromium': 0.7, 'safari': 0.3}
    >>> with_rests([{"share": 0.6}, {"share": "rest", "every": "20d"}])
    [{'share': 0.6}, {'share': 0.4, 'every': '20d'}]
    """
    if isinstance(node, list):
        items = [with_rests(value) for value in node]
        shares = [item["share"] for item in items if isinstance(item, dict) and "share" in item]
        left = _left(shares)
        filled = []
        for item in items:
            rest = isinstance(item, dict) and item.get("share") == REST
            filled.append({**item, "share": left} if rest else item)
        return filled
    if not isinstance(node, Mapping):
        return node
    left = _left(list(node.values()))
    # within a list the neighbours of a `share` are those of the other items
    return {key: left if value == REST and key != "share" else with_rests(value) for key, value in node.items()}


def _left(values: Sequence[Any]) -> Any:
    """What numbers leave of 1, where one value alone is `rest`; else `rest` stays, for the schema to refuse."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return round(1 - sum(numbers), 12) if list(values).count(REST) == 1 else REST


def line_of(sources: Sequence[Source], location: Location, message: str) -> str:
    """`file:line:column: field: message`, at the last part of the location that a source has; the first that has it
    whole, or else has most of it.
    """
    found = [(*_position(source.data, location), source) for source in sources]
    _, line, column, source = max(found, key=lambda one: one[0])
    field = ".".join(str(part) for part in location)
    where = source.name if line is None else f"{source.name}:{line + 1}:{column + 1}"
    return f"{where}: {field}{': ' if field else ''}{message}"


def _position(data: Any, location: Location) -> tuple[int, int | None, int]:
    """How many parts of a location are there, and line and column of the last of them; no line: it is in no file."""
    line: int | None = 0 if isinstance(data, CommentedMap) else None
    column, here, depth = 0, data, 0
    for part in location:
        key = part
        if isinstance(here, Mapping) and key not in here:
            key = next((one for one in here if str(one) == str(part)), part)
        if not _has(here, key):
            break
        if isinstance(here, CommentedMap):
            line, column = here.lc.key(key)
        elif isinstance(here, CommentedSeq):
            line, column = here.lc.item(key)
        here, depth = here[key], depth + 1
    return depth, line, column


def _has(here: Any, key: Any) -> bool:
    if isinstance(here, Mapping):
        return key in here
    return isinstance(here, list) and isinstance(key, int) and 0 <= key < len(here)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The nearest known word, as the end of a message; empty where none is near."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
