"""Whose an interaction is: matching, form modes, conflicts, attribution, leads; each switch shows its effect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.outbound_marketing import OutboundMarketing, Policy
from reference_impl.outbound_marketing.contacts import Contacts
from reference_impl.outbound_marketing.credit import credited
from reference_impl.outbound_marketing.leads import Leads
from sim.browser import Request
from sim.draws import Identifiers, Purpose, Stream
from sim.system import NOBODY, InteractionKind
from tests.reference_impl.outbound_marketing.test_system import DAY, MINUTE, Visitor

ANN = {"email": "ann@home.example", "first_name": "Ann", "last_name": "Lee", "phone": "1"}


def system(**settings):
    return OutboundMarketing(Policy(**settings), Identifiers(Stream(4, 2), Purpose.SERVICE_IDS))


def contacts_of(of, *events):
    found = of.assignment()
    return [int(found.contact[found.event == event][0]) for event in events]


def shared_browser(of):
    """Somebody loads a page and submits, somebody else submits in the same browser, and pages are loaded after each."""
    visitor = Visitor(of)
    before = visitor.load()
    first = visitor.submit("ann@home.example")
    between = visitor.load()
    second = visitor.submit("bob@home.example")
    return before, first, between, second, visitor.load()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [1, 0, 1, 1, 1]),
        ({"conflict": "first_wins"}, [0, 0, 0, 1, 0]),
        ({"conflict": "split_at_submission"}, [0, 0, 0, 1, 1]),
        ({"attribution": "from_identification"}, [NOBODY, 0, 1, 1, 1]),
        ({"attribution": "from_identification", "conflict": "split_at_submission"}, [NOBODY, 0, 0, 1, 1]),
        ({"form_updates": "neither"}, [NOBODY] * 5),
    ],
)
def test_who_has_the_interactions_of_a_shared_visitor_id(settings, expected):
    of = system(**settings)
    assert contacts_of(of, *shared_browser(of)) == expected


@given(
    st.lists(st.sampled_from([NOBODY, 0, 1, 2]), max_size=12),
    st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(0, 4), st.integers(0, 12)), max_size=6),
    st.sampled_from(["last_wins", "first_wins", "split_at_submission"]),
    st.sampled_from(["retroactive", "from_identification"]),
)
def test_credit_is_what_going_through_it_step_by_step_gives(visitors, mapped, conflict, attribution):
    mapped = sorted(mapped, key=lambda one: one[2])
    expected = []
    for place, visitor in enumerate(visitors):
        theirs = [(moment, contact) for who, contact, moment in mapped if who == visitor]
        if not theirs or (attribution == "from_identification" and place < theirs[0][0]):
            expected.append(NOBODY)
        elif conflict == "split_at_submission":
            expected.append(([contact for moment, contact in theirs if moment <= place] or [theirs[0][1]])[-1])
        else:
            expected.append(theirs[-1 if conflict == "last_wins" else 0][1])
    who, contact, moment = (np.array([one[at] for one in mapped], np.int64) for at in range(3))
    found = credited(np.array(visitors, np.int64), who, contact, moment, conflict=conflict, attribution=attribution)
    assert found.tolist() == expected


def test_all_attributes_of_the_strategy_must_agree_and_a_blank_never_does():
    by_mail, by_all = Contacts(), Contacts(("email", "first_name", "last_name"))
    other_name = {**ANN, "first_name": "Anna"}
    assert by_mail.submit(ANN) == by_mail.submit({**other_name, "email": " ANN@home.example "})
    assert by_all.submit(ANN) != by_all.submit(other_name)
    assert by_all.submit({**ANN, "last_name": ""}) != by_all.submit({**ANN, "last_name": ""})
    by_phone = Contacts(("phone",))
    assert by_phone.submit(ANN) == by_phone.submit({**ANN, "email": "other@home.example"})
    assert by_phone.details[0]["email"] == "other@home.example"


def test_an_update_overwrites_all_but_what_was_matched_on():
    store = Contacts()
    store.submit(ANN)
    store.submit({**ANN, "email": "ANN@HOME.EXAMPLE", "phone": "2"})
    assert store.details == [{**ANN, "phone": "2"}]


def test_forms_make_contacts_and_leads_as_they_are_told():
    made = {}
    for mode in ("contacts_and_leads", "only_contacts", "only_leads", "neither"):
        of = system(form_updates=mode)
        Visitor(of).submit("ann@home.example")
        service = of.handle.__self__
        made[mode] = (len(service.contacts.details), len(service.leads.parents))
    assert made == {"contacts_and_leads": (1, 1), "only_contacts": (1, 0), "only_leads": (0, 1), "neither": (0, 0)}


def test_with_only_leads_the_cookie_supplies_the_parent_contact():
    of = system(form_updates="only_leads", email_click_identifies=True)
    of.import_contacts({7: ANN})
    visitor = Visitor(of)
    visitor.submit("work@firm.example")
    link = "https://org.svc.dynamics.example/email-link?addressee=7&campaign=0"
    answer = of.handle(Request(link, visitor.now, 10**6, "GET", {}, visitor.held()))
    assert answer.set_cookies
    visitor.submit("ann@firm.example")
    assert of.handle.__self__.leads.parents == [None, 0]
    visitor.anonymize = True
    visitor.submit("third@firm.example")
    assert of.handle.__self__.leads.parents[2] is None


def test_leads_are_one_for_each_address_and_page():
    leads = Leads()
    first = leads.submit(ANN, 3)
    assert leads.submit({**ANN, "email": "ANN@home.example"}, None) == first
    assert leads.submit(ANN, 3, page="landing") != first
    assert leads.submit({"email": ""}, None) != leads.submit({"email": ""}, None)
    assert leads.parents[first] == 3


@pytest.mark.parametrize(("extended_by", "visits"), [("loads", 2), ("any", 1)])
def test_what_makes_a_visit_go_on(extended_by, visits):
    of = system(extended_by=extended_by)
    visitor = Visitor(of)
    loads = [visitor.load()]
    visitor.now += 25 * MINUTE
    visitor.submit("ann@home.example")
    loads.append(visitor.load(after=20 * MINUTE))
    found = of.assignment()
    assert len({int(found.visit[found.event == load][0]) for load in loads}) == visits


@pytest.mark.parametrize(("on_revoke", "kept"), [("expire", 0), ("keep", 2)])
def test_what_becomes_of_the_services_cookies_on_a_revocation(on_revoke, kept):
    from sim.browser import PageEventKind

    visitor = Visitor(system(on_revoke=on_revoke))
    visitor.load()
    visitor.anonymize = True
    visitor.tell(PageEventKind.CONSENT)
    assert len(visitor.held()) == kept


@pytest.mark.parametrize(("maps", "contact"), [(False, NOBODY), (True, 0)])
def test_whether_a_sign_in_maps_the_visitor_id(maps, contact):
    of = system(sign_in_maps_visitor=maps)
    visitor = Visitor(of)
    load = visitor.load()
    of.handle(
        Request("https://org.svc.dynamics.example/sign-in", visitor.now, 10**6, "POST", {"fields": ANN}, visitor.held())
    )
    assert contacts_of(of, load) == [contact]
    assert visitor.load(after=DAY)


def test_registrations_are_credited_with_certainty():
    of = system()
    signed_in = of.handle(Request("https://events.example/sign-in", 0, 1, "POST", {"fields": ANN}))
    session = {one.name: one.value for one in signed_in.set_cookies}
    assert of.handle(Request("https://events.example/register", 1, 2, "POST", {}, session)).status == 200
    found = of.assignment()
    assert found.kind.tolist() == [InteractionKind.EVENT_REGISTRATION]
    assert found.contact.tolist() == [0]
