"""One person's history, a lane for each browser."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report.plots.style import PALETTE
from sim.report.timeline import NO_ID, Timeline

_MARKS = {
    "cookies cleared": "X",
    "device reset": "P",
    "browser closed": "|",
    "consent changed": "d",
}
_SUBMISSION, _LOAD = "*", "o"


def draw_timeline(history: Timeline) -> Figure:
    """Dots are interactions, coloured by identity, whose number stands where it comes up first; above them are the true
    visits, below them those believed.
    """
    width = min(6 + 0.55 * len(history.ticks), 24)
    figure = Figure(figsize=(width, 2.6 + 1.1 * len(history.lanes)), layout="constrained")
    axes: Axes = figure.subplots()
    for spans, offset, colour in ((history.true_visits, -0.28, "0.25"), (history.believed_visits, 0.28, "0.6")):
        for span in spans:
            at = span.lane + offset
            axes.plot([span.begin - 0.08, span.end + 0.08], [at, at], color=colour, linewidth=4, solid_capstyle="butt")
    for one in history.seen:
        colour = "white" if one.identity == NO_ID else PALETTE[one.identity % len(PALETTE)]
        marker, size = (_SUBMISSION, 15) if one.submission else (_LOAD, 8)
        axes.plot(one.at, one.lane, marker, color=colour, markeredgecolor="0.3", markersize=size)
    named: set[int] = set()
    for one in history.seen:
        if one.identity != NO_ID and one.identity not in named:
            named.add(one.identity)
            axes.annotate(
                f"{one.identity + 1}", (one.at, one.lane), (0, 9), textcoords="offset points", ha="center", fontsize=9
            )
    for mark in history.marks:
        if mark.what in _MARKS:
            axes.plot(mark.at, mark.lane, _MARKS[mark.what], color="0.15", markersize=10)
    axes.set_yticks(range(len(history.lanes)), history.lanes)
    axes.set_ylim(len(history.lanes) - 0.4, -0.6)
    axes.set_xticks([at for at, _ in history.ticks], [when for _, when in history.ticks], rotation=60, ha="right")
    axes.tick_params(axis="x", labelsize=10)
    axes.set_xlabel("true visits in order of time (UTC); each has the same width")
    axes.set_title(history.title)
    figure.legend(handles=_legend(history), loc="outside lower center", ncols=4, frameon=False, fontsize=10)
    return figure


def _legend(history: Timeline) -> list[Line2D]:
    handles = [
        Line2D([], [], color="0.25", linewidth=4, label="true visit"),
        Line2D([], [], color="0.6", linewidth=4, label="believed visit"),
    ]
    numbers = {one.identity for one in history.seen}
    if numbers - {NO_ID}:
        handles.append(_dot(_LOAD, PALETTE[0], "identity, numbered where it comes up first"))
    if NO_ID in numbers:
        handles.append(_dot(_LOAD, "white", "nobody's"))
    if any(one.submission for one in history.seen):
        handles.append(_dot(_SUBMISSION, "0.9", "form submitted"))
    for what, marker in _MARKS.items():
        if any(mark.what == what for mark in history.marks):
            handles.append(Line2D([], [], marker=marker, color="0.15", linestyle="", markersize=9, label=what))
    return handles


def _dot(marker: str, colour: str, label: str) -> Line2D:
    return Line2D([], [], marker=marker, color=colour, markeredgecolor="0.3", linestyle="", markersize=10, label=label)
