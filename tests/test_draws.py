"""Draws are pure functions: of known answers, uniform, and independent of whatever else is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from sim.draws import Identifiers, Purpose, Stream, philox

KNOWN_ANSWERS = [
    # The known-answer vectors that come with Random123, the authors' own implementation: Philox 4x32-10.
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_philox_gives_its_known_answers(counter, key, expected):
    words = philox(tuple(np.array([word], np.uint64) for word in counter), key)
    assert tuple(int(word[0]) for word in words) == expected


@given(seed=st.integers(0, 2**32 - 1), entity=st.integers(0, 2**62), index=st.integers(0, 999))
def test_one_draw_is_the_same_alone_and_among_others(seed, entity, index):
    stream = Stream(seed, 0)
    alone = stream.uniform(Purpose.DWELL, entity, index)
    among = stream.uniforms(Purpose.DWELL, np.array([7, entity]), 1000)[1, index]
    assert alone == among
    assert 0 < alone < 1


def test_draws_are_uniform_over_entities_and_over_indices():
    stream = Stream(3, 1)
    assert kstest(stream.uniform(Purpose.PAGE, np.arange(20_000)), "uniform").pvalue > 0.001
    assert kstest(stream.uniforms(Purpose.PAGE, np.array([5]), 20_000)[0], "uniform").pvalue > 0.001


def test_purposes_replications_and_seeds_are_not_correlated():
    entities = np.arange(20_000)
    columns = [
        Stream(1, 0).uniform(Purpose.PAGE, entities),
        Stream(1, 0).uniform(Purpose.DWELL, entities),
        Stream(1, 1).uniform(Purpose.PAGE, entities),
        Stream(2, 0).uniform(Purpose.PAGE, entities),
        Stream(1, 0).uniform(Purpose.PAGE, entities, 1),
    ]
    correlations = np.corrcoef(columns)[np.triu_indices(len(columns), 1)]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(len(entities))


def test_identifiers_have_the_length_asked_for_and_do_not_repeat():
    identifiers = Identifiers(Stream(1, 0), Purpose.SERVICE_IDS)
    given_out = [identifiers(40) for _ in range(5000)]
    assert {len(one) for one in given_out} == {40}
    assert len(set(given_out)) == 5000
    assert given_out[0] == Identifiers(Stream(1, 0), Purpose.SERVICE_IDS)(40)
    assert given_out[0] != Identifiers(Stream(1, 0), Purpose.SCRIPT_IDS)(40)
