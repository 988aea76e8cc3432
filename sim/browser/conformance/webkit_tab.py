"""One WebKitGTK tab, told what to do by JSON lines on standard input. Run by the system's Python, which has PyGObject.

It imports nothing of ours. Arguments: folder, third-party policy (`always`, `no-third-party`), ITP (`itp`, `no-itp`).
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # type: ignore[import-not-found]  # noqa: E402

POLICIES = {
    "always": WebKit2.CookieAcceptPolicy.ALWAYS,
    "no-third-party": WebKit2.CookieAcceptPolicy.NO_THIRD_PARTY,
}


def main() -> None:
    """Open the tab and obey until standard input ends."""
    folder, policy, itp = sys.argv[1:]
    data = WebKit2.WebsiteDataManager(
        base_data_directory=os.path.join(folder, "data"), base_cache_directory=os.path.join(folder, "cache")
    )
    data.set_itp_enabled(itp == "itp")
    data.set_tls_errors_policy(WebKit2.TLSErrorsPolicy.IGNORE)
    cookies = data.get_cookie_manager()
    cookies.set_persistent_storage(os.path.join(folder, "cookies.sqlite"), WebKit2.CookiePersistentStorage.SQLITE)
    cookies.set_accept_policy(POLICIES[policy])
    view = WebKit2.WebView.new_with_context(WebKit2.WebContext.new_with_website_data_manager(data))
    window = Gtk.Window()
    window.add(view)
    window.show_all()

    def wait(start: Callable[[Any], None]) -> Any:
        """Run the main loop until the callback that `start` hands over has been called."""
        loop, given = GLib.MainLoop(), []

        def done(_source: Any, result: Any, *_: Any) -> None:
            given.append(result)
            loop.quit()

        start(done)
        loop.run()
        return given[0]

    def load(url: str) -> None:
        loop = GLib.MainLoop()
        handler = view.connect(
            "load-changed", lambda _, event: loop.quit() if event == WebKit2.LoadEvent.FINISHED else None
        )
        view.load_uri(url)
        loop.run()
        view.disconnect(handler)

    def run(script: str) -> str:
        body = f"return String(await ({script}))"
        result = wait(lambda done: view.call_async_javascript_function(body, -1, None, None, None, None, done))
        return str(view.call_async_javascript_function_finish(result).to_string())

    def stored() -> list[list[Any]]:
        found = cookies.get_all_cookies_finish(wait(lambda done: cookies.get_all_cookies(None, done)))
        return [
            [
                cookie.get_name(),
                cookie.get_domain(),
                cookie.get_path(),
                cookie.get_expires().to_unix() if cookie.get_expires() else None,
            ]
            for cookie in found
        ]

    def next_order() -> str:
        """Let the page live until there is an order."""
        loop = GLib.MainLoop()
        GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
        loop.run()
        return sys.stdin.readline()

    load("about:blank")
    if itp == "itp":  # it starts beside the page: its answer says that it is there and caps cookies
        data.get_itp_summary_finish(wait(lambda done: data.get_itp_summary(None, done)))
    while line := next_order():
        order = json.loads(line)
        try:
            answer: Any = None
            if order["do"] == "open":
                load(order["url"])
            elif order["do"] == "run":
                answer = run(order["script"])
            elif order["do"] == "version":
                answer = ".".join(
                    str(part())
                    for part in (WebKit2.get_major_version, WebKit2.get_minor_version, WebKit2.get_micro_version)
                )
            else:
                answer = stored()
            print(json.dumps({"answer": answer}), flush=True)
        except GLib.Error as error:
            print(json.dumps({"error": str(error)}), flush=True)


main()
