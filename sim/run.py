"""The whole house: from a scenario to a folder of results. Replications run side by side on all cores."""

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
from difflib import get_close_matches
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Thread

import numpy as np
import polars as pl

from sim.draws import Purpose, Stream
from sim.drive import SystemFault, drive, open_system
from sim.measure import DRAWS, METRICS, Site, charges, measure, resampled
from sim.records import Observations
from sim.report import (
    Judgement,
    RunFolder,
    Summary,
    causes_table,
    differences,
    distribution_tables,
    draw_plots,
    gains,
    judge,
    metrics_table,
    more_replications,
    resampled_table,
    summarise,
    summary_json,
    what_if_table,
)
from sim.scenario import Scenario, Threshold
from sim.what_if import Alternative, alternative, what_ifs
from sim.world import live


@dataclass(frozen=True, slots=True)
class Step:
    """A sign of life: what a replication is at, and how much of it was done since the sign before."""

    replication: int
    doing: str
    share: float
    """Part of the replication's work, all of it being 1."""


Tables = dict[str, pl.DataFrame]
"""What a replication leaves: tidy tables by the name of their file, each with its replication and system."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run."""

    folder: Path
    summary: Summary
    tables: Tables
    """Of all replications, with `differences` between systems and the `gains` of what-ifs."""
    judgements: list[Judgement]
    precision: str
    """What became of the precision that the scenario asks for; empty where it asks for none."""


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
    planned = scenario.max_replications if scenario.precision else scenario.replications
    workers = min(workers or os.cpu_count() or 1, planned)
    with RunFolder.start(root, scenario, command=command, clock=clock) as folder:
        done: dict[int, Tables] = {}
        precision = ""
        try:
            with _replications(scenario, workers, on_step) as replicate_all:
                wanted = range(scenario.replications)
                while wanted:
                    for replication, tables in replicate_all(wanted):
                        done[replication] = tables
                    wanted, precision = more_replications(scenario, _joined(done)["metrics"])
        finally:
            if done:
                for name, table in _joined(done).items():
                    folder.write(f"{name}.parquet", table)
        tables = _joined(done)
        summary = summarise(tables["metrics"], tables.get("resampled"))
        tables["differences"] = differences(tables["metrics"], tables.get("resampled"))
        folder.write("differences.parquet", tables["differences"])
        if "what_if" in tables:
            tables["gains"] = gains(tables["metrics"], tables["what_if"])
            folder.write("gains.parquet", tables["gains"])
        judgements = judge(summary, scenario.thresholds)
        folder.write("summary.json", summary_json(summary, judgements, tables, precision))
        draw_plots(folder, summary, tables)
        folder.end("finished", replications=sorted(done), **({"precision": precision} if precision else {}))
    return Result(folder.path, summary, tables, judgements, precision)


def _joined(done: dict[int, Tables]) -> Tables:
    """The tables of all replications, in the order of replications."""
    in_order = [done[replication] for replication in sorted(done)]
    return {name: pl.concat([tables[name] for tables in in_order]) for name in in_order[0]}


def replicate(scenario: Scenario, replication: int, on_step: OnStep = lambda _: None) -> Tables:
    """Make one replication: one population, driven through every system over the same trace, and measured."""
    alternatives = dict(what_ifs(scenario.removals))
    work = 1 / (1 + len(scenario.systems) * (1 + len(alternatives)))
    on_step(Step(replication, "people live", 0))
    trace, truth = live(scenario, replication)
    on_step(Step(replication, "people live", work))
    stream = Stream(scenario.seed, replication)

    def driven(name: str, world: Alternative, doing: str) -> Observations:
        actions = len(world.driven.events)

        def played(count: int) -> None:
            on_step(Step(replication, doing, work * count / actions))

        system = open_system(name, scenario.systems[name], stream)
        adjust = world.profile if world.removed else None
        return drive(world.driven, world.scenario, system, stream, name=name, adjust=adjust, progress=played)

    metrics: dict[str, dict[str, float]] = {}
    beliefs: dict[str, Observations] = {}
    as_it_is = alternative((), scenario=scenario, trace=trace, truth=truth)
    for name in scenario.systems:
        beliefs[name] = driven(name, as_it_is, f"driving {name}")
        metrics[name] = measure(trace=trace, truth=truth, belief=beliefs[name])
    site = site_of(scenario)
    tables = {
        "metrics": metrics_table(replication, metrics),
        "causes": causes_table(
            replication,
            {name: charges(trace=trace, truth=truth, belief=seen, site=site) for name, seen in beliefs.items()},
        ),
        **distribution_tables(replication, trace=trace, truth=truth, beliefs=beliefs),
    }
    if alternatives:
        values: dict[tuple[str, str], dict[str, float]] = {}
        for what, removed in alternatives.items():
            world = alternative(removed, scenario=scenario, trace=trace, truth=truth)
            for name in scenario.systems:
                belief = world.belief(driven(name, world, f"driving {name} {what}"))
                values[name, what] = measure(trace=world.measured, truth=world.truth, belief=belief)
        tables["what_if"] = what_if_table(replication, values)
    if scenario.replications == 1 and scenario.precision is None:
        uniforms = stream.uniforms(Purpose.RESAMPLE, np.arange(DRAWS), len(truth.person) + len(truth.person) % 2)
        tables["resampled"] = resampled_table(
            replication,
            {
                name: list(resampled(trace=trace, truth=truth, belief=seen, uniforms=uniforms))
                for name, seen in beliefs.items()
            },
        )
    return tables


def site_of(scenario: Scenario) -> Site:
    """What of a scenario tells causes of errors apart."""
    consent, ids = scenario.consent, [page.website_id for page in scenario.website.pages]
    return Site(
        website=np.array([ids.index(one) for one in ids], np.int64),
        refuses_from=consent.accept,
        ignores_from=consent.accept + consent.reject,
    )


Replicate = Callable[[range], Iterator[tuple[int, Tables]]]


@contextmanager
def _replications(scenario: Scenario, workers: int, on_step: OnStep) -> Iterator[Replicate]:
    """A function that makes replications and gives each with its number, as they are done."""
    if workers == 1:
        yield lambda wanted: ((number, replicate(scenario, number, on_step)) for number in wanted)
        return
    with _process_pool(workers, on_step) as executor:

        def replicate_all(wanted: range) -> Iterator[tuple[int, Tables]]:
            waiting = {executor.submit(_replicate_in_worker, scenario, number): number for number in wanted}
            try:
                for future in as_completed(waiting):
                    yield waiting[future], future.result()
            except BrokenProcessPool:
                raise WorkerLostError("a worker process was killed, or ran out of memory") from None

        yield replicate_all


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


def _replicate_in_worker(scenario: Scenario, replication: int) -> Tables:
    def on_step(step: Step) -> None:
        if _stop.is_set():
            raise InterruptedError("the run was stopped")
        _steps.put(step)

    return replicate(scenario, replication, on_step)


__all__ = ["Result", "Step", "SystemFault", "Tables", "UnknownMetricError", "WorkerLostError", "replicate", "run"]
