"""The script that every browser plays, real or simulated: small stories of loads, clicks, posts and script writes.

Each case has hosts of its own, so that no case meets the cookies of another. A host is written as a role (`shop/path`,
`www.shop/path`); every role is a site of its own. `{shop}` in a header stands for the role's domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_TWO_YEARS = "Max-Age=63072000"
_NONE = "SameSite=None; Secure"


@dataclass(frozen=True, slots=True)
class Visit:
    """The address is typed. What the request carries is observed."""

    url: str
    sets: tuple[str, ...] = ()
    """Set-Cookie headers of the answer."""


@dataclass(frozen=True, slots=True)
class Follow(Visit):
    """The page leads to the address by itself: a cross-site GET navigation, if its site is another."""


@dataclass(frozen=True, slots=True)
class Submit(Visit):
    """The page submits a form by POST to the address, which becomes the page."""


@dataclass(frozen=True, slots=True)
class Fetch(Visit):
    """The page's script fetches the address with credentials."""


@dataclass(frozen=True, slots=True)
class Nested(Visit):
    """A frame of the role `tracker` in the page holds a frame with the address."""


@dataclass(frozen=True, slots=True)
class Write:
    """The page's script assigns to document.cookie."""

    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """The page's script reads document.cookie, which is observed."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many cookies the hosts of the case have is observed."""


Step = Visit | Write | Read | Count


@dataclass(frozen=True, slots=True)
class Case:
    """A story. At its end, what is stored for its hosts is observed, too, with the days granted."""

    rule: str
    title: str
    steps: tuple[Step, ...]
    later: Mapping[float, tuple[Step, ...]] = field(default_factory=dict)
    """What goes on so many days after the start, once the browser has been closed and started again."""
    lists_store: bool = True
    """Whether the store at the end is observed."""


def _header(rule: str, title: str, *headers: str, at: str = "shop/dir/page") -> Case:
    """What one address makes of headers, seen by a second request to it."""
    return Case(rule, title, (Visit(at, headers), Visit(at)))


def _script(title: str, *texts: str) -> Case:
    """What a page makes of what its script writes."""
    return Case("Parsing", title, (Visit("shop/"), *(Write(text) for text in texts), Read(), Visit("shop/")))


_PARSING = [
    _header("Parsing", "plain cookies, in order", "a=1", "b=2", "c=3"),
    _header("Parsing", "blanks around names, values and attributes", "  a =  1  ;  PATH  =  /dir ; sEcUrE "),
    _header("Parsing", "equals signs, quotes, commas and spaces in values", "a=b=c", 'd="e f"', "g=h,i", "j={k}"),
    _header("Parsing", "a tab inside a value", "a=x\ty", "b=1"),
    _header(
        "Parsing",
        "tabs around names, values and attributes",
        "\ta=1",
        "b\t=1",
        "c=\t1",
        "d=1\t; Path=/",
        "e=1;\tPath=/",
        "f=1; Path\t=/",
        "g=1; Path=\t/",
    ),
    _header("Parsing", "octets beyond ASCII", "a=\xc3\xa9", "\xc3\xa9=b"),
    _header("Parsing", "octets beyond ASCII in an attribute", "a=1; \xc3\xa9=x; Path=/"),
    _header("Parsing", "control characters", "a=x\x01y", "b=x\x7fy", "c=1"),
    _header("Parsing", "control characters where a name or a value begins", "a=\x0c1", "\x0cb=1", "c=\x0b1", "d=1"),
    _script("control characters from script", "a=1\x01b", "c=1\td", "e=1\x7f"),
    _script("lines from script", "a=1\nb=2", "c=1\r\nd=2", "e=1\x00f"),
    _header("Parsing", "a value without a name, with its equals sign", "=foo", "b=1"),
    _header("Parsing", "a value without a name, without an equals sign", "foo", "b=1"),
    _header("Parsing", "neither name nor value", "=", "; Path=/", "b=1"),
    _script("neither name nor value, from script", "=", "", "; Path=/x", "b=1"),
    _header("Parsing", "an empty value", "a=", "b=1"),
    _header(
        "Parsing", "commas in names and attributes", "a,b=1", "c=1; x,y; Path=/", "d=1; Path=/,x", "e=1; ,; Path=/"
    ),
    _header("Parsing", "unknown and empty attributes", "a=1; ;; foo=bar; Path; =; Version=1"),
    _header("Parsing", "name and value of 4096 octets", "a=" + "x" * 4095),
    _header("Parsing", "name and value of 4097 octets", "a=" + "x" * 4096, "b=1"),
    _header("Parsing", "an attribute of 1024 octets", "a=1; Path=/" + "x" * 1023, "b=1"),
    _header("Parsing", "an attribute of 1025 octets", "a=1; Path=/" + "x" * 1024, "b=1"),
    _header("Parsing", "the last of an attribute wins", "a=1; Path=/no; Path=/dir", "b=1; Path=/dir; Path=/no"),
    _header("Parsing", "the last path wins even where it is not one", "a=1; Path=/no; Path=dir"),
    _header(
        "Parsing",
        "attributes without their equals sign",
        "a=1; Path=/no; Path",
        "b=1; Max-Age=864000; Max-Age",
        "c=1; Max-Age=864000; Expires",
    ),
]
_LIVES = [
    _header("Life", "two years by Max-Age from a server", f"a=1; {_TWO_YEARS}"),
    _header("Life", "ten days by Max-Age from a server", "a=1; Max-Age=864000"),
    _header("Life", "Max-Age goes before Expires", "a=1; Max-Age=864000; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
    _header("Life", "Max-Age of zero and less", "a=1", "b=1", "a=1; Max-Age=0", "b=1; Max-Age=-5"),
    _header("Life", "a Max-Age that is no number", "a=1; Max-Age=1e9", "b=1; Max-Age=+864000", "c=1; Max-Age="),
    _header("Life", "a Max-Age of thirty digits", "a=1; Max-Age=" + "9" * 30),
    _header(
        "Life",
        "a Max-Age of more than 32 bits",
        "a=1; Max-Age=4294967295",
        "b=1; Max-Age=4294967296",
        "c=1; Max-Age=4295831296",
        "d=1; Max-Age=2147483648",
        "e=1; Max-Age=-4294967295",
    ),
    _header(
        "Life",
        "lives after one another",
        "a=1; Max-Age=864000; Expires=foo",
        "b=1; Max-Age=864000; Max-Age=foo",
        "c=1; Expires=foo; Max-Age=864000",
        "d=1; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Expires=foo",
        "e=1; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Max-Age=foo",
        "f=1; Max-Age=0; Max-Age=",
        "g=1; Max-Age=0; Max-Age=864000",
    ),
    _header("Life", "an Expires in the past deletes", "a=1", "a=1; Expires=Thu, 01 Jan 1970 00:00:10 GMT"),
    _header(
        "Life",
        "odd separators and two-digit years in the past",
        "a=1; Expires=Thu,01-Jan-99 00:00:10 GMT",
        "b=1; Expires=2001 feb 3 4:5:6",
        "c=1; Expires=4:5:6 3/Feb/2001",
        "d=1; Expires=4:5:6_3_Feb_2001",
        "e=1; Expires=4:5:6,3;Feb;2001",
        "f=1; Expires=Sat,03 February 2001 04:05:06 nowhere",
        "g=1; Expires=4:5:6 3 Feb 69",
        "h=1; Expires=4:5:6 3 Feb 70",
    ),
    _header(
        "Life",
        "forms of a date in the past",
        "a=1; Expires=Thu Jan  1 00:00:10 1970",
        "b=1; Expires=1-Jan-1970 00:00:10",
        "c=1; Expires=Jan 1 00:00:10 1970",
        "d=1; Expires=1 January 1970 00:00:10 GMT",
        "e=1; Expires=1 jan 1970 00:00:10",
        "f=1; Expires=1970-01-01T00:00:10Z",
        "g=1; Expires=Thu 1 Jan 1970 00:00:10",
        "h=1; Expires=Thursday, 01-Jan-70 00:00:10 GMT",
        'i=1; Expires="Thu, 01 Jan 1970 00:00:10 GMT"',
        "j=1; Expires=Thu, 01 Jan 1970 00:00:10 +0200",
    ),
    _header(
        "Life",
        "dates that are none",
        "a=1; Expires=31 Feb 2001 00:00:00",
        "b=1; Expires=1 Jan 1600 00:00:00",
        "c=1; Expires=1 Jan 2001 24:00:00",
        "d=1; Expires=1 Foo 2001 00:00:00",
        "e=1; Expires=0",
        "f=1; Expires=1 Jan 2001 23:60:00",
        "g=1; Expires=1 Jan 2001 23:59:60",
        "h=1; Expires=32 Jan 2001 23:59:59",
        "i=1; Expires=1 Jan 2001 23:59",
        "j=1; Expires=1 Jan 2001",
    ),
    Case("Life", "two years from script", (Visit("shop/"), Write(f"a=1; {_TWO_YEARS}"), Read())),
    Case("Life", "three days from script", (Visit("shop/"), Write("a=1; Max-Age=259200"), Read())),
    Case("Life", "a script deletes", (Visit("shop/", ("a=1",)), Write("a=1; Max-Age=0"), Read(), Visit("shop/"))),
    Case(
        "Life",
        "closing the browser ends session cookies",
        (Visit("shop/", ("a=1", "b=2; Max-Age=864000")), Write("c=3"), Write("d=4; Max-Age=259200"), Read()),
        later={0: (Visit("shop/"), Read())},
        lists_store=False,
    ),
]
_DOMAINS = [
    Case(
        "Domain",
        "host-only, and for all hosts of the domain",
        (
            Visit("shop/", ("a=1", "b=1; Domain={shop}", "c=1; Domain=.{shop}")),
            Visit("www.shop/"),
            Visit("other/"),
        ),
    ),
    Case(
        "Domain",
        "a host sets for its domain, never for a sibling, a child or a stranger",
        (
            Visit(
                "www.shop/",
                ("a=1; Domain={shop}", "b=1; Domain=news.{shop}", "c=1; Domain=x.www.{shop}", "d=1; Domain={other}"),
            ),
            Visit("shop/"),
            Visit("news.shop/"),
            Visit("x.www.shop/"),
        ),
    ),
    Case("Domain", "a public suffix", (Visit("shop/", ("a=1; Domain=localhost", "b=1")), Visit("shop/"))),
    Case(
        "Domain",
        "an empty one",
        (Visit("shop/", ("a=1; Domain=", "b=1; Domain={shop}; Domain=")), Visit("www.shop/"), Visit("shop/")),
    ),
    Case(
        "Domain",
        "host-only and domain cookies of one name are two",
        (Visit("shop/", ("a=1", "a=2; Domain={shop}")), Visit("shop/"), Visit("www.shop/")),
    ),
    Case("Domain", "upper case", (Visit("shop/", ("a=1; Domain={SHOP}",)), Visit("www.shop/"))),
    Case(
        "Domain",
        "upper case, from a host below",
        (Visit("www.shop/", ("a=1; Domain={SHOP}", "b=1; Domain=WWW.{SHOP}")), Visit("shop/"), Visit("www.shop/")),
    ),
    Case(
        "Domain",
        "upper and lower case are one domain",
        (Visit("shop/", ("a=1; Domain={SHOP}", "a=2; Domain={shop}")), Visit("www.shop/")),
    ),
    Case(
        "Domain",
        "dots alone, before and behind",
        (
            Visit("shop/", ("a=1; Domain=.", "b=1; Domain=..{shop}", "c=1; Domain={shop}.", "d=1; Domain=.; Domain=")),
            Visit("shop/"),
            Visit("www.shop/"),
        ),
    ),
]
_PATHS = [
    Case(
        "Path",
        "the default path",
        (
            Visit("shop/one/two", ("a=1",)),
            Visit("shop/one"),
            Visit("shop/one/three"),
            Visit("shop/onetwo"),
            Visit("shop/"),
        ),
    ),
    Case(
        "Path",
        "path-match",
        (
            Visit("shop/", ("a=1; Path=/foo", "b=1; Path=/foo/", "c=1; Path=/")),
            Visit("shop/foo"),
            Visit("shop/foo/"),
            Visit("shop/foo/bar"),
            Visit("shop/foobar"),
            Visit("shop/Foo"),
        ),
    ),
    Case(
        "Order",
        "longer paths first, then older cookies",
        (
            Visit("shop/", ("a=1; Path=/", "b=1; Path=/one/two", "c=1; Path=/one", "d=1; Path=/one/two")),
            Visit("shop/one/two"),
            Read(),
        ),
    ),
    Case(
        "Order",
        "a host's own cookies, its domain's and those of the domain above",
        (
            Visit("www.shop/", ("a=1", "b=1; Domain={shop}", "c=1; Domain=www.{shop}")),
            Visit("www.shop/"),
            Read(),
            Visit("x.www.shop/"),
        ),
    ),
    Case(
        "Order",
        "an overwrite with another value",
        (Visit("shop/", ("a=1", "b=2", "c=3")), Visit("shop/", ("a=4",)), Visit("shop/")),
    ),
    Case(
        "Order",
        "an overwrite with the same value",
        (Visit("shop/", ("a=1", "b=2", "c=3")), Visit("shop/", ("a=1; Max-Age=864000",)), Visit("shop/")),
    ),
]
_INTERFACES = [
    Case(
        "HttpOnly",
        "script neither reads, writes nor creates it",
        (
            Visit("shop/", ("a=1; HttpOnly", "b=2")),
            Read(),
            Write("a=3"),  # not read: Firefox and WebKit show a page what it wrote, though nothing is stored
            Write("c=4; HttpOnly"),
            Visit("shop/"),
        ),
    ),
    Case(
        "HttpOnly",
        "script writes beside it at another path",
        (Visit("shop/one/", ("a=1; HttpOnly; Path=/",)), Write("a=2; Path=/one"), Read(), Visit("shop/one/")),
    ),
    Case(
        "Prefixes",
        "__Secure- and __Host-",
        (
            Visit(
                "shop/",
                (
                    "__Secure-a=1",
                    "__Secure-b=1; Secure",
                    "__Host-c=1; Path=/",
                    "__Host-d=1; Secure",
                    "__Host-e=1; Secure; Path=/",
                    "__Host-f=1; Secure; Path=/; Domain={shop}",
                    "__Host-g=1; Secure; Path=/x",
                ),
            ),
            Visit("shop/"),
        ),
    ),
    _header("Prefixes", "compared without case", "__SECURE-a=1", "__host-b=1", "__hOsT-c=1; Secure; Path=/"),
    _header("Prefixes", "in values without a name", "=__Secure-a", "=__Host-b; Secure; Path=/", "c=1"),
    _header("Prefixes", "__Host- without a path, where the default is the root", "__Host-a=1; Secure", at="shop/"),
]
_ALL_FOUR = ("s=1; SameSite=Strict", "l=1; SameSite=Lax", f"n=1; {_NONE}", "u=1")
_SAME_SITES = [
    Case(
        "SameSite",
        "sent with a cross-site link, but for Strict",
        (Visit("tracker/", _ALL_FOUR), Visit("shop/"), Follow("tracker/"), Follow("tracker/")),
    ),
    Case(
        "SameSite",
        "sent with an address typed",
        (Visit("tracker/", _ALL_FOUR), Visit("shop/"), Visit("tracker/")),
    ),
    Case(
        "SameSite",
        "sent with a cross-site POST, within two minutes",
        (Visit("tracker/", _ALL_FOUR), Visit("shop/"), Submit("tracker/")),
    ),
    Case(
        "SameSite",
        "set by the answer to a cross-site link and POST",
        (
            Visit("shop/"),
            Follow("tracker/", _ALL_FOUR),
            Visit("tracker/"),
            Visit("shop/"),
            Submit("tracker/", ("p=1; SameSite=Strict",)),
            Visit("tracker/"),
        ),
    ),
    Case(
        "SameSite",
        "None without Secure, and values unknown",
        (Visit("shop/", ("a=1; SameSite=None", "b=1; SameSite=Foo", "c=1; SameSite")), Visit("shop/")),
    ),
    Case(
        "SameSite",
        "said twice",
        (
            Visit(
                "tracker/",
                (
                    "a=1; SameSite=Strict; SameSite=Foo",
                    "b=1; SameSite=Strict; SameSite=None; Secure",
                    "c=1; SameSite=Lax; SameSite=Strict",
                    "d=1; SameSite=Strict; SameSite",
                ),
            ),
            Visit("shop/"),
            Follow("tracker/"),
        ),
    ),
    Case(
        "SameSite",
        "the subdomain of a site is the same site",
        (Visit("shop/"), Fetch("www.shop/", _ALL_FOUR), Fetch("www.shop/"), Visit("www.shop/")),
    ),
    Case(
        "SameSite",
        "script writes all kinds",
        (Visit("shop/"), *(Write(text) for text in _ALL_FOUR), Read(), Visit("shop/")),
    ),
]
_THIRD_PARTY_SETS = (
    f"n=1; {_NONE}; {_TWO_YEARS}",
    f"p=1; {_NONE}; Partitioned; {_TWO_YEARS}",
    "u=1",
    "l=1; SameSite=Lax",
)
_THIRD_PARTIES = [
    Case(
        "Third party",
        "set by a third-party answer, then sent on this shop and on another",
        (
            Visit("shop/"),
            Fetch("tracker/", _THIRD_PARTY_SETS),
            Fetch("tracker/"),
            Visit("other/"),
            Fetch("tracker/"),
            Visit("shop/"),
            Fetch("tracker/"),
            Visit("tracker/"),
        ),
    ),
    Case(
        "Third party",
        "set by a top-level visit, then sent as third party",
        (Visit("tracker/", _THIRD_PARTY_SETS), Visit("shop/"), Fetch("tracker/"), Visit("tracker/")),
    ),
    Case(
        "Third party",
        "set by a link's answer, then sent as third party",
        (Visit("shop/"), Follow("tracker/", _THIRD_PARTY_SETS), Follow("shop/"), Fetch("tracker/")),
    ),
    Case(
        "Third party",
        "set by another host of the page's site",
        (
            Visit("shop/"),
            Fetch("www.shop/", ("a=1", "b=1; Domain={shop}", "c=1; Domain=www.{shop}")),
            Visit("www.shop/"),
            Fetch("shop/", ("d=1", "e=1; Domain={shop}")),
            Fetch("shop/"),
            Visit("shop/"),
        ),
    ),
    Case(
        "Third party",
        "one id on each shop",
        (
            Visit("shop/"),
            Fetch("tracker/", (f"n=1; {_NONE}",)),
            Visit("other/"),
            Fetch("tracker/", (f"n=2; {_NONE}",)),
            Fetch("tracker/"),
            Visit("shop/"),
            Fetch("tracker/"),
        ),
    ),
    Case(
        "Third party",
        "a third-party answer deletes",
        (
            Visit("shop/"),
            Fetch("tracker/", (f"n=1; {_NONE}",)),
            Fetch("tracker/", (f"n=; Max-Age=0; {_NONE}",)),
            Fetch("tracker/"),
        ),
    ),
    Case(
        "Partitioned",
        "needs Secure",
        (Visit("shop/", ("a=1; Partitioned", "b=1; Secure; Partitioned")), Visit("shop/")),
    ),
    Case(
        "Partitioned",
        "beside one of its name without the attribute",
        (Visit("shop/", ("a=1; Secure", "a=2; Secure; Partitioned")), Visit("shop/"), Read()),
    ),
    Case(
        "Partitioned",
        "from script",
        (Visit("shop/"), Write("a=1; Secure; Partitioned"), Write("b=1; Partitioned"), Read(), Visit("shop/")),
    ),
    Case(
        "Partitioned",
        "a frame of the page's own site inside another's frame is a partition of its own",
        (
            Visit("shop/", (f"c=1; {_NONE}", f"p=1; {_NONE}; Partitioned")),
            Nested("shop/inner", (f"q=2; {_NONE}; Partitioned; Path=/", f"d=2; {_NONE}; Path=/")),
            Nested("shop/inner"),
            Visit("shop/"),
        ),
    ),
]
_LIMITS = [
    Case(
        "Limits",
        "cookies of one domain",
        (*(Visit("shop/", tuple(f"c{n}={n}" for n in range(k, k + 20))) for k in range(0, 200, 20)), Count()),
        lists_store=False,
    ),
]

CASES: tuple[Case, ...] = (
    *_PARSING,
    *_LIVES,
    *_DOMAINS,
    *_PATHS,
    *_INTERFACES,
    *_SAME_SITES,
    *_THIRD_PARTIES,
    *_LIMITS,
)
"""The script that needs no time to pass."""

_LATER = (6.0, 8.0, 399.0, 401.0)
_LOOK: tuple[Step, ...] = (Visit("shop/"), Read())

CASES_IN_TIME: tuple[Case, ...] = (
    Case(
        "Life in time",
        "two years asked by a server and by script",
        (Visit("shop/", (f"a=1; {_TWO_YEARS}",)), Write(f"b=1; {_TWO_YEARS}")),
        later=dict.fromkeys(_LATER, _LOOK),
    ),
    Case(
        "Life in time",
        "a script that writes again on day 6",
        (Visit("shop/"), Write(f"a=1; {_TWO_YEARS}")),
        later={6.0: (Visit("shop/"), Write(f"a=2; {_TWO_YEARS}")), 8.0: _LOOK, 399.0: _LOOK, 401.0: _LOOK},
    ),
    Case(
        "Life in time",
        "a third party's two years",
        (Visit("shop/"), Fetch("tracker/", _THIRD_PARTY_SETS)),
        later=dict.fromkeys(_LATER, (Visit("shop/"), Fetch("tracker/"))),
    ),
    Case(
        "Life in time",
        "ten years asked, deleted on day 8",
        (Visit("shop/", ("a=1; Max-Age=315360000",)),),
        later={8.0: (Visit("shop/", ("a=; Max-Age=0",)),), 399.0: _LOOK},
    ),
    Case(
        "Lax+POST in time",
        "a cross-site POST after one minute and after three",
        (Visit("tracker/", ("u=1; Max-Age=864000", "l=1; Max-Age=864000; SameSite=Lax")),),
        later=dict.fromkeys((1 / 1440, 3 / 1440), (Visit("shop/"), Submit("tracker/"))),
    ),
)
"""The script for which the clock is moved."""
