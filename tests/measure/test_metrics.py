"""All metrics together: the list of them is complete, and each stays within its bounds."""

from __future__ import annotations

import math

from sim.draws import Stream
from sim.drive import drive, open_system
from sim.measure import METRICS, identities_per_person, join, measure
from sim.measure.contingency import contingency
from sim.world import live


def measured(scenario):
    trace, truth = live(scenario, 0)
    stream = Stream(scenario.seed, 0)
    seen = drive(trace, scenario, open_system("as_is", scenario.systems["as_is"], stream), stream)
    return measure(join(trace=trace, truth=truth, belief=seen)), truth, seen


def test_measure_gives_the_metrics_that_are_listed_within_their_bounds(scenario):
    values, _, _ = measured(scenario())
    assert list(values) == list(METRICS)
    for name, value in values.items():
        assert math.isnan(value) or METRICS[name].low <= value <= METRICS[name].high, name


def test_fragmentation_is_the_mean_of_identities_per_person(scenario):
    values, truth, seen = measured(scenario())
    counts = identities_per_person(contingency(truth=truth.person[seen.row], belief=seen.identity))
    assert values["identity.fragmentation"] == counts.mean()
