"""Prints what a page load costs, in bare SimPy timeouts: `python -m tests.benchmarks.ratios`.

The machines that this runs on are shared, so only ratios hold: each round measures everything once, one after the
other, in processor time, and the median over rounds is printed.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable
from statistics import median

from sim.compiled import is_compiled
from tests.benchmarks.pieces import Pieces, bare_timeouts

MARKS = {"generation": 0.75, "generation, all on": 1.5, "message driver": 4.0, "both": 5.5}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    rounds = parser.parse_args().rounds
    pieces = Pieces()
    ratios: dict[str, list[float]] = {}
    bare_us = []
    for _ in range(rounds):
        bare = _seconds(bare_timeouts) / 60_000
        bare_us.append(bare * 1e6)
        generation = _seconds(pieces.generate) / pieces.loads / bare
        everything = _seconds(pieces.generate_everything) / pieces.loads_of_everything / bare
        driver = _seconds(pieces.drive) / pieces.loads / bare
        metrics = _seconds(pieces.measure) / pieces.interactions / bare
        figures = {
            "generation": generation,
            "generation, all on": everything,
            "message driver": driver,
            "both": generation + driver,
        }
        for name, ratio in {**figures, "metrics, per interaction": metrics}.items():
            ratios.setdefault(name, []).append(ratio)
    print(f"bare SimPy timeout: {median(bare_us):.2f} us; {pieces.loads} page loads, {rounds} rounds")
    print("the drive is compiled" if is_compiled() else "the drive is plain Python: the marks are for the compiled one")
    for name, values in ratios.items():
        mark = f"   mark {MARKS[name]}" if name in MARKS else ""
        print(f"{name:26} {median(values):7.3f}   ({min(values):.3f} to {max(values):.3f}){mark}")


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
