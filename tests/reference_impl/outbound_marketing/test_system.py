"""The system message by message, in simulated browsers: what its cookies are, and whom it takes a load to be by."""

from __future__ import annotations

from itertools import count

import pytest

from reference_impl.outbound_marketing import OutboundMarketing, Policy
from reference_impl.outbound_marketing.rules import (
    FIRST_PARTY_VISIT,
    FIRST_PARTY_VISITOR,
    THIRD_PARTY_VISIT,
    THIRD_PARTY_VISITOR,
    VISITOR_ID,
)
from reference_impl.outbound_marketing.script import Script
from sim.browser import CookieJar, Document, Page, PageEvent, PageEventKind, Response, Window, profile
from sim.draws import Identifiers, Purpose, Stream
from sim.system import NOBODY, InteractionKind

MINUTE = 60_000
DAY = 86_400_000
NOON = 1_767_614_400_000
SHOP = Document("https://www.shop.example/")
OTHER_SHOP = Document("https://www.other.example/")


class Visitor:
    """One browser, whose user visits pages of a shop that has the script."""

    tokens = count()

    def __init__(self, system: OutboundMarketing, make: str = "chromium") -> None:
        self.system = system
        self.jar = CookieJar(profile(make))
        self.window = Window(self.jar, system.handle, Identifiers(Stream(9, 9), Purpose.SCRIPT_IDS))
        self.now = NOON
        self.anonymize = False

    def page(self, document=SHOP, website="main"):
        config = {"website_id": website, "hostname": "org.svc.dynamics.example", "Anonymize": self.anonymize}
        return Page(document, self.window, self.now, next(self.tokens), config)

    def load(self, after=MINUTE, document=SHOP, website="main"):
        self.now += after
        page = self.page(document, website)
        self.system.on_load(page)
        return page.event

    def tell(self, kind, fields=None, **where):
        self.now += 1000
        page = self.page(**where)
        self.system.on_event(page, PageEvent(kind, fields or {}))
        return page.event

    def submit(self, email):
        return self.tell(PageEventKind.SUBMIT, {"email": email, "first_name": "", "last_name": "", "phone": ""})

    def held(self):
        """Values of the cookies that the browser would send now, to the service and to the shop."""
        to_service = SHOP.routes["https://org.svc.dynamics.example/load", "POST"]
        return {**self.jar.sent(to_service, self.now), **self.jar.sent(SHOP.route, self.now)}


def believed(system, event, kind=InteractionKind.WEBSITE_VISITED):
    """Visitor, visit, contact and identity of one interaction."""
    said = system.assignment()
    rows = ((said.event == event) & (said.kind == kind)).nonzero()[0]
    assert len(rows) == 1
    return tuple(int(getattr(said, name)[rows[0]]) for name in ("visitor", "visit", "contact", "identity"))


def system(random_seed=1, **settings):
    policy = Policy.model_validate(settings)
    return OutboundMarketing(policy, Identifiers(Stream(random_seed, 0), Purpose.SERVICE_IDS))


def test_the_first_page_load_sets_the_four_cookies_with_their_attributes():
    visitor = Visitor(system())
    visitor.load()
    held = visitor.held()
    assert set(held) == {THIRD_PARTY_VISITOR, THIRD_PARTY_VISIT, FIRST_PARTY_VISITOR, FIRST_PARTY_VISIT}
    assert len(held[THIRD_PARTY_VISITOR]) == 40
    assert len(held[THIRD_PARTY_VISIT]) == 8
    assert held[FIRST_PARTY_VISITOR] == held[THIRD_PARTY_VISITOR]
    assert held[FIRST_PARTY_VISIT] == held[THIRD_PARTY_VISIT]
    script_sees = visitor.jar.script_text(SHOP.route, visitor.now)
    assert FIRST_PARTY_VISITOR in script_sees
    service = "https://org.svc.dynamics.example/"
    assert visitor.jar.script_text(Document(service).route, visitor.now) == ""  # HttpOnly
    visitor.jar.close_browser()
    assert set(visitor.held()) == {THIRD_PARTY_VISITOR, FIRST_PARTY_VISITOR}  # the others are session cookies


@pytest.mark.parametrize("make", ["chromium", "firefox", "safari", "brave", "webkit_no_third_party"])
def test_one_browser_is_one_visitor_whatever_becomes_of_third_party_cookies(make):
    visitor = Visitor(system(), make)
    events = [visitor.load() for _ in range(5)]
    assert len({believed(visitor.system, event)[:2] for event in events}) == 1


def test_without_the_fallback_a_browser_that_blocks_is_somebody_new_at_each_load():
    visitor = Visitor(system(first_party_id="off"), "safari")
    events = [visitor.load() for _ in range(4)]
    assert len({believed(visitor.system, event)[0] for event in events}) == 4
    assert visitor.held() == {}


def test_a_visit_ends_when_the_window_has_passed_and_the_cookie_gets_a_new_value():
    visitor = Visitor(system())
    first = visitor.load()
    value = visitor.held()[THIRD_PARTY_VISIT]
    second = visitor.load(after=30 * MINUTE)
    assert visitor.held()[THIRD_PARTY_VISIT] == value
    third = visitor.load(after=30 * MINUTE + 1)
    assert visitor.held()[THIRD_PARTY_VISIT] != value
    visits = [believed(visitor.system, event)[1] for event in (first, second, third)]
    assert visits[0] == visits[1] != visits[2]
    assert len({believed(visitor.system, event)[0] for event in (first, second, third)}) == 1


def test_closing_the_browser_ends_the_visit_early_unless_the_session_is_restored():
    visitor = Visitor(system())
    first = visitor.load()
    visitor.jar.close_browser(restores_session=True)
    second = visitor.load()
    visitor.jar.close_browser()
    third = visitor.load()
    visits = [believed(visitor.system, event)[1] for event in (first, second, third)]
    assert visits[0] == visits[1] != visits[2]


def test_websites_have_visits_of_their_own_that_do_not_end_each_other():
    visitor = Visitor(system())
    a, b, again = visitor.load(website="a"), visitor.load(website="b"), visitor.load(website="a")
    visits = [believed(visitor.system, event)[1] for event in (a, b, again)]
    assert visits[0] == visits[2] != visits[1]


def test_form_views_do_not_extend_a_visit():
    visitor = Visitor(system())
    first = visitor.load()
    visitor.now += 20 * MINUTE
    visitor.tell(PageEventKind.FORM_VIEW)
    second = visitor.load(after=20 * MINUTE)
    assert believed(visitor.system, first)[1] != believed(visitor.system, second)[1]


def test_a_submission_credits_earlier_and_later_interactions_to_the_contact():
    visitor = Visitor(system())
    before = visitor.load()
    assert believed(visitor.system, before)[2] == NOBODY
    submitted = visitor.submit("ann@mail.example")
    after = visitor.load()
    contact = believed(visitor.system, submitted, InteractionKind.FORM_SUBMITTED)[2]
    assert [believed(visitor.system, event)[2] for event in (before, after)] == [contact, contact]


def test_two_browsers_of_one_address_are_one_contact_and_two_addresses_are_two():
    shared = system()
    phone, laptop, other = Visitor(shared), Visitor(shared), Visitor(shared)
    loads = [one.load() for one in (phone, laptop, other)]
    phone.submit("ann@mail.example")
    laptop.submit(" ANN@mail.example")
    other.submit("bob@mail.example")
    identities = [believed(shared, event)[3] for event in loads]
    assert identities[0] == identities[1] != identities[2]


def test_the_last_contact_submitted_under_an_id_gets_all_of_its_history():
    visitor = Visitor(system())
    load = visitor.load()
    visitor.submit("ann@mail.example")
    second = visitor.submit("bob@mail.example")
    assert believed(visitor.system, load)[2] == believed(visitor.system, second, InteractionKind.FORM_SUBMITTED)[2]


def test_anonymize_sets_no_cookie_and_records_page_loads_without_ids():
    visitor = Visitor(system())
    visitor.anonymize = True
    event = visitor.load()
    assert visitor.held() == {}
    assert believed(visitor.system, event) == (NOBODY,) * 4


def test_under_anonymize_a_form_is_known_by_what_was_typed():
    visitor = Visitor(system())
    visitor.anonymize = True
    load, submitted = visitor.load(), visitor.submit("ann@mail.example")
    visitor_id, visit, contact, identity = believed(visitor.system, submitted, InteractionKind.FORM_SUBMITTED)
    assert (visitor_id, visit) == (NOBODY, NOBODY)
    assert contact != NOBODY
    assert identity != NOBODY
    assert believed(visitor.system, load)[2] == NOBODY


def test_consent_turns_cookies_on_in_the_page_as_it_stands_and_revocation_removes_them():
    visitor = Visitor(system())
    visitor.anonymize = True
    visitor.load()
    visitor.anonymize = False
    visitor.tell(PageEventKind.CONSENT)
    assert len(visitor.held()) == 4
    visitor.anonymize = True
    visitor.tell(PageEventKind.CONSENT)
    assert visitor.held() == {}


def test_cookies_received_under_anonymize_are_ignored():
    visitor = Visitor(system())
    visitor.load()
    visitor.anonymize = True
    event = visitor.load()
    assert believed(visitor.system, event)[0] == NOBODY


@pytest.mark.parametrize(("refresh", "alive"), [("visit", True), ("load", True), ("never", False)])
def test_refreshing_keeps_a_faithful_visitors_cookies_alive_beyond_their_life(refresh, alive):
    visitor = Visitor(system(refresh=refresh))
    first = visitor.load()
    for _ in range(5):
        last = visitor.load(after=100 * DAY)  # chromium grants 400 days
    same = believed(visitor.system, first)[0] == believed(visitor.system, last)[0]
    assert same is alive


def test_two_years_are_asked_for_and_the_browser_grants_what_it_likes():
    visitor = Visitor(system())
    visitor.load()
    for days, there in ((399, True), (401, False)):
        visitor.now = NOON + MINUTE + days * DAY
        assert (THIRD_PARTY_VISITOR in visitor.held()) is there


def test_samesite_unset_is_not_taken_by_chromium_as_a_third_party():
    visitor = Visitor(system(samesite="unset", first_party_id="off"))
    visitor.load()
    assert visitor.held() == {}


def test_partitioned_cookies_make_one_browser_two_visitors_on_two_sites():
    visitor = Visitor(system(), "firefox")
    here, there = visitor.load(), visitor.load(document=OTHER_SHOP)
    assert believed(visitor.system, here)[0] != believed(visitor.system, there)[0]


@pytest.mark.parametrize(("link", "identities"), [("none", 2), ("pairwise", 1), ("transitive", 1)])
def test_differing_ids_in_one_request_are_linked_as_the_policy_says(link, identities):
    visitor = Visitor(system(first_party_id="independent", link=link))
    events = [visitor.load() for _ in range(3)]
    assert len({believed(visitor.system, event)[0] for event in events}) == 2
    assert len({believed(visitor.system, event)[3] for event in events}) == identities


def test_values_that_are_not_ours_are_ignored():
    visitor = Visitor(system(first_party_id="same"), "safari")
    visitor.jar.script_store(f"{FIRST_PARTY_VISITOR}=<script>; Path=/", SHOP.route, visitor.now)
    visitor.load()
    assert len(visitor.held()[FIRST_PARTY_VISITOR]) == 40


def test_an_unknown_message_is_answered_with_404():
    from sim.browser import Request

    assert system().handle(Request("https://org.svc.dynamics.example/nothing", NOON, 0)).status == 404


def test_the_third_party_cookies_are_secure_and_http_only_and_the_first_party_ones_script():
    visitor = Visitor(system())
    visitor.load()
    held = {cookie.name: cookie for cookie in visitor.jar}
    for name in (THIRD_PARTY_VISITOR, THIRD_PARTY_VISIT):
        assert held[name].secure
        assert held[name].http_only
        assert held[name].domain == "org.svc.dynamics.example"
    for name in (FIRST_PARTY_VISITOR, FIRST_PARTY_VISIT):
        assert not held[name].http_only
        assert held[name].domain == "www.shop.example"


def test_the_values_of_cookies_say_nothing_of_the_person():
    """They are random characters, the same whatever is typed and wherever."""

    def values(email, make):
        visitor = Visitor(system(), make)
        visitor.load()
        visitor.submit(email)
        return visitor.held()

    held = values("ada@example.org", "chromium")
    assert held == values("bob@example.org", "chromium")
    assert all(VISITOR_ID.fullmatch(held[name]) for name in (THIRD_PARTY_VISITOR, FIRST_PARTY_VISITOR))


def test_the_page_says_which_service_is_asked_under_which_website_id():
    asked = []
    visitor = Visitor(system())
    visitor.window.handler = lambda request: asked.append(request) or Response()
    page = visitor.page(website="other")
    page.config = page.config | {"hostname": "another.svc.dynamics.example"}
    Script(Policy()).on_load(page)
    (request,) = asked
    assert request.url == "https://another.svc.dynamics.example/load"
    assert request.body["website_id"] == "other"


def test_a_page_with_the_form_loader_alone_sets_the_first_party_cookies():
    visitor = Visitor(system(), "safari")
    visitor.tell(PageEventKind.FORM_VIEW)
    assert set(visitor.held()) == {FIRST_PARTY_VISITOR, FIRST_PARTY_VISIT}
