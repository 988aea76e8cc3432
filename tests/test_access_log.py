"""A log written from a simulated trace is fitted back to what it came from; what is no log is told so."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from sim.access_log import LogError, fit_log, log_table, read_log, scenario_of, write_log
from sim.scenario import parse
from sim.world import live

PLAIN = {
    "days": 60,
    "population": {
        "people": 1500,
        "devices": {"1": 1},
        "browsers": {"1": 1},
        "visits_per_month": 8,
        "activity_spread": 0,
        "pause": {"share": 0},
        "pages": {"mean": 4.0, "shape": 5.0},
        "dwell": {"scale": "50s", "shape": 0.7},
        "return_gap": {"tail": 2.2},
    },
    "consent": {"banner": "none", "accept": 1, "reject": 0, "ignore": 0},
}


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    from tests.conftest import build

    scenario = build(PLAIN)
    trace, _ = live(scenario, 0)
    path = tmp_path_factory.mktemp("log") / "access.log"
    write_log(trace, scenario, path)
    return scenario, path, fit_log(read_log(path))


def test_the_parameters_come_back(fitted):
    """Within some 5 to 15 %: gaps below half an hour join visits, and whole seconds are all that a log tells."""
    fit = fitted[2]
    assert fit.pages.parameters["mean"] == pytest.approx(4.0, rel=0.07)
    assert fit.pages.parameters["shape"] == pytest.approx(5.0, rel=0.15)
    assert fit.dwell.parameters["scale"] == pytest.approx(50, rel=0.05)
    assert fit.dwell.parameters["shape"] == pytest.approx(0.7, rel=0.05)
    assert fit.gaps.parameters["tail"] == pytest.approx(2.2, rel=0.2)
    assert scenario_of(fit, "x")["population"]["visits_per_month"] == pytest.approx(8, rel=0.1)
    assert fit.visitors == pytest.approx(1500, rel=0.05)
    for one in (fit.pages, fit.dwell, fit.gaps):
        assert one.distance < 0.03


def test_the_rhythm_comes_back(fitted):
    scenario, _, fit = fitted
    hours = np.array(fit.hours) / sum(fit.hours)
    expected = np.array(scenario.population.rhythm.hours) / sum(scenario.population.rhythm.hours)
    assert np.abs(hours - expected).max() < 0.008
    weekdays = np.array(fit.weekdays) / sum(fit.weekdays)
    assert weekdays == pytest.approx(np.array(scenario.population.rhythm.weekdays) / 66, abs=0.03)


def test_what_is_written_is_a_scenario(fitted):
    assert parse(json.dumps(scenario_of(fitted[2], "from_log"))).population.people == fitted[2].visitors
    assert log_table(fitted[2]).row_count == 3


def test_a_packed_log_is_the_same(fitted, tmp_path):
    packed = tmp_path / "access.log.gz"
    packed.write_bytes(gzip.compress(fitted[1].read_bytes()))
    assert read_log(packed).counts == read_log(fitted[1]).counts


GOOD = '192.0.2.1 - - [05/Jan/2026:10:00:00 +0200] "GET / HTTP/1.1" 200 512'


def lines(*more):
    return "\n".join(more) + "\n"


def test_lines_are_told_apart_and_counted(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(lines(
        GOOD,
        '2001:db8::1 - ann [05/Jan/2026:10:00:00 +0200] "GET /a?b=c HTTP/2" 200 - "-" "Mozilla/5.0 \\"quoted\\" x"',
        '192.0.2.2 - - [05/Jan/2026:10:00:00 +0200] "GET /a.css HTTP/1.1" 200 5 "-" "Mozilla/5.0"',
        '192.0.2.2 - - [05/Jan/2026:10:00:00 +0200] "POST /a HTTP/1.1" 200 5 "-" "Mozilla/5.0"',
        '192.0.2.2 - - [05/Jan/2026:10:00:00 +0200] "GET /gone HTTP/1.1" 404 5 "-" "Mozilla/5.0"',
        '192.0.2.3 - - [05/Jan/2026:10:00:00 +0200] "GET / HTTP/1.1" 200 5 "-" "Googlebot/2.1"',
        '192.0.2.4 - - [05/Jan/2026:10:00:00 +0200] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0"',
        '192.0.2.4 - - [05/Jan/2026:10:00:01 +0200] "GET /robots.txt HTTP/1.1" 200 5 "-" "Mozilla/5.0"',
        '192.0.2.5 - - [05/Jan/2026:10:00:00 +0200] "-" 408 -',
        '192.0.2.5 - - [99/Foo/2026:10:00:00 +0200] "GET / HTTP/1.1" 200 5',
        "\x00 nonsense",
    ))  # fmt: skip
    read = read_log(path)
    assert read.utc_offset_hours == 2
    assert {what: count for what, count in read.counts.items() if count} == {
        "kept": 2, "assets": 1, "not GET": 2, "failed or redirected": 1, "robots": 3, "not understood": 2,
    }  # fmt: skip
    fit = fit_log(read)
    assert (fit.visitors, fit.visits, fit.dwell, fit.gaps) == (2, 2, None, None)
    assert fit.hours[10] == 2  # on the server's own clock
    parse(json.dumps(scenario_of(fit, "tiny")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("hello\nworld\n", "no line is one of an access log"),
        (GOOD.replace("GET", "POST") + "\n", "holds no page loads, but 1 not GET"),
    ],
)
def test_what_is_no_log_is_told(text, message, tmp_path):
    path = tmp_path / "a.log"
    path.write_text(text)
    with pytest.raises(LogError, match=message):
        read_log(path)


def test_a_file_that_is_not_there_or_not_packed_is_told(tmp_path):
    with pytest.raises(LogError, match="cannot be read: No such file"):
        read_log(tmp_path / "none.log")
    (tmp_path / "a.gz").write_text(GOOD)
    with pytest.raises(LogError, match="cannot be read"):
        read_log(tmp_path / "a.gz")
