"""How a scenario has leads scored."""

from __future__ import annotations

from sim.draws import Stream
from sim.drive import drive, open_system
from sim.measure import Scoring, join, measure
from sim.records import DAY
from sim.runs import scoring_of
from sim.scenario.schema import ScoredKind
from sim.system import InteractionKind
from sim.world import live
from tests.conftest import build


def test_each_kind_of_interaction_has_a_name_in_scenarios():
    assert {kind.name for kind in ScoredKind} == {kind.name for kind in InteractionKind}


def test_the_scenarios_table_is_what_scores():
    said = {"points": {"form_submitted": 7}, "half_life": "30d", "threshold": 9}
    assert scoring_of(build({"lead_scoring": said})) == Scoring({3: 7}, 30 * DAY, 9)


def test_points_and_threshold_change_who_is_passed_to_sales():
    def missed(**said):
        scenario = build({"consent": {"banner": "none"}}, {"lead_scoring": said})
        trace, truth = live(scenario, 0)
        stream = Stream(scenario.seed, 0)
        seen = drive(trace, scenario, open_system("as_is", scenario.systems["as_is"], stream), stream)
        return measure(join(trace=trace, truth=truth, belief=seen), scoring=scoring_of(scenario))

    low, high = missed(threshold=10), missed(threshold=60)
    assert low["leads.wrongly_missed"] < high["leads.wrongly_missed"]
    assert missed(points={})["leads.score_error"] == 0 < low["leads.score_error"]
