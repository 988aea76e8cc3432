"""What a run leaves behind: its folder with a manifest, tables, a verdict and plots."""

from sim.report.folder import FolderError, RunFolder
from sim.report.plots import draw_plots
from sim.report.presets import preset_details, presets_overview
from sim.report.tables import Summary, causes_table, fragmentation_table, metrics_table, summarise, summary_json
from sim.report.terminal import causes_seen, results_table
from sim.report.verdict import Judgement, Verdict, judge

__all__ = [
    "FolderError",
    "Judgement",
    "RunFolder",
    "Summary",
    "Verdict",
    "causes_seen",
    "causes_table",
    "draw_plots",
    "fragmentation_table",
    "judge",
    "metrics_table",
    "preset_details",
    "presets_overview",
    "results_table",
    "summarise",
    "summary_json",
]
