"""Thresholds are decided on the whole interval."""

from __future__ import annotations

import pytest

from sim.measure import Interval
from sim.report import Verdict, judge
from sim.scenario import Threshold

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
    (judgement,) = judge(summary, {"as_is.visits.exact": bound})
    assert judgement.verdict is verdict


def test_a_threshold_reads_as_it_is_written():
    assert str(Threshold.parse("as_is.visits.boundary.f1", ">= 0.90")) == "as_is.visits.boundary.f1 >= 0.9"


@pytest.mark.parametrize(("name", "bound"), [("as_is", ">= 0.9"), ("as_is.x", "0.9"), ("as_is.x", "> 0.9")])
def test_what_is_no_threshold_is_refused(name, bound):
    with pytest.raises(ValueError, match=r"names no metric|is not a bound"):
        Threshold.parse(name, bound)
