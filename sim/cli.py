"""The command line: arguments and exit codes, nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from secrets import token_urlsafe
from shlex import join
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from ruamel.yaml import YAML

from sim.access_log import LogError, fit_log, log_table, read_log, scenario_of
from sim.browser.catalogue import details, overview
from sim.calibrate import Agreement, calibrate, comparison_table, write
from sim.explain import ExplainError, explain
from sim.fit_deletion import fit_deletion, read_targets
from sim.report import (
    BaselineError,
    FinishedRun,
    FolderError,
    Verdict,
    causes_seen,
    compare,
    comparison_seen,
    differences_seen,
    draw_figure,
    gains_seen,
    page,
    points_seen,
    preset_details,
    presets_overview,
    results_table,
)
from sim.runs import (
    Result,
    RunInterrupted,
    Step,
    SystemFault,
    UnknownMetricError,
    WorkerLostError,
    resume,
    run,
)
from sim.scenario import (
    QUICK,
    STARTER,
    Experiment,
    ScenarioError,
    load_experiment,
    new_scenario,
    scenario_schema,
    without_thresholds,
)
from sim.serve import serve
from sim.system import ServiceError


class Exit(IntEnum):
    """What the process ends with."""

    PASSED = 0
    THRESHOLD_FAILED = 1
    USAGE = 2
    FAULT = 3
    INTERRUPTED = 130


_RUN = "results/quickstart/20260105T120000-0a1b2c3d"


def _examples(*commands: str) -> str:
    """What stands below a command's help."""
    return "\n\n".join(["Examples:", *(f"crumbline {command}" for command in commands)])


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


@app.command(
    "run",
    epilog=_examples(
        "run scenarios/quickstart.yaml",
        "run scenarios/quickstart.yaml --quick --set consent.banner=none",
        f"run --resume {_RUN}",
    ),
)
def run_command(
    scenario: Annotated[Path | None, typer.Argument(help="Scenario file, such as scenarios/quickstart.yaml.")] = None,
    results: Annotated[Path, typer.Option(help="Folder in which the run gets a folder of its own.")] = Path("results"),
    workers: Annotated[int | None, typer.Option(min=1, help="Processes to use; one a core by default.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Set a dotted field; may be repeated.")
    ] = None,
    people: Annotated[int | None, typer.Option(min=1, help="Set population.people.")] = None,
    replications: Annotated[int | None, typer.Option(min=1, help="Set replications.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Set seed.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small run, to see that it works: 100 people, 21 days, two replications.")
    ] = False,
    resume_run: Annotated[
        Path | None, typer.Option("--resume", metavar="RUN", help="Go on with a run that came to no end.")
    ] = None,
    allow_unsure: Annotated[
        bool, typer.Option("--allow-unsure", help="Let a threshold pass that cannot be decided.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON, and nothing else.")] = False,
) -> None:
    """Simulate a scenario, drive it through its systems, and measure them against the truth.

    Ends with 0, with 1 if a threshold is not passed, with 2 for a wrong scenario or usage, with 3 for a fault, with 130
    if interrupted.
    """
    if (scenario is None) == (resume_run is None):
        _end(Exit.USAGE, "give a scenario file, or --resume RUN to go on with a run")
    given = {"population.people": people, "replications": replications, "seed": seed}
    settings = [*(set_ or []), *(f"{field}={value}" for field, value in given.items() if value is not None)]
    if resume_run is not None and (settings or quick):
        _end(Exit.USAGE, "--resume goes on with a run as it was started; it takes no other settings")
    command = join(["crumbline", "run", str(scenario), *(word for one in settings for word in ("--set", one))])
    try:
        if resume_run is not None:
            with _progress() as bar:
                result = resume(resume_run, clock=_wall_clock, workers=workers, on_step=bar)
        else:
            assert scenario is not None
            experiment = load_experiment(scenario, [*(QUICK if quick else ()), *settings])
            if quick:
                command += " --quick"
                experiment = without_thresholds(experiment)
            with _progress(experiment) as bar:
                result = run(experiment, results, clock=_wall_clock, command=command, workers=workers, on_step=bar)
    except (ScenarioError, UnknownMetricError, BaselineError) as problem:
        _end(Exit.USAGE, str(problem))
    except (FolderError, SystemFault, WorkerLostError) as problem:
        _end(Exit.FAULT, str(problem))
    except RunInterrupted as stopped:
        _end(Exit.INTERRUPTED, f"interrupted; go on with: crumbline run --resume {stopped.folder}")
    if as_json:
        out.print(
            (result.folder / "summary.json").read_text(encoding="utf-8"), markup=False, highlight=False, soft_wrap=True
        )
    else:
        _show(result)
        if quick:
            out.print("quick: too small for a finding, and thresholds are not judged; leave out --quick for the whole")
    accepted = {Verdict.PASS, Verdict.NOT_SURE} if allow_unsure else {Verdict.PASS}
    if any(judgement.verdict not in accepted for judgement in result.judgements):
        raise typer.Exit(Exit.THRESHOLD_FAILED)


@app.command("check", epilog=_examples("check scenarios/*.yaml"))
def check_command(files: Annotated[list[Path], typer.Argument(help="Scenario files.")]) -> None:
    """Check scenario files without running them; ends with 2 if any is wrong."""
    wrong = False
    for file in files:
        try:
            experiment = load_experiment(file)
        except ScenarioError as problem:
            err.print(str(problem), markup=False, highlight=False)
            wrong = True
            continue
        points, traces = len(experiment.points), len(experiment.groups())
        told = f", {points} points, {traces} {'trace' if traces == 1 else 'traces'}" if experiment.sweep else ""
        out.print(f"{file}: good{told}", markup=False, highlight=False, soft_wrap=True)
    if wrong:
        raise typer.Exit(Exit.USAGE)


@app.command("schema", epilog=_examples("schema > scenario.schema.json"))
def schema_command() -> None:
    """Print the JSON Schema of scenario files, by which editors complete and check them."""
    out.print(json.dumps(scenario_schema(), indent=2), markup=False, highlight=False, soft_wrap=True)


@app.command("new", epilog=_examples("new consent_banner --folder scenarios"))
def new_command(
    name: Annotated[str, typer.Argument(help="Name of the scenario; the file is NAME.yaml.")],
    folder: Annotated[Path, typer.Option(help="Folder for the file.")] = Path(),
) -> None:
    """Write a commented scenario to start from."""
    try:
        path = new_scenario(name, folder)
    except ValueError as problem:
        _end(Exit.USAGE, str(problem))
    except OSError as problem:
        _end(Exit.FAULT, f"{folder}: cannot be written: {problem.strerror or problem}")
    out.print(f"{path}: try it with: crumbline run {path} --quick", markup=False, highlight=False, soft_wrap=True)


@app.command("explain", epilog=_examples(f"explain {_RUN} --worst 3", f"explain {_RUN} --cause 'cookies cleared'"))
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


@app.command("report", epilog=_examples(f"report {_RUN}"))
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


@app.command("compare", epilog=_examples("compare results/before results/after"))
def compare_command(
    first: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run to compare with.")],
    second: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run that is compared.")],
) -> None:
    """Tell how much higher each metric is in the second run: paired, where both have the same visitors."""
    try:
        out.print(comparison_seen(compare(FinishedRun.read(first), FinishedRun.read(second))))
    except FolderError as problem:
        _end(Exit.USAGE, str(problem))


@app.command(
    "plot",
    epilog=_examples(
        f"plot {_RUN} --y visits.boundary.f1 --to boundaries.svg",
        "plot results/days/* --x days --y identity.pairwise.f1 --by system",
    ),
)
def plot_command(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of runs or sweeps.")],
    y: Annotated[str, typer.Option("--y", help="Metric, such as visits.boundary.f1.")],
    x: Annotated[str, typer.Option("--x", help="Along the axis: system, or a field of the scenario.")] = "system",
    by: Annotated[str, typer.Option(help="A line each: system, or a field of the scenario.")] = "system",
    to: Annotated[Path, typer.Option(help="File to write: PNG, SVG or PDF.")] = Path("figure.png"),
) -> None:
    """Draw one figure for a slide: a metric with its intervals, over a field of a sweep or of several runs."""
    try:
        draw_figure([FinishedRun.read(one) for one in runs], x=x, y=y, by=by, path=to)
    except (FolderError, ValueError) as problem:
        _end(Exit.USAGE, str(problem))
    except OSError as problem:
        _end(Exit.FAULT, f"{to}: cannot be written: {problem.strerror}")
    out.print(f"file: {to}", highlight=False, soft_wrap=True)


@app.command("profiles", epilog=_examples("profiles safari"))
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


@app.command("presets", epilog=_examples("presets consumer_europe"))
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


@app.command(
    "calibrate", epilog=_examples("calibrate", "calibrate --log access.log.gz", "calibrate --fit targets.yaml")
)
def calibrate_command(
    results: Annotated[Path, typer.Option(help="Folder for the table.")] = Path("results/calibration"),
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the simulation.")] = 4711,
    people: Annotated[int, typer.Option(min=1, help="People, or computers, in each replication.")] = 5000,
    replications: Annotated[
        int | None, typer.Option(min=2, help="Independent populations of each study: 20, or 4 to fit.")
    ] = None,
    fit: Annotated[
        Path | None,
        typer.Option(metavar="TARGETS", help="Fit the mix of clearing habits to a YAML of such figures instead."),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(help="Fit a population to an access log (common or combined format, .gz too) instead."),
    ] = None,
) -> None:
    """Simulate what was published on cookies, consent, browsers, visits and pages, and set it beside the figures.

    Ends with 0 if each that has a tolerance is within it, with its whole interval, else with 1. Takes a second or
    two a replication. With --log, fits arrivals, gaps,
    pages and dwell to a log, says how good each fit is, and writes a scenario. With --fit, fits the mix of clearing
    habits to targets (some minutes), and writes it.
    """
    if log is not None:
        _calibrate_from_log(log, results)
        return
    if fit is not None:
        _calibrate_to_targets(fit, results, seed, people, replications or 4)
        return
    replications = replications or 20
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("months of computers, quarters of consumers", total=2 * replications)
        found = calibrate(seed=seed, people=people, replications=replications, done=lambda: bar.advance(task))
    out.print(comparison_table(found.comparisons))
    try:
        write(found, results)
    except OSError as problem:
        _end(Exit.FAULT, f"{results}: cannot be written: {problem.strerror or problem}")
    out.print(f"seed {seed}; files: {results}", highlight=False, soft_wrap=True)
    if any(one.agreement not in (Agreement.AGREES, Agreement.BESIDE) for one in found.comparisons):
        raise typer.Exit(Exit.THRESHOLD_FAILED)


def _calibrate_to_targets(targets: Path, results: Path, seed: int, people: int, replications: int) -> None:
    try:
        wanted = read_targets(targets)
    except ScenarioError as problem:
        _end(Exit.USAGE, str(problem))
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("mixes tried, at most", total=150)
        found = fit_deletion(
            wanted, seed=seed, people=people, replications=replications, done=lambda: bar.advance(task)
        )
    out.print("on the panel that it was fitted on:")
    out.print(comparison_table(found.fitted))
    out.print("on one that it was not fitted on:")
    out.print(comparison_table(found.validated))
    path = results / f"{targets.stem}_population.yaml"
    try:
        results.mkdir(parents=True, exist_ok=True)
        YAML().dump({"population": {"clearing": found.clearing}}, path)
    except OSError as problem:
        _end(Exit.FAULT, f"{path}: cannot be written: {problem.strerror or problem}")
    out.print(f"seed {seed}; population: {path}", highlight=False, soft_wrap=True)
    if any(one.agreement is not Agreement.AGREES for one in found.validated):
        raise typer.Exit(Exit.THRESHOLD_FAILED)


def _calibrate_from_log(log: Path, results: Path) -> None:
    try:
        fit = fit_log(read_log(log))
    except LogError as problem:
        _end(Exit.USAGE, str(problem))
    out.print(log_table(fit))
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", log.name.removesuffix(".gz").rpartition(".")[0] or log.name)[:64] or "log"
    path = results / f"{name}.yaml"
    try:
        results.mkdir(parents=True, exist_ok=True)
        YAML().dump(scenario_of(fit, name), path)
    except OSError as problem:
        _end(Exit.FAULT, f"{path}: cannot be written: {problem.strerror or problem}")
    out.print(f"scenario: {path}; try it with: crumbline run {path} --quick", highlight=False, soft_wrap=True)


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


@app.command("serve", epilog=_examples("serve scenarios/quickstart.yaml --system as_is --port 8765"))
def serve_command(
    scenario: Annotated[
        Path | None, typer.Argument(help="Scenario whose system and website to serve; if left out, those of a new one.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="System of the scenario; its first one by default.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Set a dotted field; may be repeated.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8765,
    database: Annotated[
        Path, typer.Option(help="SQLite file in which everything is kept; an existing one is gone on with.")
    ] = Path("results/service.sqlite"),
) -> None:
    """Serve a system for real: its service, an event website and a demo of the customer's website, for your browser.

    They are at svc.localhost, events.localhost and shop.localhost, which browsers take for three sites. Nothing can be
    reached from another machine. Ends with Ctrl-C.
    """
    try:
        chosen = load_experiment(scenario or STARTER, set_ or []).scenario
        database.parent.mkdir(parents=True, exist_ok=True)
        serve(
            chosen,
            system,
            database=database,
            port=port,
            now=lambda: int(_wall_clock().timestamp() * 1000),
            random=lambda count: token_urlsafe(count)[:count],
            started=lambda address: out.print(address, highlight=False, soft_wrap=True),
        )
    except (ScenarioError, ServiceError) as problem:
        _end(Exit.USAGE, str(problem))
    except OSError as problem:
        _end(Exit.FAULT, f"{database}: cannot be written: {problem.strerror or problem}")


def _wall_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the command line is where the wall clock comes in


@contextmanager
def _progress(experiment: Experiment | None = None) -> Iterator[Callable[[Step], None]]:
    """A bar on the terminal that says what is going on and when it will end; nothing where there is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    units = None
    if experiment is not None:
        scenario = experiment.scenario
        replications = scenario.max_replications if scenario.precision else scenario.replications
        units = replications * len(experiment.groups())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("starting", total=units)

        def on_step(step: Step) -> None:
            bar.update(task, advance=step.share, description=f"replication {step.replication + 1}: {step.doing}")

        yield on_step


def _show(result: Result) -> None:
    if result.experiment.sweep is None:
        out.print(results_table(result.summary))
        if len(result.summary) > 1:
            out.print(differences_seen(result.tables["differences"]))
        out.print(causes_seen(result.tables["causes"]))
        if "gains" in result.tables:
            out.print(gains_seen(result.tables["gains"]))
    else:
        out.print(points_seen(result.experiment, [outcome.summary for outcome in result.outcomes]))
    if result.precision:
        out.print(f"precision: {result.precision}", highlight=False, soft_wrap=True)
    for point, outcome in zip(result.experiment.points, result.outcomes, strict=True):
        for judgement in outcome.judgements:
            interval = judgement.interval
            style = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.NOT_SURE: "yellow"}[judgement.verdict]
            out.print(
                f"[{style}]{judgement.verdict.value}[/]  {judgement.threshold}: "
                f"{interval.mean:.4f} (95 % interval {interval.low:.4f} to {interval.high:.4f})"
                f"{f' at {point}' if point.values else ''}",
                highlight=False,
                soft_wrap=True,
            )
    out.print(f"seed {result.experiment.scenario.seed}; repeat with: {result.command}", highlight=False, soft_wrap=True)
    out.print(f"files: {result.folder}", highlight=False, soft_wrap=True)


def _end(code: Exit, message: str) -> NoReturn:
    err.print(message, markup=False, highlight=False)
    raise typer.Exit(code)


def main() -> None:
    """Entry point of the command."""
    app()
