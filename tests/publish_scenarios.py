"""Runs the shipped scenarios and writes their index: `python -m tests.publish_scenarios`.

Every figure of the index is taken from a run's summary; nothing is typed. Name scenarios to publish only those.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import matplotlib as mpl

from sim.report.finished import interval_of
from sim.report.plots.style import STYLE
from sim.report.plots.sweeps import curves
from sim.report.plots.systems import by_system
from sim.report.terminal import HEADLINES
from sim.scenario import load, load_experiment

ROOT = Path(__file__).parents[1]
SCENARIOS = ROOT / "scenarios"
INDEX = SCENARIOS / "README.md"
PUBLISHED = ROOT / "results" / "published" / "scenarios"
COMPARED = ("identity.pairwise.f1", "contacts.coverage", "visits.boundary.f1")
INTRODUCTION = """# Scenarios

Each answers a question of a design review. The findings are those of the files as they are, with 95 % intervals,
written by `python -m tests.publish_scenarios`. They are about the system's rules under each scenario's assumptions, not
a forecast. [quickstart.yaml](quickstart.yaml) and its table are in the main README, and
[third_party_blocked.yaml](third_party_blocked.yaml) asks the same where every browser blocks third-party cookies. The
two benchmarks are for speed.
"""
ELSEWHERE = {"quickstart", "third_party_blocked", "benchmark", "benchmark_everything"}
"""Scenarios that the introduction tells of."""


def shipped() -> list[str]:
    """Names of the scenarios that have a finding in the index."""
    return sorted({path.stem for path in SCENARIOS.glob("*.yaml")} - ELSEWHERE)


def finding(summary: dict[str, Any]) -> str:
    """What a run shows most clearly: its greatest gain, or else difference between systems, that is not none; or F1."""
    told = [
        (row, f"a world {row['alternative']} changes it")
        for row in summary.get("gains", [])
        if row["alternative"].startswith("without ")
    ]
    first = next(iter(summary["metrics"]))
    told = told or [
        (row, f"`{row['second']}` instead of `{first}` changes it")
        for row in summary["differences"]
        if row["first"] == first
    ]
    clear = [(row, words) for row, words in told if row["metric"] in COMPARED and _is_some(row)]
    if not clear:
        f1 = summary["metrics"][first]["identity.pairwise.f1"]
        base = f"`{first}` has {HEADLINES['identity.pairwise.f1']} of {_figure(f1, '.3f')}"
        return base + (", and no other system or what-if differs for certain." if told else ".")
    row, words = max(clear, key=lambda one: abs(one[0]["mean"]))
    system = row.get("system", first)
    base = summary["metrics"][system][row["metric"]]
    return f"`{system}` has {HEADLINES[row['metric']]} of {_figure(base, '.3f')}; {words} by {_figure(row, '+.3f')}."


def sweep_finding(points: list[dict[str, Any]]) -> str:
    """What a sweep shows most clearly: the metric that it moves most, at its lowest and its highest, in their order."""

    def mean(point: dict[str, Any], system: str, metric: str) -> float:
        return float(point["metrics"][system][metric]["mean"])

    systems = list(points[0]["metrics"])
    moves = {
        (system, metric): max(mean(point, system, metric) for point in points)
        - min(mean(point, system, metric) for point in points)
        for metric in COMPARED
        for system in systems
    }
    system, metric = max(moves, key=lambda one: moves[one])
    ends = sorted(
        pick(range(len(points)), key=lambda place: mean(points[place], system, metric)) for pick in (min, max)
    )
    first, second = (points[place] for place in ends)
    told = [
        f"`{name}` {'has ' + HEADLINES[metric] + ' of ' if name == system else ''}"
        + " and ".join(f"{_figure(point['metrics'][name][metric], '.3f')} at {_at(point)}" for point in (first, second))
        for name in (system, *(one for one in systems if one != system))
    ]
    low, high = sorted((point["metrics"][system][metric] for point in (first, second)), key=lambda row: row["mean"])
    chance = " These intervals meet: it may be chance." if low["high"] >= high["low"] else ""
    return "; ".join(told) + "." + chance


def _at(point: dict[str, Any]) -> str:
    field, value = next(iter(point["values"].items()))
    return f"`{field} = {value}`"


def _is_some(row: dict[str, Any]) -> bool:
    return row["low"] is not None and (row["low"] > 0 or row["high"] < 0)


def _figure(row: dict[str, Any], form: str) -> str:
    return f"{row['mean']:{form}}" + ("" if row["low"] is None else f" ({row['low']:{form}} to {row['high']:{form}})")


def index() -> str:
    """The index, of what is published."""
    parts = [INTRODUCTION]
    for name in shipped():
        summary = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
        swept = summary.get("points")
        parts.append(f"""## {name}

**{load(SCENARIOS / f"{name}.yaml").question}** [{name}.yaml]({name}.yaml)

{sweep_finding(swept) if swept else finding(summary)} {_verdict(swept or [summary])}

![{_words(summary)}](../results/published/scenarios/{name}.png)
""")
    return "\n".join(parts)


def _words(summary: dict[str, Any]) -> str:
    over = "over the points of the sweep" if "points" in summary else "by system"
    return f"F1 of identities and of visit boundaries, and contact coverage, {over}"


def _verdict(points: list[dict[str, Any]]) -> str:
    """Each threshold with its verdict; in a sweep, with the number of points that have it."""
    told: dict[str, Counter[str]] = {}
    for point in points:
        for one in point["verdicts"]:
            told.setdefault(one["threshold"], Counter())[one["verdict"]] += 1
    return " ".join(
        f"`{threshold}`: "
        + ", ".join(
            verdict if len(points) == 1 else f"{verdict} at {count} points" for verdict, count in counts.items()
        )
        + "."
        for threshold, counts in told.items()
    )


def publish(name: str) -> None:
    """Run a scenario and keep its summary and picture."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from sim.cli import main; main()", "run", f"scenarios/{name}.yaml"]
        command += ["--results", folder, "--workers", "1"]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        if done.returncode not in {0, 1}:  # a threshold that is not passed is a finding too
            raise SystemExit(f"{name}: ended with {done.returncode}")
        (run,) = (Path(folder) / name).iterdir()
        PUBLISHED.mkdir(parents=True, exist_ok=True)
        whole = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    kept = {"points": [_kept(point) for point in whole["points"]]} if "points" in whole else _kept(whole)
    (PUBLISHED / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _kept(whole: dict[str, Any]) -> dict[str, Any]:
    """What the index is made of, of a run or of a point of a sweep."""
    return {
        **({"values": whole["values"]} if "values" in whole else {}),
        "metrics": {
            system: {metric: values[metric] for metric in HEADLINES} for system, values in whole["metrics"].items()
        },
        "differences": [row for row in whole["differences"] if row["metric"] in COMPARED],
        "gains": [row for row in whole.get("gains", []) if row["metric"] in COMPARED],
        "verdicts": whole["verdicts"],
    }


def draw(name: str) -> None:
    """Draw the picture of a scenario, from its published summary."""
    kept = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    summaries = [
        {
            system: {metric: interval_of(values[metric]) for metric in COMPARED}
            for system, values in one["metrics"].items()
        }
        for one in kept.get("points", [kept])
    ]
    labels = {"identity.pairwise.f1": "F1 of identities", "visits.boundary.f1": "F1 of boundaries"}
    labels["contacts.coverage"] = "contact coverage"
    with mpl.rc_context(STYLE):
        if "points" in kept:
            figure = curves(load_experiment(SCENARIOS / f"{name}.yaml"), summaries)
        else:
            figure = by_system(summaries[0], labels, name, "share")
        figure.savefig(PUBLISHED / f"{name}.png", dpi=80)


def main() -> None:
    """Run those named, or all, and write the index."""
    for name in sys.argv[1:] or shipped():
        publish(name)
        draw(name)
    INDEX.write_text(index(), encoding="utf-8")


if __name__ == "__main__":
    main()
