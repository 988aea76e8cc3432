"""The policy switches: where the public documents leave a question open, a scenario answers it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.durations import Duration


class Policy(BaseModel):
    """Settings of the system, with its defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_party_id: Annotated[
        Literal["same", "independent", "off"],
        Field(description="The first-party cookie holds the id in force, or an id of its own, or is not used."),
    ] = "same"
    link: Annotated[
        Literal["none", "pairwise", "transitive"],
        Field(description="What becomes of two differing ids in one request: nothing; the first-party id goes over to "
                          "the third-party one, the latest time counting; or all ids ever linked are one visitor."),
    ] = "pairwise"  # fmt: skip
    samesite: Annotated[
        Literal["none", "unset"], Field(description="SameSite attribute of the third-party cookies.")
    ] = "none"
    refresh: Annotated[
        Literal["visit", "load", "never"], Field(description="When persistent cookies are set again.")
    ] = "visit"
    visit_timeout: Annotated[
        Duration, Field(description="Longest gap within a visit. 30 minutes by default; the product's setting is 20.")
    ] = 30 * 60_000
    visit_window: Annotated[
        Literal["inactivity", "fixed"], Field(description="The window runs from the last page load, or the first.")
    ] = "inactivity"
    boundary: Annotated[
        Literal["inclusive", "exclusive"], Field(description="A gap of exactly the time-out is in the visit, or not.")
    ] = "inclusive"
    link_cookie: Annotated[
        Literal["always", "never"],
        Field(description="Whether following a link sets the visitor cookie; a link has no page that could say no."),
    ] = "always"
    email_click_identifies: Annotated[
        bool, Field(description="Whether a link followed in a mail maps the visitor id to the addressee.")
    ] = False
    sign_in_maps_visitor: Annotated[
        bool,
        Field(description="Whether a sign-in on an event website at the service's own host maps the visitor id."),
    ] = False
    extended_by: Annotated[
        Literal["loads", "any"], Field(description="What makes a visit go on: page loads, or all that is recorded.")
    ] = "loads"
    on_revoke: Annotated[
        Literal["expire", "keep"], Field(description="What becomes of the third-party cookies on a revocation.")
    ] = "expire"
    match_on: Annotated[
        tuple[Literal["email", "first_name", "last_name", "phone"], ...],
        Field(min_length=1, description="Attributes that must all be equal for a submission to be a contact's."),
    ] = ("email",)
    form_updates: Annotated[
        Literal["contacts_and_leads", "only_contacts", "only_leads", "neither"],
        Field(description="What a form makes and updates. With only_leads the cookie says who the parent contact is."),
    ] = "contacts_and_leads"
    attribution: Annotated[
        Literal["retroactive", "from_identification"],
        Field(description="Whether interactions before the first identification are credited to the contact, too."),
    ] = "retroactive"
    conflict: Annotated[
        Literal["last_wins", "first_wins", "split_at_submission"],
        Field(description="Who has a visitor id's interactions once several contacts were submitted under it."),
    ] = "last_wins"
