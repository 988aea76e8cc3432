"""The rules of the system, all of them, as small functions of plain values.

Theory of operation
-------------------
A *visitor id* stands for one browser of one account on one device. Two cookies hold it: a third-party one, set by the
service, and a first-party one, set by the script on the customer's domain for when third-party cookies cannot be had.
The id *in force* of a request is the third-party id received, else the first-party id received, else a new one. An id
that was minted and never seen back outranks nothing: else a browser that blocks cookies would get a new id each time.

A *visit* groups the page loads of one visitor under one website id, as long as no more than the time-out lies between
them. Its cookies are session cookies: they say only that the browser has not been closed since, the time is the
service's to keep.

A *form submission* names a person. The visitor id in force is mapped to the contact that the submission resolves to,
and all of the visitor's interactions, earlier ones too, are credited to that contact.

A form is *prefilled* with the details of the contact behind the visitor id, if it was that contact who asked under that
id to be remembered. What is submitted then are the stored details, unless they are typed over.

Under *Anonymize* no cookie is set, received cookies are ignored, and page loads are recorded without ids; no form is
prefilled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

THIRD_PARTY_VISITOR: Final = "79f08280-5c63-4331-b04d-fb6f39afda51"
THIRD_PARTY_VISIT: Final = "319af4c0-e197-4de9-8a9b-fe98c8a2ca04"
FIRST_PARTY_VISITOR: Final = "msd365mkttr"
FIRST_PARTY_VISIT: Final = "msd365mkttrs"

COOKIE_LIFE_S: Final = 2 * 365 * 86_400
"""What the persistent cookies ask for, in seconds: two years. What is granted is the browser's affair."""

VISITOR_ID = re.compile(r"[A-Za-z0-9_-]{40}")
VISITOR_ID_LENGTH: Final = 40
VISIT_ID_LENGTH: Final = 8


def id_in_force(third_party: str | None, first_party: str | None) -> str | None:
    """The id that a request goes under, of those it carried; `None` asks for a new one."""
    return third_party or first_party


def visit_goes_on(first_ms: int, last_ms: int, now_ms: int, timeout_ms: int, window: str, boundary: str) -> bool:
    """Whether a page load still belongs to a visit.

    Args:
        first_ms: Time of the visit's first page load.
        last_ms: Time of the page load before.
        now_ms: Time of this page load.
        timeout_ms: Length of the window.
        window: `inactivity` counts from the last page load, `fixed` from the first.
        boundary: `inclusive` keeps a gap of exactly the time-out in the visit, `exclusive` does not.
    """
    gap = now_ms - (last_ms if window == "inactivity" else first_ms)
    return gap <= timeout_ms if boundary == "inclusive" else gap < timeout_ms


def renews_cookies(refresh: str, new_visit: bool) -> bool:
    """Whether persistent cookies that are there already are set again, and their life with them."""
    return refresh == "load" or (refresh == "visit" and new_visit)


def prefills(remembered: int, behind: int | None) -> bool:
    """Whether a form is filled in for a visitor, who is then shown a contact's details.

    Args:
        remembered: The contact who asked under the visitor id to be remembered; `NOBODY`, which no contact is.
        behind: The contact that the visitor id is mapped to now.
    """
    return remembered == behind


def match_key(fields: Mapping[str, str], attributes: Sequence[str]) -> tuple[str, ...] | None:
    """What a submission is matched by: case and surrounding blanks do not count, and a blank never matches (`None`)."""
    key = tuple(fields.get(attribute, "").strip().casefold() for attribute in attributes)
    return key if all(key) else None
