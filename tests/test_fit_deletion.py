"""The mix of clearing habits is fitted to the figures of a panel whose mix is known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibrate import simulated_figures, study
from sim.fit_deletion import fit_deletion, read_targets
from sim.scenario import ScenarioError

KNOWN = [{"share": 0.7}, {"share": 0.25, "every": "20d"}, {"share": 0.05, "every": "2d"}]


def test_the_figures_of_a_known_mix_are_met_on_a_panel_not_fitted_on():
    targets = {name: float(np.mean(values)) for name, values in simulated_figures(study(77, 1500, KNOWN), 2).items()}
    found = fit_deletion(targets, seed=5, people=800, replications=2, trials=60)
    assert sum(kind["share"] for kind in found.clearing) == pytest.approx(1)
    assert max(abs(one.residual) for one in found.fitted) < 0.12
    assert max(abs(one.residual) for one in found.validated) < 0.25  # 800 computers, of whom 40 clear all the time
    assert found.clearing[0]["share"] == pytest.approx(0.7, abs=0.06)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("share_that_rest: 0.3", "did you mean 'share_that_reset'"),
        ("share_that_reset: 1.3", "is no value of it"),
        ("mean_per_computer: many", "is no value of it"),
        ("[1, 2]", "is a mapping from figures to values"),
        ("a: [", "not valid YAML"),
    ],
)
def test_wrong_targets_are_told(text, message, tmp_path):
    path = tmp_path / "targets.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=message):
        read_targets(path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_targets(tmp_path / "none.yaml")
