"""The contingency table that all measures of two groupings are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.records import NONE, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Contingency:
    """How two groupings of the same things meet: one entry for each pair of groups that share any."""

    shared: Int64
    """Things in both groups of the pair."""
    true_group: Int64
    """Index of the true group, into `true_sizes`."""
    believed_group: Int64
    """Index of the believed group, into `believed_sizes`."""
    true_sizes: Int64
    """Things in each true group."""
    believed_sizes: Int64
    """Things in each believed group."""

    @property
    def things(self) -> int:
        """How many things are grouped."""
        return int(self.true_sizes.sum())


def contingency(*, truth: Int64, belief: Int64) -> Contingency:
    """Count how two groupings meet.

    Args:
        truth: Number of the true group of each thing; shape (things,).
        belief: Number of the believed group of each thing; `NONE` is a group of its own each time.
    """
    true_group, true_sizes = _dense(np.asarray(truth))
    believed_group, believed_sizes = _dense(alone_where_none(np.asarray(belief)))
    key = true_group * len(believed_sizes) + believed_group
    key.sort()
    first = np.flatnonzero(np.diff(key, prepend=-1))
    shared = np.diff(first, append=len(key))
    at_true, at_believed = np.divmod(key[first], max(len(believed_sizes), 1))
    return Contingency(
        shared=shared,
        true_group=at_true,
        believed_group=at_believed,
        true_sizes=true_sizes,
        believed_sizes=believed_sizes,
    )


def alone_where_none(groups: Int64) -> Int64:
    """Give each thing without a group a group of its own."""
    missing = np.flatnonzero(groups == NONE)
    if not len(missing):
        return groups
    groups = groups.astype(np.int64, copy=True)
    groups[missing] = groups.max() + 1 + np.arange(len(missing))
    return groups


def _dense(groups: Int64) -> tuple[Int64, Int64]:
    """Groups numbered from 0 on without gaps, and their sizes."""
    _, dense, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return dense.astype(np.int64, copy=False), sizes
