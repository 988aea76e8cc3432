"""The whole calibration: simulated, as tables and JSON, and written into a folder."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl

from sim.calibrate.comparison import Comparison, comparison_frame
from sim.calibrate.comscore import STUDY, cookie_deletion
from sim.calibrate.consumers import Behaviour, consumers
from sim.calibrate.plots import behaviour_plot, comscore_plot, shares_plot
from sim.report.plots.style import STYLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """All comparisons, and what the plots of behaviour are made of."""

    seed: int
    people: int
    comparisons: list[Comparison]
    behaviour: Behaviour


def calibrate(*, seed: int, people: int, replications: int, done: Callable[[], None] = lambda: None) -> Calibration:
    """Simulate what was published.

    Args:
        seed: Of the simulation.
        people: People, or computers, in each replication.
        replications: Independent populations of each study.
        done: Called after each of them, twice `replications` times.
    """
    computers = cookie_deletion(seed, people, replications, done)
    others, behaviour = consumers(seed, people, replications, done)
    return Calibration(seed=seed, people=people, comparisons=computers + others, behaviour=behaviour)


def write(calibration: Calibration, folder: Path) -> None:
    """Write tables and plots; `calibration.json` comes last, so that where it is all else is.

    Raises:
        OSError: If they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    summary = folder / "calibration.json"
    summary.unlink(missing_ok=True)
    with _writing(folder / "calibration.parquet") as path:
        comparison_frame(calibration.comparisons).write_parquet(path)
    with mpl.rc_context(cast(Any, STYLE)):
        figures = {
            "cookie_deletion": comscore_plot([one for one in calibration.comparisons if one.study == STUDY]),
            "shares": shares_plot(calibration.comparisons),
            "behaviour": behaviour_plot(calibration.behaviour),
        }
        for name, figure in figures.items():
            for kind in ("png", "svg"):
                with _writing(folder / f"{name}.{kind}") as path:
                    figure.savefig(path, format=kind, metadata={"Date": None} if kind == "svg" else None)
    with _writing(summary) as path:
        path.write_text(_as_json(calibration), encoding="utf-8")


def _as_json(calibration: Calibration) -> str:
    rows = comparison_frame(calibration.comparisons).to_dicts()
    told = {
        "seed": calibration.seed,
        "people": calibration.people,
        "comparisons": [
            {
                name: None if isinstance(value, float) and not math.isfinite(value) else value
                for name, value in row.items()
            }
            for row in rows
        ],
    }
    return json.dumps(told, indent=1) + "\n"


@contextmanager
def _writing(path: Path) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
