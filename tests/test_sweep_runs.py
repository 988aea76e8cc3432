"""Runs of sweeps, and runs that go on: what is done is kept, and the end is the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sim.runs
from sim.report import FinishedRun, FolderError, sensitivity
from sim.runs import RunInterrupted, resume, run
from sim.scenario import parse_experiment
from tests.conftest import SMALL
from tests.test_run import no_plots, ticking  # noqa: F401


def swept(sweep=None, **changes):
    return parse_experiment(json.dumps({**SMALL, "days": 14, "sweep": sweep, **changes}))


def test_points_on_one_trace_are_what_single_runs_give(tmp_path, scenario):
    experiment = swept({"systems.as_is.settings.visit_timeout": ["10min", "30min"]})
    whole = run(experiment, tmp_path / "sweep", clock=ticking(), workers=1)
    for point, outcome in zip(experiment.points, whole.outcomes, strict=True):
        alone = run(point.scenario, tmp_path / str(point).rpartition(" ")[2], clock=ticking(), workers=1)
        assert outcome.tables["metrics"].equals(alone.tables["metrics"])
    metrics = pl.read_parquet(whole.folder / "metrics.parquet")
    assert metrics.columns == ["point", "replication", "system", "metric", "value"]
    points = pl.read_parquet(whole.folder / "points.parquet")
    assert points["trace"].to_list() == [0, 0]
    assert not (whole.folder / "parts").exists()


def test_the_number_of_workers_changes_nothing(tmp_path):
    experiment = swept({"days": [7, 14]})
    alone, together = (run(experiment, tmp_path / str(n), clock=ticking(), workers=n).folder for n in (1, 2))
    for name in ("metrics.parquet", "points.parquet", "summary.json"):
        assert (alone / name).read_bytes() == (together / name).read_bytes()


def test_saltellis_indices_find_the_field_that_matters(tmp_path):
    experiment = swept(
        {
            "sample": {"saltelli": 16},
            "systems.as_is.settings.visit_timeout": {"from": "1min", "to": "60min"},
            "consent.cookie.life": {"from": "400d", "to": "500d"},
        },
        replications=1,
        precision=None,
    )
    found = run(experiment, tmp_path, clock=ticking(), workers=1)
    table = pl.read_parquet(found.folder / "sensitivity.parquet")
    total = {row["field"]: row["total"] for row in table.filter(pl.col("metric") == "visits.count_ratio").to_dicts()}
    assert total["systems.as_is.settings.visit_timeout"] == pytest.approx(1, abs=0.3)
    assert total["consent.cookie.life"] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    "changes",
    [
        {
            "consent": {"banner": "opt_in", "accept": 0.1, "reject": 0.2, "ignore": "rest"},
            "sweep": {"consent.accept": [0.1, 0.7]},
        },
        {"consent": {"preset": "soft_2018"}, "sweep": {"consent.preset": ["soft_2018", "refuse_offered"]}},
    ],
    ids=["rest", "preset"],
)
def test_rests_and_presets_of_a_sweep_are_those_of_each_point_when_it_is_read_again(tmp_path, monkeypatch, changes):
    experiment = swept(**changes)
    assert len({point.scenario.consent.accept for point in experiment.points}) == 2
    expected = run(experiment, tmp_path / "whole", clock=ticking(), workers=1).folder
    assert FinishedRun.read(expected).scenario == experiment.scenario

    real = sim.runs.unit_of_work

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sim.runs, "unit_of_work", stopped)
    with pytest.raises(RunInterrupted) as end:
        run(experiment, tmp_path / "broken", clock=ticking(), workers=1)
    monkeypatch.setattr(sim.runs, "unit_of_work", real)
    resume(end.value.folder, clock=ticking(), workers=1)
    assert_same_results(end.value.folder, expected)


def test_an_interrupted_run_goes_on_and_ends_with_the_same_bytes(tmp_path, monkeypatch):
    experiment = swept({"days": [7, 14]})
    expected = run(experiment, tmp_path / "whole", clock=ticking(), workers=1).folder
    real, calls = sim.runs.unit_of_work, []

    def stopped_in_the_third(*args):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(sim.runs, "unit_of_work", stopped_in_the_third)
    with pytest.raises(RunInterrupted) as stopped:
        run(experiment, tmp_path / "broken", clock=ticking(), workers=1)
    folder = stopped.value.folder
    assert json.loads((folder / "manifest.json").read_text())["state"] == "interrupted"
    assert len(list((folder / "parts").iterdir())) == 2
    assert not (folder / "metrics.parquet").exists()
    monkeypatch.setattr(sim.runs, "unit_of_work", real)
    assert resume(folder, clock=ticking(), workers=1).folder == folder
    assert_same_results(folder, expected)
    with pytest.raises(FolderError, match="is finished"):
        resume(folder, clock=ticking())


def assert_same_results(folder, expected):
    names = sorted(path.name for path in expected.iterdir())
    assert sorted(path.name for path in folder.iterdir()) == names
    for name in names:
        if name != "manifest.json":
            assert (folder / name).read_bytes() == (expected / name).read_bytes(), name


def test_a_run_killed_half_way_goes_on_and_ends_with_the_same_bytes(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(json.dumps({**SMALL, "replications": 8, "population": {"people": 300}}))

    def command(*words):
        return [sys.executable, "-c", "from sim.cli import main; main()", "run", *map(str, words)]

    subprocess.run(command(file, "--results", tmp_path / "whole"), check=True, capture_output=True)
    killed = subprocess.Popen(
        command(file, "--results", tmp_path / "broken", "--workers", 2),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _ in range(600):
        parts = list(tmp_path.glob("broken/*/*/parts/[!.]*"))
        if parts:
            break
        time.sleep(0.05)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    (folder,) = tmp_path.glob("broken/small/*")
    assert json.loads((folder / "manifest.json").read_text())["state"] == "started"
    assert 1 <= len(parts) < 8
    done = subprocess.run(command("--resume", folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (expected,) = tmp_path.glob("whole/small/*")
    assert_same_results(folder, expected)


def test_a_run_that_goes_on_right_now_is_let_alone(tmp_path, scenario, monkeypatch):
    folder = run(scenario(), tmp_path, clock=ticking(), workers=1).folder
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "state": "started", "process": os.getppid()}))
    with pytest.raises(FolderError, match="goes on right now"):
        resume(folder, clock=ticking())
    with pytest.raises(FolderError, match=r"no manifest\.json"):
        resume(Path(tmp_path / "nothing"), clock=ticking())


def test_indices_agree_with_ishigamis_function():
    """Ishigami and Homma, "An importance quantification technique", 1990: indices known in closed form."""
    from sim.scenario import Sweep

    sweep = Sweep.model_validate(
        {"axes": {f"x{n}": {"from": -np.pi, "to": np.pi} for n in (1, 2, 3)}, "sample": {"saltelli": 1024}}
    )
    drawn = sweep.points(seed=5)
    x1, x2, x3 = (np.array([point[f"x{n}"] for point in drawn]) for n in (1, 2, 3))
    values = np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    metrics = pl.DataFrame(
        {"point": range(len(values)), "replication": 0, "system": "a", "metric": "f", "value": values}
    )
    found = {row["field"]: row for row in sensitivity(sweep, metrics, seed=1).to_dicts()}
    assert [found[f"x{n}"]["first"] for n in (1, 2, 3)] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.06)
    assert [found[f"x{n}"]["total"] for n in (1, 2, 3)] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.06)
