"""Scenarios that tests start from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import settings

from sim.scenario import Scenario, parse

# A deadline would make a test depend on how busy the machine is.
settings.register_profile("crumbline", deadline=None)
settings.load_profile("crumbline")

SMALL = {
    "name": "small",
    "days": 30,
    "replications": 2,
    "population": {"people": 60, "clearing": [{"share": 0.6}, {"share": 0.4, "every": "5d"}]},
    "browsers": {kind: {"chromium": 0.5, "safari": 0.25, "firefox": 0.25} for kind in ("desktop", "phone", "tablet")},
    "consent": {"banner": "opt_in", "accept": 0.6, "reject": 0.2, "ignore": 0.2},
    "systems": {"as_is": {"use": "outbound_marketing"}},
}


def build(*changes: dict[str, Any]) -> Scenario:
    """The small scenario with some fields changed; mappings are merged into one another."""
    data = json.loads(json.dumps(SMALL))
    for change in changes:
        _merge(data, json.loads(json.dumps(change)))
    return parse(json.dumps(data), "test")


def _merge(into: dict[str, Any], change: dict[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict) and key not in {"desktop", "phone", "tablet"}:
            _merge(into[key], value)
        else:
            into[key] = value


@pytest.fixture
def scenario():
    """A function that gives the small scenario with some fields changed."""
    return build
