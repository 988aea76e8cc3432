"""What every real engine can be told, and what all three need to be started."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

DAY_S = 24 * 60 * 60


class EngineMissing(Exception):
    """An engine is not installed on this machine; the message names it."""


@dataclass(frozen=True, slots=True, order=True)
class Stored:
    """A cookie in an engine's store."""

    name: str
    domain: str
    """With a leading dot where all hosts of the domain get it."""
    path: str
    days: float | None
    """Days until it expires, to a tenth; None for a session cookie."""


class Engine(ABC):
    """A running browser with one tab and a folder of its own, which it keeps from start to start."""

    name: str

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"crumbline-{self.name}-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._connection = ExitStack()

    @abstractmethod
    def start(self, environment: Mapping[str, str]) -> None:
        """Start it. The environment's entries are added to those of this process."""

    @abstractmethod
    def version(self) -> str:
        """Version of the engine."""

    @abstractmethod
    def open(self, url: str) -> None:
        """Load a page as if its address had been typed, and wait for it."""

    @abstractmethod
    def run(self, script: str) -> str:
        """Run an expression in the page, wait for its promise, and give back its value as text."""

    @abstractmethod
    def stored(self) -> list[Stored]:
        """All cookies that it holds."""

    @abstractmethod
    def stop(self) -> None:
        """Close it in an orderly way, so that it keeps what it keeps."""

    def _launch(self, command: Sequence[str], environment: Mapping[str, str], **pipes: int) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            start_new_session=True,
            **pipes,  # type: ignore[call-overload]
        )
        return self._process

    def _end(self) -> None:
        """Wait for the process that `stop` has asked to go, and see that it and its children are gone."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # a session of its own: nobody else's processes
        self._process.wait()
        self._process = None
