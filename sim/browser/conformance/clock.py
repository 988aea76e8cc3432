"""Moving an engine's clock: a preloaded shim of a few lines of C, compiled when it is first needed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from sim.browser.conformance.engine import DAY_S, EngineMissing


def moved_clock(days: float) -> dict[str, str]:
    """Environment of a process whose wall clock is so many days ahead."""
    return {"LD_PRELOAD": str(_shim()), "CRUMBLINE_CLOCK_SECONDS": str(round(days * DAY_S))}


@cache
def _shim() -> Path:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise EngineMissing("a C compiler, for the clock")
    library = Path(tempfile.mkdtemp(prefix="crumbline-clock-")) / "clock.so"
    source = Path(__file__).with_name("clock.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library
