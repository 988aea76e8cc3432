"""The modules that a page load goes through are compiled when Crumbline is installed where there is a C compiler.

They are plain Python all the same, and do the same as such, in about twice the time. A compiled module would hide its
source: so all of them run from source once any source differs from what was compiled, or `CRUMBLINE_PURE` is set.
`hatch_build.py` compiles them, with mypyc.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType

MODULES = (
    "sim.browser.cookie",
    "sim.browser.jar",
    "sim.browser.page",
    "sim.browser.rules",
    "sim.browser.set_cookie",
    "sim.browser.shape",
    "sim.browser.terms",
    "sim.drive.columns",
    "sim.drive.messages",
    "reference_impl.outbound_marketing.record",
    "reference_impl.outbound_marketing.rules",
    "reference_impl.outbound_marketing.script",
    "reference_impl.outbound_marketing.service",
)

PURE = "CRUMBLINE_PURE"
"""Environment variable: whatever it holds, nothing is compiled, and what was compiled is not used."""

RECORD = "sim/compiled.json"
"""File beside this one that is written once all modules are compiled: a hash of each source, by module."""


def hashes(root: Path) -> dict[str, str]:
    """A hash of the source of each module below a folder."""
    return {name: sha256(Path(root, *name.split(".")).with_suffix(".py").read_bytes()).hexdigest() for name in MODULES}


def is_compiled(root: Path = Path(__file__).parents[1], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the modules below a folder run compiled: they were, from the very sources that are there."""
    record = root / RECORD
    return PURE not in environment and record.exists() and json.loads(record.read_text()) == hashes(root)


class FromSource:
    """Finds the source of those modules even where a compiled form stands beside it."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of one of the modules; `None` of any other."""
        if name not in MODULES or path is None:
            return None
        return FileFinder(path[0], (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name)


def choose() -> None:
    """Let the modules be imported compiled, or else from source."""
    if not is_compiled():
        sys.meta_path.insert(0, FromSource)
