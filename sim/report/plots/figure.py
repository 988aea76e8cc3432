"""One figure for a slide: a metric over a field, of one run, a sweep, or several runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from sim.measure import METRICS, Interval, no_such_metric
from sim.report.finished import FinishedRun, summary_of
from sim.report.plots.style import PALETTE, STYLE

SYSTEM = "system"


def draw_figure(runs: Sequence[FinishedRun], *, x: str, y: str, by: str, path: Path) -> None:
    """Draw a metric with its 95 % intervals; the kind of file is the ending of its name.

    Args:
        runs: Runs or sweeps.
        x: Along the axis: `system`, or a dotted field of the scenario, such as `browsers.phone.safari`.
        y: The metric.
        by: A line each: `system` or a dotted field.
        path: PNG, SVG or PDF.

    Raises:
        ValueError: If there is no such metric or field, or no such kind of file.
    """
    if y not in METRICS:
        raise ValueError(no_such_metric(y))
    lines: dict[str, list[tuple[Any, Interval]]] = {}
    for fields, system, interval in _found(runs, y):
        series, place = (system if name == SYSTEM else _field(fields, name) for name in (by, x))
        lines.setdefault(str(series), []).append((place, interval))
    numbers = all(
        isinstance(place, int | float) and not isinstance(place, bool) for one in lines.values() for place, _ in one
    )
    names = list(dict.fromkeys(str(place) for one in lines.values() for place, _ in one))
    with mpl.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(9, 5), layout="constrained")
        axes = figure.subplots()
        for (series, points), colour in zip(lines.items(), PALETTE * len(lines), strict=False):
            ordered = sorted(points, key=lambda one: one[0]) if numbers else points
            at = [place if numbers else names.index(str(place)) for place, _ in ordered]
            means = np.array([interval.mean for _, interval in ordered])
            spread = np.nan_to_num([[one.mean - one.low, one.high - one.mean] for _, one in ordered]).T
            axes.errorbar(at, means, yerr=spread, fmt="o-" if numbers else "o", color=colour, capsize=4, label=series)
        if not numbers:
            axes.set_xticks(range(len(names)), names)
        axes.set(xlabel=x, ylabel=f"{y} (mean, 95 % interval)")
        axes.grid(axis="y", color="0.9")
        figure.legend(loc="outside right upper", frameon=False, title=by)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _found(runs: Sequence[FinishedRun], metric: str) -> Iterator[tuple[dict[str, Any], str, Interval]]:
    """What a point's scenario says, the system, and the metric's interval."""
    for run in runs:
        said = run.scenario.model_dump(mode="json")
        for point in run.points or [{"values": {}, "metrics": run.results["metrics"]}]:
            for system, metrics in summary_of(point["metrics"]).items():
                yield said | point["values"], system, metrics[metric]


def _field(fields: dict[str, Any], path: str) -> Any:
    """The value of a dotted field, which a sweep gives by its whole path."""
    if path in fields:
        return fields[path]
    found: Any = fields
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            raise ValueError(f"no field {path!r} in the scenario of the run")
        found = found[name]
    return found
