"""The same thing twice: a scenario driven in process, and over real HTTP, gives the same."""

from __future__ import annotations

import httpx
import numpy as np
import pytest

from reference_impl.outbound_marketing import Policy
from sim.draws import Stream
from sim.drive import drive, open_system
from sim.records import Action
from sim.world import live
from tests.conftest import build
from tests.drive.test_actions import MAILING
from tests.reference_impl.outbound_marketing.web.running import (
    BehindHttp,
    built,
    free_port,
    listening,
    opened,
    renamed,
)
from tests.world.test_streams import EVERYTHING

SITE = {
    "website": {
        "pages": [
            {"path": "/", "share": 0.6},
            {"path": "/other", "share": 0.2, "website_id": "other"},
            {"path": "/contact", "share": 0.2, "form": True, "submit": 0.4, "prefill": True},
        ]
    },
    "prefill": {"remember_me": 0.7},
    "population": {"people": 40, "mailing": MAILING, "ad_blockers": 0},
    "days": 20,
}
IDS = ("visitor", "visit", "contact", "identity", "third_party", "first_party")


@pytest.fixture(scope="module", params=["opt_in", "none"])
def world(request):
    scenario = build(EVERYTHING, SITE, {"consent": {"banner": request.param}})
    return scenario, live(scenario, 0)[0]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"first_party_id": "independent", "link": "transitive", "refresh": "load", "extended_by": "any"},
        {
            "first_party_id": "off",
            "email_click_identifies": True,
            "conflict": "split_at_submission",
            "match_on": ["email", "last_name"],
        },
    ],
    ids=["defaults", "independent", "no fallback"],
)
def test_in_process_and_over_http_is_the_same_id_for_id(world, settings, tmp_path):
    scenario, trace = world
    policy, stream = Policy.model_validate(settings), Stream(scenario.seed, 0)
    under_test = scenario.systems["as_is"].model_copy(update={"settings": settings})
    here = drive(trace, scenario, open_system("as_is", under_test, stream), stream)

    taken = free_port()
    port = taken.getsockname()[1]
    app, service, journal, sites = built(tmp_path, policy, port=port)
    sites.origins["other"] = sites.origins["main"]
    with listening(app, taken), httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        there = drive(trace, scenario, BehindHttp(policy, service, sites, client), stream)

    actions = set(trace.events.action[here.row].tolist())
    assert actions >= {Action.LOAD, Action.CLICK, Action.SUBMIT, Action.FOLLOW_EMAIL_LINK, Action.REGISTER}
    for name in here.schema():
        one, other = getattr(here, name), getattr(there, name)
        if name in IDS:
            one, other = renamed(one), renamed(other)
        np.testing.assert_array_equal(one, other, err_msg=name)
    assert here.prefilled.any() or settings != {}

    journal.close()
    again, journal = opened(tmp_path, policy)
    before, after = service.service.assignment(), again.service.assignment()
    for name in ("event", "kind", "visitor", "visit", "contact", "identity"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name), err_msg=f"{name} after a restart")
    assert again.service.contacts.details == service.service.contacts.details
    journal.close()
