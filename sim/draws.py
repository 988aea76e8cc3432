"""Every random number of a run, and the only place that draws one.

There is no generator with a state. A draw is a pure function of (seed, replication, purpose, entity, index), computed
by Philox 4x32-10, a counter-based generator (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
1, 2, 3", SC 2011): the key is (seed, replication), the counter holds the rest. So no draw depends on the order of
events, on another purpose, or on how many people, cohorts or workers there are; and a whole column of draws for as
many entities costs one pass of NumPy. NumPy's own Philox has a state to set for each key, which takes longer than the
few numbers that one person needs.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import IntEnum, unique
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW_32 = np.uint64(0xFFFFFFFF)
_CHUNK = 8192
"""Blocks computed at a time, so that the working set stays in the second-level cache."""


@unique
class Purpose(IntEnum):
    """What a draw decides. One purpose a decision, so that nothing is correlated. Numbers are never reused."""

    DEVICE_COUNT = 1
    DEVICE_KIND = 2
    BROWSER_COUNT = 3
    CONSENT_HABIT = 4
    VISIT_RATE = 5
    RETURN_GAP = 6
    VISIT_BROWSER = 7
    VISIT_DEVICE = 8
    PAGE_COUNT = 9
    PAGE_COUNT_SIDE = 10
    PAGE = 11
    DWELL = 12
    PAUSE = 13
    PAUSE_LENGTH = 14
    INTERACTION = 15
    SUBMISSION = 16
    SUBMISSION_MOMENT = 17
    FIRST_NAME = 18
    LAST_NAME = 19
    CLEARING_KIND = 20
    CLEARING_GAP = 21
    CLOSE_AFTER = 22
    CLOSE_WITHIN = 23
    CLOSE_WITHIN_PLACE = 24
    DAY_OF_USE = 25
    BROWSER_MAKE = 26
    SESSION_RESTORE = 27
    SCRIPT_IDS = 28
    SERVICE_IDS = 29
    RESAMPLE = 30
    GROUP_KIND = 100
    GROUP_SIZE = 101
    SHARED_DEVICE_COUNT = 102
    SHARED_DEVICE_KIND = 103
    SHARED_ACCOUNT = 104
    KEEPER = 105
    TIME_ZONE = 106
    VISIT_SHARED = 107
    VISIT_SHARED_DEVICE = 108
    TURN_AWAY = 109
    PRIVATE_HABIT = 110
    PRIVATE_VISIT = 111
    AD_BLOCKER = 112
    RESET_GAP = 113
    RESET_REPLACES = 114
    NEW_TAB = 115
    CLICK = 116
    CLICK_MOMENT = 117
    REDIRECT_LINK = 118
    GOING_ON = 119
    GOING_ON_DELAY = 120
    GOING_ON_DEVICE = 121
    TYPED_DETAILS = 122
    TYPED_MAILBOX = 123
    TYPED_FOR = 124
    TYPO = 125
    SIGN_IN = 126
    SIGN_IN_MOMENT = 127
    REGISTRATION = 128
    CONSENT_CHANGE = 129
    CONSENT_CHANGE_ANSWER = 130
    CONSENT_CHANGE_MOMENT = 131
    MOBILE_NETWORK = 132
    TRAVEL = 133
    ON_MAILING_LIST = 134
    MAIL_OPENED = 135
    MAIL_DELAY = 136
    MAIL_CLICKED = 137
    MAIL_FORWARDED = 138
    MAIL_FORWARDED_TO = 139
    FORWARD_OPENED = 140
    FORWARD_DELAY = 141
    FORWARD_CLICKED = 142
    REMEMBER_ME = 143
    PREFILL_CORRECTION = 144


@dataclass(frozen=True, slots=True)
class Stream:
    """All draws of one replication.

    Args:
        seed: The scenario's seed, from 0 and below 2**32.
        replication: Number of the replication, from 0 and below 2**32.
    """

    seed: int
    replication: int

    def uniform(
        self, purpose: Purpose, entity: NDArray[Any] | int, index: NDArray[Any] | int = 0
    ) -> NDArray[np.float64]:
        """Draw one number in the open interval (0, 1) for each pair of entity and index.

        Args:
            purpose: What is decided.
            entity: Whose decision it is (a person, a browser, an event), from 0 and below 2**63.
            index: Which of the entity's decisions of this purpose, from 0 and below 2**32.

        Returns:
            An array of the shape that `entity` and `index` broadcast to.
        """
        if isinstance(index, int):
            whose = np.asarray(entity, np.int64)
            return self._halves(purpose, whose.ravel(), index >> 1)[index & 1].reshape(whose.shape)
        whose, which = np.broadcast_arrays(np.asarray(entity, np.int64), np.asarray(index, np.int64))
        low, high = self._halves(purpose, whose.ravel(), which.ravel() >> 1)
        return np.where(which.ravel() & 1, high, low).reshape(whose.shape)

    def uniforms(self, purpose: Purpose, entity: NDArray[Any], count: int, first: int = 0) -> NDArray[np.float64]:
        """Draw the numbers with index `first` to `first + count - 1` for each entity, at half the cost of `uniform`.

        Args:
            purpose: What is decided.
            entity: Whose decisions they are; one-dimensional.
            count: How many for each entity.
            first: Index of the first one; even.

        Returns:
            An array of shape (entities, count).
        """
        blocks = (count + 1) // 2
        entities = np.repeat(np.asarray(entity, np.int64), blocks)
        halves = self._halves(purpose, entities, np.tile(np.arange(blocks) + first // 2, len(entity)))
        return np.stack(halves, axis=1).reshape(len(entity), 2 * blocks)[:, :count]

    def _halves(
        self, purpose: Purpose, entity: NDArray[np.int64], block: NDArray[np.int64] | int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The two numbers in (0, 1) of each block, 53 bits each."""
        low, high = np.empty(len(entity)), np.empty(len(entity))
        for start in range(0, len(entity), _CHUNK):
            part = slice(start, start + _CHUNK)
            whose = entity[part].astype(np.uint64)
            which = np.uint64(block) if isinstance(block, int) else block[part].astype(np.uint64)
            counter = (which, np.uint64(purpose), whose & _LOW_32, whose >> np.uint64(32))
            words = philox(counter, (self.seed, self.replication))
            low[part] = _open_interval(words[0], words[1])
            high[part] = _open_interval(words[2], words[3])
        return low, high


class Identifiers:
    """An endless supply of random bytes for whoever mints identifiers.

    They only name things, so that drawing them in the order of events makes no result depend on that order.
    """

    __slots__ = ("_buffer", "_filled", "_position", "_purpose", "_stream")

    def __init__(self, stream: Stream, purpose: Purpose) -> None:
        self._stream = stream
        self._purpose = purpose
        self._filled = 0
        self._position = 0
        self._buffer = ""

    def __call__(self, characters: int) -> str:
        """A new identifier of so many characters of the URL-safe base64 alphabet."""
        end = self._position + characters
        if end > len(self._buffer):
            blocks = np.arange(4096, dtype=np.uint64) + np.uint64(4096 * self._filled)
            zero = np.zeros_like(blocks)
            purpose = zero + np.uint64(self._purpose)
            words = philox((blocks, purpose, zero, zero), (self._stream.seed, self._stream.replication))
            raw = np.stack(words).astype("<u4").tobytes()
            self._buffer = base64.urlsafe_b64encode(raw).decode().rstrip("=")
            self._filled += 1
            self._position, end = 0, characters
        token = self._buffer[self._position : end]
        self._position = end
        return token


Word = NDArray[np.uint64] | np.uint64


def philox(counter: tuple[Word, Word, Word, Word], key: tuple[int, int]) -> tuple[Word, Word, Word, Word]:
    """Philox 4x32-10 of many counters under one key.

    Args:
        counter: Four 32-bit words, held in 64-bit integers; numbers, or arrays of one shape.
        key: Two 32-bit words.

    Returns:
        Four 32-bit words, likewise.
    """
    a, b, c, d = counter
    for turn in range(_ROUNDS):
        first = np.uint64((key[0] + turn * _WEYL[0]) & 0xFFFFFFFF)
        second = np.uint64((key[1] + turn * _WEYL[1]) & 0xFFFFFFFF)
        product_a = a * _MULTIPLIERS[0]
        product_c = c * _MULTIPLIERS[1]
        a = (product_c >> np.uint64(32)) ^ b ^ first
        b = product_c & _LOW_32
        c = (product_a >> np.uint64(32)) ^ d ^ second
        d = product_a & _LOW_32
    return a, b, c, d


def _open_interval(high: Word, low: Word) -> NDArray[np.float64]:
    """53 of 64 random bits as a number in (0, 1), both ends left out."""
    bits = (high << np.uint64(21)) | (low >> np.uint64(11))
    return np.asarray((bits.astype(np.float64) + 0.5) * 2.0**-53)
