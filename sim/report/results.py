"""The files that a run leaves: of one point, or of all points of a sweep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sim.report.folder import RunFolder, Tables
from sim.report.plots import draw_plots, draw_sweep
from sim.report.sensitivity import sensitivity
from sim.report.tables import Summary, summary_json
from sim.report.verdict import Judgement
from sim.report.verdict_files import junit_xml, markdown
from sim.scenario import Experiment


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out at one point."""

    summary: Summary
    tables: Tables
    """Of all replications, with `differences` between systems and the `gains` of what-ifs."""
    judgements: list[Judgement]


def write_results(folder: RunFolder, experiment: Experiment, outcomes: Sequence[Outcome], precision: str) -> None:
    """Write tables, summary and plots.

    The tables of a sweep have a column `point` before all others, and `points.parquet` tells what each point sets.

    Args:
        folder: The run's folder.
        experiment: What was run.
        outcomes: What came out at each point.
        precision: What became of the precision asked for.
    """
    if experiment.sweep is None:
        (outcome,) = outcomes
        for name, table in outcome.tables.items():
            folder.write(f"{name}.parquet", table)
        folder.write("summary.json", summary_json(outcome.summary, outcome.judgements, outcome.tables, precision))
        draw_plots(folder, outcome.summary, outcome.tables)
    else:
        points = points_table(experiment)
        tables = {
            name: pl.concat(
                [
                    outcome.tables[name].select(pl.lit(number, pl.Int32).alias("point"), pl.all())
                    for number, outcome in enumerate(outcomes)
                ],
                rechunk=True,
            )
            for name in outcomes[0].tables
        }
        tables["points"] = points
        if experiment.sweep.method == "saltelli":
            tables["sensitivity"] = sensitivity(experiment.sweep, tables["metrics"], experiment.scenario.seed)
        for name, table in tables.items():
            folder.write(f"{name}.parquet", table)
        folder.write("summary.json", _sweep_json(experiment, outcomes, tables, precision))
        draw_sweep(folder, experiment, [outcome.summary for outcome in outcomes], tables)
    judged = [
        (str(point), judgement)
        for point, outcome in zip(experiment.points, outcomes, strict=True)
        for judgement in outcome.judgements
    ]
    folder.write("junit.xml", junit_xml(experiment.scenario.name, judged))
    folder.write("verdicts.md", markdown(experiment.scenario.name, experiment.scenario.question, judged))
    folder.drop_parts()


def points_table(experiment: Experiment) -> pl.DataFrame:
    """One row a point: its number, the number of the trace that it shares, and the value of each swept field."""
    group_of = {point: number for number, group in enumerate(experiment.groups()) for point in group}
    rows = {
        "point": list(range(len(experiment.points))),
        "trace": [group_of[point] for point in range(len(experiment.points))],
    }
    fields = {field: [point.values[field] for point in experiment.points] for field in experiment.points[0].values}
    plain = {
        field: values if all(isinstance(value, int | float) for value in values) else [str(value) for value in values]
        for field, values in fields.items()
    }
    return pl.DataFrame({**rows, **plain}, strict=False)


def _sweep_json(experiment: Experiment, outcomes: Sequence[Outcome], tables: Tables, precision: str) -> str:
    told = {
        "traces": len(experiment.groups()),
        "points": [
            {"values": point.values, **json.loads(summary_json(one.summary, one.judgements, one.tables, precision))}
            for point, one in zip(experiment.points, outcomes, strict=True)
        ],
    }
    if "sensitivity" in tables:
        told["sensitivity"] = tables["sensitivity"].to_dicts()
    return json.dumps(told, indent=2)
