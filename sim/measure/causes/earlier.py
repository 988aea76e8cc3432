"""The interaction that the first one of a stay is compared with, to tell why it has another identity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.measure.joined import Stays
from sim.measure.numbers import first_rows, numbered_pairs
from sim.records import NONE, Int32


class Earlier(NamedTuple):
    """Rows of the observations, one for each stay; `NONE` where the person was nowhere before."""

    compared: Int32
    """What the stay is compared with: one with an identity with one that has one, too, if there is any, since what lies
    between says nothing of how an id was lost."""
    any: Int32
    """What it would be compared with if any would do."""


def find_earlier(stays: Stays, pair: Int32, device: Int32) -> Earlier:
    """For each stay the person's interaction before it in the same browser; else the first of their latest stay begun
    before on the same device, else of the latest begun before anywhere.

    Stays that follow one another in a browser and are of one person under one identity are one here.

    Args:
        stays: All stays.
        pair: Number of each stay's person and identity.
        device: Device of each browser.
    """
    turn, turns = _take_turns(stays, len(device))
    first = stays[first_rows(turn, turns)]
    of_browser, _ = numbered_pairs(first["person"], first["browser"])
    of_device, _ = numbered_pairs(first["person"], device[first["browser"]])
    return Earlier(*_find(stays, pair, turn, of_browser, of_device, len(device)))


@njit(cache=True)
def _take_turns(stays: Stays, browsers: int) -> tuple[Int32, int]:
    """Number the turns that people take in browsers: in most there is one person, whose all stays are one turn.

    Returns:
        The turn of each stay, and how many there are.
    """
    turn, turns = np.empty(len(stays), np.int32), 0
    turn_in, person_in = np.empty(browsers, np.int32), np.full(browsers, NONE, np.int32)
    for i in range(len(stays)):
        browser = stays[i].browser
        if person_in[browser] != stays[i].person:
            person_in[browser], turn_in[browser] = stays[i].person, turns
            turns += 1
        turn[i] = turn_in[browser]
    return turn, turns


@njit(cache=True)
def _find(
    stays: Stays, pair: Int32, turn: Int32, of_browser: Int32, of_device: Int32, browsers: int
) -> tuple[Int32, Int32]:
    """Go through all stays in the order of time, with the latest ones at hand.

    Args:
        stays: All stays.
        pair: Number of each stay's person and identity.
        turn: Number of each stay's turn.
        of_browser: Number of each turn's person and browser.
        of_device: Number of each turn's person and device.
        browsers: How many browsers there are.
    """
    people = 0
    for stay in stays:
        people = max(people, stay.person + 1)
    compared, any_earlier = np.empty(len(stays), np.int32), np.empty(len(stays), np.int32)
    pair_in_browser = np.full(browsers, NONE, np.int32)
    # two columns: the latest of all, and the latest with an identity
    in_browser = np.full((len(of_browser), 2), NONE, np.int32)
    on_device = np.full((len(of_device), 2), NONE, np.int32)
    anywhere = np.full((people, 2), NONE, np.int32)
    for i in range(len(stays)):
        stay = stays[i]
        here, there = in_browser[of_browser[turn[i]]], on_device[of_device[turn[i]]]
        everywhere = anywhere[stay.person]
        goes_on = pair_in_browser[stay.browser] == pair[i]
        pair_in_browser[stay.browser] = pair[i]
        any_earlier[i] = compared[i] = _nearest(here[0], there[0], everywhere[0])
        if stay.identity != NONE and _nearest(here[1], there[1], everywhere[1]) != NONE:
            compared[i] = _nearest(here[1], there[1], everywhere[1])
        for column in range(2 if stay.identity != NONE else 1):
            here[column] = stay.last
            if not goes_on:
                there[column] = everywhere[column] = stay.first
    return compared, any_earlier


@njit(cache=True)
def _nearest(in_browser: int, on_device: int, anywhere: int) -> int:
    if in_browser != NONE:
        return in_browser
    return on_device if on_device != NONE else anywhere
