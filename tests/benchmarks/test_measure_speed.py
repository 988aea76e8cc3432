"""What the metrics of a large replication cost: `pytest tests/benchmarks/test_measure_speed.py --benchmark-only -s`.

Each prints its cost as a share of a bare SimPy timeout; every round takes both, one after the other. The marks at ten
million interactions are 0.03 for the pairwise, B-cubed and visit metrics, given rows in the order of browsers, and 0.1
for all metrics and causes, given rows in the order of time, as a run has them.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from sim.draws import Purpose, Stream
from sim.measure import Site, charges, clustering, join, measure, visits
from sim.records import DAY, MINUTE, NONE, Action, Browsers, Events, Forms, Observations, Trace, Truth
from tests.benchmarks.pieces import bare_timeouts
from tests.measure.cases import filled

INTERACTIONS = 10_000_000
LOADS_A_VISIT = 5
VISITS_A_PERSON = 20
DAYS = 90
SITE = Site(website=np.zeros(1, np.int64), refuses_from=0.6, ignores_from=0.9)


def replication(n: int) -> tuple[Trace, Truth, Observations]:
    """So many interactions of people with two browsers each; half of the browsers lose their cookies at mid-term.

    One in four people is a contact, one in ten browsers has no ids at all, one in twenty page loads has the id of
    another visit than the rest of its visit.
    """
    of = np.repeat(np.arange(n // LOADS_A_VISIT), LOADS_A_VISIT)
    people = len(of) // LOADS_A_VISIT // VISITS_A_PERSON
    draw = Stream(0, 0).uniforms(Purpose.RETURN_GAP, np.arange(n // LOADS_A_VISIT), 2)
    start = (draw[:, 0] * DAYS * DAY).astype(np.int64)
    moment = start[of] + np.tile(np.arange(LOADS_A_VISIT) * MINUTE, len(start))
    order = np.argsort(moment, kind="stable")
    of, moment = of[order], moment[order]
    browser = (draw[:, 1] * 2 * people).astype(np.int64)[of]
    person = browser // 2
    place = np.arange(len(of))
    none = browser % 10 == 9
    visitor = np.where(none, NONE, browser * 2 + ((browser % 2 == 1) & (moment > DAYS // 2 * DAY)))
    contact = np.where((person % 4 == 0) & ~none, person, NONE)
    identity = np.where(contact == NONE, visitor, 4 * people + person)
    visit = np.where(none, NONE, of + len(start) * (place * 7919 % 20 == 0))
    submitted = place * 104_729 % 100 == 0
    events = {"event": place, "time": moment, "browser": browser, "action": np.where(submitted, Action.SUBMIT, 0)}
    events |= {"detail": person}
    seen = {"row": place, "kind": np.where(submitted, 3, 0), "visitor": visitor, "visit": visit, "contact": contact}
    seen |= {"identity": identity, "consent": ~none}
    trace = Trace(
        events=filled(Events, events, len(of)),
        browsers=filled(Browsers, {"device": np.arange(2 * people), "key": np.arange(2 * people)}, 2 * people),
        forms=filled(Forms, {"email": [f"{number}@x.test" for number in range(people)]}, people),
        days_used=np.zeros((1, 1), np.bool_),
    )
    truth = filled(Truth, {"person": person, "visit": of}, len(of))
    return trace, truth, filled(Observations, seen, len(of))


@pytest.fixture(scope="module")
def large():
    return replication(INTERACTIONS)


def processor_seconds(work):
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def report(benchmark, name, work):
    """Time the work, and print the median over rounds of its ratio to a bare timeout."""
    bare, ratios = [], []

    def timed():
        ratios.append(processor_seconds(work) / INTERACTIONS / bare[-1])

    benchmark.pedantic(timed, setup=lambda: bare.append(processor_seconds(bare_timeouts) / 60_000), rounds=9)
    benchmark.extra_info["bare timeouts an interaction"] = ratios
    span = f"{min(ratios):.3f} to {max(ratios):.3f}"
    print(f"\n{name}: {np.median(ratios):.3f} ({span}) bare timeouts an interaction, of {np.median(bare) * 1e6:.2f} us")


def metrics_and_causes(trace, truth, belief):
    joined = join(trace=trace, truth=truth, belief=belief)
    measure(joined)
    charges(joined, site=SITE)


def test_pairwise_bcubed_and_visits_of_rows_in_the_order_of_browsers(benchmark, large):
    trace, truth, belief = large
    order = np.argsort(trace.events.browser, kind="stable")
    trace, truth = replace(trace, events=trace.events.take(order)), truth.take(order)
    belief = replace(belief.take(order), row=np.arange(len(order)))

    def work():
        joined = join(trace=trace, truth=truth, belief=belief)
        clustering.pairwise(joined.identities)
        clustering.bcubed(joined.identities)
        visits.visit_metrics(joined.pages)

    report(benchmark, "pairwise, B-cubed and visits", work)


def test_all_metrics(benchmark, large):
    trace, truth, belief = large
    report(benchmark, "all metrics", lambda: measure(join(trace=trace, truth=truth, belief=belief)))


def test_all_metrics_and_causes(benchmark, large):
    report(benchmark, "all metrics and causes", lambda: metrics_and_causes(*large))


def test_ten_million_interactions_are_measured_within_2_gib():
    """Beside the tables handed in. It is what is asked for; most of that is never written to, and costs nothing."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        peak = pool.submit(traced_peak).result()
    assert peak < 2 * 2**30, f"{peak / 2**30:.2f} GiB"


def traced_peak():
    """Bytes allocated for the metrics and causes of a large replication, beside its tables."""
    large = replication(INTERACTIONS)
    metrics_and_causes(*replication(1000))  # compiles, which takes memory, too
    tracemalloc.start()
    metrics_and_causes(*large)
    return tracemalloc.get_traced_memory()[1]
