"""Chromium, by its DevTools protocol."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Mapping
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import connect

from sim.browser.conformance.engine import DAY_S, Engine, EngineMissing, Stored

_BINARIES = ("chromium", "chromium-browser", "google-chrome")


class Chromium(Engine):
    """Chromium.

    Args:
        cookie_controls_mode: 0 allows third-party cookies, 1 blocks them. Set in any case: builds differ.
    """

    name = "chromium"

    def __init__(self, cookie_controls_mode: int) -> None:
        found = next((path for path in map(shutil.which, _BINARIES) if path), None)
        if found is None:
            raise EngineMissing("chromium")
        super().__init__()
        self._binary = found
        (self.folder / "Default").mkdir()
        preferences = {"profile": {"cookie_controls_mode": cookie_controls_mode}}
        (self.folder / "Default" / "Preferences").write_text(json.dumps(preferences))
        self._numbers = itertools.count(1)

    def version(self) -> str:
        said = subprocess.run([self._binary, "--version"], capture_output=True, text=True, check=True).stdout
        return said.split()[1]

    def start(self, environment: Mapping[str, str]) -> None:
        port_file = self.folder / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--no-first-run"]
        options += [f"--user-data-dir={self.folder}", "--remote-debugging-port=0", "about:blank"]
        self._launch([self._binary, *options], environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port = _wait_for(lambda: port_file.read_text().split() if port_file.exists() else None)[0]
        with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            page = next(target for target in json.load(answer) if target["type"] == "page")
        self._socket = self._connection.enter_context(connect(page["webSocketDebuggerUrl"], max_size=None))
        self._call("Page.enable")

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url)
        _wait_for(lambda: self.run("location.href + ' ' + document.readyState") == f"{url} complete" or None)

    def run(self, script: str) -> str:
        while True:
            answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
            if "result" in answer:
                return str(answer["result"].get("value", ""))

    def stored(self) -> list[Stored]:
        now_s = float(self.run("Date.now()")) / 1000
        return sorted(
            Stored(
                cookie["name"].encode().decode("latin-1"),  # characters for octets, as in a header
                cookie["domain"],
                cookie["path"],
                None if cookie["session"] else round((cookie["expires"] - now_s) / DAY_S, 1),
            )
            for cookie in self._call("Network.getAllCookies")["cookies"]
        )

    def stop(self) -> None:
        self._call("Browser.close")
        self._connection.close()
        self._end()

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(30))
            if message.get("id") == number:
                return dict(message.get("result", {}))


def _wait_for(read: Any, timeout_s: float = 30.0) -> Any:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        value = read()
        if value:
            return value
        time.sleep(0.02)
    raise TimeoutError("chromium did not answer in time")
