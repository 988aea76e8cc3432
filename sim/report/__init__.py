"""What a run leaves behind: its folder with a manifest, tables, a verdict and plots."""

from sim.report.comparisons import differences, gains, what_if_table
from sim.report.finished import FinishedRun
from sim.report.folder import FolderError, RunFolder
from sim.report.page import page
from sim.report.plots import draw_plots
from sim.report.precision import more_replications
from sim.report.presets import preset_details, presets_overview
from sim.report.tables import (
    Summary,
    causes_table,
    distribution_tables,
    metrics_table,
    resampled_table,
    summarise,
    summary_json,
)
from sim.report.terminal import causes_seen, differences_seen, gains_seen, results_table
from sim.report.verdict import Judgement, Verdict, judge

__all__ = [
    "FinishedRun",
    "FolderError",
    "Judgement",
    "RunFolder",
    "Summary",
    "Verdict",
    "causes_seen",
    "causes_table",
    "differences",
    "differences_seen",
    "distribution_tables",
    "draw_plots",
    "gains",
    "gains_seen",
    "judge",
    "metrics_table",
    "more_replications",
    "page",
    "preset_details",
    "presets_overview",
    "resampled_table",
    "results_table",
    "summarise",
    "summary_json",
    "what_if_table",
]
