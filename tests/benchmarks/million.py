"""Makes a million people of everything over 30 days, in shards: `python -m tests.benchmarks.million`.

Each shard is some of the cohorts, made one after the other and, if asked, written to Parquet as they come. Printed are
the time and the peak memory of all processes together; the checksum does not depend on the number of shards.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from sim.records import Action, Trace, Truth
from sim.scenario import Scenario, parse
from sim.world import cohorts

LIMIT_GIB = 4.0


def main() -> None:
    """Make them and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--shards", type=int, default=2, help="processes side by side")
    parser.add_argument("--preset", default="consumer_us")
    parser.add_argument("--out", type=Path, help="folder to write the traces to")
    asked = parser.parse_args()
    scenario = _scenario(asked.preset, asked.people)
    began = time.perf_counter()
    with ProcessPoolExecutor(asked.shards, get_context("spawn")) as pool:
        made = list(pool.map(partial(_shard, scenario, asked.shards, asked.out), range(asked.shards)))
    seconds = time.perf_counter() - began
    loads, events, checksum, memory = (sum(column) for column in zip(*made, strict=True))
    gib = (memory + _peak_bytes()) / 2**30
    print(f"{asked.people} people of {asked.preset}, {scenario.days} days, {asked.shards} shards: {seconds:.0f} s")
    print(f"{loads} page loads, {events} actions, checksum {checksum % 2**64:016x}")
    print(f"peak memory of all processes: {gib:.2f} GiB (limit {LIMIT_GIB:g})")
    if gib > LIMIT_GIB:
        raise SystemExit("over the limit")


def _scenario(preset: str, people: int) -> Scenario:
    said = {
        "name": "million",
        "days": 30,
        "population": {"preset": preset, "people": people},
        "systems": {"as_is": {"use": "outbound_marketing"}},
    }
    return parse(json.dumps(said), "million")


def _shard(scenario: Scenario, shards: int, out: Path | None, shard: int) -> tuple[int, int, int, int]:
    """Page loads, actions, a checksum that adds up over cohorts, and the peak memory in bytes."""
    loads = events = checksum = 0
    for number, (trace, truth) in enumerate(cohorts(scenario, 0, shard, shards)):
        loads += int((trace.events.action == Action.LOAD).sum())
        events += len(trace.events)
        checksum += _checksum(trace, truth)
        if out:
            folder = out / f"cohort-{shard + number * shards:06d}"
            folder.mkdir(parents=True, exist_ok=True)
            trace.write(folder)
            truth.write(folder / "truth.parquet")
    return loads, events, checksum, _peak_bytes()


def _checksum(trace: Trace, truth: Truth) -> int:
    digest = hashlib.blake2b(digest_size=7)
    for table in (trace.events, truth):
        for column in table.schema():
            digest.update(getattr(table, column).tobytes())
    return int.from_bytes(digest.digest(), "big")


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
