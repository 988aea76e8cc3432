"""Who typed what into forms: whose an address is tells people who share a contact from people who were mixed up."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from sim.measure.joined import Joined
from sim.measure.numbers import first_rows, numbered_pairs
from sim.records import NONE, Int64, Trace


class Typed(NamedTuple):
    """What was typed into forms, as far as the system recorded them and credited them to contacts.

    Sets of pairs are sorted numbers, `pair_number` of each.
    """

    people: int
    """Persons are numbered below it."""
    own_address: Int64
    """Number of each person's own address; `NONE` where they typed none."""
    by: Int64
    """Contact and person of each form."""
    by_foreign: Int64
    """Those under the own address of somebody else than the person who typed it."""
    under: Int64
    """Visitor id and person of each form."""


def read_forms(joined: Joined) -> Typed:
    """Tell who typed what."""
    belief, truth = joined.belief, joined.truth
    form = joined.submission[belief.contact[joined.submission] != NONE]
    row, contact, visitor = belief.row[form], belief.contact[form], belief.visitor[form]
    person = truth.person[row].astype(np.int64)
    people = int(truth.person.max(initial=NONE)) + 1
    address = _addresses(joined.trace, row)
    own = own_addresses(person, address, people)
    foreign = (own[person] != address) & np.isin(address, own)
    by, under = pair_number(contact, person, people), pair_number(visitor, person, people)
    return Typed(people, own, np.unique(by), np.unique(by[foreign]), np.unique(under[visitor != NONE]))


def _addresses(trace: Trace, row: Int64) -> Int64:
    """Number of the address typed at each event; case and surrounding blanks make none another."""
    numbers: dict[str, int] = {}
    typed = trace.forms.email[trace.events.detail[row]].tolist()
    return np.array([numbers.setdefault(str(text).strip().casefold(), len(numbers)) for text in typed], np.int64)


def own_addresses(person: Int64, address: Int64, people: int) -> Int64:
    """Each person's own address: the one that they type most often, of several the one typed first; `NONE` if none.

    >>> own_addresses(np.array([3, 3, 3, 1]), np.array([7, 8, 8, 7]), 4).tolist()
    [-1, 7, -1, 8]
    """
    pair, pairs = numbered_pairs(person, address)
    first = first_rows(pair, pairs)
    foremost_last = first[np.lexsort((-first, np.bincount(pair, minlength=pairs)))]
    own = np.full(people, NONE)
    own[person[foremost_last]] = address[foremost_last]
    return own


@njit(cache=True)
def pair_number(one: Any, person: Any, people: int) -> Any:
    """A number for something and a person together; or numbers, for columns of them."""
    return one * people + person


@njit(cache=True)
def holds(pairs: Int64, one: int, person: int, people: int) -> bool:
    """Whether a set of pairs has this one."""
    pair, place, end = pair_number(one, person, people), 0, len(pairs)
    while place < end:
        middle = (place + end) // 2
        if pairs[middle] < pair:
            place = middle + 1
        else:
            end = middle
    return place < len(pairs) and bool(pairs[place] == pair)
