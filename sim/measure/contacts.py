"""How well people who submitted a form are known: their contacts, and what is credited to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measure.contingency import run_starts
from sim.measure.scores import share
from sim.records import NONE, Bool, Int64


@dataclass(frozen=True, slots=True)
class Credit:
    """Interactions that are credited to contacts, counted by contact and person."""

    contact: Int64
    """Contact of each cell, numbered anew from 0, in ascending order."""
    person: Int64
    """Person of each cell."""
    interactions: Int64
    """Interactions in each cell."""
    submissions: Int64
    """Forms submitted among them."""
    owner: Int64
    """Whose each contact is: the person of most submissions credited to it; without any, of most interactions. Where
    two have as many, the one with the lower number."""
    known: Int64
    """What each contact was numbered before."""

    @property
    def right(self) -> Bool:
        """Whether a cell's person is the one that its contact belongs to."""
        right: Bool = self.owner[self.contact] == self.person
        return right


def credit(*, person: NDArray[Any], contact: NDArray[Any], submission: Bool) -> Credit:
    """Count interactions by contact and person, and find out whose each contact is.

    Rows that follow one another in one cell cost next to nothing, so that rows in the order of browsers are fastest.

    Args:
        person: Person whom each interaction is by, from 0.
        contact: Contact that it is credited to; `NONE` where there is none.
        submission: Whether it is a form that was submitted.

    >>> of = credit(
    ...     person=np.array([3, 3, 4]), contact=np.array([9, 9, 9]), submission=np.array([False, False, True])
    ... )
    >>> of.known.tolist(), of.owner.tolist(), of.right.tolist()
    ([9], [4], [False, True])
    """
    rows = np.flatnonzero(contact != NONE)
    person, contact, submission = person[rows], contact[rows], submission[rows]
    starts = run_starts(person, contact)
    interactions = np.diff(starts, append=len(rows))
    submissions = np.diff(np.append(0, np.cumsum(submission))[np.append(starts, len(rows))])
    known, contact = np.unique(contact[starts], return_inverse=True)
    people = int(person.max(initial=0)) + 1
    cells, cell = np.unique(contact * people + person[starts], return_inverse=True)
    interactions = np.bincount(cell, interactions, len(cells)).astype(np.int64)
    submissions = np.bincount(cell, submissions, len(cells)).astype(np.int64)
    contact, person = cells // people, cells % people
    foremost = np.lexsort((person, -interactions, -submissions, contact))
    owner = person[foremost[np.searchsorted(contact, np.arange(len(known)))]]
    return Credit(contact, person, interactions, submissions, owner, known)


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
    return len(of.owner) / len(np.unique(of.owner)) - 1 if len(of.owner) else 0.0


def persons_per_contact(of: Credit) -> float:
    """Mean number of persons with an interaction credited to one contact; 1 or more, 1 is best."""
    return share(len(of.person), len(of.owner))


def wrong_merges(of: Credit) -> float:
    """Share of contacts that hold submissions of more than one person: duplicate detection matched them wrongly.

    From 0 to 1, lower is better. It speaks of systems that credit a submission to the contact that it was matched to,
    whatever becomes of the visitor id.
    """
    submitters = np.bincount(of.contact, of.submissions > 0, len(of.owner))
    return float(np.mean(submitters > 1)) if len(of.owner) else 0.0


def contact_metrics(
    *, person: NDArray[Any], contact: NDArray[Any], submission: Bool, submitter: Bool
) -> dict[str, float]:
    """All metrics of contacts.

    Args:
        person: Person whom each interaction is by.
        contact: Contact that it is credited to; `NONE` where there is none.
        submission: Whether it is a form that was submitted.
        submitter: Whether each person, by number, ever submitted a form.
    """
    of = credit(person=person, contact=contact, submission=submission)
    interactions = np.bincount(person, minlength=len(submitter))
    return {
        "contacts.coverage": coverage(of, submitter=submitter, interactions=interactions),
        "contacts.correctness": correctness(of),
        "contacts.duplicates_per_person": duplicates_per_person(of),
        "contacts.persons_per_contact": persons_per_contact(of),
        "contacts.wrong_merges": wrong_merges(of),
    }
