"""The command line: arguments and exit codes, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from shlex import join
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from sim.browser.catalogue import details, overview
from sim.calibrate import calibrate, calibration_table, comparison_table
from sim.explain import ExplainError, explain
from sim.report import (
    FinishedRun,
    FolderError,
    Verdict,
    causes_seen,
    differences_seen,
    gains_seen,
    page,
    preset_details,
    presets_overview,
    results_table,
)
from sim.run import Result, Step, SystemFault, UnknownMetricError, WorkerLostError, run
from sim.scenario import ScenarioError, load


class Exit(IntEnum):
    """What the process ends with."""

    PASSED = 0
    THRESHOLD_FAILED = 1
    USAGE = 2
    FAULT = 3
    INTERRUPTED = 130


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Simulated web traffic with a ground truth, to measure how well a system resolves people and visits.",
)
out = Console()
err = Console(stderr=True, soft_wrap=True)


@app.callback()
def crumbline() -> None:
    """Simulated web traffic with a ground truth, to measure how well a system resolves people and visits."""


@app.command("run")
def run_command(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, such as scenarios/quickstart.yaml.")],
    results: Annotated[Path, typer.Option(help="Folder in which the run gets a folder of its own.")] = Path("results"),
    workers: Annotated[int | None, typer.Option(min=1, help="Processes to use; one a core by default.")] = None,
) -> None:
    """Simulate a scenario, drive it through its systems, and measure them against the truth.

    Ends with 0, with 1 if a threshold is not passed, with 2 for a wrong scenario, with 3 for a fault.
    """
    try:
        loaded = load(scenario)
        command = join(["crumbline", "run", str(scenario)])
        with _progress(loaded.max_replications if loaded.precision else loaded.replications) as on_step:
            result = run(loaded, results, clock=_wall_clock, command=command, workers=workers, on_step=on_step)
    except (ScenarioError, UnknownMetricError) as problem:
        _end(Exit.USAGE, str(problem))
    except (FolderError, SystemFault, WorkerLostError) as problem:
        _end(Exit.FAULT, str(problem))
    except KeyboardInterrupt:
        _end(Exit.INTERRUPTED, f"interrupted; the replications that were done are in {results / loaded.name}")
    _show(result, loaded.seed, command)
    if any(judgement.verdict is not Verdict.PASS for judgement in result.judgements):
        raise typer.Exit(Exit.THRESHOLD_FAILED)


@app.command("explain")
def explain_command(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run, as it is printed at the end.")],
    person: Annotated[int | None, typer.Option(min=0, help="Number of the person.")] = None,
    worst: Annotated[int | None, typer.Option(min=1, help="So many of those with the most errors.")] = None,
    cause: Annotated[str | None, typer.Option(help="Count errors of this cause, such as 'cookies cleared'.")] = None,
    system: Annotated[str | None, typer.Option(help="System of the scenario; its first one by default.")] = None,
    replication: Annotated[int, typer.Option(min=0, help="Number of the replication.")] = 0,
) -> None:
    """Draw and tell one person's history: browsers, visits, identities, and why each error came about."""
    if person is not None and (worst is not None or cause is not None):
        _end(Exit.USAGE, "--person names one; leave out --worst and --cause")
    try:
        found = explain(run_folder, system=system, replication=replication, person=person, worst=worst, cause=cause)
    except ExplainError as problem:
        _end(Exit.USAGE, str(problem))
    except (SystemFault, OSError) as problem:
        _end(Exit.FAULT, str(problem))
    for one in found:
        out.print("\n".join(one.story), highlight=False, soft_wrap=True, markup=False)
        out.print(f"files: {', '.join(str(path) for path in one.files)}", highlight=False, soft_wrap=True)


@app.command("report")
def report_command(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of runs.")],
    to: Annotated[
        Path | None, typer.Option(help="File to write; report.html in the first run's folder if left out.")
    ] = None,
) -> None:
    """Write one self-contained HTML page for a design review; it needs no network.

    Histories that `crumbline explain` drew into a run's folder are on it.
    """
    target = to or runs[0] / "report.html"
    try:
        target.write_text(page([FinishedRun.read(one) for one in runs]), encoding="utf-8")
    except FolderError as problem:
        _end(Exit.USAGE, str(problem))
    except OSError as problem:
        _end(Exit.FAULT, f"{target}: cannot be written: {problem.strerror}")
    out.print(f"file: {target}", highlight=False, soft_wrap=True)


@app.command("profiles")
def profiles_command(
    name: Annotated[
        str | None, typer.Argument(help="Profile to show rule by rule; all are listed if left out.")
    ] = None,
) -> None:
    """List the browser profiles, or show one with the source of each rule."""
    try:
        out.print(overview() if name is None else details(name), markup=False, highlight=False, soft_wrap=True)
    except ValueError as problem:
        _end(Exit.USAGE, str(problem))


@app.command("presets")
def presets_command(
    name: Annotated[
        str | None, typer.Argument(help="Preset to show figure by figure; all are listed if left out.")
    ] = None,
) -> None:
    """List what a scenario can take by name, or show one preset with the source of each figure."""
    try:
        out.print(presets_overview() if name is None else preset_details(name), highlight=False)
    except ValueError as problem:
        _end(Exit.USAGE, str(problem))


@app.command("calibrate")
def calibrate_command(
    results: Annotated[Path, typer.Option(help="Folder for the table.")] = Path("results/calibration"),
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the simulation.")] = 4711,
    people: Annotated[int, typer.Option(min=1, help="Computers in each replication.")] = 5000,
    replications: Annotated[int, typer.Option(min=2, help="Independent panels of computers.")] = 5,
) -> None:
    """Simulate comScore's study of cookie deletion, and set its six first-party figures beside the published ones.

    Ends with 0 if each is within 10 %, else with 1. Takes a few seconds a replication.
    """
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("computers of a month", total=replications)
        compared = calibrate(seed=seed, people=people, replications=replications, done=lambda: bar.advance(task))
    out.print(comparison_table(compared))
    try:
        results.mkdir(parents=True, exist_ok=True)
        calibration_table(compared).write_parquet(results / "comscore_2007.parquet")
    except OSError as problem:
        _end(Exit.FAULT, f"{results}: cannot be written: {problem}")
    out.print(f"seed {seed}; files: {results}", highlight=False, soft_wrap=True)
    if not all(one.agrees for one in compared):
        raise typer.Exit(Exit.THRESHOLD_FAILED)


@app.command("conformance")
def conformance_command(
    results: Annotated[Path, typer.Option(help="Folder for the table and the single observations.")] = Path(
        "results/published/browsers"
    ),
) -> None:
    """Hold the browser profiles against the real engines on this machine: some eight minutes.

    Ends with 0 if all engines are here and do what their profiles do, else with 1.
    """
    try:
        from sim.browser.conformance.suite import run_suite  # noqa: PLC0415 - its packages are an extra
    except ImportError as problem:
        _end(Exit.USAGE, f"{problem.name} is missing: pip install 'crumbline[browsers]'")
    agrees = run_suite(results, lambda line: out.print(line, markup=False, highlight=False, soft_wrap=True))
    out.print(f"files: {results}", highlight=False, soft_wrap=True)
    if not agrees:
        raise typer.Exit(Exit.THRESHOLD_FAILED)


def _wall_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the command line is where the wall clock comes in


@contextmanager
def _progress(replications: int) -> Iterator[Callable[[Step], None]]:
    """A bar on the terminal that says what is going on and when it will end; nothing where there is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("starting", total=replications)

        def on_step(step: Step) -> None:
            bar.update(task, advance=step.share, description=f"replication {step.replication + 1}: {step.doing}")

        yield on_step


def _show(result: Result, seed: int, command: str) -> None:
    out.print(results_table(result.summary))
    if len(result.summary) > 1:
        out.print(differences_seen(result.tables["differences"]))
    out.print(causes_seen(result.tables["causes"]))
    if "gains" in result.tables:
        out.print(gains_seen(result.tables["gains"]))
    if result.precision:
        out.print(f"precision: {result.precision}", highlight=False, soft_wrap=True)
    for judgement in result.judgements:
        interval = judgement.interval
        style = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.NOT_SURE: "yellow"}[judgement.verdict]
        out.print(
            f"[{style}]{judgement.verdict.value}[/]  {judgement.threshold}: "
            f"{interval.mean:.4f} (95 % interval {interval.low:.4f} to {interval.high:.4f})",
            highlight=False,
            soft_wrap=True,
        )
    out.print(f"seed {seed}; repeat with: {command}", highlight=False, soft_wrap=True)
    out.print(f"files: {result.folder}", highlight=False, soft_wrap=True)


def _end(code: Exit, message: str) -> NoReturn:
    err.print(message, markup=False, highlight=False)
    raise typer.Exit(code)


def main() -> None:
    """Entry point of the command."""
    app()
