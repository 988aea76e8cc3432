"""Firefox, by WebDriver BiDi over its own socket."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from websockets.sync.client import connect

from sim.browser.conformance.engine import DAY_S, Engine, EngineMissing, Stored

_BINARIES = ("firefox-esr", "firefox")
_ADDRESS = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")


class Firefox(Engine):
    """Firefox.

    Args:
        behaviour: `network.cookie.cookieBehavior`: 0 allows third-party cookies, 1 blocks them, 5 partitions them.
        opt_in: Whether third-party cookies must opt in to being partitioned.
    """

    name = "firefox"

    def __init__(self, behaviour: int, opt_in: bool = False) -> None:
        found = next((path for path in map(shutil.which, _BINARIES) if path), None)
        if found is None:
            raise EngineMissing("firefox")
        super().__init__()
        self._binary = found
        preferences = {
            "network.cookie.cookieBehavior": behaviour,
            "network.cookie.cookieBehavior.optInPartitioning": opt_in,
            "browser.shell.checkDefaultBrowser": False,
            "browser.sessionstore.resume_from_crash": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
        (self.folder / "user.js").write_text("".join(lines))
        self._numbers = itertools.count(1)

    def version(self) -> str:
        said = subprocess.run([self._binary, "--version"], capture_output=True, text=True, check=True).stdout
        return said.split()[-1]

    def start(self, environment: Mapping[str, str]) -> None:
        command = [self._binary, "--headless", "--no-remote", "--profile", str(self.folder)]
        process = self._launch(
            [*command, "--remote-debugging-port", "0", "about:blank"],
            environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        for line in process.stderr:
            if found := _ADDRESS.search(line):
                break
        else:
            raise RuntimeError("firefox ended before it gave an address")
        self._socket = self._connection.enter_context(connect(found[1].decode() + "/session", max_size=None))
        self._call("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self._tab = self._call("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url: str) -> None:
        self._call("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def run(self, script: str) -> str:
        answer = self._call(
            "script.evaluate",
            expression=f"(async () => String(await ({script})))()",
            target={"context": self._tab},
            awaitPromise=True,
        )
        return str(answer.get("result", {}).get("value", ""))

    def stored(self) -> list[Stored]:
        now_s = float(self.run("Date.now()")) / 1000
        return sorted(
            Stored(
                cookie["name"],
                cookie["domain"],
                cookie["path"],
                round((cookie["expiry"] - now_s) / DAY_S, 1) if "expiry" in cookie else None,
            )
            for cookie in self._call("storage.getCookies")["cookies"]
            # one that was set with no life left may be listed until Firefox looks for expired ones
            if cookie.get("expiry", now_s + 1) > now_s
        )

    def stop(self) -> None:
        self._call("browser.close")
        self._connection.close()
        assert self._process is not None
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._end()

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(30))
            if message.get("id") == number:
                if message["type"] == "error":
                    raise RuntimeError(f"firefox: {method}: {message['message']}")
                return dict(message["result"])
