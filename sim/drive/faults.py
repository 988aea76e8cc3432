"""When a system under test raises, hangs or answers nonsense."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import numpy as np

from sim.system import NOBODY, Assignment, InteractionKind

HANG_S = 60
"""A system that takes longer than this over one stretch of actions is taken to hang, in seconds."""


class SystemFault(Exception):
    """A system under test failed; the message says which, where and how."""


def describe(where: str, problem: Exception) -> str:
    """Say what a system raised, and on which line."""
    at = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{where}: raised {type(problem).__name__}: {problem} ({at.filename}, line {at.lineno}, in {at.name})"


@contextmanager
def watchdog(where: str) -> Iterator[Callable[[], None]]:
    """Raise `SystemFault` when the function that it gives is not called for `HANG_S` seconds.

    It needs a POSIX timer and the main thread, which is where a worker process drives; elsewhere it watches nothing.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield lambda: None
        return

    def bark(_signal: int, _frame: FrameType | None) -> None:
        raise SystemFault(f"{where}: gave no answer for {HANG_S} s")

    before = signal.signal(signal.SIGALRM, bark)
    try:
        yield lambda: signal.setitimer(signal.ITIMER_REAL, HANG_S) and None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def check_assignment(where: str, assignment: object, events: int) -> Assignment:
    """Refuse an assignment that cannot be one.

    Args:
        where: Name of the system, for the message.
        assignment: What the system gave.
        events: Number of tokens that were handed out: they are 0 to `events - 1`.

    Raises:
        SystemFault: If columns are missing, differ in length, or hold what they cannot.
    """
    if not isinstance(assignment, Assignment):
        raise SystemFault(f"{where}: assignment() gave {type(assignment).__name__}, not an Assignment")
    columns = {name: np.asarray(getattr(assignment, name)) for name in Assignment.__dataclass_fields__}
    for name, column in columns.items():
        if column.ndim != 1 or not np.issubdtype(column.dtype, np.integer):
            raise SystemFault(f"{where}: assignment().{name} is not a column of whole numbers")
        if len(column) != len(columns["event"]):
            raise SystemFault(f"{where}: assignment().{name} has {len(column)} rows, event has {len(columns['event'])}")
        lowest = 0 if name in {"event", "kind"} else NOBODY
        if len(column) and column.min() < lowest:
            raise SystemFault(f"{where}: assignment().{name} holds {column.min()}; the least allowed is {lowest}")
    if len(columns["event"]) and columns["event"].max() >= events:
        raise SystemFault(f"{where}: assignment().event holds {columns['event'].max()}, a token that was never given")
    if len(columns["kind"]) and columns["kind"].max() > max(InteractionKind):
        raise SystemFault(f"{where}: assignment().kind holds {columns['kind'].max()}, which is no InteractionKind")
    return Assignment(**columns)
