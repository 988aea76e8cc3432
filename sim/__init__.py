"""Crumbline: simulated web traffic with a ground truth, to measure how well a system resolves people and visits.

From Python, a scenario is loaded and run in two lines:

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from sim import load, run
>>> experiment = load("scenarios/quickstart.yaml", ["population.people=20", "days=7", "replications=2"])
>>> with TemporaryDirectory() as folder:
...     result = run(experiment, folder)
>>> sorted(result.summary)
['as_is', 'no_fallback', 'timeout_20min']
>>> 0 <= result.summary["as_is"]["visits.boundary.f1"].mean <= 1
True
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from sim import compiled

if TYPE_CHECKING:
    from sim.runs import Result
    from sim.scenario import Experiment

compiled.choose()  # before any of those modules is imported


def load(path: str | PathLike[str], settings: Sequence[str] = ()) -> Experiment:
    """Read and check a scenario file.

    Args:
        path: The file.
        settings: Fields to set over the file's, each as `field=value`, such as `consent.accept=0.4`.

    Raises:
        ScenarioError: If there is no such file, or anything in it is wrong (`sim.scenario.ScenarioError`).
    """
    from sim.scenario import load_experiment  # noqa: PLC0415 - so that a part of the package loads without the whole

    return load_experiment(Path(path), settings)


def run(experiment: Experiment, results: str | PathLike[str] = "results", workers: int = 1) -> Result:
    """Run a scenario, at each point of its sweep where it has one, into a folder of its own below `results`.

    Args:
        experiment: What `load` gave.
        results: Folder for the run's folder.
        workers: Processes to use. With more than one, call this from a script's `if __name__ == "__main__":`.

    Returns:
        Summary, tables and verdicts, and where the files are.
    """
    from sim.runs import run as run_experiment  # noqa: PLC0415

    def wall_clock() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the caller's edge, where the wall clock comes in

    return run_experiment(experiment, Path(results), clock=wall_clock, command="sim.run(...)", workers=workers)


__all__ = ["load", "run"]
