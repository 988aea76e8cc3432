"""Runs the quickstart and puts what it prints and draws into the README: `python -m tests.publish`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PUBLISHED = ROOT / "results" / "published" / "quickstart"
KEPT = ("summary.json", "identity_f1.png", "identities_per_person.png", "visit_boundaries.png")
BLOCK = re.compile(r"(<!-- quickstart: .*? -->\n).*?(<!-- end of quickstart -->)", re.DOTALL)


def block(table: str) -> str:
    """What the README shows of a run."""
    picture = "![Identities per person, by system](results/published/quickstart/identities_per_person.png)"
    return f"```\n{table}```\n\n{picture}\n"


def main() -> None:
    """Run, copy, and rewrite the README."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from sim.cli import main; main()", "run", "scenarios/quickstart.yaml"]
        done = subprocess.run([*command, "--results", folder], cwd=ROOT, capture_output=True, text=True, check=True)
        (run,) = (Path(folder) / "quickstart").iterdir()
        PUBLISHED.mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            shutil.copy(run / name, PUBLISHED / name)
    table = "".join(line.rstrip() + "\n" for line in done.stdout.splitlines() if not line.startswith("files:"))
    (PUBLISHED / "table.txt").write_text(table, encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda found: found[1] + block(table) + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
