"""The whole house: from a scenario to a folder of results. Replications run side by side on all cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Thread

import numpy as np
import polars as pl

from sim.draws import Stream
from sim.drive import SystemFault, drive, open_system
from sim.measure import METRICS, Charges, Site, charges, identities_per_person, measure
from sim.records import Int64
from sim.report import (
    Judgement,
    RunFolder,
    Summary,
    causes_table,
    draw_plots,
    fragmentation_table,
    judge,
    metrics_table,
    summarise,
    summary_json,
)
from sim.scenario import Scenario, Threshold
from sim.world import live


@dataclass(frozen=True, slots=True)
class Step:
    """A sign of life: what a replication is at, and how much of it was done since the sign before."""

    replication: int
    doing: str
    share: float
    """Part of the replication's work, all of it being 1."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a replication leaves."""

    metrics: pl.DataFrame
    """Tidy: replication, system, metric, value."""
    fragmentation: pl.DataFrame
    """Tidy: replication, system, identities, people."""
    causes: pl.DataFrame
    """Tidy: replication, system, error, cause, count, interactions."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run."""

    folder: Path
    summary: Summary
    causes: pl.DataFrame
    """Tidy, as `Measured.causes`, of all replications."""
    judgements: list[Judgement]


class UnknownMetricError(ValueError):
    """A threshold is on a metric that is not measured."""


class WorkerLostError(RuntimeError):
    """A worker process was killed, or ran out of memory."""


OnStep = Callable[[Step], None]


def run(
    scenario: Scenario,
    root: Path,
    *,
    clock: Callable[[], datetime],
    command: str = "",
    workers: int | None = None,
    on_step: OnStep = lambda _: None,
) -> Result:
    """Simulate, drive, measure and report a scenario.

    Args:
        scenario: What to run.
        root: Folder below which the run's own folder is made.
        clock: Tells the time, for the manifest alone.
        command: The command that repeats the run, for the manifest.
        workers: Processes to use; by default one a core, and none where there is one replication.
        on_step: Told of each sign of life.

    Raises:
        UnknownMetricError: If a threshold's metric is not measured.
        FolderError: If the run's folder cannot be made or written.
        SystemFault: If a system under test raises, hangs or answers nonsense.
        WorkerLostError: If a worker process was killed.
        KeyboardInterrupt: On Ctrl-C; replications that are done are in the folder, and its manifest says interrupted.
    """
    for name, bound in scenario.thresholds.items():
        metric = Threshold.parse(name, bound).metric
        if metric not in METRICS:
            near = get_close_matches(metric, METRICS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(METRICS)}"
            raise UnknownMetricError(f"thresholds: no metric {metric!r}; {hint}")
    workers = min(workers or os.cpu_count() or 1, scenario.replications)
    with RunFolder.start(root, scenario, command=command, clock=clock) as folder:
        done: dict[int, Measured] = {}
        try:
            for replication, measured in _replications(scenario, workers, on_step):
                done[replication] = measured
        finally:
            if done:
                in_order = [done[replication] for replication in sorted(done)]
                metrics = pl.concat([one.metrics for one in in_order])
                fragmentation = pl.concat([one.fragmentation for one in in_order])
                causes = pl.concat([one.causes for one in in_order])
                folder.write("metrics.parquet", metrics)
                folder.write("fragmentation.parquet", fragmentation)
                folder.write("causes.parquet", causes)
        summary = summarise(metrics)
        judgements = judge(summary, scenario.thresholds)
        folder.write("summary.json", summary_json(summary, judgements, causes))
        draw_plots(folder, summary, fragmentation)
        folder.end("finished", replications=sorted(done))
    return Result(folder.path, summary, causes, judgements)


def replicate(scenario: Scenario, replication: int, on_step: OnStep = lambda _: None) -> Measured:
    """Make one replication: one population, driven through every system over the same trace, and measured."""
    work = 1 / (1 + len(scenario.systems))
    on_step(Step(replication, "people live", 0))
    trace, truth = live(scenario, replication)
    on_step(Step(replication, "people live", work))
    stream = Stream(scenario.seed, replication)
    metrics: dict[str, dict[str, float]] = {}
    fragmentation: list[tuple[str, Int64]] = []
    causes: dict[str, list[Charges]] = {}
    for name, system in scenario.systems.items():

        def played(actions: int, doing: str = f"driving {name}") -> None:
            on_step(Step(replication, doing, work * actions / len(trace.events)))

        seen = drive(trace, scenario, open_system(name, system, stream), stream, name=name, progress=played)
        metrics[name] = measure(trace=trace, truth=truth, belief=seen)
        counts = identities_per_person(person=truth.person[seen.row].astype(np.int64), identity=seen.identity)
        fragmentation.append((name, counts))
        causes[name] = charges(trace=trace, truth=truth, belief=seen, site=site_of(scenario))
    return Measured(
        metrics_table(replication, metrics),
        fragmentation_table(replication, fragmentation),
        causes_table(replication, causes),
    )


def site_of(scenario: Scenario) -> Site:
    """What of a scenario tells causes of errors apart."""
    consent, ids = scenario.consent, [page.website_id for page in scenario.website.pages]
    return Site(
        website=np.array([ids.index(one) for one in ids], np.int64),
        refuses_from=consent.accept,
        ignores_from=consent.accept + consent.reject,
    )


def _replications(scenario: Scenario, workers: int, on_step: OnStep) -> Iterator[tuple[int, Measured]]:
    """Each replication with its number, as they are done."""
    if workers == 1:
        for replication in range(scenario.replications):
            yield replication, replicate(scenario, replication, on_step)
        return
    with _process_pool(workers, on_step) as executor:
        waiting: dict[Future[Measured], int] = {
            executor.submit(_replicate_in_worker, scenario, replication): replication
            for replication in range(scenario.replications)
        }
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BrokenProcessPool:
            raise WorkerLostError("a worker process was killed, or ran out of memory") from None


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


def _replicate_in_worker(scenario: Scenario, replication: int) -> Measured:
    def on_step(step: Step) -> None:
        if _stop.is_set():
            raise InterruptedError("the run was stopped")
        _steps.put(step)

    return replicate(scenario, replication, on_step)


__all__ = ["Measured", "Result", "Step", "SystemFault", "UnknownMetricError", "WorkerLostError", "replicate", "run"]
