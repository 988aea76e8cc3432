"""Both halves behind the one door that the harness knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from reference_impl.outbound_marketing.policy import Policy
from reference_impl.outbound_marketing.rules import (
    FIRST_PARTY_VISIT,
    FIRST_PARTY_VISITOR,
    THIRD_PARTY_VISIT,
    THIRD_PARTY_VISITOR,
)
from reference_impl.outbound_marketing.script import Script
from reference_impl.outbound_marketing.service import Service
from sim.system import CookieNames


class OutboundMarketing:
    """The system under test: a `sim.system.TrackingSystem`."""

    Settings: ClassVar[type[Policy]] = Policy
    cookies: ClassVar[CookieNames] = CookieNames(
        third_party_visitor=THIRD_PARTY_VISITOR,
        third_party_visit=THIRD_PARTY_VISIT,
        first_party_visitor=FIRST_PARTY_VISITOR,
        first_party_visit=FIRST_PARTY_VISIT,
    )

    def __init__(self, settings: Policy, random: Callable[[int], str]) -> None:
        script, service = Script(settings), Service(settings, random)
        self.import_contacts = service.import_contacts
        self.on_load = script.on_load
        self.on_event = script.on_event
        self.handle = service.handle
        self.assignment = service.assignment
