"""What people type into forms: their own details, another address, a wrong one, a mailbox's, or somebody else's.

Names are Faker's; they are made only for people whose details are typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from unicodedata import normalize

import numpy as np
from faker import Faker

from sim.draws import Purpose, Stream
from sim.records import Forms, Int64, Text
from sim.scenario import Population
from sim.world.distributions import pick
from sim.world.people import Cohort

_TYPO_PLACES = 1 << 12
"""Places in an address are drawn as fractions of its length, of this fineness."""


class Address(IntEnum):
    """Which address is typed."""

    OWN = 0
    SECOND = 1
    MISTYPED = 2
    MAILBOX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What is typed into some forms, one row a form."""

    subject: Int64
    """Row of the person whose details they are."""
    address: Int64
    """An `Address`."""
    typo: Int64
    """Where in the address a letter is left out, as a fraction of `_TYPO_PLACES`; 0 but for mistyped addresses."""

    @classmethod
    def own(cls, owner: Int64) -> Typed:
        """Everybody types their own details."""
        nothing = np.zeros(len(owner), np.int64)
        return cls(subject=owner, address=nothing, typo=nothing)

    @classmethod
    def join(cls, *parts: Typed) -> Typed:
        """What is typed into the forms of all parts."""
        return cls(
            subject=np.concatenate([part.subject for part in parts]),
            address=np.concatenate([part.address for part in parts]),
            typo=np.concatenate([part.typo for part in parts]),
        )


def typed(population: Population, stream: Stream, cohort: Cohort, owner: Int64, event: Int64) -> Typed:
    """Draw what people type into the forms of a website.

    Args:
        population: Says how often it is what.
        stream: Draws of the replication.
        cohort: The people.
        owner: Row of the person who types, per form.
        event: Event number of the page load, per form.
    """
    shares = population.typed
    mailbox = np.array([kind.mailbox for kind in population.groups])
    if not (shares.second_address or shares.mistyped or shares.for_somebody_else or mailbox.any()):
        return Typed.own(owner)
    bounds = [shares.second_address, shares.mistyped, shares.for_somebody_else, 1.0]
    what = pick(stream.uniform(Purpose.TYPED_DETAILS, event), bounds)
    address = np.array([Address.SECOND, Address.MISTYPED, Address.OWN, Address.OWN], np.int64)[what]
    subject = np.where(what == 2, _somebody_else(stream, cohort, owner, event), owner)
    to_mailbox = stream.uniform(Purpose.TYPED_MAILBOX, event) < mailbox[cohort.group_kind[owner]]
    address[to_mailbox], subject[to_mailbox] = Address.MAILBOX, owner[to_mailbox]
    typo = (stream.uniform(Purpose.TYPO, event) * _TYPO_PLACES).astype(np.int64)
    return Typed(subject=subject, address=address, typo=np.where(address == Address.MISTYPED, typo, 0))


def _somebody_else(stream: Stream, cohort: Cohort, owner: Int64, event: Int64) -> Int64:
    """Row of somebody else in the group; of the person where they are alone."""
    others = cohort.group_size[owner] - 1
    step = 1 + (stream.uniform(Purpose.TYPED_FOR, event) * others).astype(np.int64)
    first = cohort.group_first[owner]
    return first + (owner - first + step) % (others + 1)


def form_texts(locale: str, stream: Stream, cohort: Cohort, typed: Typed) -> tuple[Forms, Int64]:
    """The texts, each once, and for each form the row of what was typed into it.

    An address is one person's alone, or one group's; a name need not be.
    """
    key = (typed.subject * len(Address) + typed.address) * _TYPO_PLACES + typed.typo
    _, first, form = np.unique(key, return_index=True, return_inverse=True)
    subject, address, typo = typed.subject[first], typed.address[first], typed.typo[first]
    person, group = cohort.person[subject], cohort.person[cohort.group_first[subject]]
    first_names, last_names = name_lists(locale)
    given = _choose(first_names, stream, Purpose.FIRST_NAME, person)
    family = _choose(last_names, stream, Purpose.LAST_NAME, person)
    people = zip(address.tolist(), given, family, person.tolist(), group.tolist(), typo.tolist(), strict=True)
    forms = Forms(
        email=_texts(_email(*one) for one in people),
        first_name=_texts(given),
        last_name=_texts(family),
        phone=_texts(f"+999 {who:09d}" for who in person),
    )
    return forms, form


def _email(address: int, given: str, family: str, person: int, group: int, typo: int) -> str:
    local = f"{_ascii(given)}.{_ascii(family)}.{person}"
    if address == Address.SECOND:
        return f"{local}@second.example"
    if address == Address.MAILBOX:
        return f"office.{group}@mail.example"
    if address == Address.MISTYPED:
        at = typo * (len(local) - len(str(person))) // _TYPO_PLACES  # within the name: other people's stay theirs
        local = local[:at] + local[at + 1 :]
    return f"{local}@mail.example"


@cache
def name_lists(locale: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First and last names of a locale, from Faker's own lists: picking by number costs a hundredth of a Faker call.

    Raises:
        AttributeError: If Faker has no such locale.
    """
    names = next(one for one in Faker(locale).factories[0].get_providers() if hasattr(one, "last_names"))
    first = getattr(names, "first_names", None) or [*names.first_names_female, *names.first_names_male]
    return tuple(first), tuple(names.last_names)


def _choose(names: tuple[str, ...], stream: Stream, purpose: Purpose, person: Int64) -> list[str]:
    return [names[at] for at in (stream.uniform(purpose, person) * len(names)).astype(np.int64).tolist()]


def _ascii(name: str) -> str:
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", plain) or "person"


def _texts(texts: Iterable[str]) -> Text:
    return np.array(list(texts), np.object_)
