"""The page for a design review: one self-contained HTML file, that needs no network, of one run or several."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.measure import METRICS, Error, Interval
from sim.report.assumptions import assumptions, spelt
from sim.report.finished import FinishedRun, interval_of, summary_of
from sim.report.terminal import HEADLINES

_PLOTS = {
    "identity_f1": "F1 of identities by system, over pairs and B-cubed, with 95 % intervals.",
    "visit_boundaries": "Precision, recall and F1 of visit boundaries by system, with 95 % intervals.",
    "precision_recall": "Precision against recall of identities and of visit boundaries, one point a system.",
    "identities_per_person": "Share of people by the number of identities they are taken for, by system.",
    "accuracy_over_time": "B-cubed precision and recall by weeks since a person's first visit, by system.",
    "visit_lengths": "Share of visits by their page loads, true and as each system believes.",
}
"""Plots of every run, with what they show in words; their figures are in the tables of the page."""
_CAUSES_SHOWN = 6
_COMPARED = ("identity.pairwise.f1", "contacts.coverage", "visits.boundary.f1")


def page(runs: Sequence[FinishedRun]) -> str:
    """Make the page, as HTML. A section whose table a run does not have is left out.

    Args:
        runs: The runs, at least one; several are set side by side first, and then told one by one.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    names = [run.scenario.name for run in runs]
    titles = [name if names.count(name) == 1 else f"{name}, run {place}" for place, name in enumerate(names, 1)]
    environment.filters |= {"figure": _figure, "difference": _difference}
    template = environment.from_string(files(__package__).joinpath("page.html.jinja").read_text(encoding="utf-8"))
    return template.render(
        runs=[
            _told(run, title, f"run-{number}") for number, (run, title) in enumerate(zip(runs, titles, strict=True), 1)
        ],
        headlines=HEADLINES,
        metrics=METRICS,
    )


def _told(run: FinishedRun, title: str, element_id: str) -> dict[str, Any]:
    """What the template says of a run."""
    summary = run.summary
    return {
        "id": element_id,
        "title": title,
        "scenario": run.scenario,
        "manifest": run.manifest,
        "summary": summary,
        "points": [(spelt(point["values"]), summary_of(point["metrics"])) for point in run.points],
        "plots_of_sweep": _plots_of_sweep(run),
        "indices": _indices(run),
        "verdicts": _verdicts(run),
        "precision": run.results.get("precision", ""),
        "differences": _differences(run),
        "causes": _causes(run),
        "gains": _gains(run),
        "compared": {metric: HEADLINES[metric] for metric in _COMPARED},
        "plots": [(_picture(run, name), words) for name, words in _PLOTS.items() if _has(run, name)],
        "plot_of_causes": _picture(run, "causes_of_breaks") if _has(run, "causes_of_breaks") else "",
        "plot_of_gains": _picture(run, "what_if") if _has(run, "what_if") else "",
        "histories": [
            (_inline(story.with_suffix(".svg")), story.read_text(encoding="utf-8").splitlines())
            for story in sorted((run.folder / "explain").glob("*.txt"))
        ],
        "assumptions": assumptions(run.scenario),
    }


def _plots_of_sweep(run: FinishedRun) -> list[tuple[str, str]]:
    """Curves over one field, a heat map a system over two, or Sobol' indices: whichever were drawn, with words."""
    drawn = {"sweep": "Headline metrics over the points of the sweep, by system, with 95 % bands."}
    for system in run.scenario.systems:
        drawn[f"sweep_{system}"] = f"Headline metrics of {system} over two fields of the sweep."
    drawn["sensitivity"] = "Sobol' indices of the headline metrics, by itself and in total, with 95 % intervals."
    return [(_picture(run, name), words) for name, words in drawn.items() if _has(run, name)]


def _indices(run: FinishedRun) -> list[tuple[str, str, dict[str, list[Interval]]]]:
    """System, field, and the Sobol' indices of each headline metric: of the first order, and in total."""
    found: dict[tuple[str, str], dict[str, list[Interval]]] = {}
    for row in run.results.get("sensitivity", []):
        if row["metric"] in _COMPARED:
            found.setdefault((row["system"], row["field"]), {})[row["metric"]] = [
                Interval(row[name], row[name] - row[f"{name}_half"], row[name] + row[f"{name}_half"], math.nan, 1)
                for name in ("first", "total")
            ]
    return [(*key, indices) for key, indices in found.items()]


def _verdicts(run: FinishedRun) -> list[dict[str, Any]]:
    """Each threshold with its verdict and interval; in a sweep, at each point, which `where` names."""
    where = [(spelt(point["values"]), point) for point in run.points] or [("", run.results)]
    return [{**one, "interval": interval_of(one), "where": place} for place, told in where for one in told["verdicts"]]


def _differences(run: FinishedRun) -> dict[str, dict[str, Interval]]:
    """Paired differences from the scenario's first system, by system and metric."""
    first = next(iter(run.scenario.systems))
    found: dict[str, dict[str, Interval]] = {}
    for row in run.results.get("differences", []):
        if row["first"] == first and row["metric"] in _COMPARED:
            found.setdefault(row["second"], {})[row["metric"]] = interval_of(row)
    return found


def _gains(run: FinishedRun) -> list[tuple[str, str, dict[str, Interval]]]:
    """System, alternative, gain of each metric; worlds without one cause alone."""
    found: dict[tuple[str, str], dict[str, Interval]] = {}
    for row in run.results.get("gains", []):
        if row["alternative"].startswith("without ") and row["metric"] in _COMPARED:
            found.setdefault((row["system"], row["alternative"]), {})[row["metric"]] = interval_of(row)
    return [(*key, metrics) for key, metrics in found.items()]


def _causes(run: FinishedRun) -> list[tuple[str, str, dict[str, str]]]:
    """Error, cause, share of the errors of that kind by system; the most frequent causes."""
    counts = run.results.get("causes", [])
    total: dict[tuple[str, str], int] = {}
    for row in counts:
        key = (row["system"], row["error"])
        total[key] = total.get(key, 0) + row["count"]
    found = []
    for error in Error:
        by_cause: dict[str, dict[str, float]] = {}
        for row in (one for one in counts if one["error"] == error.value):
            share = row["count"] / total[row["system"], error.value]
            by_cause.setdefault(row["cause"], {})[row["system"]] = share
        ordered = sorted(by_cause.items(), key=lambda one: -max(one[1].values()))
        for cause, shares in ordered[:_CAUSES_SHOWN]:
            found.append((error.value, cause, {name: f"{share:.1%}" for name, share in shares.items()}))
    return found


def _has(run: FinishedRun, plot: str) -> bool:
    return (run.folder / f"{plot}.svg").exists()


def _picture(run: FinishedRun, plot: str) -> str:
    return _inline(run.folder / f"{plot}.svg")


def _inline(svg: Path) -> str:
    """An SVG as the address of an image, so that ids within two of them don't meet."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.read_bytes()).decode()


def _figure(interval: Interval) -> Markup:
    if math.isnan(interval.mean):
        return Markup("&ndash;")
    bounds = "" if math.isnan(interval.low) else f" <small>{interval.low:.4f} to {interval.high:.4f}</small>"
    return Markup(f"{interval.mean:.4f}{bounds}")


def _difference(interval: Interval) -> Markup:
    """A difference with its interval; one that may be none at all is said to be so."""
    if math.isnan(interval.mean):
        return Markup("&ndash;")
    bounds = "" if math.isnan(interval.low) else f" <small>{interval.low:+.4f} to {interval.high:+.4f}</small>"
    none = " <small>may be none</small>" if interval.includes_zero else ""
    return Markup(f"{interval.mean:+.4f}{bounds}{none}")
