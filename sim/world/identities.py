"""What people type into forms. Names are Faker's; they are made only for people who submit a form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from unicodedata import normalize

import numpy as np
from faker import Faker

from sim.draws import Purpose, Stream
from sim.records import Forms, Int64, Text


def typed_texts(locale: str, stream: Stream, person: Int64) -> Forms:
    """The own details of each person, one row a person: their address is theirs alone, their name need not be."""
    first_names, last_names = name_lists(locale)
    first = _choose(first_names, stream, Purpose.FIRST_NAME, person)
    last = _choose(last_names, stream, Purpose.LAST_NAME, person)
    return Forms(
        email=_texts(
            f"{_ascii(a)}.{_ascii(b)}.{who}@mail.example" for a, b, who in zip(first, last, person, strict=True)
        ),
        first_name=_texts(first),
        last_name=_texts(last),
        phone=_texts(f"+999 {who:09d}" for who in person),
    )


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
