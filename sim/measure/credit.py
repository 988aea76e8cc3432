"""Whether contacts get the interactions of the people that they stand for."""

from __future__ import annotations

import numpy as np

from sim.measure.groupings import share
from sim.records import NONE, Bool, Int64


def owners(*, person: Int64, contact: Int64, submission: Bool) -> Int64:
    """The person whom each contact stands for: who made the first submission that was matched to it.

    Args:
        person: Person of each interaction, in the order of time.
        contact: Contact that it is credited to.
        submission: Whether it is a form submission.

    Returns:
        Person by contact; `NONE` for numbers that no submission has.
    """
    rows = np.flatnonzero(submission & (contact != NONE))
    owner = np.full(int(contact.max(initial=NONE)) + 1, NONE)
    owner[contact[rows][::-1]] = person[rows][::-1]
    return owner


def coverage(*, person: Int64, contact: Int64, owner: Int64, submitters: Int64) -> float:
    """Share of the interactions of people who ever submitted a form that are credited to a contact of theirs.

    From 0 to 1, higher is better; 1 where nobody submitted.
    """
    theirs = np.isin(person, submitters)
    credited = (contact != NONE) & (np.append(owner, NONE)[contact] == person)
    return share(int((theirs & credited).sum()), int(theirs.sum()))


def correctness(*, person: Int64, contact: Int64, owner: Int64) -> float:
    """Share of the interactions credited to a contact that are by the person whom it stands for.

    From 0 to 1, higher is better; 1 where nothing is credited.
    """
    rows = np.flatnonzero(contact != NONE)
    return share(int((owner[contact[rows]] == person[rows]).sum()), len(rows))
