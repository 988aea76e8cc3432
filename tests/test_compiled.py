"""What is compiled and what is plain Python do the same, and no compiled form outlives its source."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from json import dumps
from pathlib import Path
from shutil import copy

import pytest

from sim import compiled
from sim.draws import Stream
from sim.drive import drive, open_system
from sim.scenario import load
from sim.world import live

ROOT = Path(__file__).parents[1]
SCENARIOS = ("quickstart", "benchmark_everything", "shared_office")


def observed(name: str) -> str:
    """A hash of all that is observed of a scenario, made small."""
    scenario = load(ROOT / "scenarios" / f"{name}.yaml")
    scenario = scenario.model_copy(update={"population": scenario.population.model_copy(update={"people": 60})})
    trace, _ = live(scenario, 0)
    digest = sha256()
    for system, under_test in scenario.systems.items():
        stream = Stream(scenario.seed, 0)
        seen = drive(trace, scenario, open_system(system, under_test, stream), stream)
        for column in seen.schema():
            digest.update(getattr(seen, column).tobytes())
    return digest.hexdigest()


def test_plain_python_observes_the_same():
    if compiled.PURE in os.environ:
        pytest.skip("asked for plain Python")
    if not compiled.is_compiled() and "CI" not in os.environ:
        pytest.skip("not compiled: no C compiler when it was installed, or a source has changed since")
    assert compiled.is_compiled()
    code = f"from tests.test_compiled import *\nfor name in {SCENARIOS}: print(observed(name))"
    environment = os.environ | {compiled.PURE: "1"}
    plain = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert plain.stdout.split() == [observed(name) for name in SCENARIOS]


@pytest.fixture
def built(tmp_path):
    """A folder with the sources, and the record that they were compiled."""
    for module in compiled.MODULES:
        source = Path(*module.split(".")).with_suffix(".py")
        (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / source, tmp_path / source)
    (tmp_path / compiled.RECORD).write_text(dumps(compiled.hashes(tmp_path)))
    return tmp_path


def test_a_changed_source_is_not_hidden_by_what_was_compiled(built):
    assert compiled.is_compiled(built, {})
    assert not compiled.is_compiled(built, {compiled.PURE: "1"})
    with (built / "sim" / "browser" / "jar.py").open("a") as source:
        source.write("\n")
    assert not compiled.is_compiled(built, {})


def test_nothing_counts_as_compiled_without_a_record(built):
    (built / compiled.RECORD).unlink()
    assert not compiled.is_compiled(built, {})


def test_the_source_is_found_beside_a_compiled_form(built):
    folder = built / "sim" / "browser"
    (folder / "jar.so").touch()
    spec = compiled.FromSource.find_spec("sim.browser.jar", [str(folder)])
    assert spec is not None
    assert isinstance(spec.loader, SourceFileLoader)
    assert compiled.FromSource.find_spec("sim.browser.route", [str(folder)]) is None
