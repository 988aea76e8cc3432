from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.browser.match import (
    default_path,
    domain_match,
    has_listed_suffix,
    is_public_suffix,
    path_match,
    registrable_domain,
)


@pytest.mark.parametrize(
    ("host", "domain", "matches"),
    [
        ("example.org", "example.org", True),
        ("www.example.org", "example.org", True),
        ("a.b.example.org", "example.org", True),
        ("badexample.org", "example.org", False),
        ("example.org", "www.example.org", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "0.0.1", False),
        ("::1", "::1", True),
    ],
)
def test_domain_match(host, domain, matches):
    assert domain_match(host, domain) is matches


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("", "/"),
        ("/", "/"),
        ("/a", "/"),
        ("/a/", "/a"),
        ("/a/b", "/a"),
        ("/a/b/", "/a/b"),
        ("a/b", "/"),
    ],
)
def test_default_path(path, default):
    assert default_path(path) == default


@pytest.mark.parametrize(
    ("path", "cookie_path", "matches"),
    [
        ("/", "/", True),
        ("/a", "/", True),
        ("/a", "/a", True),
        ("/a/", "/a", True),
        ("/a/b", "/a", True),
        ("/a/b", "/a/", True),
        ("/a", "/a/", False),
        ("/ab", "/a", False),
        ("/A", "/a", False),
        ("/", "/a", False),
    ],
)
def test_path_match(path, cookie_path, matches):
    assert path_match(path, cookie_path) is matches


@given(st.text("/ab", max_size=8).map("/".__add__))
def test_an_address_sees_the_cookies_that_it_sets_by_default(path):
    assert path_match(path, default_path(path))


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.example.co.uk", "example.co.uk"),
        ("example.org", "example.org"),
        ("co.uk", "co.uk"),
        ("org", "org"),
        ("shop.localhost", "shop.localhost"),
        ("10.0.0.1", "10.0.0.1"),
        ("::1", "::1"),
    ],
)
def test_the_site_of_a_host(host, site):
    assert registrable_domain(host) == site


def test_public_suffixes():
    assert is_public_suffix("co.uk")
    assert is_public_suffix("github.io")
    assert not is_public_suffix("example.co.uk")
    assert not is_public_suffix("127.0.0.1")


def test_some_suffixes_are_not_on_the_list():
    assert has_listed_suffix("www.example.co.uk")
    assert not has_listed_suffix("shop.localhost")
    assert not has_listed_suffix("127.0.0.1")
