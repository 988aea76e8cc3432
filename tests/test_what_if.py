"""What-ifs: taking causes away changes what browsers keep, and nothing that people do."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import Stream
from sim.drive import drive, open_system
from sim.measure import join, measure
from sim.records import Action
from sim.runs import run
from sim.scenario import Removal
from sim.what_if import alternative, what_ifs
from sim.world import live
from tests.test_run import no_plots, ticking  # noqa: F401
from tests.world.test_streams import EVERYTHING


def figures(world, *removed):
    trace, truth = live(world, 0)
    stream = Stream(world.seed, 0)
    other = alternative(removed, scenario=world, trace=trace, truth=truth)
    seen = drive(
        other.driven, other.scenario, open_system("as_is", world.systems["as_is"], stream), stream, adjust=other.profile
    )
    return measure(join(trace=other.measured, truth=other.truth, belief=other.belief(seen)))


LOSSY = {"population": {"people": 150, "closing": {"within_visit": 0.2}}, "days": 60}


def test_with_nothing_taken_away_the_world_is_as_it_was(scenario):
    trace, truth = live(scenario(), 0)
    same = alternative((), scenario=scenario(), trace=trace, truth=truth)
    assert same.scenario == scenario()
    for name in trace.events.schema():
        np.testing.assert_array_equal(getattr(same.driven.events, name), getattr(trace.events, name))


@pytest.mark.parametrize("removal", Removal)
def test_page_loads_stay_as_they_were(scenario, removal):
    trace, truth = live(scenario(), 0)
    other = alternative((removal,), scenario=scenario(), trace=trace, truth=truth)
    loads, others = (events.action == Action.LOAD for events in (trace.events, other.driven.events))
    np.testing.assert_array_equal(other.driven.events.time[others], trace.events.time[loads])
    np.testing.assert_array_equal(other.driven.events.page[others], trace.events.page[loads])
    np.testing.assert_array_equal(other.truth.person[others], truth.person[loads])


def test_without_any_cause_who_submits_is_resolved_and_all_visits_are_true(scenario):
    best = figures(scenario(LOSSY), *Removal)
    assert best["identity.pairwise.f1"] == 1
    assert best["identity.bcubed.f1"] == 1
    assert best["contacts.coverage"] == 1
    assert best["visits.boundary.f1"] == 1
    assert best["visits.exact"] == 1


@pytest.mark.parametrize("removal", [Removal.CLEARING, Removal.CAPS, Removal.REFUSAL, Removal.BROWSERS])
def test_less_loss_never_makes_more_identities(scenario, removal):
    assert (
        figures(scenario(LOSSY), removal)["identity.fragmentation"]
        <= figures(scenario(LOSSY))["identity.fragmentation"]
    )


def test_the_true_window_leaves_only_what_ids_break(scenario):
    world = scenario(LOSSY, {"consent": {"banner": "none"}})
    assert figures(world, Removal.WINDOW)["visits.boundary.recall"] == 1
    assert figures(world, Removal.WINDOW, Removal.CLEARING, Removal.CAPS, Removal.BLOCKING)["visits.boundary.f1"] == 1


def test_each_cause_is_taken_away_alone_and_with_all_others():
    names = dict(what_ifs(tuple(Removal)))
    assert len(names) == 2 * len(Removal) + 1
    assert names["without caps"] == (Removal.CAPS,)
    assert set(names["only caps"]) == set(Removal) - {Removal.CAPS}
    assert list(dict(what_ifs((Removal.CAPS,)))) == ["without caps"]


def test_a_run_gives_gains_with_their_intervals(scenario, tmp_path):
    world = scenario({"what_if": ["clearing", "refusal"], "replications": 3})
    gains = run(world, tmp_path, clock=ticking(), workers=1).tables["gains"]
    assert gains["alternative"].unique(maintain_order=True).to_list() == [
        "without clearing", "without refusal", "only clearing", "only refusal", "without all",
    ]  # fmt: skip
    refusal = gains.filter(alternative="without refusal", metric="identity.bcubed.f1").row(0, named=True)
    assert refusal["low"] > 0
    assert refusal["n"] == 3
    alone = gains.filter(alternative="only refusal", metric="identity.bcubed.f1").row(0, named=True)
    assert alone["against"] == "without all"
    assert alone["high"] < 0


def test_without_any_cause_nothing_that_people_can_do_is_credited_to_others(scenario):
    mailing = {"on_list": 0.5, "campaigns": [{"sent": "2d", "opened": 0.8, "clicked": 0.6}]}
    best = figures(scenario(EVERYTHING, {"population": {"mailing": mailing}}), *Removal)
    assert best["identity.pairwise.precision"] == 1
    assert best["contacts.correctness"] == 1
    assert best["visits.boundary.f1"] == 1
