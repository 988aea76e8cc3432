"""The storage model and the retrieval algorithm: RFC 6265bis, sections 5.7 and 5.8."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.browser import Absence, Context, CookieJar, Route, profile

NOW = 1_767_571_200_000  # 2026-01-05, a Monday
SECOND, MINUTE, DAY = 1000, 60_000, 86_400_000
SHOP, OTHER, TRACKER = "https://www.shop.example/", "https://other.example/", "https://org.tracker.example/t"
ON_SHOP, ON_OTHER, AT_TRACKER = Context(SHOP), Context(OTHER), Context.top_level(TRACKER)
NONE = "SameSite=None; Secure"
TWO_YEARS = "Max-Age=63072000"


def sent(jar: CookieJar, url: str, now: int = NOW, context: Context | None = None) -> str:
    return "; ".join(map(str, jar.cookies_for(url, now, context or Context.top_level(url))))


def take(jar: CookieJar, *headers: str, url: str = SHOP, now: int = NOW, context: Context | None = None) -> list[str]:
    return [jar.set_cookie(header, url, now, context or Context.top_level(url)).name for header in headers]


@pytest.fixture
def jar() -> CookieJar:
    return CookieJar(profile("rfc6265bis"))


# Host, domain and path


def test_a_host_only_cookie_goes_to_its_host_and_a_domain_cookie_to_all(jar):
    take(jar, "a=1", "b=1; Domain=shop.example", "c=1; Domain=.SHOP.example")
    assert sent(jar, SHOP) == "a=1; b=1; c=1"
    assert sent(jar, "https://shop.example/") == "b=1; c=1"
    assert sent(jar, "https://x.www.shop.example/") == "b=1; c=1"
    assert sent(jar, OTHER) == ""


@pytest.mark.parametrize(
    "domain", ["other.example", "x.www.shop.example", "news.shop.example", "example", "hop.example"]
)
def test_a_host_sets_for_its_own_domain_only(jar, domain):
    assert take(jar, f"a=1; Domain={domain}") == ["REFUSED"]


def test_a_public_suffix_sets_for_itself_alone(jar):
    assert take(jar, "a=1; Domain=co.uk", url="https://shop.co.uk/") == ["REFUSED"]
    assert take(jar, "a=1; Domain=github.io", url="https://github.io/") == ["PRESENT"]
    assert sent(jar, "https://me.github.io/") == ""
    assert sent(jar, "https://github.io/") == "a=1"


def test_an_address_is_no_domain(jar):
    take(jar, "a=1; Domain=10.0.0.1", "b=1", url="https://10.0.0.1/")
    assert sent(jar, "https://10.0.0.1/") == "a=1; b=1"
    assert take(jar, "a=1; Domain=0.0.1", url="https://10.0.0.1/") == ["REFUSED"]


def test_longer_paths_come_first_then_older_cookies(jar):
    take(jar, "a=1; Path=/", "b=1; Path=/x/y", "c=1; Path=/x", "d=1; Path=/x/y")
    assert sent(jar, SHOP + "x/y") == "b=1; d=1; c=1; a=1"


def test_ports_and_schemes_share_cookies_but_secure_ones(jar):
    take(jar, "a=1", "b=1; Secure")
    assert sent(jar, "http://www.shop.example:8888/") == "a=1"


# Identity and overwriting


def test_an_overwrite_keeps_the_creation_time_and_so_the_place(jar):
    take(jar, "a=1", "b=1")
    take(jar, "a=2", now=NOW + SECOND)
    assert sent(jar, SHOP, NOW + SECOND) == "a=2; b=1"
    first = jar.cookies_for(SHOP, NOW + SECOND, Context.top_level(SHOP))[0]
    assert (first.created, first.last_access) == (NOW, NOW + SECOND)


def test_chromium_moves_a_cookie_with_a_new_value_to_the_end():
    jar = CookieJar(profile("chromium"))
    take(jar, "a=1", "b=1", "c=1")
    take(jar, "a=1", now=NOW + SECOND)
    assert sent(jar, SHOP, NOW + SECOND) == "a=1; b=1; c=1"
    take(jar, "a=2; HttpOnly", now=NOW + 2 * SECOND)
    assert sent(jar, SHOP, NOW + 2 * SECOND) == "b=1; c=1; a=2"


def test_name_host_domain_and_path_make_a_cookie(jar):
    take(jar, "a=1", "a=2; Domain=www.shop.example", "a=3; Path=/x", "a=4")
    assert len(jar) == 3
    assert sent(jar, SHOP + "x") == "a=3; a=4; a=2"
    assert jar.sent(Route.of(SHOP + "x", ON_SHOP), NOW) == {"a": "3"}


def test_what_was_handed_out_does_not_change(jar):
    take(jar, "a=1")
    route = Route.of(SHOP, ON_SHOP)
    before, copies, listed = jar.sent(route, NOW), jar.cookies_for(SHOP, NOW, ON_SHOP), list(jar)
    take(jar, "a=2", "b=1")
    assert before == {"a": "1"}
    assert [cookie.value for cookie in copies + listed] == ["1", "1"]


# Secure, HttpOnly, prefixes


def test_secure_cookies_are_neither_set_nor_overlaid_in_the_clear(jar):
    plain = "http://www.shop.example/x/y"
    assert take(jar, "a=1; Secure; Path=/x", "b=1; Path=/") == ["PRESENT", "PRESENT"]
    refused = ["c=1; Secure", "a=2; Path=/x", "a=2; Path=/x/y", "a=2; Path=/x; Domain=shop.example"]
    assert take(jar, *refused, url=plain) == ["REFUSED"] * 4
    assert take(jar, "a=2; Path=/", "b=2; Path=/", url=plain) == ["PRESENT"] * 2
    assert take(jar, "a=3; Path=/x; Secure") == ["PRESENT"]


def test_a_cookie_in_the_clear_is_not_renewed_once_a_secure_one_has_come(jar):
    plain = "http://www.shop.example/"
    assert take(jar, "a=1", url=plain) == ["PRESENT"]
    assert take(jar, "a=2; Secure; Domain=shop.example") == ["PRESENT"]
    assert take(jar, "a=3", url=plain) == ["REFUSED"]


def test_script_sees_no_http_only_cookie_nor_touches_it(jar):
    take(jar, "a=1; HttpOnly", "b=1")
    assert jar.document_cookie(SHOP, NOW) == "b=1"
    assert jar.set_document_cookie("a=2", SHOP, NOW) is Absence.REFUSED
    assert jar.set_document_cookie("c=1; HttpOnly", SHOP, NOW) is Absence.REFUSED
    assert jar.set_document_cookie("a=; Max-Age=0", SHOP, NOW) is Absence.REFUSED
    assert sent(jar, SHOP) == "a=1; b=1"
    take(jar, "b=2; HttpOnly")
    assert jar.document_cookie(SHOP, NOW) == ""


@pytest.mark.parametrize(
    ("header", "stored"),
    [
        ("__Secure-a=1; Secure", True),
        ("__Secure-a=1", False),
        ("__SECURE-a=1", False),
        ("__Host-a=1; Secure; Path=/", True),
        ("__Host-a=1; Secure", False),
        ("__Host-a=1; Path=/", False),
        ("__hOST-a=1; Secure; Path=/; Domain=www.shop.example", False),
        ("__Host-a=1; Secure; Path=/x", False),
        ("=__Secure-a; Secure", False),
        ("__Host-a; Secure; Path=/", False),
        ("a__Host-=1", True),
    ],
)
def test_prefixes_hold_what_they_promise(jar, header, stored):
    assert (take(jar, header) == ["PRESENT"]) is stored


# SameSite


def test_same_site_says_what_goes_with_a_cross_site_link_and_a_subresource(jar):
    take(jar, "s=1; SameSite=Strict", "l=1; SameSite=Lax", f"n=1; {NONE}", "u=1", url=TRACKER)
    assert sent(jar, TRACKER) == "s=1; l=1; n=1; u=1"
    assert sent(jar, TRACKER, context=Context(SHOP, "GET", True)) == "l=1; n=1; u=1"
    assert sent(jar, TRACKER, context=ON_SHOP) == "n=1"
    assert sent(jar, TRACKER, context=Context(TRACKER)) == "s=1; l=1; n=1; u=1"


def test_a_young_cookie_without_same_site_goes_with_a_cross_site_post(jar):
    take(jar, "u=1", "l=1; SameSite=Lax", url=TRACKER)
    post = Context(SHOP, "POST", True)
    assert sent(jar, TRACKER, NOW + 2 * MINUTE - 1, post) == "u=1"
    assert sent(jar, TRACKER, NOW + 2 * MINUTE, post) == ""
    assert sent(jar, TRACKER, NOW + 2 * MINUTE, Context(TRACKER, "POST", True)) == "u=1; l=1"


def test_a_cross_site_answer_sets_only_none_unless_it_becomes_the_page(jar):
    headers = ("s=1; SameSite=Strict", "l=1; SameSite=Lax", "u=1", f"n=1; {NONE}")
    assert take(jar, *headers, url=TRACKER, context=ON_SHOP) == ["SAME_SITE"] * 3 + ["PRESENT"]
    assert take(jar, *headers, url=TRACKER, context=Context(SHOP, "POST", True)) == ["PRESENT"] * 4


def test_none_needs_secure_but_in_safari():
    assert take(CookieJar(profile("firefox")), "a=1; SameSite=None") == ["REFUSED"]
    assert take(CookieJar(profile("safari")), "a=1; SameSite=None") == ["PRESENT"]


# Third parties


def third_party_story(name: str) -> tuple[str, str, str]:
    """What is sent on the same shop, on another one, and what of a top-level visit is sent as third party."""
    headers = (f"n=1; {NONE}", f"p=1; {NONE}; Partitioned", "u=1")
    jar, visited = CookieJar(profile(name)), CookieJar(profile(name))
    take(jar, *headers, url=TRACKER, context=ON_SHOP)
    take(visited, *headers, url=TRACKER)
    same, other = (sent(jar, TRACKER, context=context) for context in (ON_SHOP, ON_OTHER))
    return same, other, sent(visited, TRACKER, context=ON_SHOP)


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("chromium", ("n=1; p=1", "n=1", "n=1")),
        ("chromium_blocking", ("p=1", "", "")),
        ("edge", ("n=1; p=1", "n=1", "n=1")),
        ("edge_listed", ("", "", "")),
        ("firefox", ("n=1; p=1; u=1", "", "")),
        ("firefox_allow_all", ("n=1; p=1; u=1", "n=1; u=1", "n=1; u=1")),
        ("firefox_opt_in", ("p=1", "", "")),
        ("firefox_block_all", ("", "", "")),
        ("firefox_listed_tracker", ("", "", "")),
        ("safari", ("", "", "")),
        ("brave", ("", "", "")),
        ("webkit_no_third_party", ("", "", "n=1; p=1; u=1")),
        ("webkit_allow_all", ("n=1; p=1; u=1",) * 3),
    ],
)
def test_third_party_cookies_by_profile(name, story):
    assert third_party_story(name) == story


def test_a_partitioning_browser_holds_one_cookie_for_each_shop():
    jar = CookieJar(profile("firefox"))
    take(jar, f"a=1; {NONE}", url=TRACKER, context=ON_SHOP)
    take(jar, f"a=2; {NONE}", url=TRACKER, context=ON_OTHER)
    take(jar, f"a=3; {NONE}", url=TRACKER)
    assert [sent(jar, TRACKER, context=context) for context in (ON_SHOP, ON_OTHER, None)] == ["a=1", "a=2", "a=3"]


def test_partitioned_needs_secure_where_it_is_honoured():
    assert take(CookieJar(profile("chromium")), "a=1; Partitioned") == ["REFUSED"]
    assert take(CookieJar(profile("safari")), "a=1; Partitioned") == ["PRESENT"]


# Lives


@pytest.mark.parametrize(
    ("name", "server_days", "script_days"),
    [
        ("chromium", 400, 400),
        ("firefox", 400, 400),
        ("brave", 180, 7),
        ("safari", 730, 730),
        ("safari_expiry_7d", 730, 7),
        ("webkit_itp", 730, 7),
        ("webkit_allow_all", 730, 730),
    ],
)
def test_days_granted_of_two_years(name, server_days, script_days):
    jar = CookieJar(profile(name))
    take(jar, f"a=1; {TWO_YEARS}")
    jar.set_document_cookie(f"b=1; {TWO_YEARS}", SHOP, NOW)
    assert [(cookie.expires - NOW) / DAY for cookie in jar] == [server_days, script_days]


def test_safari_shortens_lives_after_decorated_links_and_behind_cloaks():
    jar = CookieJar(profile("safari"))
    jar.set_document_cookie(f"a=1; {TWO_YEARS}", SHOP, NOW, Context(SHOP, link_decorated=True))
    take(jar, f"b=1; {TWO_YEARS}", context=Context(SHOP, cloaked=True))
    assert [(cookie.expires - NOW) / DAY for cookie in jar] == [1, 7]


def test_a_cookie_is_gone_at_its_expiry_and_not_before(jar):
    take(jar, "a=1; Max-Age=10")
    assert sent(jar, SHOP, NOW + 10 * SECOND - 1) == "a=1"
    assert sent(jar, SHOP, NOW + 10 * SECOND) == ""
    assert len(jar) == 0


def test_a_life_that_has_passed_deletes(jar):
    take(jar, "a=1", "b=1", "c=1")
    take(jar, "a=1; Max-Age=0", "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "c=1; Path=/elsewhere; Max-Age=-1")
    assert sent(jar, SHOP) == "c=1"


def test_closing_ends_session_cookies_unless_the_session_is_restored(jar):
    take(jar, "a=1", "b=1; Max-Age=100")
    jar.close_browser(restores_session=True)
    assert sent(jar, SHOP) == "a=1; b=1"
    jar.close_browser()
    assert sent(jar, SHOP) == "b=1"


def test_a_browser_that_clears_on_close_keeps_nothing():
    jar = CookieJar(replace(profile("chromium"), clear_on_close=True))
    take(jar, "a=1", "b=1; Max-Age=100")
    jar.close_browser(restores_session=True)
    assert len(jar) == 2
    jar.close_browser()
    assert len(jar) == 0
    assert jar.absence("b", Route.of(SHOP, ON_SHOP), NOW) is Absence.CLOSED


# Safari's purge


def purging_jar(days_used: list[int] | None = None, span: int = 60) -> CookieJar:
    if days_used is None:
        return CookieJar(profile("safari"))
    used = np.zeros(span, np.bool_)
    used[days_used] = True
    return CookieJar(profile("safari"), used, NOW // DAY)


def test_what_script_wrote_goes_after_seven_days_of_use_without_interaction():
    jar = purging_jar()
    jar.set_document_cookie("a=1; Max-Age=31536000", SHOP, NOW + 5 * MINUTE)
    take(jar, "b=1; Max-Age=31536000")
    assert sent(jar, SHOP, NOW + 7 * DAY - 1) == "a=1; b=1"
    assert sent(jar, SHOP, NOW + 7 * DAY) == "b=1"
    assert jar.absence("a", Route.of(SHOP, ON_SHOP), NOW + 7 * DAY, script=True) is Absence.PURGED


def test_rewriting_does_not_help_and_interaction_on_the_site_does():
    jar = purging_jar()
    for day in range(6):
        jar.set_document_cookie(f"a={day}; Max-Age=31536000", SHOP, NOW + day * DAY)
    jar.interact(OTHER, NOW + 5 * DAY)
    assert jar.document_cookie(SHOP, NOW + 7 * DAY) == ""
    jar.set_document_cookie("a=7; Max-Age=31536000", SHOP, NOW + 7 * DAY)
    jar.interact("https://news.shop.example/", NOW + 13 * DAY)
    assert jar.document_cookie(SHOP, NOW + 20 * DAY - 1) == "a=7"
    assert jar.document_cookie(SHOP, NOW + 20 * DAY) == ""


def test_only_days_of_use_count():
    jar = purging_jar([0, 1, 2, 3, 10, 11, 12, 40, 41])
    jar.set_document_cookie("a=1; Max-Age=31536000", SHOP, NOW)
    assert jar.document_cookie(SHOP, NOW + 12 * DAY) == "a=1"
    assert jar.document_cookie(SHOP, NOW + 40 * DAY - 1) == "a=1"
    assert jar.document_cookie(SHOP, NOW + 40 * DAY) == ""


def test_a_browser_used_too_seldom_never_purges():
    jar = purging_jar([0, 1, 2])
    jar.set_document_cookie("a=1; Max-Age=31536000", SHOP, NOW)
    assert jar.document_cookie(SHOP, NOW + 300 * DAY) == "a=1"


def test_the_days_count_from_the_first_write_by_script_not_by_the_server():
    jar = purging_jar()
    take(jar, "a=1; Max-Age=31536000")
    jar.set_document_cookie("a=2; Max-Age=31536000", SHOP, NOW + 20 * DAY)
    assert jar.document_cookie(SHOP, NOW + 27 * DAY - 1) == "a=2"
    assert jar.document_cookie(SHOP, NOW + 27 * DAY) == ""


# Limits


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_full_domain_is_cut_down_to_the_cookies_read_last(name):
    jar = CookieJar(profile(name))
    for number in range(180):
        take(jar, f"c{number}=1; Path=/{number}", now=NOW + number)
    sent(jar, SHOP + "0", NOW + 1000)
    assert len(jar) == 180
    take(jar, "new=1", now=NOW + 2000)
    names = {cookie.name for cookie in jar}
    assert len(jar) == 150
    assert {"c0", "new", "c179"} <= names
    assert "c1" not in names
    assert jar.absence("c1", Route.of(SHOP + "1", ON_SHOP), NOW + 2000) is Absence.EVICTED


def test_cookies_in_the_clear_are_evicted_first():
    jar = CookieJar(profile("chromium"))
    for number in range(180):
        take(jar, f"c{number}=1" + ("; Secure" if number < 100 else ""), now=NOW + number)
    take(jar, "new=1", now=NOW + 1000)
    assert sum(cookie.secure for cookie in jar) == 100


def test_a_full_jar_spares_what_was_read_lately():
    jar = CookieJar(profile("chromium"))
    for number in range(3300):
        take(jar, f"c=1; {TWO_YEARS}", url=f"https://s{number}.example/", now=NOW + number)
    take(jar, "c=1", url="https://new.example/", now=NOW + 5000)
    assert len(jar) == 3301
    later = NOW + 31 * DAY
    sent(jar, "https://s0.example/", later)
    take(jar, "c=1", url="https://newer.example/", now=later)
    assert len(jar) == 3000
    assert sent(jar, "https://s0.example/", later) == "c=1"
    assert sent(jar, "https://s1.example/", later) == ""


# Why a cookie is absent


def why(jar: CookieJar, now: int = NOW, url: str = TRACKER, context: Context = ON_SHOP, script: bool = False) -> str:
    return jar.absence("a", Route.of(url, context), now, script).name


def test_a_cookie_that_was_never_set_and_one_that_is_there():
    jar = CookieJar(profile("chromium"))
    assert why(jar) == "NEVER_SET"
    take(jar, f"a=1; {NONE}", url=TRACKER, context=ON_SHOP)
    assert why(jar) == "PRESENT"


def test_what_the_user_did():
    for do, reason in ((CookieJar.clear, "CLEARED"), (CookieJar.reset, "RESET"), (CookieJar.close_browser, "CLOSED")):
        jar = CookieJar(profile("chromium"))
        for _ in range(2):
            take(jar, f"a=1; {NONE}", url=TRACKER, context=ON_SHOP)
            assert why(jar) == "PRESENT"
            do(jar)
            assert why(jar) == reason


def test_a_life_that_ended_as_asked_and_one_that_the_browser_cut():
    jar = CookieJar(profile("chromium"))
    take(jar, f"a=1; {NONE}; Max-Age=10", url=TRACKER, context=ON_SHOP)
    assert why(jar, NOW + 10 * SECOND) == "EXPIRED"
    take(jar, f"a=1; {NONE}; {TWO_YEARS}", url=TRACKER, context=ON_SHOP, now=NOW + 10 * SECOND)
    assert why(jar, NOW + 401 * DAY) == "CAPPED"
    take(jar, f"a=1; {NONE}", f"a=1; {NONE}; Max-Age=0", url=TRACKER, context=ON_SHOP, now=NOW + 402 * DAY)
    assert why(jar, NOW + 402 * DAY) == "EXPIRED"


@pytest.mark.parametrize("name", ["safari", "firefox_block_all", "edge_listed", "brave"])
def test_a_blocking_browser_says_so_before_and_after_a_try(name):
    jar = CookieJar(profile(name))
    assert why(jar) == "BLOCKED"
    take(jar, f"a=1; {NONE}", url=TRACKER)
    assert why(jar) == "BLOCKED"
    assert why(jar, context=AT_TRACKER) == "PRESENT"


def test_a_browser_that_blocks_all_but_partitioned_cookies_says_so_after_a_try():
    jar = CookieJar(profile("chromium_blocking"))
    assert why(jar) == "NEVER_SET"
    assert take(jar, f"a=1; {NONE}", url=TRACKER, context=ON_SHOP) == ["BLOCKED"]
    assert why(jar) == "BLOCKED"


def test_a_cookie_under_another_top_level_site_is_partitioned_away():
    jar = CookieJar(profile("firefox"))
    take(jar, f"a=1; {NONE}; Max-Age=10", url=TRACKER, context=ON_SHOP)
    assert why(jar, context=ON_OTHER) == "PARTITIONED"
    assert why(jar, context=AT_TRACKER) == "PARTITIONED"
    assert why(jar, NOW + 10 * SECOND) == "EXPIRED"


def test_same_site_keeps_a_cookie_back_or_from_being_set():
    jar = CookieJar(profile("chromium"))
    assert take(jar, "a=1", url=TRACKER, context=ON_SHOP) == ["SAME_SITE"]
    assert why(jar) == "SAME_SITE"
    take(jar, "a=1", url=TRACKER)
    assert why(jar) == "SAME_SITE"


def test_other_rules_refuse():
    jar = CookieJar(profile("chromium"))
    take(jar, "a=1; HttpOnly", url=SHOP)
    assert why(jar, url=SHOP, script=True) == "REFUSED"
    assert why(jar, url=SHOP) == "PRESENT"
    take(jar, "a=1; SameSite=None", url=TRACKER, context=ON_SHOP)
    assert why(jar) == "REFUSED"
