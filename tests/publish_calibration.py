"""Runs the calibration and writes its page: `python -m tests.publish_calibration`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "results" / "published" / "calibration"
PAGE = PUBLISHED / "README.md"
KEPT = ("calibration.json", "cookie_deletion.png", "shares.png", "behaviour.png")
INTRODUCTION = """# Calibration

What `crumbline calibrate` prints, written by `python -m tests.publish_calibration`: what published studies found, and
what simulated people do. A figure *agrees* if its whole 95 % interval is within 10 % of the published one, or in its
range. *Beside* says that no tolerance is set: the study was made elsewhere, of something a little different, or the
figure is a few people's. Studies and presets are told in `sim/calibrate` and by `crumbline presets NAME`. Rates of
consent and shares of browsers are what presets were given: their agreement says that what is drawn is what was told.
"""


def page() -> str:
    """The page, of what is published."""
    told = json.loads((PUBLISHED / "calibration.json").read_text(encoding="utf-8"))
    rows = [
        f"| {one['study']} | {one['figure']} | {one['published']} | {one['simulated']:.3f} "
        f"({one['low']:.3f} to {one['high']:.3f}) | {_percent(one['residual'])} | {one['agreement']} |"
        for one in told["comparisons"]
    ]
    heading = "| study | figure | published | simulated (95 % interval) | residual | |\n|---|---|---|---|---|---|"
    replications = told["comparisons"][0]["replications"]
    size = f"Seed {told['seed']}; {told['people']:,} people, or computers, in each of {replications} replications."
    pictures = "\n\n".join(
        f"![{words}]({name}.png)"
        for name, words in {
            "cookie_deletion": "The six figures of cookie deletion as shares of the published ones, and 10 % bounds",
            "shares": "Rates of consent and shares of browsers, published and simulated",
            "behaviour": "Gaps between page loads with their valley, pages of a visit, the falling chance to leave",
        }.items()
    )
    return "\n".join([INTRODUCTION, heading, *rows, "", size, "", pictures, ""])


def _percent(share: Any) -> str:
    return "" if share is None else f"{share:+.1%}"


def main() -> None:
    """Run, copy, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from sim.cli import main; main()", "calibrate", "--results", folder]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        PUBLISHED.mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            shutil.copy(Path(folder) / name, PUBLISHED / name)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
