"""Simulates what published studies measured, and sets the simulated figures beside the published ones.

- `comparison`: one figure, published and simulated, and whether they agree;
- `comscore`: the study of cookie deletion; `consumers`: consent, browsers, visits and pages, by its `estimators`;
- `results`: all of it, as tables; `plots`: as pictures.
"""

from sim.calibrate.comparison import TOLERANCE, Agreement, Comparison, comparison_table
from sim.calibrate.comscore import COMSCORE_2007, compared_to, simulated_figures, study
from sim.calibrate.results import Calibration, calibrate, write

__all__ = [
    "COMSCORE_2007",
    "TOLERANCE",
    "Agreement",
    "Calibration",
    "Comparison",
    "calibrate",
    "compared_to",
    "comparison_table",
    "simulated_figures",
    "study",
    "write",
]
