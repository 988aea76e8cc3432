"""Changing one kind of parameter leaves every draw of the others as it was: common random numbers."""

from __future__ import annotations

import numpy as np
import pytest

import sim.world
from sim.draws import Stream
from sim.records import PRIVATE, Action
from sim.world import live
from sim.world.groups import cohorts_of_groups

EVERYTHING = {
    "population": {
        "people": 120,
        "visits_per_month": 12,
        "groups": [
            {"share": 0.6, "people": {"1": 0.3, "3": 0.7}, "devices": {"0": 0.3, "1": 0.7}, "use": 0.4},
            {"share": 0.4, "people": {"8": 1}, "devices": {"2": 1}, "own_accounts": 0.3, "mailbox": 0.3},
        ],
        "rhythm": {"time_zones": {"0": 0.5, "1": 0.5}},
        "clearing": [{"share": 0.6}, {"share": 0.3, "every": "5d"}, {"share": 0.1, "at_close": True}],
        "clicks": 0.2,
        "new_tab": 0.2,
        "redirect_links": 0.1,
        "going_on": {"share": 0.1},
        "typed": {"second_address": 0.2, "mistyped": 0.1, "for_somebody_else": 0.2},
        "event_website": {"sign_in": 0.1},
        "consent_change": {"visits": 0.1},
        "networks": {"mobile": 0.5, "travel": 0.1},
        "device_reset": {"every": "20d"},
        "private_windows": {"people": 0.4, "visits": 0.4},
        "ad_blockers": 0.2,
    }
}
COLUMNS = ("time", "page", "dwell", "interacted", "tab", "network", "browser", "private", "generation", "typed")

POPULATION_CHANGES = [
    # what is changed; actions of which rows may come and go; columns that may differ where a row stays
    ({"clearing": [{"share": 1, "every": "1d"}]}, {Action.CLEAR}, set()),
    ({"closing": {"after_visit": 0.9, "within_visit": 0.3}}, {Action.CLOSE}, set()),
    ({"closing": {"restores_session": 1}}, set(), set()),
    ({"device_reset": {"every": "3d"}}, {Action.RESET}, {"generation"}),
    ({"device_reset": {"replaced": 1}}, set(), {"generation"}),
    ({"private_windows": {"visits": 0.9}}, {Action.CLOSE}, {"private"}),
    ({"ad_blockers": 0.9}, set(), set()),
    ({"days_of_use": 0.1}, set(), set()),
    ({"interaction": 0.1}, set(), {"interacted"}),
    ({"clicks": 0.8}, {Action.CLICK}, {"interacted"}),
    ({"new_tab": 0.6}, set(), {"tab"}),
    ({"typed": {"mistyped": 0.6}}, set(), {"typed"}),
    ({"event_website": {"sign_in": 0.5}}, {Action.SIGN_IN, Action.REGISTER}, set()),
    ({"event_website": {"registration": 0.9}}, {Action.REGISTER}, set()),
    ({"consent_change": {"visits": 0.8}}, {Action.CHANGE_CONSENT}, {"interacted"}),
    ({"consent_change": {"accept": 0.9}}, set(), set()),
    ({"networks": {"mobile": 0.1, "travel": 0.6}}, set(), {"network"}),
    ({"main_browser": 0.2}, set(), {"browser"}),
    ({"locale": "de_DE"}, set(), {"typed"}),
    ({"device_kinds": {"desktop": 0.2, "phone": 0.8}}, set(), {"network"}),
]
TIMES = {"time", "generation", "browser", "network"}  # another time may find another device free, or replaced
LONGER_LIVES = [
    ({"redirect_links": 0.5}, {Action.FOLLOW_REDIRECT}, TIMES),
    ({"going_on": {"share": 0.5}}, set(Action), TIMES),
    ({"main_device": 0.2}, set(), TIMES),
    ({"visits_per_month": 6}, set(Action), TIMES),
    ({"activity_spread": 0.1}, set(Action), TIMES),
    ({"return_gap": {"tail": 4}}, set(Action), TIMES),
    ({"rhythm": {"weekdays": [1, 0, 0, 0, 0, 0, 0]}}, set(Action), TIMES),
    ({"rhythm": {"time_zones": {"0": 0.1, "1": 0.9}}}, set(Action), TIMES),
    ({"pages": {"mean": 6}}, set(Action), TIMES),
    ({"dwell": {"shape": 0.5}}, set(Action), {*TIMES, "dwell"}),
    ({"pause": {"share": 0.2}}, set(Action), TIMES),
]


def history(trace):
    """Rows of the trace by (event, action): all that they say."""
    events, browsers = trace.events, trace.browsers
    key = browsers.key[events.browser]
    email = [
        trace.forms.email[detail] if action in (Action.SUBMIT, Action.SIGN_IN, Action.REGISTER) else ""
        for action, detail in zip(events.action, events.detail, strict=True)
    ]
    columns = {name: getattr(events, name) for name in COLUMNS[:6]}
    columns |= {"browser": key % PRIVATE, "private": browsers.private[events.browser]}
    columns |= {"generation": key >> 42, "typed": np.array(email, np.object_)}
    return {
        (int(event), int(action)): dict(zip(columns, values, strict=True))
        for event, action, *values in zip(events.event, events.action, *columns.values(), strict=True)
    }


def assert_alike(before, after, rows_may_differ, columns_may_differ):
    """Rows of the other actions are the same, and those that stay say the same in the other columns."""
    for (event, action), row in before.items():
        other = after.get((event, action))
        if other is None:
            assert Action(action) in rows_may_differ, Action(action)
            continue
        if {Action(action)} == rows_may_differ & {Action.CLEAR, Action.RESET}:
            continue  # the same clearing in number is another one
        for name, value in row.items():
            assert name in columns_may_differ or value == other[name], (Action(action), name)
    assert {Action(action) for _, action in after.keys() - before.keys()} <= rows_may_differ


@pytest.mark.parametrize(("change", "actions", "columns"), POPULATION_CHANGES + LONGER_LIVES, ids=str)
def test_a_change_of_the_population_reaches_what_it_is_of_and_nothing_else(scenario, change, actions, columns):
    if columns >= TIMES:
        actions = actions | set(Action)  # what is late may fall beyond the end
    before, _ = live(scenario(EVERYTHING), 0)
    after, _ = live(scenario(EVERYTHING, {"population": change}), 0)
    assert_alike(history(before), history(after), actions, columns)


@pytest.mark.parametrize(
    ("change", "actions", "columns"),
    [
        ({"consent": {"accept": 0.1, "reject": 0.8, "ignore": 0.1}}, set(), set()),
        ({"browsers": {"desktop": {"safari": 1}}}, set(), set()),
        (
            {
                "website": {
                    "pages": [
                        {"path": "/", "share": 0.4},
                        {"path": "/a", "share": 0.5},
                        {"path": "/b", "share": 0.1, "form": True, "submit": 0.9},
                    ]
                }
            },
            {Action.SUBMIT},
            {"interacted"},
        ),
    ],
    ids=["consent", "browsers", "forms"],
)
def test_a_change_of_the_rest_reaches_what_it_is_of_and_nothing_else(scenario, change, actions, columns):
    before, _ = live(scenario(EVERYTHING), 0)
    after, _ = live(scenario(EVERYTHING, change), 0)
    assert_alike(history(before), history(after), actions, columns)


def test_a_scenario_with_everything_on_has_every_action(scenario):
    trace, _ = live(scenario(EVERYTHING), 0)
    assert set(np.unique(trace.events.action)) == set(Action) - {Action.FOLLOW_EMAIL_LINK}


def test_more_people_and_other_cohorts_change_nobody_with_everything_on(scenario, monkeypatch):
    mailing = {"on_list": 0.5, "campaigns": [{"sent": "2d", "opened": 0.8, "clicked": 0.6, "forwarded": 0.4}]}
    few = scenario(EVERYTHING, {"population": {"mailing": mailing}})
    more = scenario(EVERYTHING, {"population": {"mailing": mailing, "people": 200}})
    sizes = np.concatenate([one.size for one in cohorts_of_groups(few.population, Stream(few.seed, 0), 1000)])
    whole = 120 - sizes[-1]  # the last group may be cut
    before = history(live(few, 0)[0])
    monkeypatch.setattr(sim.world, "COHORT_PEOPLE", 30)
    after = history(live(more, 0)[0])
    assert {key: row for key, row in before.items() if key[0] >> 32 < whole} == {
        key: row for key, row in after.items() if key[0] >> 32 < whole
    }
