"""One figure for a slide."""

from __future__ import annotations

import json

import pytest
from matplotlib.figure import Figure

from sim.report import FinishedRun, draw_figure


@pytest.fixture
def sweep(scenario, tmp_path):
    """A sweep over the days, whose metric is told in its summary."""
    figures = {days: {"mean": days / 100, "low": days / 200, "high": days / 50, "sd": 0.1, "n": 2} for days in (30, 10)}
    points = [
        {"values": {"days": days}, "metrics": {"as_is": {"visits.exact": interval}}}
        for days, interval in figures.items()
    ]
    manifest = {"state": "finished", "scenario": scenario().model_dump(mode="json")}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "summary.json").write_text(json.dumps({"points": points}))
    return FinishedRun.read(tmp_path)


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_figure_is_drawn_as_the_ending_of_its_name_says(sweep, tmp_path, kind, begins):
    draw_figure([sweep], x="days", y="visits.exact", by="system", path=tmp_path / f"figure.{kind}")
    assert (tmp_path / f"figure.{kind}").read_bytes().startswith(begins)


def test_points_stand_at_their_fields_value_in_order_with_their_intervals(sweep, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: drawn.append(figure))
    draw_figure([sweep], x="days", y="visits.exact", by="consent.banner", path=tmp_path / "figure.svg")
    ((line, _, (bars,)),) = drawn[0].axes[0].containers
    assert line.get_xydata().tolist() == [[10, 0.1], [30, 0.3]]
    assert [segment[:, 1].tolist() for segment in bars.get_segments()] == [
        pytest.approx([0.05, 0.2]),
        pytest.approx([0.15, 0.6]),
    ]
    assert drawn[0].legends[0].get_texts()[0].get_text() == "opt_in"


@pytest.mark.parametrize(
    ("given", "message"),
    [({"y": "visits.exac"}, "did you mean 'visits.exact'"), ({"x": "day"}, "no field 'day'"), ({"kind": "txt"}, "txt")],
)
def test_what_there_is_not_is_refused(sweep, tmp_path, given, message):
    path = tmp_path / f"figure.{given.get('kind', 'svg')}"
    with pytest.raises(ValueError, match=message):
        draw_figure([sweep], x=given.get("x", "days"), y=given.get("y", "visits.exact"), by="system", path=path)
