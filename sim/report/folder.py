"""The folder of a run. Its manifest says what was run and how far it came, so that no half-done folder looks complete.

Every file is written under a temporary name and moved into place.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import polars as pl

from sim.scenario import Experiment, ScenarioError, parse_experiment

_PACKAGES = ("crumbline", "simpy", "numpy", "scipy", "polars", "faker", "matplotlib", "publicsuffixlist")

Clock = Callable[[], datetime]

Tables = dict[str, pl.DataFrame]
"""What a point leaves: tidy tables by the name of their file, each with its replication and system."""

Unit = tuple[int, int]
"""A unit of work: the number of a group of points that share a trace, and that of a replication."""


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
    def start(cls, root: Path, experiment: Experiment, *, command: str, clock: Clock) -> Iterator[Self]:
        """Make a new folder below `root`, named after the scenario and the moment, and write `started` into it.

        Leaving the context by an exception writes `failed` (`interrupted` for a KeyboardInterrupt) and the reason; an
        end without `finish` is a failure too.

        Raises:
            FolderError: If the folder is there already, or cannot be written.
        """
        scenario = experiment.scenario
        resolved = scenario.model_dump(mode="json")
        if experiment.sweep is not None:
            resolved["sweep"] = experiment.sweep.written()
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
            **({} if experiment.given is None else {"given": experiment.given}),
        }
        with cls(path, manifest, clock)._filling() as folder:
            yield folder

    @classmethod
    @contextlib.contextmanager
    def reopen(cls, path: Path, *, clock: Clock) -> Iterator[tuple[Self, Experiment]]:
        """Open the folder of a run that came to no end, to go on with it.

        Raises:
            FolderError: If there is no such run, or it is finished, or goes on right now.
        """
        try:
            manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
            experiment = parse_experiment(json.dumps(as_given(manifest)), str(path / "manifest.json"))
        except OSError:
            raise FolderError(f"{path}: no manifest.json is there; give the folder of a run") from None
        except (json.JSONDecodeError, KeyError, ScenarioError) as problem:
            raise FolderError(f"{path}: its manifest cannot be read: {problem}") from None
        if manifest["state"] == "finished":
            raise FolderError(f"{path}: this run is finished; there is nothing to go on with")
        if manifest["state"] == "started" and _is_alive(manifest.get("process")):
            raise FolderError(f"{path}: this run goes on right now, in process {manifest['process']}")
        for ended in ("ended", "seconds", "reason"):
            manifest.pop(ended, None)
        manifest |= {"state": "started", "resumed": clock().isoformat()}
        with cls(path, manifest, clock)._filling() as folder:
            yield folder, experiment

    @contextlib.contextmanager
    def _filling(self) -> Iterator[Self]:
        self._manifest["process"] = os.getpid()
        self._write_manifest()
        try:
            yield self
            if self.state == "started":
                raise FolderError(f"{self.path}: the run ended without being finished")
        except BaseException as problem:
            state = "interrupted" if isinstance(problem, KeyboardInterrupt) else "failed"
            with contextlib.suppress(FolderError):
                self.end(state, reason=str(problem) or type(problem).__name__)
            raise

    def add_part(self, unit: Unit, tables: list[Tables]) -> None:
        """Keep the tables of a unit of work, all or none of them.

        Raises:
            FolderError: If they cannot be written.
        """
        target = self.path / "parts" / f"{unit[0]}-{unit[1]}"
        temporary = target.with_name(f".{target.name}.part")
        try:
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            for place, of_point in enumerate(tables):
                for name, table in of_point.items():
                    table.write_parquet(temporary / f"{place}.{name}.parquet", compression="zstd")
            os.replace(temporary, target)
        except OSError as problem:
            with contextlib.suppress(OSError):
                shutil.rmtree(temporary, ignore_errors=True)
            raise FolderError(f"{target}: cannot be written: {problem.strerror or problem}") from problem

    def parts(self) -> dict[Unit, list[Tables]]:
        """The tables of the units of work that were kept."""
        kept: dict[Unit, list[Tables]] = {}
        for folder in sorted((self.path / "parts").glob("[!.]*")):
            group, replication = map(int, folder.name.split("-"))
            of_points: dict[int, Tables] = {}
            for file in sorted(folder.glob("*.parquet")):
                place, name, _ = file.name.split(".")
                of_points.setdefault(int(place), {})[name] = pl.read_parquet(file)
            kept[group, replication] = [of_points[place] for place in sorted(of_points)]
        return kept

    def drop_parts(self) -> None:
        """Remove what was kept of the units of work, once their results are written."""
        shutil.rmtree(self.path / "parts", ignore_errors=True)

    @property
    def command(self) -> str:
        """The command that repeats the run."""
        return str(self._manifest["command"])

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
        """Write the last state into the manifest, with the time taken and details that are not empty."""
        self._manifest.pop("process", None)
        ended = self._clock()
        self._manifest |= {"state": state, "ended": ended.isoformat(), "seconds": (ended - self._began).total_seconds()}
        self._manifest |= {name: detail for name, detail in details.items() if detail}
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


def as_given(manifest: dict[str, Any]) -> dict[str, Any]:
    """The scenario of a run as it can be read again: with a sweep, as it was given."""
    return dict(manifest.get("given", manifest["scenario"]))


def _is_alive(process: int | None) -> bool:
    if process is None or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
