"""Sweeps, `extends`, `--set` and `rest`: what a scenario file says comes out as the points that it means."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import ScenarioError, load, load_experiment, new_scenario, parse_experiment, scenario_schema

BASE = """\
name: base
systems:
  as_is: {use: outbound_marketing}
browsers:
  desktop: {chromium: rest, safari: 0.3}
  phone: {chromium: 1}
  tablet: {chromium: 1}
consent: {banner: opt_in, accept: 0.5, reject: 0.2, ignore: rest}
"""


def points(sweep):
    return parse_experiment(BASE + "sweep:\n" + "".join(f"  {line}\n" for line in sweep.splitlines()), "f.yaml").points


def test_without_a_sweep_there_is_one_point():
    (point,) = parse_experiment(BASE).points
    assert point.values == {}
    assert point.scenario.browsers["desktop"] == {"chromium": 0.7, "safari": 0.3}
    assert point.scenario.consent.ignore == 0.3


def test_lists_make_a_grid():
    found = points("seed: [1, 2]\nconsent.accept: [0.1, 0.2, 0.3]")
    assert [(point.values["seed"], point.values["consent.accept"]) for point in found] == [
        (1, 0.1), (1, 0.2), (1, 0.3), (2, 0.1), (2, 0.2), (2, 0.3),
    ]  # fmt: skip
    assert found[-1].scenario.seed == 2
    assert found[-1].scenario.consent.accept == 0.3
    assert found[-1].scenario.consent.ignore == pytest.approx(0.5)  # the rest moves along


def test_zipped_lists_go_together():
    found = points("zip:\n  consent.accept: [0.1, 0.2]\n  consent.reject: [0.9, 0.8]\nseed: [5, 6]")
    assert len(found) == 4
    assert {(p.scenario.consent.accept, p.scenario.consent.reject) for p in found} == {(0.1, 0.9), (0.2, 0.8)}


def test_ranges_take_steps_in_the_unit_that_they_are_written_in():
    minutes = points("systems.as_is.settings.visit_timeout: {from: 10min, to: 30min, steps: 3}")
    assert [point.values["systems.as_is.settings.visit_timeout"] for point in minutes] == ["10min", "20min", "30min"]
    whole = points("population.people: {from: 10, to: 20, steps: 4}")
    assert [point.scenario.population.people for point in whole] == [10, 13, 17, 20]


@pytest.mark.parametrize(
    ("method", "count"), [("latin_hypercube: 20", 20), ("sobol: 16", 16), ("saltelli: 8", 8 * (2 + 2))]
)
def test_drawn_points_lie_within_their_ranges_and_are_the_same_each_time(method, count):
    sweep = f"sample: {{{method}}}\nconsent.accept: {{from: 0.2, to: 0.7}}\ndays: {{from: 10, to: 90}}"
    found = points(sweep)
    assert len(found) == count
    accept = np.array([point.values["consent.accept"] for point in found])
    assert ((accept >= 0.2) & (accept <= 0.7)).all()
    assert np.ptp(accept) > 0.3
    assert [point.values for point in points(sweep)] == [point.values for point in found]


def test_a_latin_hypercube_has_one_point_in_each_stratum():
    found = points("sample: {latin_hypercube: 10}\nconsent.accept: {from: 0.0, to: 0.8}")
    strata = np.floor(np.array([point.values["consent.accept"] for point in found]) / 0.08)
    assert sorted(strata.tolist()) == list(range(10))


@pytest.mark.parametrize(
    ("sweep", "traces"),
    [
        ("consent.accept: [0.1, 0.2]", 1),
        ("browsers.desktop.safari: [0.1, 0.7]", 1),
        ("systems.as_is.settings.visit_timeout: [10min, 20min]", 1),
        ("population.people: [10, 20]", 2),
        ("days: [10, 20]\nconsent.accept: [0.1, 0.2]", 2),
    ],
)
def test_points_share_a_trace_where_people_do_the_same(sweep, traces):
    experiment = parse_experiment(BASE + "sweep:\n" + "".join(f"  {line}\n" for line in sweep.splitlines()))
    assert len(experiment.groups()) == traces
    assert sorted(point for group in experiment.groups() for point in group) == list(range(len(experiment.points)))


def test_a_file_extends_another_and_the_command_line_goes_before_both(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "mine.yaml").write_text("extends: base.yaml\nname: mine\nconsent: {accept: 0.1}\n")
    mine = load(tmp_path / "mine.yaml", ["consent.reject=0.3", "systems.as_is.settings.visit_timeout=20min"])
    assert mine.name == "mine"
    assert (mine.consent.accept, mine.consent.reject, mine.consent.ignore) == (0.1, 0.3, 0.6)
    assert mine.systems["as_is"].settings == {"visit_timeout": "20min"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extends: mine.yaml\n", "extends itself"),
        ("extends: bsae.yaml\n", r"mine.yaml:1:1: extends: .*bsae.yaml: no such file; did you mean '.*base.yaml'"),
        ("extends: base.yaml\nname: mine\nconsent: {acept: 1}\n", r"mine.yaml:3:11: consent.acept: unknown key"),
        ("extends: wrong.yaml\nname: mine\n", r"wrong.yaml:2:1: dayz: unknown key; did you mean 'days'"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(text, message, tmp_path):
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "wrong.yaml").write_text("extends: base.yaml\ndayz: 3\n")
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=message):
        load(tmp_path / "mine.yaml")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("people", "write field=value"),
        ("population.peopel=3", "--set: population.peopel: unknown key; did you mean 'people'"),
        ("days=[", "is not a value in YAML"),
    ],
)
def test_a_wrong_setting_is_told(setting, message, tmp_path):
    (tmp_path / "base.yaml").write_text(BASE)
    with pytest.raises(ScenarioError) as refused:
        load(tmp_path / "base.yaml", [setting])
    assert message in str(refused.value)


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=4))
def test_a_rest_is_what_the_others_leave(shares):
    names = ["safari", "firefox", "edge", "brave"][: len(shares)]
    mix = {"chromium": "rest", **dict(zip(names, shares, strict=True))}
    text = BASE.replace("{chromium: rest, safari: 0.3}", json.dumps(mix))
    assert sum(parse_experiment(text).scenario.browsers["desktop"].values()) == pytest.approx(1)


def test_a_new_scenario_is_good_and_never_overwrites(tmp_path):
    path = new_scenario("mine", tmp_path)
    assert load_experiment(path).scenario.name == "mine"
    with pytest.raises(ValueError, match="is there already"):
        new_scenario("mine", tmp_path)
    with pytest.raises(ValueError, match="is no name"):
        new_scenario("../mine", tmp_path)


def test_the_schema_knows_what_files_may_say():
    fields = scenario_schema()["properties"]
    assert {"extends", "sweep", "systems", "what_if", "precision"} <= set(fields)
    assert "consumer_europe" in json.dumps(fields["population"])
