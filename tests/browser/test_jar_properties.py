"""Random lives of a jar: both its doors agree, its memory of what routes see changes nothing, and no rule is broken."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.browser import PROFILES, Absence, Context, CookieJar, Route, SameSite, SetCookie, profile
from sim.browser.rules import NEVER, ThirdParty

NOW = 1_767_571_200_000
DAY = 86_400_000
URLS = [
    "https://shop.example/",
    "https://www.shop.example/a/b",
    "http://www.shop.example/a/",
    "https://tracker.example/t",
    "https://other.example/a",
]
CONTEXTS = [
    *map(Context.top_level, URLS),
    *map(Context, URLS),
    Context(URLS[0], "POST", True),
    Context(URLS[4], "GET", True),
    Context(URLS[0], cross_site_ancestor=True),
    Context(URLS[1], link_decorated=True, cloaked=True),
]
ATTRIBUTES = [
    "Secure",
    "HttpOnly",
    "Partitioned",
    "SameSite=None",
    "SameSite=Lax",
    "SameSite=Strict",
    "Path=/",
    "Path=/a",
]
ATTRIBUTES += ["Domain=shop.example", "Max-Age=0", "Max-Age=60", "Max-Age=8640000", "Max-Age=99999999", "Expires=x"]

urls, contexts = st.sampled_from(URLS), st.sampled_from(CONTEXTS)
headers = st.builds(
    lambda name, value, said: "; ".join([f"{name}={value}", *said]),
    st.sampled_from(["a", "b", "__Host-c", "__Secure-d", ""]),
    st.sampled_from(["1", "2"]),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=5),
)
steps = st.one_of(
    st.tuples(st.just("set"), headers, urls, contexts),
    st.tuples(st.just("write"), headers, urls, contexts),
    st.tuples(st.just("interact"), urls),
    st.tuples(st.just("wait"), st.sampled_from([1, 60_000, 120_000, DAY, 7 * DAY, 400 * DAY])),
    st.tuples(st.sampled_from(["close", "clear", "reset"])),
)
lives = st.lists(steps, max_size=12)
names = st.sampled_from(sorted(PROFILES))


def live(jar: CookieJar, life: list, after_each) -> None:
    now = NOW
    for what, *how in life:
        match what:
            case "set":
                jar.set_cookie(how[0], how[1], now, how[2])
            case "write":
                jar.set_document_cookie(how[0], how[1], now, how[2])
            case "interact":
                jar.interact(how[0], now)
            case "wait":
                now += how[0]
            case "close":
                jar.close_browser(now=now)
            case "clear":
                jar.clear(now)
            case "reset":
                jar.reset(now)
        after_each(now)


def routes() -> list[Route]:
    return [Route.of(url, context) for url in URLS for context in CONTEXTS]


@given(names, lives)
def test_a_jar_that_is_read_all_the_time_equals_one_that_is_read_once(name, life):
    busy, idle = CookieJar(profile(name)), CookieJar(profile(name))
    clock = [NOW]

    def read(now: int) -> None:
        clock[0] = now
        for route in routes():
            busy.sent(route, now)
            busy.script_text(route, now)
            busy.absence("a", route, now)

    live(busy, life, read)
    live(idle, life, lambda now: None)
    for url in URLS:
        for context in CONTEXTS:
            route, now = Route.of(url, context), clock[0]
            carried = idle.cookies_for(url, now, context)
            by_name = {}
            for cookie in carried:
                by_name.setdefault(cookie.name, cookie.value)
            assert busy.sent(route, now) == by_name
            assert list(map(str, busy.cookies_for(url, now, context))) == list(map(str, carried))
            assert busy.script_text(route, now) == idle.document_cookie(url, now, context)
            for script in (False, True):
                assert busy.absence("a", route, now, script) == idle.absence("a", route, now, script)


@given(names, st.lists(st.tuples(headers, urls, contexts, st.booleans()), max_size=12))
def test_headers_and_parsed_cookies_do_the_same(name, script):
    by_header, by_parts = CookieJar(profile(name)), CookieJar(profile(name))
    for number, (header, url, context, scripted) in enumerate(script):
        now, route = NOW + number, Route.of(url, context)
        parsed = SetCookie.parse(header, profile(name).quirks)
        if scripted:
            first = by_header.set_document_cookie(header, url, now, context)
            second = Absence.REFUSED if parsed is None else by_parts.store(parsed, route, now, script=True)
        else:
            first = by_header.set_cookie(header, url, now, context)
            second = Absence.REFUSED if parsed is None else by_parts.store(parsed, route, now)
        assert first is second
        assert [repr(cookie) for cookie in by_header] == [repr(cookie) for cookie in by_parts]


@given(names, lives)
def test_no_cookie_goes_where_it_may_not(name, life):
    made = profile(name)
    jar = CookieJar(made)

    def check(now: int) -> None:
        for url in URLS:
            for context in CONTEXTS:
                route = Route.of(url, context)
                lengths = []
                for cookie in jar.cookies_for(url, now, context):
                    assert cookie.domain == route.host or (
                        not cookie.host_only and route.host.endswith("." + cookie.domain)
                    )
                    assert route.path.startswith(cookie.path)
                    assert route.secure or not cookie.secure
                    assert cookie.expires > now
                    assert cookie.expires == NEVER or cookie.expires <= now + max(made.http_life, made.script_life)
                    assert not cookie.partition or cookie.partition in (route.partition, route.direct.partition)
                    if route.third_party and route.direct.third_party:
                        assert made.third_party is not ThirdParty.BLOCKED
                        assert cookie.partition or made.third_party in (ThirdParty.ALLOWED, ThirdParty.NOT_SET)
                    if not route.same_site and not route.direct.same_site and not route.navigation:
                        assert cookie.same_site in (SameSite.NONE, SameSite.UNSET)
                    lengths.append(len(cookie.path))
                assert lengths == sorted(lengths, reverse=True)
                shown = jar.document_cookie(url, now, context)
                hidden = [c for c in jar.cookies_for(url, now, context) if c.http_only]
                assert all(str(cookie) not in shown.split("; ") for cookie in hidden if not _twin(jar, cookie))

    live(jar, life, check)


def _twin(jar: CookieJar, cookie) -> bool:
    """Whether another cookie that script may see reads the same."""
    return any(str(other) == str(cookie) and not other.http_only for other in jar)


@given(names, lives)
def test_absence_is_present_exactly_where_the_cookie_is_sent(name, life):
    jar = CookieJar(profile(name))

    def check(now: int) -> None:
        for route in routes():
            assert (jar.absence("a", route, now) is Absence.PRESENT) == ("a" in jar.sent(route, now))

    live(jar, life, check)


@settings(max_examples=50)
@given(names, lives)
def test_nothing_is_left_of_a_cleared_jar(name, life):
    jar = CookieJar(profile(name))
    live(jar, life, lambda now: None)
    jar.clear()
    assert len(jar) == 0
    assert all(not jar.sent(route, NOW + 10**12) for route in routes())


@given(names, lives)
def test_as_long_as_what_is_sent_is_the_same_object_so_is_every_reason(name, life):
    jar = CookieJar(profile(name))
    seen: dict[Route, tuple[object, list[Absence]]] = {}

    def check(now: int) -> None:
        for route in routes():
            sent = jar.sent(route, now)
            reasons = [jar.absence(cookie, route, now) for cookie in ("a", "b", "")]
            if route in seen and seen[route][0] is sent:
                assert seen[route][1] == reasons
            seen[route] = sent, reasons

    live(jar, life, check)
