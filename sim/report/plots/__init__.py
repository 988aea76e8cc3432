"""The plots of a run, as PNG and SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import polars as pl

from sim.report.folder import RunFolder
from sim.report.plots.causes import waterfall, what_if
from sim.report.plots.distributions import accuracy_over_time, identities_per_person, visit_lengths
from sim.report.plots.style import STYLE, save
from sim.report.plots.sweeps import curves, heat_map, indices
from sim.report.plots.systems import by_system, precision_recall
from sim.report.plots.timeline import draw_timeline
from sim.report.tables import Summary
from sim.report.timeline import Timeline
from sim.scenario import Experiment


def draw_plots(folder: RunFolder, summary: Summary, tables: Mapping[str, pl.DataFrame]) -> None:
    """Draw the plots of a run into its folder."""
    with mpl.rc_context(cast(Any, STYLE)):
        identity = {"identity.pairwise.f1": "pairs", "identity.bcubed.f1": "B-cubed"}
        save(
            folder, "identity_f1", by_system(summary, identity, "How well identities are resolved", "F1 of identities")
        )
        boundaries = {f"visits.boundary.{one}": one for one in ("precision", "recall", "f1")}
        boundaries["visits.boundary.f1"] = "F1"
        title = "How well visits are told apart"
        save(folder, "visit_boundaries", by_system(summary, boundaries, title, "visit boundaries, share"))
        save(folder, "precision_recall", precision_recall(summary))
        save(folder, "identities_per_person", identities_per_person(tables["fragmentation"]))
        save(folder, "accuracy_over_time", accuracy_over_time(tables["accuracy_by_week"]))
        save(folder, "visit_lengths", visit_lengths(tables["visit_lengths"]))
        save(folder, "causes_of_breaks", waterfall(tables["causes"], tables["fragmentation"]))
        if "gains" in tables:
            save(folder, "what_if", what_if(tables["gains"]))


def draw_sweep(
    folder: RunFolder, experiment: Experiment, summaries: Sequence[Summary], tables: Mapping[str, pl.DataFrame]
) -> None:
    """Draw the plots of a sweep into its folder: curves over a field, heat maps over two, Sobol' indices."""
    assert experiment.sweep is not None
    with mpl.rc_context(cast(Any, STYLE)):
        if "sensitivity" in tables:
            save(folder, "sensitivity", indices(tables["sensitivity"]))
        elif len(experiment.sweep.axes) + bool(experiment.sweep.zipped) == 1:
            save(folder, "sweep", curves(experiment, summaries))
        elif len(experiment.sweep.axes) == 2 and not experiment.sweep.zipped and experiment.sweep.method == "grid":
            for system in summaries[0]:
                save(folder, f"sweep_{system}", heat_map(experiment, summaries, system))


def draw_history(run: Path, name: str, history: Timeline) -> list[Path]:
    """Draw a person's history into the folder `explain` of a run, with its story beside it.

    Returns:
        The files written.
    """
    folder = run / "explain"
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(cast(Any, STYLE)):
        figure = draw_timeline(history)
        plots = [folder / f"{name}.{kind}" for kind in ("png", "svg")]
        for path in plots:
            figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    story = folder / f"{name}.txt"
    story.write_text("\n".join(history.story) + "\n", encoding="utf-8")
    return [*plots, story]


__all__ = ["draw_history", "draw_plots", "draw_sweep"]
