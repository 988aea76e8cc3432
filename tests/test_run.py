"""A whole run: same seed, same bytes; perfect worlds are perfect; faults leave no folder that looks complete."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from itertools import count

import polars as pl
import pytest

import sim.report.results
import sim.runs
from sim.report import FolderError
from sim.runs import SystemFault, UnknownMetricError, WorkerLostError, run

EVERYWHERE = ("desktop", "phone", "tablet")


@pytest.fixture(autouse=True)
def no_plots(request, monkeypatch):
    """Plots take longer than all the rest of a small run, and one test looks at them."""
    if "plots" not in request.node.name:
        monkeypatch.setattr(sim.report.results, "draw_plots", lambda *_: None)
        monkeypatch.setattr(sim.report.results, "draw_sweep", lambda *_: None)


def ticking():
    """A clock that goes on by a second each time it is read."""
    ticks = count()
    return lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(ticks))


def go(scenario, root, **options):
    options.setdefault("workers", 1)
    return run(scenario, root, clock=ticking(), command="crumbline run test", **options)


def metric(result, name, system="as_is"):
    return result.summary[system][name].mean


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(scenario, tmp_path):
    first = go(scenario(), tmp_path / "a").folder
    again = go(scenario(), tmp_path / "b").folder
    other = go(scenario({"seed": 2}), tmp_path / "c").folder
    for name in ("metrics.parquet", "fragmentation.parquet", "summary.json"):
        assert (first / name).read_bytes() == (again / name).read_bytes()
        assert (first / name).read_bytes() != (other / name).read_bytes()


def test_the_number_of_workers_changes_no_byte(scenario, tmp_path):
    alone = go(scenario(), tmp_path / "a", workers=1).folder
    together = go(scenario(), tmp_path / "b", workers=2).folder
    assert (alone / "metrics.parquet").read_bytes() == (together / "metrics.parquet").read_bytes()


PERFECT = {
    "days": 90,
    "population": {
        "people": 100,
        "devices": {"1": 1},
        "browsers": {"1": 1},
        "clearing": [{"share": 1}],
        "closing": {"after_visit": 0, "within_visit": 0},
        "return_gap": {"minimum": "31min"},
        "dwell": {"maximum": "20min"},
        "pause": {"share": 0},
    },
    "website": {"pages": [{"path": "/", "share": 1, "form": True, "submit": 1}]},
    "consent": {"banner": "opt_in", "accept": 1, "reject": 0, "ignore": 0, "cookie": {"life": "2y"}},
    "browsers": {kind: {"chromium": 1} for kind in EVERYWHERE},
}


@pytest.mark.parametrize("make", ["chromium", "firefox", "safari", "chromium_blocking"])
def test_a_perfect_world_is_resolved_perfectly(scenario, tmp_path, make):
    world = scenario(PERFECT, {"browsers": {kind: {make: 1} for kind in EVERYWHERE}, "consent": {"banner": "none"}})
    if make == "safari":  # its purge is a loss of cookies, unless people click
        world = scenario(PERFECT, {"population": {"interaction": 1}, "consent": {"banner": "none"}})
    result = go(world, tmp_path)
    for name in (
        "identity.pairwise.precision",
        "identity.pairwise.recall",
        "identity.pairwise.f1",
        "identity.bcubed.precision",
        "identity.bcubed.recall",
        "identity.bcubed.f1",
        "identity.visitor_inflation",
        "contacts.coverage",
        "contacts.correctness",
        "visits.boundary.precision",
        "visits.boundary.recall",
        "visits.boundary.f1",
        "visits.count_ratio",
        "visits.exact",
    ):
        assert metric(result, name) == 1, name


def test_where_nothing_is_stored_and_nothing_submitted_every_page_load_is_somebody_of_its_own(scenario, tmp_path):
    result = go(
        scenario(
            {
                "consent": {"banner": "opt_in", "accept": 0, "reject": 1, "ignore": 0},
                "website": {"pages": [{"path": "/", "share": 1}]},
            }
        ),
        tmp_path,
    )
    # No two interactions are linked: 0/0 is precision 1, and of the true pairs none is found.
    assert metric(result, "identity.pairwise.precision") == 1
    assert metric(result, "identity.pairwise.recall") == 0
    assert metric(result, "identity.pairwise.f1") == 0
    assert metric(result, "identity.bcubed.precision") == 1
    # Every page load is a visit: all true boundaries are found, and all others are false.
    assert metric(result, "visits.boundary.recall") == 1
    loads_per_visit = metric(result, "visits.count_ratio")
    assert loads_per_visit > 1
    assert metric(result, "visits.boundary.precision") < 1


def test_a_finished_run_says_so_and_how_to_repeat_it_and_leaves_plots(scenario, tmp_path):
    result = go(scenario({"seed": 77}), tmp_path)
    manifest = json.loads((result.folder / "manifest.json").read_text())
    assert manifest["state"] == "finished"
    assert manifest["seed"] == 77
    assert manifest["command"] == "crumbline run test"
    assert manifest["seconds"] > 0
    assert len(manifest["scenario_hash"]) == 64
    assert manifest["scenario"]["population"]["people"] == 60
    assert {"crumbline", "simpy", "numpy"} <= set(manifest["versions"])
    metrics = pl.read_parquet(result.folder / "metrics.parquet")
    assert metrics.columns == ["replication", "system", "metric", "value"]
    assert metrics["replication"].unique().sort().to_list() == [0, 1]
    plots = {path.name for path in result.folder.iterdir() if path.suffix in {".png", ".svg"}}
    assert plots == {
        f"{name}.{kind}"
        for name in (
            "accuracy_over_time",
            "causes_of_breaks",
            "identities_per_person",
            "identity_f1",
            "precision_recall",
            "visit_boundaries",
            "visit_lengths",
        )
        for kind in ("png", "svg")
    }
    assert not [path for path in result.folder.iterdir() if path.name.startswith(".")]


def only_manifest(root):
    (path,) = root.glob("*/*/manifest.json")
    return json.loads(path.read_text()), {one.name for one in path.parent.iterdir()}


def test_a_second_run_into_the_same_folder_is_refused_and_harms_nothing(scenario, tmp_path):
    first = go(scenario(), tmp_path)
    before = (first.folder / "manifest.json").read_bytes()
    with pytest.raises(FolderError, match="another run is there already"):
        go(scenario(), tmp_path)
    assert (first.folder / "manifest.json").read_bytes() == before


def test_an_unknown_metric_in_a_threshold_is_refused_before_anything_is_done(scenario, tmp_path):
    with pytest.raises(
        UnknownMetricError, match=r"no metric 'visits\.boundary\.f2'; did you mean .*'visits\.boundary\.f1'"
    ):
        go(scenario({"thresholds": {"as_is.visits.boundary.f2": ">= 0.5"}}), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_fault_of_a_system_is_written_down(scenario, tmp_path, monkeypatch):
    def broken(*_arguments, **_options):
        raise SystemFault("as_is: raised ValueError: no")

    monkeypatch.setattr(sim.runs, "drive", broken)
    with pytest.raises(SystemFault):
        go(scenario(), tmp_path)
    manifest, files = only_manifest(tmp_path)
    assert manifest["state"] == "failed"
    assert manifest["reason"] == "as_is: raised ValueError: no"
    assert files == {"manifest.json"}


def test_an_interrupted_run_keeps_the_replications_that_were_done(scenario, tmp_path):
    def interrupt(step):
        if step.replication == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(scenario(), tmp_path, on_step=interrupt)
    manifest, files = only_manifest(tmp_path)
    assert manifest["state"] == "interrupted"
    assert files == {"manifest.json", "parts"}
    (table,) = tmp_path.glob("*/*/parts/0-0/0.metrics.parquet")
    assert pl.read_parquet(table)["replication"].unique().to_list() == [0]


def test_a_killed_worker_is_told_and_the_run_fails(scenario, tmp_path):
    victims = []

    def kill(step):
        if not victims:
            victims.append(step)
            for child in _children(os.getpid()):
                os.kill(child, signal.SIGKILL)

    with pytest.raises(WorkerLostError, match="killed"):
        go(scenario({"replications": 4, "population": {"people": 200}}), tmp_path, workers=2, on_step=kill)
    manifest, _ = only_manifest(tmp_path)
    assert manifest["state"] == "failed"


def _children(parent):
    import psutil

    return [one.pid for one in psutil.Process(parent).children() if "spawn_main" in " ".join(one.cmdline())]


def test_a_full_disk_fails_the_run_and_leaves_no_half_written_file(scenario, tmp_path, monkeypatch):
    def full(self, target, **_options):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(FolderError, match="parts/0-0: cannot be written: No space left on device"):
        go(scenario(), tmp_path)
    manifest, files = only_manifest(tmp_path)
    assert manifest["state"] == "failed"
    assert files == {"manifest.json", "parts"}
    assert not list(tmp_path.glob("*/*/parts/*"))


def test_progress_adds_up_to_the_work(scenario, tmp_path):
    steps = []
    go(scenario(), tmp_path, on_step=steps.append)
    for replication in (0, 1):
        assert sum(step.share for step in steps if step.replication == replication) == pytest.approx(1)
    assert {step.doing for step in steps} == {"people live", "driving as_is"}
