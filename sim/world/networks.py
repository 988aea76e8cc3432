"""Which network each visit comes from: the group's own, the person's mobile one, or one met elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import Purpose, Stream
from sim.records import DeviceKind, Int64
from sim.scenario import Scenario
from sim.world.people import Cohort

_A_PERSON = 16
"""Networks numbered for each person: the group's own (by its first person), the mobile one, those met elsewhere."""
_MOBILE, _ELSEWHERE = 1, 2


def networks(
    scenario: Scenario, stream: Stream, cohort: Cohort, owner: Int64, event: Int64, kind: NDArray[Any]
) -> Int64:
    """Number of the network of each visit.

    Args:
        scenario: Says how often people are on which.
        stream: Draws of the replication.
        cohort: The people.
        owner: Row of the person, per visit.
        event: Event number of the visit.
        kind: The `DeviceKind` that it is made on.
    """
    habits = scenario.population.networks
    network = cohort.person[cohort.group_first[owner]] * _A_PERSON
    if habits.mobile:
        mobile = (kind == DeviceKind.PHONE) & (stream.uniform(Purpose.MOBILE_NETWORK, event) < habits.mobile)
        network[mobile] = cohort.person[owner[mobile]] * _A_PERSON + _MOBILE
    if habits.travel:
        draw = stream.uniform(Purpose.TRAVEL, event)
        away = np.flatnonzero(draw < habits.travel)
        which = (draw[away] / habits.travel * (_A_PERSON - _ELSEWHERE)).astype(np.int64)
        network[away] = cohort.person[owner[away]] * _A_PERSON + _ELSEWHERE + which
    return network
