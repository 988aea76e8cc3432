"""The README claims only what a command shows."""

from __future__ import annotations

import json
import re

from sim.scenario import load
from tests.publish import BLOCK, PUBLISHED, README, ROOT, block


def test_the_table_in_the_readme_is_the_one_that_was_published():
    (shown,) = BLOCK.finditer(README.read_text(encoding="utf-8"))
    assert shown[0] == shown[1] + block((PUBLISHED / "table.txt").read_text(encoding="utf-8")) + shown[2]


def test_what_was_published_is_of_the_quickstart_as_it_is():
    published = json.loads((PUBLISHED / "summary.json").read_text())
    assert set(published["metrics"]) == set(load(ROOT / "scenarios" / "quickstart.yaml").systems)


def test_every_file_that_the_readme_names_is_there():
    text = README.read_text(encoding="utf-8")
    named = {
        *re.findall(r"\]\((?!http)([^)#]+)\)", text),
        *re.findall(r"`((?:sim|scenarios|reference_impl|tests)/[\w/.]+\.\w+)`", text),
    }
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
