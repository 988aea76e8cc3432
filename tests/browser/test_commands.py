from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.browser import PROFILES
from sim.cli import app

ROOT = Path(__file__).parents[2]


def crumbline(*words):
    return CliRunner().invoke(app, words)


def test_profiles_are_listed():
    listed = crumbline("profiles")
    assert listed.exit_code == 0
    assert all(f"\n{name} " in listed.stdout for name in PROFILES)


def test_a_profile_is_shown_with_its_sources():
    shown = crumbline("profiles", "safari")
    assert shown.exit_code == 0
    assert "purge_after            7 d of use  [S] WebKit" in shown.stdout


def test_an_unknown_profile_is_a_mistake_of_usage():
    assert crumbline("profiles", "netscape").exit_code == 2


def test_conformance_says_which_package_it_lacks(monkeypatch):
    monkeypatch.setitem(sys.modules, "sim.browser.conformance.suite", None)
    lacking = crumbline("conformance")
    assert lacking.exit_code == 2


def test_conformance_without_engines_names_them_and_does_not_pass(monkeypatch, tmp_path):
    pytest.importorskip("websockets", reason="needs the packages of the extra: pip install crumbline[browsers]")
    pytest.importorskip("trustme", reason="needs the packages of the extra: pip install crumbline[browsers]")
    monkeypatch.setenv("PATH", str(tmp_path))
    held = crumbline("conformance", "--results", str(tmp_path / "out"))
    assert held.exit_code == 1
    for engine in ("chromium", "firefox", "webkit"):
        assert f"MISSING {engine}" in held.stdout
    assert "not installed here: firefox" in (tmp_path / "out" / "conformance.md").read_text()


def test_the_readme_shows_the_published_table():
    published = (ROOT / "results/published/browsers/conformance.md").read_text()
    _, _, rest = (ROOT / "README.md").read_text().partition("<!-- engines:")
    shown, end, _ = rest.partition("<!-- end of engines -->")
    assert end
    rows = [line for line in shown.splitlines() if line.startswith("|")]
    assert len(rows) == 11
    assert "\n".join(rows) in published
