"""How well people who submitted a form are known: their contacts, and what is credited to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measure.contingency import count_pairs
from sim.measure.scores import share
from sim.records import DAY, NONE, Bool, Int64


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
    """Whose each contact is, by its number: the person of most submissions credited to it; without any, of most
    interactions. Where two have as many, the one with the lower number. `NONE` where nothing is credited.
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
    contact, person = contact[rows].astype(np.int64), person[rows].astype(np.int64)
    _, _, submissions = count_pairs(contact, person, submissions[rows])
    contact, person, interactions = count_pairs(contact, person, interactions[rows])
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

    Args:
        of: What is credited.
        identified: When each contact became known.
        first_load: When each person loaded a page first, in ms.
    """
    known = np.flatnonzero(identified != NONE)
    latest_first = known[np.argsort(-identified[known], kind="stable")]
    first = np.full(len(first_load), NONE)
    first[of.owner[latest_first]] = identified[latest_first]
    people = first != NONE
    return float((first[people] - first_load[people]).mean()) / DAY if people.any() else float("nan")


def retroactive_share(*, contact: NDArray[Any], time: Int64, identified: Int64) -> float:
    """Share of the interactions credited to a contact that happened before it became known; 0 without any.

    Args:
        contact: Contact that each interaction is credited to; `NONE` where there is none.
        time: When it happened, in ms.
        identified: When each contact became known.
    """
    rows = np.flatnonzero(contact != NONE)
    return np.count_nonzero(time[rows] < identified[contact[rows]]) / len(rows) if len(rows) else 0.0


def prefill_rate(*, prefilled: Bool, form_view: Bool) -> float:
    """Share of the form views that showed a form filled in; from 0 to 1, NaN without form views.

    Args:
        prefilled: Whether a form was filled in at the event of each interaction.
        form_view: Whether it is a form that was looked at.

    >>> prefill_rate(prefilled=np.array([True, False, True]), form_view=np.array([True, True, False]))
    0.5
    """
    views = np.count_nonzero(form_view)
    return float(np.count_nonzero(prefilled & form_view) / views) if views else float("nan")


def contact_metrics(
    of: Credit,
    *,
    interactions: Int64,
    contact: NDArray[Any],
    time: Int64,
    identified: Int64,
    submitter: Bool,
    first_load: Int64,
) -> dict[str, float]:
    """All metrics of contacts.

    Args:
        of: What is credited.
        interactions: Number of each person's interactions, credited or not.
        contact: Contact that each interaction is credited to; `NONE` where there is none.
        time: When it happened, in ms.
        identified: When each contact became known.
        submitter: Whether each person, by number, ever submitted a form.
        first_load: When each person, by number, loaded a page first, in ms.
    """
    return {
        "contacts.coverage": coverage(of, submitter=submitter, interactions=interactions),
        "contacts.correctness": correctness(of),
        "contacts.duplicates_per_person": duplicates_per_person(of),
        "contacts.persons_per_contact": persons_per_contact(of),
        "contacts.wrong_merges": wrong_merges(of),
        "contacts.days_to_identification": days_to_identification(of, identified=identified, first_load=first_load),
        "contacts.retroactive_share": retroactive_share(contact=contact, time=time, identified=identified),
    }
