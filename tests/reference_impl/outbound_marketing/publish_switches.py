"""Writes the table of policy switches into the README of the system:
`python -m tests.reference_impl.outbound_marketing.publish_switches`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal, get_args, get_origin

from reference_impl import outbound_marketing
from reference_impl.outbound_marketing import Policy

README = Path(outbound_marketing.__file__).with_name("README.md")
BLOCK = re.compile(r"(<!-- switches -->\n).*?(<!-- end of switches -->)", re.DOTALL)


def table() -> str:
    """All switches: what each says, what it may be, its default first."""
    said = Policy().model_dump(mode="json")
    rows = [
        f"| `{name}` | {field.description} | {_values(field.annotation, said[name])} |\n"
        for name, field in Policy.model_fields.items()
    ]
    return "| switch | says | default, and others |\n|---|---|---|\n" + "".join(rows)


def _values(kind: object, default: object) -> str:
    values = (False, True) if kind is bool else get_args(kind) if get_origin(kind) is Literal else ()
    shown = [default, *(value for value in values if value != default)]
    return ", ".join(f"`{json.dumps(value) if isinstance(value, bool | list) else value}`" for value in shown)


def main() -> None:
    """Rewrite the README's block."""
    text = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda found: found[1] + table() + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
