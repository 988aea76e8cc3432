"""The whole house: from a scenario to a folder of results. Units of work run side by side on all cores.

A unit is one replication of the points that share a trace. What is done is kept as it comes, so that a run that was
killed can go on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Thread
from time import sleep

import numpy as np
import polars as pl

from sim.draws import Purpose, Stream
from sim.drive import SystemFault, drive, open_system
from sim.measure import DRAWS, METRICS, Best, Charges, Scoring, Site, charges, join, measure, no_such_metric, resampled
from sim.records import Observations, Trace, Truth
from sim.report import (
    Judgement,
    Outcome,
    RunFolder,
    Summary,
    Tables,
    Unit,
    causes_table,
    differences,
    distribution_tables,
    gains,
    judge,
    metrics_table,
    more_replications,
    read_baseline,
    resampled_table,
    summarise,
    what_if_table,
    write_results,
)
from sim.scenario import Experiment, Point, Scenario, Threshold
from sim.system import InteractionKind
from sim.what_if import Alternative, alternative, what_ifs
from sim.world import live


@dataclass(frozen=True, slots=True)
class Step:
    """A sign of life: what a replication is at, and how much of it was done since the sign before."""

    replication: int
    doing: str
    share: float
    """Part of the replication's work, all of it being 1."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run."""

    folder: Path
    command: str
    """The command that repeats it."""
    experiment: Experiment
    outcomes: list[Outcome]
    """One for each point."""
    precision: str
    """What became of the precision that the scenario asks for; empty where it asks for none."""

    @property
    def summary(self) -> Summary:
        """Intervals of the metrics, of the first point."""
        return self.outcomes[0].summary

    @property
    def tables(self) -> Tables:
        """The tables of the first point."""
        return self.outcomes[0].tables

    @property
    def judgements(self) -> list[Judgement]:
        """The verdicts of all points."""
        return [judgement for outcome in self.outcomes for judgement in outcome.judgements]


class RunInterrupted(KeyboardInterrupt):
    """The user stopped the run; what is done is in its folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder


class UnknownMetricError(ValueError):
    """A threshold is on a metric that is not measured."""


class WorkerLostError(RuntimeError):
    """A worker process was killed, or ran out of memory."""


OnStep = Callable[[Step], None]


def run(
    experiment: Experiment | Scenario,
    root: Path,
    *,
    clock: Callable[[], datetime],
    command: str = "",
    workers: int | None = None,
    on_step: OnStep = lambda _: None,
) -> Result:
    """Simulate, drive, measure and report a scenario, at each point of its sweep where it has one.

    Args:
        experiment: What to run.
        root: Folder below which the run's own folder is made.
        clock: Tells the time, for the manifest alone.
        command: The command that repeats the run, for the manifest.
        workers: Processes to use; by default one a core, and none where there is one replication.
        on_step: Told of each sign of life.

    Raises:
        UnknownMetricError: If a threshold's metric is not measured.
        BaselineError: If the run that thresholds are held against cannot be used.
        FolderError: If the run's folder cannot be made or written.
        SystemFault: If a system under test raises, hangs or answers nonsense.
        WorkerLostError: If a worker process was killed.
        RunInterrupted: On Ctrl-C; what is done stays in the folder for `resume`, and its manifest says interrupted.
    """
    if isinstance(experiment, Scenario):
        experiment = Experiment(experiment, None, (Point({}, experiment),))
    _check_thresholds(experiment.scenario)
    with RunFolder.start(root, experiment, command=command, clock=clock) as folder:
        return _filled(folder, experiment, workers, on_step)


def resume(
    path: Path,
    *,
    clock: Callable[[], datetime],
    workers: int | None = None,
    on_step: OnStep = lambda _: None,
) -> Result:
    """Go on with a run that was interrupted, killed or failed: it ends as if nothing had happened.

    Args:
        path: The run's folder.
        clock: As for `run`, like all that follows.
        workers: Processes to use.
        on_step: Told of each sign of life; what was done before is told at once.

    Raises:
        FolderError: If there is no such run, or it is finished, or goes on right now.
    """
    with RunFolder.reopen(path, clock=clock) as (folder, experiment):
        return _filled(folder, experiment, workers, on_step)


def _filled(folder: RunFolder, experiment: Experiment, workers: int | None, on_step: OnStep) -> Result:
    try:
        return _fill(folder, experiment, workers, on_step)
    except KeyboardInterrupt:
        raise RunInterrupted(folder.path) from None


def _check_thresholds(scenario: Scenario) -> None:
    """See that all thresholds can be decided, before anything is done."""
    thresholds = [Threshold.parse(name, bound) for name, bound in scenario.thresholds.items()]
    for threshold in thresholds:
        metric = threshold.metric
        if metric not in METRICS:
            raise UnknownMetricError(f"thresholds: {no_such_metric(metric)}")
        if threshold.baseline and METRICS[metric].best not in (Best.HIGH, Best.LOW):
            raise UnknownMetricError(f"thresholds: {metric}: {METRICS[metric].best}: no value is worse than another")
    _baseline_of(scenario)


def _baseline_of(scenario: Scenario) -> pl.DataFrame | None:
    held = any(Threshold.parse(name, bound).baseline for name, bound in scenario.thresholds.items())
    return read_baseline(Path(scenario.baseline), scenario.thresholds) if held else None


def _fill(folder: RunFolder, experiment: Experiment, workers: int | None, on_step: OnStep) -> Result:
    """Do what is not done yet, and write the results."""
    scenario, groups = experiment.scenario, experiment.groups()
    planned = len(groups) * (scenario.max_replications if scenario.precision else scenario.replications)
    workers = min(workers or os.cpu_count() or 1, planned)
    done = folder.parts()
    for number, replication in done:
        on_step(Step(replication, f"done before: group {number}", 1))
    wanted, precision = range(scenario.replications), ""
    resamples = experiment.sweep is None and scenario.replications == 1 and scenario.precision is None
    with _unit_runner(workers, resamples, on_step) as carry_out:
        while wanted:
            units = {
                (number, replication): tuple(experiment.points[point].scenario for point in group)
                for replication in wanted
                for number, group in enumerate(groups)
                if (number, replication) not in done
            }
            for unit, tables in carry_out(units):
                folder.add_part(unit, tables)
                done[unit] = tables
            results = _by_point(done, groups)
            more = [more_replications(scenario, tables["metrics"]) for tables in results]
            wanted, precision = max(more, key=lambda one: one[0].stop)
    outcomes = [_concluded(point.scenario, tables) for point, tables in zip(experiment.points, results, strict=True)]
    write_results(folder, experiment, outcomes, precision)
    folder.end("finished", replications=sorted({replication for _, replication in done}), precision=precision)
    return Result(folder.path, folder.command, experiment, outcomes, precision)


def _by_point(done: dict[Unit, list[Tables]], groups: list[list[int]]) -> list[Tables]:
    """The tables of each point, of all its replications in order."""
    by_point: dict[int, Tables] = {}
    for number, group in enumerate(groups):
        units = [done[unit] for unit in sorted(done) if unit[0] == number]
        for place, point in enumerate(group):
            parts = [tables[place] for tables in units]
            by_point[point] = {name: pl.concat([part[name] for part in parts], rechunk=True) for name in parts[0]}
    return [by_point[point] for point in sorted(by_point)]


def _concluded(scenario: Scenario, tables: Tables) -> Outcome:
    """What is said of a point once all is measured."""
    summary = summarise(tables["metrics"], tables.get("resampled"))
    tables["differences"] = differences(tables["metrics"], tables.get("resampled"))
    if "what_if" in tables:
        tables["gains"] = gains(tables["metrics"], tables["what_if"])
    return Outcome(summary, tables, judge(summary, tables, scenario.thresholds, _baseline_of(scenario)))


def unit_of_work(
    scenarios: tuple[Scenario, ...], replication: int, resamples: bool = False, on_step: OnStep = lambda _: None
) -> list[Tables]:
    """One population, which lives once, driven through the systems of all scenarios that share it, and measured.

    Args:
        scenarios: They share a trace.
        replication: Number of the replication.
        resamples: Whether it is the only one, so that its people are drawn anew to give intervals.
        on_step: Told of each sign of life.

    Returns:
        The tables of each scenario.
    """
    first = scenarios[0]
    drives = sum(len(scenario.systems) * (1 + len(dict(what_ifs(scenario.removals)))) for scenario in scenarios)
    work = 1 / (1 + drives)
    on_step(Step(replication, "people live", 0))
    trace, truth = live(first, replication)
    on_step(Step(replication, "people live", work))
    return [_measured(scenario, replication, trace, truth, resamples, work, on_step) for scenario in scenarios]


def _measured(
    scenario: Scenario,
    replication: int,
    trace: Trace,
    truth: Truth,
    resamples: bool,
    work: float,
    on_step: OnStep,
) -> Tables:
    alternatives, scoring = dict(what_ifs(scenario.removals)), scoring_of(scenario)
    stream = Stream(scenario.seed, replication)

    def driven(name: str, world: Alternative, doing: str) -> Observations:
        actions = len(world.driven.events)

        def played(count: int) -> None:
            on_step(Step(replication, doing, work * count / actions))

        system = open_system(name, scenario.systems[name], stream)
        adjust = world.profile if world.removed else None
        return drive(world.driven, world.scenario, system, stream, name=name, adjust=adjust, progress=played)

    site = site_of(scenario)
    metrics: dict[str, dict[str, float]] = {}
    charged: dict[str, list[Charges]] = {}
    distributions: list[Tables] = []
    beliefs: dict[str, Observations] = {}
    as_it_is = alternative((), scenario=scenario, trace=trace, truth=truth)
    for name in scenario.systems:
        beliefs[name] = driven(name, as_it_is, f"driving {name}")
        joined = join(trace=trace, truth=truth, belief=beliefs[name])
        metrics[name] = measure(joined, scoring=scoring)
        charged[name] = charges(joined, site=site)
        distributions.append(distribution_tables(replication, name, joined))
    tables = {
        "metrics": metrics_table(replication, metrics),
        "causes": causes_table(replication, charged),
        **{table: pl.concat([one[table] for one in distributions]) for table in distributions[0]},
    }
    if alternatives:
        values: dict[tuple[str, str], dict[str, float]] = {}
        for what, removed in alternatives.items():
            world = alternative(removed, scenario=scenario, trace=trace, truth=truth)
            for name in scenario.systems:
                belief = world.belief(driven(name, world, f"driving {name} {what}"))
                joined = join(trace=world.measured, truth=world.truth, belief=belief)
                values[name, what] = measure(joined, scoring=scoring)
        tables["what_if"] = what_if_table(replication, values)
    if resamples:
        uniforms = stream.uniforms(Purpose.RESAMPLE, np.arange(DRAWS), len(truth.person) + len(truth.person) % 2)
        tables["resampled"] = resampled_table(
            replication,
            {
                name: list(resampled(trace=trace, truth=truth, belief=seen, uniforms=uniforms, scoring=scoring))
                for name, seen in beliefs.items()
            },
        )
    return tables


def scoring_of(scenario: Scenario) -> Scoring:
    """How a scenario has leads scored."""
    leads = scenario.lead_scoring
    points = {int(InteractionKind[kind.name]): points for kind, points in leads.points.items()}
    return Scoring(points=points, half_life=leads.half_life, threshold=leads.threshold)


def site_of(scenario: Scenario) -> Site:
    """What of a scenario tells causes of errors apart."""
    consent, ids = scenario.consent, [page.website_id for page in scenario.website.pages]
    return Site(
        website=np.array([ids.index(one) for one in ids], np.int64),
        refuses_from=consent.accept,
        ignores_from=consent.accept + consent.reject,
    )


Units = dict[Unit, tuple[Scenario, ...]]


@contextmanager
def _unit_runner(
    workers: int, resamples: bool, on_step: OnStep
) -> Iterator[Callable[[Units], Iterator[tuple[Unit, list[Tables]]]]]:
    """A function that carries out units of work and gives each with its tables, as they are done."""
    if workers == 1:
        yield lambda units: (
            (unit, unit_of_work(scenarios, unit[1], resamples, on_step)) for unit, scenarios in units.items()
        )
        return
    with _process_pool(workers, on_step) as executor:

        def carry_out(units: Units) -> Iterator[tuple[Unit, list[Tables]]]:
            waiting = {
                executor.submit(_work_in_worker, scenarios, unit[1], resamples): unit
                for unit, scenarios in units.items()
            }
            try:
                for future in as_completed(waiting):
                    yield waiting[future], future.result()
            except BrokenProcessPool:
                raise WorkerLostError("a worker process was killed, or ran out of memory") from None

        yield carry_out


_steps: SimpleQueue[Step | None]
_stop: Event


@contextmanager
def _process_pool(workers: int, on_step: OnStep) -> Iterator[Executor]:
    """Worker processes whose signs of life reach `on_step`, and that stop when the caller does."""
    context = multiprocessing.get_context("spawn")
    steps: SimpleQueue[Step | None] = context.SimpleQueue()
    stop = context.Event()

    def listen() -> None:
        while (step := steps.get()) is not None:
            on_step(step)

    listener = Thread(target=listen, daemon=True)
    listener.start()
    executor = ProcessPoolExecutor(workers, context, _start_worker, (steps, stop))
    try:
        yield executor
    finally:
        stop.set()
        executor.shutdown(cancel_futures=True)
        steps.put(None)
        listener.join()


def _start_worker(steps: SimpleQueue[Step | None], stop: Event) -> None:
    global _steps, _stop
    _steps, _stop = steps, stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """A worker whose parent was killed would wait for work for ever."""
    while os.getppid() == parent:
        sleep(1)
    os._exit(1)


def _work_in_worker(scenarios: tuple[Scenario, ...], replication: int, resamples: bool) -> list[Tables]:
    def on_step(step: Step) -> None:
        if _stop.is_set():
            raise InterruptedError("the run was stopped")
        _steps.put(step)

    return unit_of_work(scenarios, replication, resamples, on_step)


__all__ = [
    "Result",
    "RunInterrupted",
    "Step",
    "SystemFault",
    "UnknownMetricError",
    "WorkerLostError",
    "resume",
    "run",
    "unit_of_work",
]
