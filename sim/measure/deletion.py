"""What a study of cookie deletion counts: first-party cookies that a site sees from each person within its months."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.records import Bool, Int64

HEAVY_RESETS = 4
"""Resets from which a computer counts among the heavy ones, in comScore's study of 2007."""


def deletion_figures(*, owner: Int64, browser: Int64, load: Bool, cleared: Bool) -> dict[str, float]:
    """The six figures of comScore's study of cookie deletion (2007), of one site's first-party cookie.

    A browser without the cookie is given a new one when it next loads a page of the site. So a clearing counts as a
    reset where a page load of the same browser comes before it and another one after it, and two clearings with no
    load between them are one reset.

    Args:
        owner: Whose browser it is, per event in the order of time; each owner is one unit of the study.
        browser: The browser, per event.
        load: whether it is a page load of the site, per event.
        cleared: whether it is a clearing of all cookies of the browser, per event.

    Returns:
        By the figure's name: the share of units with a reset, the mean cookies of those and of all, the share of units
        with `HEAVY_RESETS` or more, the mean cookies of those and their share of all cookies. Not a number where
        nobody is in the group.
    """
    order = np.argsort(browser, kind="stable")
    owner, browser, load, cleared = owner[order], browser[order], load[order], cleared[order]
    loads = np.flatnonzero(load)
    clearings_before = np.cumsum(cleared)[loads]
    whose = browser[loads]
    new_browser = np.ones(len(loads), np.bool_)
    new_browser[1:] = whose[1:] != whose[:-1]
    replaced = np.zeros(len(loads), np.bool_)
    replaced[1:] = ~new_browser[1:] & (clearings_before[1:] != clearings_before[:-1])
    _, unit = np.unique(owner[loads], return_inverse=True)
    resets = np.bincount(unit[replaced], minlength=unit.max(initial=-1) + 1)
    cookies = np.bincount(unit[replaced | new_browser])
    reset, heavy = resets > 0, resets >= HEAVY_RESETS
    return {
        "share_that_reset": _mean(reset),
        "cookies_if_reset": _mean(cookies[reset]),
        "mean_per_computer": _mean(cookies),
        "share_with_4_or_more_resets": _mean(heavy),
        "their_mean_cookies": _mean(cookies[heavy]),
        "their_share_of_all_cookies": float(cookies[heavy].sum() / cookies.sum()) if len(cookies) else float("nan"),
    }


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else float("nan")
