"""The folder of a run. Its manifest says what was run and how far it came, so that no half-done folder looks complete.

Every file is written under a temporary name and moved into place.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import polars as pl

from sim.scenario import Scenario

_PACKAGES = ("crumbline", "simpy", "numpy", "scipy", "polars", "faker", "matplotlib", "publicsuffixlist")

Clock = Callable[[], datetime]


class FolderError(Exception):
    """The folder cannot be used or written to; the message says which and why."""


class RunFolder:
    """The folder of one run, while it is being written.

    States in its manifest: `started`, and in the end `finished`, `failed` or `interrupted`.
    """

    def __init__(self, path: Path, manifest: dict[str, Any], clock: Clock) -> None:
        self.path = path
        self._manifest = manifest
        self._clock = clock
        self._began = clock()

    @classmethod
    @contextlib.contextmanager
    def start(cls, root: Path, scenario: Scenario, *, command: str, clock: Clock) -> Iterator[Self]:
        """Make a new folder below `root`, named after the scenario and the moment, and write `started` into it.

        Leaving the context by an exception writes `failed` (`interrupted` for a KeyboardInterrupt) and the reason; an
        end without `finish` is a failure too.

        Raises:
            FolderError: If the folder is there already, or cannot be written.
        """
        resolved = scenario.model_dump(mode="json")
        digest = sha256(json.dumps(resolved, sort_keys=True).encode()).hexdigest()
        began = clock()
        path = root / scenario.name / f"{began:%Y%m%dT%H%M%S}-{digest[:8]}"
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            raise FolderError(
                f"{path}: another run is there already; start this one again for a folder of its own"
            ) from None
        except OSError as problem:
            raise FolderError(f"{path}: cannot make this folder: {problem.strerror}") from None
        manifest = {
            "state": "started",
            "command": command,
            "seed": scenario.seed,
            "scenario_hash": digest,
            "started": began.isoformat(),
            "git_commit": _git_commit(),
            "machine": {"system": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count()},
            "versions": {package: version(package) for package in _PACKAGES},
            "scenario": resolved,
        }
        folder = cls(path, manifest, clock)
        folder._write_manifest()
        try:
            yield folder
            if folder.state == "started":
                raise FolderError(f"{path}: the run ended without being finished")
        except BaseException as problem:
            state = "interrupted" if isinstance(problem, KeyboardInterrupt) else "failed"
            with contextlib.suppress(FolderError):
                folder.end(state, reason=str(problem) or type(problem).__name__)
            raise

    @property
    def state(self) -> str:
        """State that the manifest says."""
        return str(self._manifest["state"])

    def write(self, name: str, content: pl.DataFrame | str) -> None:
        """Write a table (Parquet) or a text into the folder."""
        with self.writing(name) as temporary:
            if isinstance(content, str):
                temporary.write_text(content, encoding="utf-8")
            else:
                content.write_parquet(temporary, compression="zstd")

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Give a temporary path, and move what is written there to `name` in the end.

        Raises:
            FolderError: If it cannot be written, as on a full disk; nothing is left under `name` then.
        """
        target = self.path / name
        temporary = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(exist_ok=True)
            yield temporary
            os.replace(temporary, target)
        except OSError as problem:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise FolderError(f"{target}: cannot be written: {problem.strerror or problem}") from problem

    def end(self, state: str, **details: Any) -> None:
        """Write the last state into the manifest, with the time taken."""
        ended = self._clock()
        self._manifest |= {"state": state, "ended": ended.isoformat(), "seconds": (ended - self._began).total_seconds()}
        self._manifest |= details
        self._write_manifest()

    def _write_manifest(self) -> None:
        self.write("manifest.json", json.dumps(self._manifest, indent=2) + "\n")


def _git_commit() -> str | None:
    """Commit of the checkout that this program runs from, with `+` if it has changes; `None` outside of one."""
    here = Path(__file__).parent

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(here), *words], capture_output=True, text=True, check=True).stdout

    try:
        commit = git("rev-parse", "HEAD").strip()
        return commit + ("+" if git("status", "--porcelain", "--untracked-files=no").strip() else "")
    except (OSError, subprocess.CalledProcessError):
        return None
