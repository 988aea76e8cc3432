"""Thresholds decided on the interval of a metric, not on its mean alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sim.measure import Interval
from sim.report.tables import Summary
from sim.scenario import Threshold


class Verdict(StrEnum):
    """What is to be said of a threshold."""

    PASS = "pass"
    FAIL = "fail"
    NOT_SURE = "not sure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A threshold, the interval of its metric, and the verdict."""

    threshold: Threshold
    interval: Interval
    verdict: Verdict


def judge(summary: Summary, thresholds: Mapping[str, str]) -> list[Judgement]:
    """Decide each threshold: a pass or a fail if the whole interval lies on one side of the bound, else not sure.

    Where there is no interval, nothing is sure.
    """
    judgements = []
    for name, bound in thresholds.items():
        threshold = Threshold.parse(name, bound)
        interval = summary[threshold.system][threshold.metric]
        judgements.append(Judgement(threshold, interval, _decide(threshold, interval)))
    return judgements


def _decide(threshold: Threshold, interval: Interval) -> Verdict:
    if threshold.at_least:
        passed, failed = interval.low >= threshold.bound, interval.high < threshold.bound
    else:
        passed, failed = interval.high <= threshold.bound, interval.low > threshold.bound
    return Verdict.PASS if passed else Verdict.FAIL if failed else Verdict.NOT_SURE
