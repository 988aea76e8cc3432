"""Thresholds are decided on the whole interval."""

from __future__ import annotations

from xml.etree import ElementTree

import polars as pl
import pytest

from sim.measure import Interval
from sim.report import BaselineError, Judgement, Verdict, judge, read_baseline
from sim.report.verdict_files import junit_xml, markdown
from sim.runs import UnknownMetricError, run
from sim.scenario import ScenarioError, Threshold
from tests.test_run import no_plots, ticking  # noqa: F401

NAN = float("nan")


@pytest.mark.parametrize(
    ("bound", "low", "high", "verdict"),
    [
        (">= 0.9", 0.90, 0.95, Verdict.PASS),
        (">= 0.9", 0.80, 0.89, Verdict.FAIL),
        (">= 0.9", 0.89, 0.95, Verdict.NOT_SURE),
        ("<= 0.9", 0.80, 0.90, Verdict.PASS),
        ("<= 0.9", 0.91, 0.95, Verdict.FAIL),
        ("<= 0.9", 0.85, 0.95, Verdict.NOT_SURE),
        (">= 0.9", NAN, NAN, Verdict.NOT_SURE),
    ],
)
def test_it_is_sure_only_if_the_interval_lies_on_one_side(bound, low, high, verdict):
    summary = {"as_is": {"visits.exact": Interval(0.9, low, high, 0.1, 5)}}
    (judgement,) = judge(summary, {}, {"as_is.visits.exact": bound})
    assert judgement.verdict is verdict


def test_a_threshold_reads_as_it_is_written():
    assert str(Threshold.parse("as_is.visits.boundary.f1", ">= 0.90")) == "as_is.visits.boundary.f1 >= 0.9"


@pytest.mark.parametrize(("name", "bound"), [("as_is", ">= 0.9"), ("as_is.x", "0.9"), ("as_is.x", "> 0.9")])
def test_what_is_no_threshold_is_refused(name, bound):
    with pytest.raises(ValueError, match=r"names no metric|is not a bound"):
        Threshold.parse(name, bound)


TWO = {
    "systems": {
        "as_is": {"use": "outbound_marketing"},
        "never": {"use": "outbound_marketing", "settings": {"first_party_id": "off"}},
    },
    "replications": 3,
}


def verdicts(scenario, root, **changes):
    return [one.verdict for one in run(scenario(TWO, changes), root, clock=ticking(), workers=1).judgements]


def test_a_difference_between_systems_is_decided_on_the_same_visitors(scenario, tmp_path):
    first = run(scenario(TWO), tmp_path / "a", clock=ticking(), workers=1)
    row = first.tables["differences"].filter(metric="visits.count_ratio").row(0, named=True)
    assert (row["first"], row["second"]) == ("as_is", "never")
    low, high = sorted((-row["low"], -row["high"]))
    thresholds = {
        "as_is - never.visits.count_ratio": f">= {low - 0.001:.6f}",
        "never - as_is.visits.count_ratio": f">= {row['high'] + 0.001:.6f}",
        "never - as_is.visits.exact": ">= -1",
    }
    assert low <= high
    assert verdicts(scenario, tmp_path / "b", thresholds=thresholds) == [Verdict.PASS, Verdict.FAIL, Verdict.PASS]


def test_a_run_is_held_against_a_stored_one(scenario, tmp_path):
    stored = run(scenario(TWO), tmp_path / "a", clock=ticking(), workers=1).folder
    metric = "identity.bcubed.f1"
    same = {"baseline": str(stored), "thresholds": {f"as_is.{metric}": "no worse than baseline"}}
    assert verdicts(scenario, tmp_path / "b", **same) == [Verdict.PASS]
    worse = {"systems": {"as_is": {"settings": {"visit_timeout": "1min"}}}}
    bounds = {"as_is.visits.exact": "no worse than baseline by 0.01", "as_is.visits.split": "no worse than baseline"}
    changed = {**worse, "baseline": str(stored), "thresholds": bounds}
    assert verdicts(scenario, tmp_path / "c", **changed) == [Verdict.FAIL, Verdict.FAIL]


def test_a_baseline_that_cannot_be_used_is_told_before_anything_is_done(scenario, tmp_path):
    bound = {"as_is.visits.exact": "no worse than baseline"}
    with pytest.raises(BaselineError, match=r"no metrics\.parquet is there"):
        verdicts(scenario, tmp_path, baseline="nowhere", thresholds=bound)
    with pytest.raises(UnknownMetricError, match="no value is worse"):
        verdicts(scenario, tmp_path, baseline="x", thresholds={"as_is.visits.count_ratio": "no worse than baseline"})
    with pytest.raises(ScenarioError, match="name the folder of a run in `baseline`"):
        scenario({"thresholds": bound})
    assert not list(tmp_path.iterdir())
    pl.DataFrame({"system": ["other"]}).write_parquet(tmp_path / "metrics.parquet")
    with pytest.raises(BaselineError, match="has no system 'as_is'"):
        read_baseline(tmp_path, bound)


def test_machines_and_merge_requests_are_told():
    sure = Judgement(Threshold.parse("a.visits.exact", ">= 0.5"), Interval(0.9, 0.8, 1.0, 0.1, 5), Verdict.PASS)
    unsure = Judgement(Threshold.parse("a - b.visits.exact", "<= 0.1"), Interval(0.1, 0, 0.2, 0.1, 5), Verdict.NOT_SURE)
    judged = [("", sure), ("days = 3", unsure)]
    suite = ElementTree.fromstring(junit_xml("mine", judged))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.find("failure") is None for case in suite] == [True, False]
    assert "| not sure | `a - b.visits.exact <= 0.1` at days = 3 | 0.1000 (0.0000 to 0.2000) |" in markdown(
        "m", "?", judged
    )
