"""From HTTP to messages, and back: what a request may hold, what is ignored in it, and what it is refused for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request as HttpRequest

from reference_impl.outbound_marketing.event_site import LANGUAGE, LANGUAGE_CODE, SESSION, SESSION_LENGTH
from reference_impl.outbound_marketing.rules import (
    THIRD_PARTY_VISIT,
    THIRD_PARTY_VISITOR,
    VISIT_ID_LENGTH,
    VISITOR_ID,
)

MOST_BYTES = 16 * 1024
"""Largest body of a request that is read."""

VISIT_ID = re.compile(rf"[A-Za-z0-9_-]{{{VISIT_ID_LENGTH}}}")

_OURS = {
    THIRD_PARTY_VISITOR: VISITOR_ID,
    THIRD_PARTY_VISIT: VISIT_ID,
    SESSION: re.compile(rf"[A-Za-z0-9_-]{{{SESSION_LENGTH}}}"),
    LANGUAGE: LANGUAGE_CODE,
}
"""Our cookies, and what their values look like. A cookie of another name or look is ignored."""

Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""What fits on one line of a form."""


class Refused(Exception):
    """A request that is answered with an error and leaves nothing behind."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(status, why)
        self.status = status
        self.why = why


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Details(_Strict):
    """Who a form says that somebody is. What is left out is blank, so that it cannot be found out by leaving it out."""

    email: Line = ""
    first_name: Line = ""
    last_name: Line = ""
    phone: Line = ""


class Message(_Strict):
    """What the script tells the service, on any page."""

    website_id: Annotated[str, StringConstraints(max_length=60)]
    page: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^/\x00-\x20\x7f]+/[^\x00-\x20\x7f]*$")]
    visitor: Annotated[str, Field(max_length=4096)] | None = None
    visit: Annotated[str, Field(max_length=4096)] | None = None
    anonymize: bool = False

    def body(self) -> dict[str, Any]:
        """The message as the service reads it; ids that are not ours are left out."""
        said: dict[str, Any] = {"website_id": self.website_id, "page": self.page}
        if self.anonymize:
            return said | {"anonymize": True}
        return said | {"visitor": _if_ours(self.visitor, VISITOR_ID), "visit": _if_ours(self.visit, VISIT_ID)}


class FormView(Message):
    """A form is looked at."""

    prefill: bool = False

    def body(self) -> dict[str, Any]:
        """The message as the service reads it."""
        return super().body() | ({"prefill": True} if self.prefill else {})


class Submission(Message):
    """A form is submitted."""

    fields: Details
    remember_me: bool = False

    def body(self) -> dict[str, Any]:
        """The message as the service reads it."""
        return super().body() | {"fields": self.fields.model_dump(), "remember_me": self.remember_me}


MESSAGES: Mapping[str, type[Message]] = {
    "load": Message,
    "click": Message,
    "consent": Message,
    "revoke": Message,
    "form-view": FormView,
    "form-submit": Submission,
}
"""What is expected at each address of the service that scripts report to."""


class SignIn(_Strict):
    """What the event website's sign-in form sends."""

    email: Annotated[Line, Field(min_length=1)]
    first_name: Line = ""
    last_name: Line = ""
    phone: Line = ""
    language: Line = ""

    def body(self) -> dict[str, Any]:
        """The message as the service reads it."""
        return {"fields": self.model_dump(exclude={"language"}), "language": self.language}


async def read_message(request: HttpRequest, what: str) -> Message:
    """The message that a script has posted.

    Raises:
        Refused: If it is too large (413), no JSON (415), or not as it should be (400).
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "messages are application/json")
    try:
        return MESSAGES[what].model_validate_json(await read_body(request))
    except ValidationError as problem:
        raise Refused(400, _first(problem)) from None


async def read_sign_in(request: HttpRequest) -> SignIn:
    """What the sign-in form has posted.

    Raises:
        Refused: If it is too large (413) or not as it should be (400).
    """
    try:
        pairs = parse_qsl((await read_body(request)).decode(), keep_blank_values=True, max_num_fields=10)
        return SignIn.model_validate(dict(pairs))
    except ValidationError as problem:
        raise Refused(400, _first(problem)) from None
    except ValueError:
        raise Refused(400, "the form cannot be read") from None


async def read_body(request: HttpRequest) -> bytes:
    """The body of a request, as long as it is no larger than `MOST_BYTES`.

    Raises:
        Refused: If it is (413).
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused(413, f"more than {MOST_BYTES} bytes")
    return body


def read_cookies(request: HttpRequest) -> dict[str, str]:
    """Those cookies of a request that are ours; of two with one name the first, which is the most specific one."""
    found: dict[str, str] = {}
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            form = _OURS.get(name)
            if form is not None and form.fullmatch(value):
                found.setdefault(name, value)
    return found


def _if_ours(value: str | None, form: re.Pattern[str]) -> str | None:
    return value if value is not None and form.fullmatch(value) else None


def _first(problem: ValidationError) -> str:
    """The first thing that is wrong, without what was sent, which an error page would only send back."""
    error = problem.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}" if where else str(error["msg"])
