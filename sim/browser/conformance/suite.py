"""The whole suite: all configurations whose engines are here, at their own time and with the clock moved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.browser.conformance.cases import CASES, CASES_IN_TIME
from sim.browser.conformance.compare import Comparison, compare
from sim.browser.conformance.configurations import CONFIGURATIONS
from sim.browser.conformance.engine import EngineMissing
from sim.browser.conformance.table import conformance_table, observations


def run_suite(folder: Path, say: Callable[[str], None]) -> bool:
    """Hold every profile against its engine and write `conformance.md` and `conformance.csv`.

    Args:
        folder: Where the files go; it is made if it is not there.
        say: Is told of each configuration that is done.

    Returns:
        Whether every engine was here and none did anything that its profile did not.
    """
    comparisons: list[Comparison] = []
    missing: dict[str, str] = {}
    for configuration in CONFIGURATIONS:
        for cases in (CASES, CASES_IN_TIME):
            try:
                comparison = compare(configuration, cases)
            except EngineMissing as problem:
                missing[configuration.name] = f"not installed here: {problem}"
                say(f"{configuration.name}: MISSING {problem}")
                break
            comparisons.append(comparison)
            verdict = "as simulated" if comparison.agrees else "DIFFERS"
            say(f"{configuration.name} ({comparison.version}), {len(cases)} cases: {verdict}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conformance.md").write_text(conformance_table(comparisons, missing))
    (folder / "conformance.csv").write_text(observations(comparisons))
    return not missing and all(comparison.agrees for comparison in comparisons)
