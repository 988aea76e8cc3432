"""The command as a user meets it: exit codes and messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def crumbline(*words, cwd):
    command = [sys.executable, "-c", "from sim.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=300, check=False)


@pytest.fixture
def small(scenario, tmp_path):
    """A function that writes the small scenario, changed, to a file."""

    def write(*changes):
        path = tmp_path / "small.yaml"
        path.write_text(scenario(*changes).model_dump_json())
        return path

    return write


def test_a_run_prints_figures_the_seed_the_command_and_where_the_files_are(small, tmp_path):
    done = crumbline("run", small(), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "boundaries: F1" in done.stdout
    assert "seed 1; repeat with: crumbline run" in done.stdout
    (folder,) = (tmp_path / "results" / "small").iterdir()
    assert folder.name in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(("bound", "code", "verdict"), [(">= 0.2", 0, "pass"), (">= 1.5", 1, "fail")])
def test_a_threshold_decides_the_exit_code(small, tmp_path, bound, code, verdict):
    several = small({"replications": 5, "thresholds": {"as_is.visits.boundary.f1": bound}})
    done = crumbline("run", several, "--workers", "1", cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert verdict in done.stdout


def test_one_replication_has_an_interval_too_and_a_bound_within_it_is_not_sure(small, tmp_path):
    easy = small({"replications": 1, "thresholds": {"as_is.visits.boundary.f1": ">= 0"}})
    assert crumbline("run", easy, cwd=tmp_path).returncode == 0
    metrics = json.loads(next(tmp_path.glob("results/*/*/summary.json")).read_text())["metrics"]
    middle = metrics["as_is"]["visits.boundary.f1"]["mean"]
    hard = small({"replications": 1, "thresholds": {"as_is.visits.boundary.f1": f">= {middle}"}})
    done = crumbline("run", hard, "--results", "again", cwd=tmp_path)
    assert done.returncode == 1
    assert "not sure" in done.stdout


@pytest.mark.parametrize("name", ["unknown_key", "bad_duration", "shares_do_not_add_up"])
def test_a_wrong_scenario_ends_with_2_and_the_message_alone(name, tmp_path):
    done = crumbline("run", f"scenarios/bad/{name}.yaml", "--results", tmp_path, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == (ROOT / "scenarios" / "bad" / f"{name}.txt").read_text()
    assert not list(tmp_path.iterdir())


def test_no_such_file_ends_with_2(tmp_path):
    done = crumbline("run", "nowhere.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "nowhere.yaml: no such file\n"


def test_a_threshold_on_an_unknown_metric_ends_with_2(small, tmp_path):
    done = crumbline("run", small({"thresholds": {"as_is.visits.boundary.f2": ">= 0"}}), cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'visits.boundary.f1'" in done.stderr


def test_a_results_folder_that_cannot_be_made_ends_with_3(small, tmp_path):
    (tmp_path / "results").write_text("a file is in the way")
    done = crumbline("run", small(), cwd=tmp_path)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "cannot make this folder" in done.stderr


def test_ctrl_c_ends_with_130_and_leaves_a_manifest_that_says_interrupted(small, tmp_path):
    import signal
    import time

    path = small({"replications": 50, "population": {"people": 500}})
    command = [sys.executable, "-c", "from sim.cli import main; main()", "run", str(path), "--workers", "2"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("results/small/*/manifest.json")) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    (manifest,) = tmp_path.glob("results/small/*/manifest.json")
    assert json.loads(manifest.read_text())["state"] == "interrupted"


def test_presets_are_listed_and_each_is_shown_with_its_sources(tmp_path):
    listed = crumbline("presets", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "consumer_europe" in listed.stdout
    shown = crumbline("presets", "iphone_heavy", cwd=tmp_path)
    assert "population: {preset: iphone_heavy}" in shown.stdout
    assert "browsers: {preset: iphone_heavy}" in shown.stdout
    assert "StatCounter" in shown.stdout
    unknown = crumbline("presets", "iphone_hevy", cwd=tmp_path)
    assert (unknown.returncode, unknown.stderr) == (2, "no preset 'iphone_hevy'; did you mean 'iphone_heavy'?\n")


def test_calibrate_ends_with_1_where_a_panel_is_too_small_to_agree_and_writes_its_table(tmp_path):
    done = crumbline("calibrate", "--people", "5", "--replications", "2", "--seed", "1", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "share that reset" in done.stdout
    assert (tmp_path / "results" / "calibration" / "calibration.parquet").is_file()
