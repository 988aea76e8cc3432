"""The reference server: it sets what a step wants set, and writes down the Cookie header that it got."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import trustme


class ReferenceServer:
    """An HTTPS server on 127.0.0.1 that answers for every host under `localhost`. A context manager.

    A request names its step in the query (`?step=7`). The headers are text whose characters stand for their octets.
    """

    def __init__(self) -> None:
        self._sets: dict[int, Sequence[str]] = {}
        self._pages: dict[int, str] = {}
        self._received: dict[int, str] = {}
        self._arrival = threading.Condition()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("localhost", "*.localhost").configure_cert(tls)
        self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def port(self) -> int:
        """Port that it listens at."""
        return int(self._http.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def prepare(self, step: int, sets: Sequence[str], page: str = "") -> None:
        """Say what the answer to a step's request will set, and what its page holds."""
        self._sets[step], self._pages[step] = sets, page

    def received(self, step: int, timeout_s: float = 20.0) -> str:
        """The Cookie header that the step's request carried; empty where it carried none.

        Raises:
            TimeoutError: No such request came.
        """
        with self._arrival:
            if not self._arrival.wait_for(lambda: step in self._received, timeout_s):
                raise TimeoutError(f"the request of step {step} never came")
            return self._received[step]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                numbers = parse_qs(urlsplit(self.path).query).get("step")
                if not numbers:  # a favicon and the like
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                step = int(numbers[0])
                body = f"<!doctype html><title>{step}</title>{server._pages.get(step, '')}".encode()
                self.send_response(200)
                for header in server._sets.get(step, ()):
                    self.send_header("Set-Cookie", header)
                self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin") or "*")
                self.send_header("Access-Control-Allow-Credentials", "true")
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                with server._arrival:
                    server._received[step] = "; ".join(self.headers.get_all("Cookie") or ())
                    server._arrival.notify_all()

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        return Handler
