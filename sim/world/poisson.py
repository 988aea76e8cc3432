"""Moments that come at a constant rate, each on its own."""

from __future__ import annotations

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import Int64
from sim.world.distributions import exponential


def moments(stream: Stream, purpose: Purpose, entity: Int64, every: float, span: int) -> tuple[Int64, Int64, Int64]:
    """Moments with exponential gaps between them.

    Args:
        stream: Draws of the replication.
        purpose: What happens then.
        entity: To whom it happens.
        every: Mean gap, in ms.
        span: How long it goes on, in ms.

    Returns:
        Position of the entity, number of the moment from 0, and its time in ms, by entity and then by time.
    """
    expected = span / every
    enough = 2 * int(expected / 2 + 3 * np.sqrt(expected) + 8)
    gaps = exponential(stream.uniforms(purpose, entity, enough), every).astype(np.int64) + 1
    times = np.cumsum(gaps, axis=1)
    at, number = np.nonzero(times < span)
    return at, number, times[at, number]
