"""Scenario files as tests: each threshold is one, so that a build fails when accuracy drops.

Files named `*.scenario.yaml` are collected wherever pytest looks; with `--crumbline`, all scenario files below a folder
`scenarios` are, too (those in its folder `bad` excepted). The fixture `crumbline` runs a scenario from Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sim.report import Judgement
    from sim.runs import Result


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that collects all scenarios."""
    parser.getgroup("crumbline").addoption(
        "--crumbline", action="store_true", help="run the scenario files below `scenarios` as tests, one a threshold"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take scenario files for collections of tests."""
    all_of_them = parent.config.getoption("--crumbline")
    below = "scenarios" in file_path.parts and file_path.parent.name != "bad" and file_path.suffix == ".yaml"
    if file_path.name.endswith(".scenario.yaml") or (all_of_them and below):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


class ScenarioFile(pytest.File):
    """A scenario file; it is run once, when its first threshold is tested."""

    _result: Result | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """One test a threshold of each point; one that it runs at all, where it has none."""
        from sim import load  # noqa: PLC0415 - pytest loads plug-ins that a run may not need
        from sim.scenario import ScenarioError  # noqa: PLC0415

        try:
            self.experiment = load(self.path)
        except ScenarioError as problem:
            raise self.CollectError(str(problem)) from None
        for number, point in enumerate(self.experiment.points):
            for place, (name, bound) in enumerate(point.scenario.thresholds.items()):
                label = f"{name} {bound}{f' at {point}' if point.values else ''}"
                yield ThresholdItem.from_parent(self, name=label, point=number, place=place)
            if not point.scenario.thresholds:
                yield ThresholdItem.from_parent(self, name=str(point) or "runs", point=number, place=None)

    def result(self) -> Result:
        """What came out; the run's folder is among pytest's temporary ones."""
        if self._result is None:
            from sim import run  # noqa: PLC0415

            factory: pytest.TempPathFactory = self.config._tmp_path_factory  # type: ignore[attr-defined]
            self._result = run(self.experiment, factory.mktemp("crumbline"))
        return self._result


class ThresholdItem(pytest.Item):
    """One threshold at one point."""

    def __init__(self, *, point: int, place: int | None, **of_node: Any) -> None:
        super().__init__(**of_node)
        self._point = point
        self._place = place

    def runtest(self) -> None:
        """See that the threshold is passed; what is not sure is not."""
        from sim.report import Verdict  # noqa: PLC0415

        assert isinstance(self.parent, ScenarioFile)
        outcome = self.parent.result().outcomes[self._point]
        if self._place is not None and outcome.judgements[self._place].verdict is not Verdict.PASS:
            raise ThresholdNotPassed(outcome.judgements[self._place])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The verdict alone, where there is one."""
        if isinstance(excinfo.value, ThresholdNotPassed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The file and the threshold."""
        return self.path, None, self.name


class ThresholdNotPassed(Exception):
    """A threshold failed, or is not sure."""

    def __init__(self, judgement: Judgement) -> None:
        interval = judgement.interval
        super().__init__(
            f"{judgement.verdict}: {judgement.threshold}: {interval.mean:.4f} "
            f"(95 % interval {interval.low:.4f} to {interval.high:.4f})"
        )


@pytest.fixture
def crumbline(tmp_path: Path) -> Callable[..., Result]:
    """A function that runs a scenario file, with fields set over it as `field=value`, into a temporary folder."""

    def run_scenario(path: str | Path, settings: Sequence[str] = ()) -> Result:
        from sim import load, run  # noqa: PLC0415

        return run(load(path, settings), tmp_path)

    return run_scenario
