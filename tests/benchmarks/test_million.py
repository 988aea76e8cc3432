"""The command that makes a million people, with a few of them."""

from __future__ import annotations

import sys

import polars as pl

from tests.benchmarks import million


def test_people_made_in_shards_are_the_same_in_any_number_of_them(monkeypatch, capsys, tmp_path):
    printed = []
    for shards in ("1", "2"):
        asked = ["million", "--people", "2500", "--shards", shards, "--out", str(tmp_path / shards)]
        monkeypatch.setattr(sys, "argv", asked)
        million.main()
        printed.append(capsys.readouterr().out.splitlines())
    assert printed[0][1] == printed[1][1]
    for shards in ("1", "2"):
        events = pl.scan_parquet(tmp_path / shards / "cohort-*" / "events.parquet").select(pl.len()).collect().item()
        assert f"{events} actions" in printed[0][1]
