"""`crumbline explain`: one person's history, of a run repeated from its manifest."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from PIL import Image

from sim.explain import ExplainError, explain
from sim.measure import charges
from sim.measure.causes import Cause
from sim.runs import run
from tests.test_run import no_plots, ticking  # noqa: F401


@pytest.fixture
def folder(scenario, tmp_path):
    return run(scenario({"population": {"people": 80}}), tmp_path, clock=ticking(), workers=1).folder


def test_the_worst_is_told_of_all_their_errors_and_drawn(folder, monkeypatch):
    found = []

    def noted(joined, site):
        found.append((joined, charges(joined, site=site)))
        return found[0][1]

    monkeypatch.setattr("sim.explain.charges", noted)
    (worst,) = explain(folder)
    ((joined, errors),) = found
    person = np.concatenate([joined.truth.person[joined.belief.row[kind.row]] for kind in errors])
    counts = np.bincount(person)
    assert counts[worst.person] == counts.max()
    told = sum(int(count) for line in worst.story for count in re.findall(r"(\d+) x ", line))
    assert told == counts.max()
    png, svg, text = worst.files
    with Image.open(png) as picture:
        assert picture.width > 500
    assert "<svg" in svg.read_text()
    assert text.read_text().splitlines() == worst.story


def test_a_cause_picks_who_suffers_from_it(folder):
    for one in explain(folder, worst=3, cause="cookies cleared"):
        assert any(": cookies cleared: " in line for line in one.story)


def test_a_person_can_be_named(folder):
    (someone,) = explain(folder, worst=1)
    (same,) = explain(folder, person=someone.person)
    assert same.story == someone.story


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"person": 10**6}, "person 1000000 was never seen; people are numbered from 0 to 79"),
        ({"system": "as_si"}, "no system 'as_si'; did you mean 'as_is'?"),
        ({"cause": "caped by the browser"}, "did you mean 'capped by the browser'?"),
        ({"cause": list(Cause)[-2].text}, "no error of this cause"),
        ({"replication": 2}, "there is no replication 2"),
    ],
)
def test_what_is_not_there_is_said(folder, asked, message):
    with pytest.raises(ExplainError, match=message.replace("?", r"\?")):
        explain(folder, **asked)


def test_a_folder_without_a_run_is_said(tmp_path):
    with pytest.raises(ExplainError, match=r"no manifest\.json is there"):
        explain(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"state": "finished"}))
    with pytest.raises(ExplainError, match="cannot be read"):
        explain(tmp_path)


def test_a_sweep_has_to_be_narrowed_to_a_point(tmp_path):
    scenario = {"scenario": {"sweep": {"days": [7, 14]}}}
    (tmp_path / "manifest.json").write_text(json.dumps(scenario))
    with pytest.raises(ExplainError, match="is a sweep; run one of its points"):
        explain(tmp_path)
