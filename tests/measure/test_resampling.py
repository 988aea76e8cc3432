"""The bootstrap over groups of people: what is drawn is measured as if it had been a replication of its own."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import Purpose, Stream
from sim.drive import drive, open_system
from sim.measure import join, measure, resampled
from sim.measure.resampling import groups
from sim.records import Truth
from sim.world import live


@pytest.fixture
def replication(scenario):
    world = scenario()
    trace, truth = live(world, 0)
    stream = Stream(world.seed, 0)
    belief = drive(trace, world, open_system("as_is", world.systems["as_is"], stream), stream)
    return trace, truth, belief


def draw(replication, uniforms):
    trace, truth, belief = replication
    return list(resampled(trace=trace, truth=truth, belief=belief, uniforms=np.asarray(uniforms)))


def test_everybody_drawn_once_gives_the_figures_of_the_replication(replication):
    trace, truth, belief = replication
    count = int(groups(trace=trace, truth=truth).max()) + 1
    (again,) = draw(replication, [(np.arange(count) + 0.5) / count])
    assert again == pytest.approx(measure(join(trace=trace, truth=truth, belief=belief)), nan_ok=True)


def test_somebody_drawn_often_is_as_many_people(replication):
    trace, truth, belief = replication
    group = groups(trace=trace, truth=truth)
    count = int(group.max()) + 1
    (one,) = draw(replication, [np.full(count, 0.5 / count)])
    rows = np.flatnonzero(group[truth.person] == 0)
    kept = np.isin(belief.row, rows)
    person = truth.person[belief.row[kept]]
    assert one["identity.fragmentation"] == pytest.approx(
        len({(p, i if i >= 0 else -2 - k) for k, (p, i) in enumerate(zip(person, belief.identity[kept], strict=True))})
        / len(set(person.tolist()))
    )


def test_who_shares_a_device_is_one_group(replication):
    trace, truth, _ = replication
    alone = groups(trace=trace, truth=truth)
    assert len(np.unique(alone[alone >= 0])) == len(np.unique(truth.person))
    together = Truth(person=truth.person, visit=truth.visit)
    object.__setattr__(
        together, "person", np.where(truth.person % 2, truth.person, truth.person // 4 * 4).astype(np.int32)
    )
    joined = groups(trace=trace, truth=together)
    browser = trace.events.browser
    device = trace.browsers.device[browser]
    for machine in np.unique(device):
        assert len(np.unique(joined[together.person[device == machine]])) == 1


def test_the_bootstrap_is_about_as_wide_as_the_spread_of_replications(scenario):
    values, widths = [], []
    world = scenario({"population": {"people": 150}})
    for number in range(12):
        trace, truth = live(world, number)
        stream = Stream(world.seed, number)
        belief = drive(trace, world, open_system("as_is", world.systems["as_is"], stream), stream)
        values.append(measure(join(trace=trace, truth=truth, belief=belief))["identity.bcubed.f1"])
        if number < 4:
            uniforms = stream.uniforms(Purpose.RESAMPLE, np.arange(60), len(truth))
            draws = resampled(trace=trace, truth=truth, belief=belief, uniforms=uniforms)
            widths.append(np.std([one["identity.bcubed.f1"] for one in draws], ddof=1))
    assert 0.5 < np.mean(widths) / np.std(values, ddof=1) < 2
