"""How all plots look: readable on a slide, with intervals, safe for the colour-blind, no more ink than needed."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.report.folder import RunFolder

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000")
"""Okabe and Ito's colours, which all common kinds of colour vision tell apart."""

STYLE = {
    "font.size": 13,
    "axes.titlesize": 15,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.dpi": 110,
    "savefig.dpi": 160,
    "svg.hashsalt": "crumbline",
}


def save(folder: RunFolder, name: str, figure: Figure) -> None:
    """Write a figure into a run's folder, as PNG and SVG."""
    for kind in ("png", "svg"):
        with folder.writing(f"{name}.{kind}") as temporary:
            figure.savefig(temporary, format=kind, metadata={"Date": None} if kind == "svg" else None)
