"""How well people who submitted a form are known: their contacts, and what is credited to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.measure.joined import Joined
from sim.measure.numbers import first_rows, numbered_pairs
from sim.measure.scores import share
from sim.records import DAY, NONE, Action, Bool, Int8, Int32, Int64, Trace, Truth
from sim.system import InteractionKind


@dataclass(frozen=True, slots=True)
class Credit:
    """Interactions that are credited to contacts, counted by contact and person."""

    contact: Int64
    """Contact of each cell."""
    person: Int64
    """Person of each cell."""
    interactions: Int64
    """Interactions in each cell."""
    submissions: Int64
    """Forms submitted among them."""
    owner: Int64
    """Whose each contact is, by its number: the person of most submissions credited to it; of several, the one of most
    interactions; of several again, the one with the lower number. `NONE` where nothing is credited.
    """

    @property
    def right(self) -> Bool:
        """Whether a cell's person is the one whose contact it is."""
        right: Bool = self.owner[self.contact] == self.person
        return right

    @property
    def contacts(self) -> int:
        """How many contacts anything is credited to."""
        return int(np.count_nonzero(self.owner != NONE))


def credit(
    *, person: NDArray[Any], contact: NDArray[Any], interactions: NDArray[Any], submissions: NDArray[Any]
) -> Credit:
    """Count interactions by contact and person, and find out whose each contact is.

    Args:
        person: Person whom the interactions of each row are by, from 0.
        contact: Contact that they are credited to, a number that can index an array; `NONE` where there is none.
        interactions: How many they are.
        submissions: How many of them are forms that were submitted.

    >>> of = credit(
    ...     person=np.array([3, 4]),
    ...     contact=np.array([1, 1]),
    ...     interactions=np.array([2, 1]),
    ...     submissions=np.array([0, 1]),
    ... )
    >>> of.owner.tolist(), of.right.tolist()
    ([-1, 4], [False, True])
    """
    owner = np.full(int(contact.max(initial=NONE)) + 1, NONE)
    rows = np.flatnonzero(contact != NONE)
    cell, cells = numbered_pairs(contact[rows], person[rows])
    interactions, submissions = (
        np.bincount(cell, counted[rows], cells).astype(np.int64) for counted in (interactions, submissions)
    )
    first = rows[first_rows(cell, cells)]
    contact, person = contact[first].astype(np.int64), person[first].astype(np.int64)
    foremost_last = np.lexsort((-person, interactions, submissions))
    owner[contact[foremost_last]] = person[foremost_last]
    return Credit(contact, person, interactions, submissions, owner)


def coverage(of: Credit, *, submitter: Bool, interactions: Int64) -> float:
    """Share of the interactions of people who submitted a form that is credited to a contact of theirs.

    From 0 to 1, higher is better; 1 where nobody submitted a form.

    Args:
        of: What is credited.
        submitter: Whether each person ever submitted a form.
        interactions: Number of each person's interactions, credited or not.
    """
    theirs = of.right & submitter[of.person]
    return share(of.interactions[theirs].sum(), interactions[submitter].sum())


def correctness(of: Credit) -> float:
    """Share of the interactions credited to a contact that are by the person whose contact it is.

    From 0 to 1, higher is better; 1 where nothing is credited.
    """
    return share(of.interactions[of.right].sum(), of.interactions.sum())


def duplicates_per_person(of: Credit) -> float:
    """Mean number of contacts beyond the first, of people who have one; from 0, lower is better."""
    owners = np.unique(of.owner[of.owner != NONE])
    return of.contacts / len(owners) - 1 if len(owners) else 0.0


def persons_per_contact(of: Credit) -> float:
    """Mean number of persons with an interaction credited to one contact; 1 or more, 1 is best."""
    return share(len(of.person), of.contacts)


def wrong_merges(of: Credit) -> float:
    """Share of contacts that hold submissions of more than one person: duplicate detection matched them wrongly.

    From 0 to 1, lower is better. It speaks of systems that credit a submission to the contact that it was matched to,
    whatever becomes of the visitor id.
    """
    submitters = np.bincount(of.contact, of.submissions > 0)
    return np.count_nonzero(submitters > 1) / of.contacts if of.contacts else 0.0


def identified_at(of: Credit, *, person: NDArray[Any], contact: NDArray[Any], time: Int64) -> Int64:
    """When each contact, by its number, became known: at its owner's first submission credited to it.

    Args:
        of: What is credited.
        person: Person whom each submission is by.
        contact: Contact that it is credited to; `NONE` where there is none.
        time: When it was made, in ms.

    Returns:
        Times in ms; `NONE` for a contact without such a submission, and for a number that nothing is credited to.
    """
    at = np.full(len(of.owner), NONE)
    rows = np.flatnonzero(contact != NONE)
    rows = rows[of.owner[contact[rows]] == person[rows]]
    latest_first = rows[np.argsort(-time[rows], kind="stable")]
    at[contact[latest_first]] = time[latest_first]
    return at


def days_to_identification(of: Credit, *, identified: Int64, first_load: Int64) -> float:
    """Mean time from the first page load of a person to their first contact, in days; NaN where nobody is identified.

    Who never loaded a page is left out.

    Args:
        of: What is credited.
        identified: When each contact became known.
        first_load: When each person loaded a page first, in ms; `NONE` where never.
    """
    known = np.flatnonzero(identified != NONE)
    latest_first = known[np.argsort(-identified[known], kind="stable")]
    first = np.full(len(first_load), NONE)
    first[of.owner[latest_first]] = identified[latest_first]
    people = (first != NONE) & (first_load != NONE)
    return float((first[people] - first_load[people]).mean()) / DAY if people.any() else float("nan")


def retroactive_share(*, contact: Int64, row: Int64, time: Int64, identified: Int64) -> float:
    """Share of the interactions credited to a contact that happened before it became known; 0 without any.

    Args:
        contact: Contact that each interaction is credited to; `NONE` where there is none.
        row: Its event.
        time: When each event happened, in ms.
        identified: When each contact became known.
    """
    credited, retroactive = _retroactive(contact, row, time, identified)
    return retroactive / credited if credited else 0.0


@njit(cache=True)
def _retroactive(contact: Int64, row: Int64, time: Int64, identified: Int64) -> tuple[int, int]:
    """How many interactions are credited to contacts, and how many of them happened before those became known."""
    credited = retroactive = 0
    for i in range(len(contact)):
        if contact[i] != NONE:
            credited += 1
            retroactive += time[row[i]] < identified[contact[i]]
    return credited, retroactive


def prefill_rate(*, prefilled: Bool, kind: Int8) -> float:
    """Share of the form views that showed a form filled in; from 0 to 1, NaN without form views.

    Args:
        prefilled: Whether a form was filled in at the event of each interaction.
        kind: Its kind, an `InteractionKind`.

    >>> prefill_rate(prefilled=np.array([True, False, True]), kind=np.array([2, 2, 0]))
    0.5
    """
    views, filled = _form_views(prefilled, kind)
    return filled / views if views else float("nan")


@njit(cache=True)
def _form_views(prefilled: Bool, kind: Int8) -> tuple[int, int]:
    """How many forms were looked at, and how many of those were filled in."""
    views = filled = 0
    for i in range(len(kind)):
        view = kind[i] == InteractionKind.FORM_VISITED
        views += view
        filled += view & prefilled[i]  # read in any case: a read that depends on the kind may be far slower
    return views, filled


class People(NamedTuple):
    """What contacts are held against, person by person, by their numbers."""

    submitter: Bool
    """Whether they ever submitted a form, recorded or not."""
    first_load: Int64
    """When they loaded a page first, in ms; `NONE` where never."""
    loads: int
    """Pages that all of them loaded, recorded or not."""


def people_of(trace: Trace, truth: Truth) -> People:
    """Who submitted a form, and since when they were there."""
    events, people = trace.events, int(truth.person.max(initial=NONE)) + 1
    return People(*_people(events.action, events.time, truth.person, people))


_LOAD, _SUBMIT = int(Action.LOAD), int(Action.SUBMIT)


@njit(cache=True)
def _people(action: Int8, time: Int64, person: Int32, people: int) -> tuple[Bool, Int64, int]:
    submitter, first_load, loads = np.zeros(people, np.bool_), np.full(people, NONE), 0
    for row in range(len(action) - 1, -1, -1):
        if action[row] == _LOAD:
            first_load[person[row]] = time[row]
            loads += 1
        elif action[row] == _SUBMIT:
            submitter[person[row]] = True
    return submitter, first_load, loads


def contact_metrics(of: Credit, *, joined: Joined, people: People) -> dict[str, float]:
    """All metrics of contacts.

    Args:
        of: What is credited.
        joined: What the system recorded, and what was true.
        people: What is known of each person.
    """
    belief, time, stays = joined.belief, joined.trace.events.time, joined.stays
    row = belief.row[joined.submission]
    identified = identified_at(
        of, person=joined.truth.person[row], contact=belief.contact[joined.submission], time=time[row]
    )
    interactions = np.bincount(stays["person"], stays["interactions"], len(people.submitter)).astype(np.int64)
    return {
        "contacts.coverage": coverage(of, submitter=people.submitter, interactions=interactions),
        "contacts.correctness": correctness(of),
        "contacts.duplicates_per_person": duplicates_per_person(of),
        "contacts.persons_per_contact": persons_per_contact(of),
        "contacts.wrong_merges": wrong_merges(of),
        "contacts.days_to_identification": days_to_identification(
            of, identified=identified, first_load=people.first_load
        ),
        "contacts.retroactive_share": retroactive_share(
            contact=belief.contact, row=belief.row, time=time, identified=identified
        ),
        "contacts.prefill_rate": prefill_rate(prefilled=belief.prefilled, kind=belief.kind),
    }
