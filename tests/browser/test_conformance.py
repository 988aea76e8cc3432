"""The suite without its engines: the script, and what is said of it."""

from __future__ import annotations

import pytest

pytest.importorskip("trustme", reason="needs the packages of the extra: pip install crumbline[browsers]")
pytest.importorskip("websockets", reason="needs the packages of the extra: pip install crumbline[browsers]")

from sim.browser import profile
from sim.browser.conformance.cases import CASES, CASES_IN_TIME
from sim.browser.conformance.compare import Comparison, Result
from sim.browser.conformance.configurations import CONFIGURATIONS
from sim.browser.conformance.play import SimulatedBrowser, play
from sim.browser.conformance.table import conformance_table, observations

PORT = 443


def simulated(name: str, cases=CASES) -> dict[str, tuple[str, ...]]:
    return play(cases, SimulatedBrowser(profile(name)), PORT)


def test_titles_tell_cases_apart():
    titles = [case.title for case in (*CASES, *CASES_IN_TIME)]
    assert len(set(titles)) == len(titles)


def test_every_case_observes_something_and_plays_twice_the_same():
    for cases in (CASES, CASES_IN_TIME):
        first = simulated("chromium", cases)
        assert all(first.values())
        assert first == simulated("chromium", cases)


def test_the_nine_configurations_have_profiles_that_differ():
    told = {tuple(sorted(simulated(configuration.profile).items())) for configuration in CONFIGURATIONS}
    assert len(CONFIGURATIONS) == len(told) == 9


@pytest.mark.parametrize(
    ("name", "day_399", "day_401"),
    [("chromium", "a=1; b=1", ""), ("firefox", "a=1; b=1", ""), ("webkit_itp", "a=1", "a=1"), ("brave", "", "")],
)
def test_two_years_end_when_the_profile_says_so(name, day_399, day_401):
    lines = simulated(name, CASES_IN_TIME)["two years asked by a server and by script"]
    assert f"day 399: Visit shop/ carries {day_399}" in lines
    assert f"day 401: Visit shop/ carries {day_401}" in lines


def comparison(*, agreeing: bool) -> Comparison:
    configuration = CONFIGURATIONS[0]
    seen = simulated(configuration.profile)
    observed = seen if agreeing else {title: (*lines, "something else") for title, lines in seen.items()}
    results = [Result(case, seen[case.title], observed[case.title]) for case in CASES]
    return Comparison(configuration, "1.2.3", tuple(results))


def test_the_table_counts_agreement_and_shouts_differences():
    assert comparison(agreeing=True).agrees
    assert not comparison(agreeing=False).agrees
    good = conformance_table([comparison(agreeing=True)], {"Firefox 5": "not installed here: firefox"})
    assert "| Path | 2 of 2 |" in good
    assert "| Life in time | not played |" in good
    assert "1.2.3" in good
    assert "- Firefox 5: not installed here: firefox" in good
    assert "DIFFER" not in good
    assert "**0 of 2, 2 DIFFER**" in conformance_table([comparison(agreeing=False)], {})


def test_the_highlights_read_like_the_rules():
    line = next(
        line
        for line in conformance_table([comparison(agreeing=True)], {}).splitlines()
        if line.startswith("| Chromium, mode 0 | n=1")
    )
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[1:4] == ["n=1; p=1", "n=1", "n=1"]
    assert cells[4:] == ["400 d", "400 d"]


def test_observations_have_a_row_for_each_case():
    rows = observations([comparison(agreeing=True)])
    assert rows.startswith("configuration,engine_version,rule,case,outcome,observed,simulated\n")
    assert rows.count("Chromium") == len(CASES)
    assert "characters)" in rows
