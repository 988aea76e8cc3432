"""Requests a second of the real service on this machine, one worker: `python -m tests.benchmarks.service_load`.

Needs wrk. Page loads of new and of known visitors, each answered once it is on the disk, beside two things that write
nothing: the script, and a bare ASGI application on the same server.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.table import Table

from reference_impl.outbound_marketing.web.app import Clock
from reference_impl.outbound_marketing.web.serving import listen
from tests.reference_impl.outbound_marketing.web.running import built

CONNECTIONS, SECONDS = 32, 8


async def bare(_scope, receive, send) -> None:
    """An application that reads what it is sent and answers with nothing."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def serve(port: int, folder: Path, what: str) -> None:
    """Run a server in this process until it is killed."""
    app = bare
    if what == "service":
        app = built(folder, port=port, clock=Clock(lambda: time.time_ns() // 1_000_000))[0]
    with listen(port) as taken:
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
        uvicorn.Server(config).run([taken])


def wrk(url: str, host: str, script: str) -> tuple[float, float, float, int]:
    """Requests a second, latency in ms at the median and at the 99th percentile, and answers that were no success."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s", file.name]
        said = subprocess.run([*command, "-H", f"Host: {host}", url], capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    at = {share: float(value) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]
          for share, value, unit in re.findall(r"(\d+)%\s+([\d.]+)(us|ms|s)", said)}  # fmt: skip
    return rate, at["50"], at["99"], int(failed[1]) if failed else 0


def posting(shop: str, visitor: str) -> str:
    body = json.dumps({"website_id": "main", "page": f"{shop}/", "visitor": visitor or None, "visit": None})
    return f"""
wrk.method = "POST"
wrk.headers["Origin"] = "{shop}"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[{body}]]
"""


def main() -> None:
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt install wrk")
    table = Table("requests", "a second", "ms, median", "ms, 99 of 100", "failed")
    with tempfile.TemporaryDirectory() as folder:
        for what in ("service", "bare"):
            with listen(0) as taken:
                port = taken.getsockname()[1]
            child = os.fork()
            if child == 0:
                serve(port, Path(folder), what)
                os._exit(0)
            time.sleep(2)
            shop, host, url = f"http://shop.localhost:{port}", f"svc.localhost:{port}", f"http://127.0.0.1:{port}"
            asked = {
                "service": [
                    ("page loads of new visitors", f"{url}/load", posting(shop, "")),
                    ("page loads of one visitor", f"{url}/load", posting(shop, "a" * 40)),
                    ("the script", f"{url}/tracker.js", ""),
                ],
                "bare": [("of a bare application", url, posting(shop, ""))],
            }[what]
            try:
                for name, address, script in asked:
                    rate, median, worst, failed = wrk(address, host, script)
                    table.add_row(name, f"{rate:,.0f}", f"{median:.1f}", f"{worst:.1f}", str(failed))
            finally:
                os.kill(child, 9)
                os.waitpid(child, 0)
    Console().print(table)


if __name__ == "__main__":
    main()
