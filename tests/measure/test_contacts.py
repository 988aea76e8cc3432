"""Contacts: whose each is, and what is credited to whom, by hand and against definitions written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure import contacts
from sim.records import DAY, NONE


def columns(rows):
    """From tuples of person, contact and whether a form was submitted, a row each."""
    person, contact, submission = zip(*rows, strict=True) if rows else ((), (), ())
    return {
        "person": np.array(person, np.int64),
        "contact": np.array(contact, np.int64),
        "interactions": np.ones(len(rows), np.int64),
        "submissions": np.array(submission, np.int64),
    }


def submissions_of(case, time):
    rows = np.flatnonzero(case["submissions"])
    return {"person": case["person"][rows], "contact": case["contact"][rows], "time": time[rows]}


def retroactive_share(case, time, known):
    return contacts.retroactive_share(contact=case["contact"], row=np.arange(len(time)), time=time, identified=known)


# Ann (0) submits as contact 0; Bob (1) reads under her id, then submits as contact 1; Cem (2) never submits.
ANN_AND_BOB = [(0, 0, False), (0, 0, True), (1, 0, False), (1, 1, True), (1, NONE, False), (2, NONE, False)]
BOTH = np.array([True, True, False])


def test_credit_by_hand():
    case = columns(ANN_AND_BOB)
    of = contacts.credit(**case)
    assert of.owner.tolist() == [0, 1]
    assert contacts.coverage(of, submitter=BOTH, interactions=np.array([2, 3, 1])) == 3 / 5
    assert contacts.correctness(of) == 3 / 4
    assert contacts.duplicates_per_person(of) == 0
    assert contacts.persons_per_contact(of) == 3 / 2
    assert contacts.wrong_merges(of) == 0


def test_without_submissions_nothing_is_missing_and_nothing_is_wrong():
    of = contacts.credit(**columns([(0, NONE, False), (1, NONE, False)]))
    assert contacts.coverage(of, submitter=np.array([False, False]), interactions=np.array([1, 1])) == 1
    assert contacts.correctness(of) == 1
    assert contacts.duplicates_per_person(of) == 0
    assert contacts.persons_per_contact(of) == 1
    assert contacts.wrong_merges(of) == 0


def test_a_submission_says_more_of_whose_a_contact_is_than_many_page_loads():
    of = contacts.credit(**columns([(0, 0, False), (0, 0, False), (1, 0, True)]))
    assert of.owner.tolist() == [1]


def test_a_contact_without_submissions_is_of_the_person_with_most_interactions():
    of = contacts.credit(**columns([(2, 0, False), (1, 0, False), (1, 0, False)]))
    assert of.owner.tolist() == [1]


def test_of_two_with_as_many_the_lower_number_owns_it():
    of = contacts.credit(**columns([(2, 0, True), (1, 0, True)]))
    assert of.owner.tolist() == [1]


def test_a_person_with_two_contacts_has_one_duplicate():
    of = contacts.credit(**columns([(0, 0, True), (0, 1, True), (1, 2, True)]))
    assert contacts.duplicates_per_person(of) == 0.5


def test_a_contact_with_submissions_of_two_people_is_a_wrong_merge():
    of = contacts.credit(**columns([(0, 0, True), (1, 0, True), (2, 1, True), (3, 1, False)]))
    assert contacts.wrong_merges(of) == 0.5


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(NONE, 3), st.booleans()), max_size=14)


@given(rows, st.randoms(use_true_random=False))
def test_credit_is_its_definition_in_whatever_order_rows_come(case, shuffler):
    shuffled = list(case)
    shuffler.shuffle(shuffled)
    of = contacts.credit(**columns(shuffled))
    credited = [row for row in case if row[1] != NONE]
    owners = {}
    for contact in {row[1] for row in credited}:
        mine = [row for row in credited if row[1] == contact]
        owners[contact] = max(
            {row[0] for row in mine},
            key=lambda person: (
                sum(row[2] for row in mine if row[0] == person),
                sum(row[0] == person for row in mine),
                -person,
            ),
        )
    assert {number: owner for number, owner in enumerate(of.owner.tolist()) if owner != NONE} == owners
    right = [row for row in credited if owners[row[1]] == row[0]]
    assert contacts.correctness(of) == (len(right) / len(credited) if credited else 1)
    submitters = {row[0] for row in case if row[2]}
    theirs = [row for row in case if row[0] in submitters]
    covered = [row for row in right if row[0] in submitters]
    got = contacts.coverage(
        of,
        submitter=np.array([person in submitters for person in range(4)]),
        interactions=np.bincount([row[0] for row in case], minlength=4),
    )
    assert got == (len(covered) / len(theirs) if theirs else 1)
    pairs = {row[:2] for row in credited}
    assert contacts.persons_per_contact(of) == (len(pairs) / len(owners) if owners else 1)
    of_people = {(row[1], row[0]) for row in credited if row[2]}
    merged = [contact for contact in owners if sum(one == contact for one, _ in of_people) > 1]
    assert contacts.wrong_merges(of) == (len(merged) / len(owners) if owners else 0)
    assert contacts.duplicates_per_person(of) == (len(owners) / len(set(owners.values())) - 1 if owners else 0)


def test_a_contact_becomes_known_at_its_owners_first_submission():
    case = columns([(0, 0, False), (0, 0, True), (1, 0, False), (0, 0, True), (1, NONE, True)])
    time = np.array([1, 5, 6, 9, 2]) * DAY
    of = contacts.credit(**case)
    known = contacts.identified_at(of, **submissions_of(case, time))
    assert known.tolist() == [5 * DAY]
    assert retroactive_share(case, time, known) == 1 / 4
    days = contacts.days_to_identification(of, identified=known, first_load=np.array([1, 2]) * DAY)
    assert days == 4


def test_a_person_is_identified_by_the_first_of_their_contacts():
    case = columns([(0, 1, True), (0, 0, True)])
    time = np.array([3, 8]) * DAY
    of = contacts.credit(**case)
    known = contacts.identified_at(of, **submissions_of(case, time))
    assert contacts.days_to_identification(of, identified=known, first_load=np.array([2]) * DAY) == pytest.approx(1)


def test_where_nobody_is_identified_there_are_no_days_and_nothing_is_retroactive():
    case = columns([(0, 0, False), (0, NONE, True)])
    time = np.array([3, 8])
    of = contacts.credit(**case)
    known = contacts.identified_at(of, **submissions_of(case, time))
    assert known.tolist() == [NONE]
    assert math.isnan(contacts.days_to_identification(of, identified=known, first_load=np.array([2])))
    assert retroactive_share(case, time, known) == 0
