"""Benchmarks of the pieces of a run: `pytest tests/benchmarks --benchmark-only`. The ratios are in `ratios.py`."""

from __future__ import annotations

import pytest

from tests.benchmarks.pieces import Pieces, bare_timeouts


@pytest.fixture(scope="module")
def pieces():
    return Pieces()


def test_bare_simpy_timeouts(benchmark):
    benchmark.extra_info["timeouts"] = 60_000
    benchmark(bare_timeouts)


@pytest.mark.parametrize("piece", ["generate", "drive", "measure"])
def test_piece(benchmark, pieces, piece):
    benchmark.extra_info["page loads"] = pieces.loads
    benchmark.pedantic(getattr(pieces, piece), rounds=5, warmup_rounds=1)
