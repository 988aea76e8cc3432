from __future__ import annotations

import pytest

from sim.browser import Context, Route

SHOP, TRACKER = "https://www.shop.example/a/b?q#f", "https://tracker.example/t"


def test_equal_routes_are_one_object():
    assert Route.of(SHOP, Context(SHOP)) is Route.of(SHOP, Context(SHOP))


def test_what_an_address_says():
    route = Route.of(SHOP, Context.top_level(SHOP))
    assert (route.host, route.path, route.default_path) == ("www.shop.example", "/a/b", "/a")
    assert (route.secure, route.site, route.same_site, route.third_party) == (True, "shop.example", True, False)
    assert route.scopes == route.page_scopes == ("www.shop.example", ".www.shop.example", ".shop.example")


def test_a_third_party_is_another_site_that_does_not_become_the_page():
    assert Route.of(TRACKER, Context(SHOP)).third_party
    assert not Route.of(TRACKER, Context(SHOP)).same_site
    link = Route.of(TRACKER, Context(SHOP, "GET", True))
    assert not link.third_party
    assert not link.same_site
    assert link.page_scopes == link.scopes
    assert not Route.of("https://cdn.shop.example/", Context(SHOP)).third_party
    assert Route.of(TRACKER, Context(SHOP)).page_scopes[0] == "www.shop.example"


def test_the_partition_is_the_site_of_the_page_that_is_or_will_be():
    assert Route.of(TRACKER, Context(SHOP)).partition.startswith("https://shop.example")
    assert Route.of(TRACKER, Context(SHOP, "GET", True)).partition == "https://tracker.example"
    assert Route.of(SHOP, Context(SHOP)).partition == Route.of(SHOP, Context.top_level(SHOP)).partition


def test_another_scheme_is_another_site_but_not_a_third_party():
    route = Route.of("http://shop.example/", Context(SHOP))
    assert not route.same_site
    assert not route.third_party
    assert not route.secure


def test_web_sockets_are_of_the_site_of_their_web_scheme():
    assert Route.of("wss://shop.example/", Context(SHOP)).same_site
    assert Route.of("wss://shop.example/", Context(SHOP)).secure


def test_an_ancestor_of_another_site_makes_a_third_party_of_the_own_site():
    route = Route.of(SHOP, Context(SHOP, cross_site_ancestor=True))
    assert route.third_party
    assert not route.same_site
    assert route.partition != Route.of(SHOP, Context(SHOP)).partition
    assert route.direct is Route.of(SHOP, Context(SHOP))


def test_hosts_are_canonical():
    assert Route.of("HTTPS://WWW.Shop.Example/", Context(SHOP)).host == "www.shop.example"
    assert Route.of("https://bücher.example/", Context(SHOP)).host == "xn--bcher-kva.example"


@pytest.mark.parametrize("url", ["", "/a", "mailto:a@b", "about:blank"])
def test_an_address_without_a_host_is_refused(url):
    with pytest.raises(ValueError, match="host"):
        Route.of(url, Context(SHOP))
