"""A finished run, read back from its folder."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sim.measure import Interval
from sim.report.folder import FolderError, as_given
from sim.report.tables import Summary
from sim.scenario import Scenario, ScenarioError, parse


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What pages, comparisons and single figures are made from."""

    folder: Path
    scenario: Scenario
    manifest: dict[str, Any]
    results: dict[str, Any]
    """What summary.json says."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a run's folder.

        Raises:
            FolderError: If it holds no finished run, or one that this version cannot read.
        """
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            if manifest["state"] != "finished":
                raise FolderError(f"{folder}: this run is not finished, its manifest says {manifest['state']}")
            results = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
            scenario = parse(json.dumps(as_given(manifest)), str(folder / "manifest.json"))
        except OSError as problem:
            raise FolderError(
                f"{problem.filename}: {problem.strerror}; give the folder that a run printed at its end"
            ) from None
        except (json.JSONDecodeError, KeyError, ScenarioError) as problem:
            raise FolderError(f"{folder}: this run cannot be read: {problem}") from None
        return cls(folder, scenario, manifest, results)

    @property
    def summary(self) -> Summary:
        """Interval of each metric of each system; empty for a sweep, whose `points` have one each."""
        return summary_of(self.results.get("metrics", {}))

    @property
    def points(self) -> list[dict[str, Any]]:
        """What summary.json says of each point of a sweep, `values` being what it sets; empty for other runs."""
        return list(self.results.get("points", []))


def summary_of(metrics: dict[str, dict[str, dict[str, Any]]]) -> Summary:
    """A summary as JSON has it."""
    return {
        system: {metric: interval_of(figures) for metric, figures in of_system.items()}
        for system, of_system in metrics.items()
    }


def interval_of(figures: dict[str, Any]) -> Interval:
    """An interval as JSON has it, where null is not a number."""
    mean, low, high, sd = (math.nan if figures[key] is None else figures[key] for key in ("mean", "low", "high", "sd"))
    return Interval(mean, low, high, sd, figures["n"])
