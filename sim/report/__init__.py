"""What a run leaves behind: its folder with a manifest, tables, a verdict and plots."""

from sim.report.compare import Comparison, compare, comparison_seen
from sim.report.comparisons import differences, gains, what_if_table
from sim.report.finished import FinishedRun
from sim.report.folder import FolderError, RunFolder, Tables, Unit
from sim.report.page import page
from sim.report.plots.figure import draw_figure
from sim.report.precision import more_replications
from sim.report.presets import preset_details, presets_overview
from sim.report.results import Outcome, points_table, write_results
from sim.report.sensitivity import sensitivity
from sim.report.tables import (
    Summary,
    causes_table,
    distribution_tables,
    metrics_table,
    resampled_table,
    summarise,
)
from sim.report.terminal import causes_seen, differences_seen, gains_seen, points_seen, results_table
from sim.report.verdict import BaselineError, Judgement, Verdict, judge, read_baseline

__all__ = [
    "BaselineError",
    "Comparison",
    "FinishedRun",
    "FolderError",
    "Judgement",
    "Outcome",
    "RunFolder",
    "Summary",
    "Tables",
    "Unit",
    "Verdict",
    "causes_seen",
    "causes_table",
    "compare",
    "comparison_seen",
    "differences",
    "differences_seen",
    "distribution_tables",
    "draw_figure",
    "gains",
    "gains_seen",
    "judge",
    "metrics_table",
    "more_replications",
    "page",
    "points_seen",
    "points_table",
    "preset_details",
    "presets_overview",
    "read_baseline",
    "resampled_table",
    "results_table",
    "sensitivity",
    "summarise",
    "what_if_table",
    "write_results",
]
