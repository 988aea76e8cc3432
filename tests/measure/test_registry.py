"""What is said of a name that is no metric's."""

from __future__ import annotations

import pytest

from sim.measure import METRICS, no_such_metric


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("visits.f1", "no metric 'visits.f1'; did you mean 'visits.boundary.f1'"),
        ("identity.f1", "no metric 'identity.f1'; did you mean 'identity.pairwise.f1' or 'identity.bcubed.f1'?"),
        ("contacts.coverge", "no metric 'contacts.coverge'; did you mean 'contacts.coverage'"),
        ("f", f"no metric 'f'; there are {', '.join(METRICS)}"),
    ],
)
def test_those_are_named_that_it_may_have_meant(name, expected):
    assert no_such_metric(name).startswith(expected)
