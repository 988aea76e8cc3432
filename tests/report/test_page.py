"""The page for a design review: what is on it, that it needs no network, and axe's checks in a real Chromium."""

from __future__ import annotations

import json
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sim.report import FinishedRun, FolderError, compare, page
from sim.runs import run
from sim.scenario import parse_experiment
from tests.conftest import SMALL
from tests.test_run import ticking


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run with a threshold, a what-if, and the plot of a history."""
    from tests.conftest import build

    systems = {"as_is": {"use": "outbound_marketing"}, "short": {"use": "outbound_marketing"}}
    systems["short"]["settings"] = {"visit_timeout": "5min"}
    scenario = build(
        {"question": "Is <b> a tag?", "systems": systems, "what_if": ["clearing"]},
        {"thresholds": {"as_is.visits.boundary.f1": ">= -9"}},
    )
    result = run(scenario, tmp_path_factory.mktemp("runs"), clock=ticking(), command="crumbline run <it>", workers=1)
    (result.folder / "explain").mkdir()
    (result.folder / "explain" / "as_is_0_7.txt").write_text("person 7\nlost a cookie\n")
    (result.folder / "explain" / "as_is_0_7.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return result.folder


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Runs of a grid over two fields, and of a Saltelli sample."""
    timeout, accept = "systems.as_is.settings.visit_timeout", "consent.accept"
    population = {"people": 20, "clearing": [{"share": 1}]}
    consent = {"banner": "opt_in", "accept": 0.5, "reject": 0.1, "ignore": "rest"}
    small = SMALL | {"days": 14, "population": population, "consent": consent}
    samples = [
        {timeout: ["5min", "30min"], accept: [0.2, 0.8]},
        {"sample": {"saltelli": 4}, timeout: {"from": "1min", "to": "60min"}, accept: {"from": 0.1, "to": 0.9}},
    ]
    folder = tmp_path_factory.mktemp("sweeps")
    return [
        FinishedRun.read(
            run(
                parse_experiment(json.dumps(small | {"name": f"sweep_{number}", "sweep": sweep})),
                folder,
                clock=ticking(),
                workers=1,
            ).folder
        )
        for number, sweep in enumerate(samples)
    ]


class _Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.headings = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] in {"h1", "h2", "h3"} and data.strip():
            self.headings.append(data.strip())


def test_the_page_asks_the_question_and_tells_the_figures_of_the_run(finished):
    html = page([FinishedRun.read(finished)])
    assert "<h1>Is &lt;b&gt; a tag?</h1>" in html
    mean = json.loads((finished / "summary.json").read_text())["metrics"]["short"]["visits.exact"]["mean"]
    assert f"{mean:.4f}" in html
    assert '<strong class="pass">pass</strong> as_is.visits.boundary.f1 &gt;= -9' in html
    assert "crumbline run &lt;it&gt;" in html
    assert "<li>lost a cookie</li>" in html
    assert {"Verdict", "Causes of errors", "What if a cause were gone", "Single people"} <= set(_Tags(html).headings)


def test_the_page_needs_no_network(finished):
    html = page([FinishedRun.read(finished)])
    for tag, attributes in _Tags(html).tags:
        assert tag not in {"script", "link", "iframe"}
        assert attributes.get("src", "data:").startswith("data:")
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in html


def test_sections_whose_tables_a_run_does_not_have_are_left_out(finished, tmp_path):
    for name in ("manifest.json", "summary.json"):
        told = json.loads((finished / name).read_text())
        told.pop("gains", None)
        (tmp_path / name).write_text(json.dumps(told | ({"causes": [], "verdicts": []} if "causes" in told else {})))
    headings = _Tags(page([FinishedRun.read(tmp_path)])).headings
    assert not {"Verdict", "Causes of errors", "What if a cause were gone", "Single people"} & set(headings)
    assert {"Headline metrics", "Assumptions", "Repeat it"} <= set(headings)


def test_a_sweep_tells_the_figures_of_each_point(finished, tmp_path):
    told = json.loads((finished / "summary.json").read_text())
    points = [{"values": {"days": days}, **told} for days in (10, 20)]
    (tmp_path / "summary.json").write_text(json.dumps({"traces": 2, "points": points}))
    (tmp_path / "manifest.json").write_text((finished / "manifest.json").read_text())
    sweep = FinishedRun.read(tmp_path)
    html = page([sweep])
    assert html.count('<th scope="row">days: 10</th>') == len(sweep.scenario.systems)
    assert "as_is.visits.boundary.f1 &gt;= -9, days: 20:" in html
    assert {"Points of the sweep", "Verdict"} <= set(_Tags(html).headings)
    assert "Headline metrics" not in _Tags(html).headings
    with pytest.raises(FolderError, match="this is a sweep"):
        compare(sweep, sweep)


def test_a_sweep_over_two_fields_shows_a_heat_map_and_a_saltelli_sample_its_indices(swept):
    grid, saltelli = (_Tags(page([one])) for one in swept)
    pictures = [[attrs["alt"] for tag, attrs in tags.tags if tag == "img"] for tags in (grid, saltelli)]
    assert pictures[0] == ["Headline metrics of as_is over two fields of the sweep."]
    assert pictures[1] == ["Sobol' indices of the headline metrics, by itself and in total, with 95 % intervals."]
    told = swept[1].results["sensitivity"]
    total = next(row["total"] for row in told if row["metric"] == "visits.boundary.f1")
    assert f"{total:.4f}" in page([swept[1]])


def test_several_runs_are_set_side_by_side_first(finished):
    html = page([FinishedRun.read(finished)] * 2)
    assert "<h1>Runs side by side</h1>" in html
    assert [href for tag, attrs in _Tags(html).tags if (href := attrs.get("href"))] == ["#run-1"] * 2 + ["#run-2"] * 2


def test_every_picture_has_words(finished):
    pictures = [attrs for tag, attrs in _Tags(page([FinishedRun.read(finished)])).tags if tag == "img"]
    assert len(pictures) == 9
    assert all(picture["alt"] for picture in pictures)


def test_a_folder_without_a_finished_run_is_refused(finished, tmp_path):
    with pytest.raises(FolderError, match="give the folder that a run printed"):
        FinishedRun.read(tmp_path)
    manifest = json.loads((finished / "manifest.json").read_text()) | {"state": "interrupted"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(FolderError, match="not finished, its manifest says interrupted"):
        FinishedRun.read(tmp_path)


AXE = next(
    (
        path
        for folder in (
            os.environ.get("NODE_PATH", ""),
            "node_modules",
            "/usr/local/lib/node_modules",
            "/usr/lib/node_modules",
        )
        if folder and (path := Path(folder) / "axe-core" / "axe.min.js").exists()
    ),
    None,
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.skipif(AXE is None, reason="axe-core is not installed: npm install --global axe-core")
def test_axe_finds_nothing_to_mend_in_a_real_chromium(finished, swept, tmp_path, scheme):
    engines = pytest.importorskip("sim.browser.conformance.chromium", reason="the extra `browsers` is not installed")
    engine = pytest.importorskip("sim.browser.conformance.engine")
    try:
        chromium = engines.Chromium(0)
    except engine.EngineMissing:
        pytest.skip("Chromium is not installed")
    file = tmp_path / "report.html"
    file.write_text(page([*[FinishedRun.read(finished)] * 2, *swept]), encoding="utf-8")
    chromium.start(os.environ)
    try:
        chromium._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        chromium._call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
        chromium.open(file.as_uri())
        assert chromium.run("document.documentElement.scrollWidth <= innerWidth") == "True"
        chromium.run(AXE.read_text(encoding="utf-8") + "; 0")
        found = json.loads(
            chromium.run("axe.run().then(found => JSON.stringify([found.violations, found.passes.length]))")
        )
    finally:
        chromium.stop()
    violations, passes = found
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in violations] == []
    assert passes > 10
