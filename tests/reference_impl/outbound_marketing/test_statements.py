"""The README's table: each statement of the source names code and a test that are there."""

from __future__ import annotations

import re
from pkgutil import resolve_name

import pytest

from tests.reference_impl.outbound_marketing.publish_switches import BLOCK, README, table

ROW = re.compile(r"^\| (\d+) \| (.+?) \| `([\w.]+(?::[\w.]+)?)` \| `([\w.]+:test_\w+)` \|$", re.MULTILINE)
TEXT = README.read_text(encoding="utf-8")
STATEMENTS = ROW.findall(TEXT)
PROMISES = re.findall(r"^\| ([^|]+?) \| `(test_\w+:test_\w+)` \|$", TEXT, re.MULTILINE)


def found(name, folder):
    return resolve_name(name if name.startswith(("sim.", "tests.")) else f"{folder}.{name}")


def test_no_row_of_the_table_is_left_out():
    numbered = re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)
    assert [int(number) for number in numbered] == list(range(1, len(numbered) + 1))
    assert [number for number, *_ in STATEMENTS] == numbered


@pytest.mark.parametrize(("number", "says", "code", "test"), STATEMENTS)
def test_a_statement_has_code_and_test(number, says, code, test):
    assert found(code, "reference_impl.outbound_marketing"), says
    assert callable(found(test, "tests.reference_impl.outbound_marketing")), says


@pytest.mark.parametrize(("promise", "test"), PROMISES)
def test_what_the_real_service_promises_has_a_test(promise, test):
    assert callable(found(f"web.{test}", "tests.reference_impl.outbound_marketing")), promise


def test_the_table_of_switches_is_that_of_the_policy():
    (shown,) = BLOCK.finditer(TEXT)
    assert shown[0] == shown[1] + table() + shown[2]
