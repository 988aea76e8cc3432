"""What libsoup makes of Set-Cookie headers, JSON lines in and out. Run by the system's Python, which has PyGObject."""

import json
import sys
import time

import gi  # type: ignore[import-not-found]

gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup  # type: ignore[import-not-found]  # noqa: E402

ORIGIN = GLib.Uri.parse("https://www.shop.localhost/dir/page", GLib.UriFlags.NONE)


def read(header):
    now = int(time.time())
    cookie = Soup.Cookie.parse(header, ORIGIN)
    if cookie is None:
        return None
    return {
        "name": cookie.get_name(),
        "value": cookie.get_value(),
        "scope": cookie.get_domain().lower(),
        "path": cookie.get_path(),
        "flags": [cookie.get_secure(), cookie.get_http_only()],
        "same_site": ["NONE", "LAX", "STRICT"][int(cookie.get_same_site_policy())],
        "expires_s": None if cookie.get_expires() is None else cookie.get_expires().to_unix(),
        "now_s": now,
    }


for line in sys.stdin:
    print(json.dumps(read(json.loads(line))), flush=True)
