"""Forms that remember people: who is shown whose details, and what is submitted then."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import Stream
from sim.drive import drive, open_system
from sim.measure import join, measure
from sim.records import NONE, Action
from sim.scenario import ScenarioError
from sim.system import InteractionKind
from sim.world import live
from tests.conftest import build

FORM = {"path": "/contact", "share": 1, "form": True, "submit": 0.3, "prefill": True}
KEEPS = {"clearing": [{"share": 1}], "device_reset": {"every": None}}
ONE_ADDRESS = {"second_address": 0, "mistyped": 0, "for_somebody_else": 0}


def lived(*changes, page=None, settings=None):
    said = {
        "website": {"pages": [FORM | (page or {})]},
        "prefill": {"remember_me": 1, "corrected": 1},
        "consent": {"banner": "none"},
        "population": KEEPS,
        "systems": {"as_is": {"use": "outbound_marketing", "settings": settings or {}}},
    }
    scenario = build(said, *changes)
    system, stream = open_system("as_is", scenario.systems["as_is"], Stream(scenario.seed, 0)), Stream(scenario.seed, 0)
    submitted = []
    on_event = system.on_event

    def listen(page, event):
        if event.fields:
            submitted.append((page.event, dict(event.fields)))
        on_event(page, event)

    system.on_event = listen
    trace, truth = live(scenario, 0)
    return trace, truth, drive(trace, scenario, system, stream), submitted


def typed(trace):
    """What people would type into each form that is submitted, in time order."""
    rows = np.flatnonzero(trace.events.action == Action.SUBMIT)
    return trace.forms.take(trace.events.detail[rows]).frame().to_dicts()


def rate(trace, truth, seen):
    return measure(join(trace=trace, truth=truth, belief=seen))["contacts.prefill_rate"]


def test_whoever_is_remembered_finds_the_form_filled_in_from_then_on():
    trace, truth, seen, _ = lived({"population": {"typed": ONE_ADDRESS}})
    views = seen.kind == InteractionKind.FORM_VISITED
    person = truth.person[seen.row]
    first = {who: int(row) for who, row in reversed(list(zip(person, seen.row, strict=True)))
             if trace.events.action[row] == Action.SUBMIT}  # fmt: skip
    known_before = np.array([row > first.get(who, np.inf) for who, row in zip(person, seen.row, strict=True)])
    assert not seen.prefilled[views & ~known_before].any()
    assert seen.prefilled[views & known_before].mean() > 0.5  # the others are in a browser that has not met them
    assert rate(trace, truth, seen) == seen.prefilled[views].mean()


@pytest.mark.parametrize(
    "changes",
    [
        {"prefill": {"remember_me": 0}},
        {"consent": {"banner": "opt_in", "accept": 0, "reject": 1, "ignore": 0}},
        {"population": {"private_windows": {"people": 1, "visits": 1}}},
        {"website": {"pages": [FORM | {"captured": True}]}},
        {"website": {"pages": [FORM | {"prefill": False}]}},
        {"systems": {"as_is": {"settings": {"form_updates": "neither"}}}},
    ],
)
def test_nothing_is_filled_in_without_asking_consent_contact_or_in_private_or_on_captured_forms(changes):
    trace, truth, seen, _ = lived(changes)
    assert (seen.kind == InteractionKind.FORM_SUBMITTED).any()
    assert rate(trace, truth, seen) == 0


def test_a_prefilled_form_is_submitted_with_the_stored_details_and_another_as_typed():
    trace, _, _, submitted = lived({"population": {"typed": {"second_address": 0.5}}})
    different = [got["email"] for (_, got), own in zip(submitted, typed(trace), strict=True) if got != own]
    assert different
    assert set(different) < {own["email"] for own in typed(trace)}
    _, _, _, never = lived({"population": {"typed": {"second_address": 0.5}}, "prefill": {"remember_me": 0}})
    assert [got for _, got in never] == typed(trace)


def test_somebody_elses_name_is_typed_over_by_those_who_notice():
    """On shared accounts a form shows who submitted it last."""
    shared = {"population": {"groups": [{"share": 1, "people": {"3": 1}, "devices": {"1": 1}, "use": 1}]}}

    def wrong(corrected):
        trace, _, _, submitted = lived(shared, {"prefill": {"corrected": corrected}})
        pairs = zip(submitted, typed(trace), strict=True)
        return sum(got["last_name"] != own["last_name"] for (_, got), own in pairs)

    assert wrong(0) > wrong(0.5) > wrong(1) == 0


def test_remembering_changes_nobodys_doings():
    one, _, _, _ = lived()
    other, _, _, _ = lived({"prefill": {"remember_me": 0.1, "corrected": 0.2}})
    for name in one.events.schema():
        np.testing.assert_array_equal(getattr(one.events, name), getattr(other.events, name))


def test_events_without_a_form_are_never_prefilled():
    _, _, seen, _ = lived({"website": {"pages": [FORM | {"share": 0.5}, {"path": "/", "share": 0.5}]}})
    with_form = set(seen.row[seen.kind == InteractionKind.FORM_VISITED].tolist())
    assert seen.prefilled.any()
    assert {int(row) for row in seen.row[seen.prefilled]} <= with_form
    assert (seen.visitor[seen.prefilled] != NONE).all()


def test_a_page_without_a_form_cannot_be_prefilled():
    with pytest.raises(ScenarioError, match="prefill is for pages with a form"):
        build({"website": {"pages": [{"path": "/", "share": 1, "prefill": True}]}})
