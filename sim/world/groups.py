"""How people are grouped into households and offices, and groups into cohorts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.draws import Purpose, Stream
from sim.records import Float64, Int64
from sim.scenario import Population
from sim.world.distributions import choose, pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Consecutive groups, one row a group. Their people are numbered one after the other, from `first_person` on."""

    number: Int64
    """Number of the group in the replication."""
    kind: Int64
    """Which of the population's kinds of groups it is."""
    size: Int64
    """People in the group."""
    first_person: int
    """Number of the first person in the first group."""


def cohorts_of_groups(population: Population, stream: Stream, people_each: int) -> Iterator[Groups]:
    """All groups, in stretches of about so many people; the last group is cut where there are enough people.

    A group's size is drawn by the group's number, so that the groups at the front are the same however many follow.
    """
    mean_size = sum(kind.share * sum(n * share for n, share in kind.people.items()) for kind in population.groups)
    stretch = max(1, round(people_each / mean_size))
    first_group = first_person = 0
    while first_person < population.people:
        number = np.arange(first_group, first_group + stretch, dtype=np.int64)
        kind = pick(stream.uniform(Purpose.GROUP_KIND, number), [kind.share for kind in population.groups])
        size = _sizes(population, stream.uniform(Purpose.GROUP_SIZE, number), kind)
        left = population.people - first_person
        within = np.cumsum(size) - size < left
        number, kind, size = number[within], kind[within], size[within]
        size[-1] = min(size[-1], left - (size.sum() - size[-1]))
        yield Groups(number=number, kind=kind, size=size, first_person=first_person)
        first_group += stretch
        first_person += int(size.sum())


def _sizes(population: Population, uniform: Float64, kind: Int64) -> Int64:
    sizes = np.empty(len(kind), np.int64)
    for row, group in enumerate(population.groups):
        sizes[kind == row] = choose(uniform[kind == row], group.people)
    return sizes
