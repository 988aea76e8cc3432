"""A simulated quarter of consumers, against the figures that its presets were given."""

from __future__ import annotations

import pytest

from sim.calibrate.consumers import consumers
from sim.calibrate.estimators import inverse_gaussian_fit


def test_a_simulated_quarter_is_where_its_presets_say():
    # 6,000 people: the standard error of a rate of consent is 0.006; the makes are those of some 5,000 devices.
    found, behaviour = consumers(31337, 3000, 2, lambda: None)
    by_figure = {one.figure: one for one in found}
    for one in found:
        if one.study.startswith(("Commanders", "Fox")) and one.published.count(" to ") == 0:
            assert one.simulated.mean == pytest.approx(one.value, abs=0.025), one.figure
        if one.study == "StatCounter":
            assert one.simulated.mean == pytest.approx(one.value, abs=0.04), one.figure
    assert by_figure["dwell: Weibull shape"].simulated.mean == pytest.approx(0.75, abs=0.01)
    assert by_figure["pages: inverse Gaussian over geometric, log-likelihood"].simulated.low > 0
    assert inverse_gaussian_fit(behaviour.pages)[0] == pytest.approx(3.5, rel=0.15)
