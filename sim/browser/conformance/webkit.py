"""WebKitGTK, by PyGObject in a process of the system's Python under a virtual display."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.browser.conformance.engine import DAY_S, Engine, EngineMissing, Stored

_PYTHON = "/usr/bin/python3"  # PyGObject comes with the system's Python only
_QUIET = {
    "NO_AT_BRIDGE": "1",
    "GSETTINGS_BACKEND": "memory",
    "GDK_BACKEND": "x11",
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
}
_PROBE = "import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import WebKit2"


class WebKit(Engine):
    """WebKitGTK.

    Args:
        policy: Its policy on third-party cookies: `always` takes them, `no-third-party` does not.
        itp: Whether Intelligent Tracking Prevention is on. Its limits hold with storage that persists, as here.
    """

    name = "webkit"

    def __init__(self, policy: str, itp: bool = False) -> None:
        if shutil.which("xvfb-run") is None or not Path(_PYTHON).exists():
            raise EngineMissing("webkit")
        if subprocess.run([_PYTHON, "-c", _PROBE], capture_output=True, check=False).returncode:
            raise EngineMissing("webkit")
        super().__init__()
        self._policy = policy
        self._itp = itp

    def version(self) -> str:
        return str(self._call(do="version"))

    def start(self, environment: Mapping[str, str]) -> None:
        preloaded = [f"{name}={value}" for name, value in environment.items()]
        command = ["xvfb-run", "-a", "env", *preloaded, _PYTHON, str(Path(__file__).with_name("webkit_tab.py"))]
        command += [str(self.folder), self._policy, "itp" if self._itp else "no-itp"]
        self._launch(command, _QUIET, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def open(self, url: str) -> None:
        self._call(do="open", url=url)

    def run(self, script: str) -> str:
        return str(self._call(do="run", script=script))

    def stored(self) -> list[Stored]:
        now_s = float(self.run("Date.now()")) / 1000
        return sorted(
            Stored(name, domain.lower(), path, None if expires_s is None else round((expires_s - now_s) / DAY_S, 1))
            for name, domain, path, expires_s in self._call(do="stored")
        )

    def stop(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.read()
        self._process.stdout.close()
        self._end()

    def _call(self, **order: Any) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the WebKitGTK tab ended")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"webkit: {answer['error']}")
        return answer["answer"]
