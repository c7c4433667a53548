"""Ids by the million: `key_of` for whole columns, and sets of such keys, in compiled loops.

The 64-bit key is what the whole of sqrec takes for an id. Two of n different ids share one with a chance of about
n² / 2⁶⁵, three in a million for ten million ids; they would be one and the same everywhere else as well.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit

from sqrec.base.arrays import AnyArray, BoolArray, IntArray, KeyArray

_LEAST = 1 << 10
_IV = np.array(
    [
        *(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1),
        *(0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
    ],
    dtype=np.uint64,
)
_PARAMETERS = np.uint64(0x01010000 ^ 8)
"""Of BLAKE2b: eight bytes out, no key, one leaf (RFC 7693, section 2.5)."""
_SIGMA = np.array(
    [
        (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
        (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
        (11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4),
        (7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8),
        (9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13),
        (2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9),
        (12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11),
        (13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10),
        (6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5),
        (10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0),
        (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
        (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
    ],
    dtype=np.uint64,
)


class KeySet:
    """Hold a growing set of keys (never 0), 12 to 27 bytes each."""

    def __init__(self) -> None:
        self._slots = np.zeros(_LEAST, dtype=np.uint64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, keys: KeyArray) -> BoolArray:
        """Add keys in their order; return which of them were there already, also as an earlier one of these."""
        while 3 * (self._count + len(keys)) > 2 * len(self._slots):
            wider = np.zeros(2 * len(self._slots), dtype=np.uint64)
            _claim(wider, self._slots[self._slots > 0])
            self._slots = wider
        known = _claim(self._slots, keys)
        self._count += int(len(keys) - known.sum())
        return known

    def holds(self, keys: KeyArray) -> BoolArray:
        """Tell which keys are in the set."""
        return self.places(keys) >= 0

    def places(self, keys: KeyArray) -> IntArray:
        """Return where each key stands among `room` places, -1 where it is not in the set; adding keys moves them."""
        return _found(self._slots, keys)

    @property
    def room(self) -> int:
        """How many places there are."""
        return len(self._slots)


def keys_of_array(texts: Any) -> KeyArray:
    """Hash an arrow array of texts with `key_of`; null is 0."""
    offsets, data = bytes_of(texts)
    keys = _hashed(offsets, data)
    if texts.null_count:
        keys[texts.is_null().to_numpy(zero_copy_only=False)] = 0
    return keys


def bytes_of(texts: Any) -> tuple[IntArray, AnyArray]:
    """Return where each text of an arrow array starts and ends in its bytes (UTF-8), and the bytes."""
    wide = texts.cast(pa.large_string())
    if len(wide) == 0:
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    _, offsets, data = wide.buffers()
    starts = np.frombuffer(offsets, np.int64)[wide.offset : wide.offset + len(wide) + 1]
    return starts, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


@njit(cache=True)
def _hashed(offsets: Any, data: Any) -> Any:
    """Return BLAKE2b (RFC 7693) of every text, eight bytes as a little-endian number; 0 becomes 1."""
    keys = np.empty(len(offsets) - 1, np.uint64)
    words, state = np.empty(16, np.uint64), np.empty(8, np.uint64)
    for text in range(len(keys)):
        at, length, done = offsets[text], offsets[text + 1] - offsets[text], 0
        state[:] = _IV
        state[0] ^= _PARAMETERS
        while True:
            size = min(length - done, 128)
            words[:] = np.uint64(0)
            for place in range(size):
                words[place >> 3] |= np.uint64(data[at + done + place]) << np.uint64(8 * (place & 7))
            done += size
            _compress(state, words, np.uint64(done), done == length)
            if done == length:
                break
        keys[text] = max(state[0], np.uint64(1))
    return keys


@njit(cache=True)
def _compress(state: Any, words: Any, done: Any, last: Any) -> None:
    """Work one block of 128 bytes into the state (RFC 7693, section 3.2); the sixteen words stay in registers."""
    v0, v1, v2, v3, v4, v5, v6, v7 = state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]
    v8, v9, v10, v11, v12, v13, v14, v15 = _IV[0], _IV[1], _IV[2], _IV[3], _IV[4], _IV[5], _IV[6], _IV[7]
    v12 ^= done
    v14 = ~v14 if last else v14
    for turn in range(12):
        s = _SIGMA[turn]
        v0, v4, v8, v12 = _mix(v0, v4, v8, v12, words[s[0]], words[s[1]])
        v1, v5, v9, v13 = _mix(v1, v5, v9, v13, words[s[2]], words[s[3]])
        v2, v6, v10, v14 = _mix(v2, v6, v10, v14, words[s[4]], words[s[5]])
        v3, v7, v11, v15 = _mix(v3, v7, v11, v15, words[s[6]], words[s[7]])
        v0, v5, v10, v15 = _mix(v0, v5, v10, v15, words[s[8]], words[s[9]])
        v1, v6, v11, v12 = _mix(v1, v6, v11, v12, words[s[10]], words[s[11]])
        v2, v7, v8, v13 = _mix(v2, v7, v8, v13, words[s[12]], words[s[13]])
        v3, v4, v9, v14 = _mix(v3, v4, v9, v14, words[s[14]], words[s[15]])
    for place, half in enumerate((v0 ^ v8, v1 ^ v9, v2 ^ v10, v3 ^ v11, v4 ^ v12, v5 ^ v13, v6 ^ v14, v7 ^ v15)):
        state[place] ^= half


@njit(cache=True)
def _mix(a: Any, b: Any, c: Any, d: Any, x: Any, y: Any) -> Any:
    a += b + x
    d = _turned(d ^ a, 32)
    c += d
    b = _turned(b ^ c, 24)
    a += b + y
    d = _turned(d ^ a, 16)
    c += d
    return a, _turned(b ^ c, 63), c, d


@njit(cache=True)
def _turned(word: Any, bits: Any) -> Any:
    return (word >> np.uint64(bits)) | (word << np.uint64(64 - bits))


@njit(cache=True)
def _claim(slots: Any, keys: Any) -> Any:
    """Put keys into an open-addressing table of a power of two slots; tell which were there."""
    known = np.zeros(len(keys), np.bool_)
    last = np.uint64(len(slots) - 1)
    for place in range(len(keys)):
        at = keys[place] & last
        while slots[at] != 0 and slots[at] != keys[place]:
            at = (at + np.uint64(1)) & last
        known[place] = slots[at] != 0
        slots[at] = keys[place]
    return known


@njit(cache=True)
def _found(slots: Any, keys: Any) -> Any:
    places = np.full(len(keys), -1, np.int64)
    last = np.uint64(len(slots) - 1)
    for place in range(len(keys)):
        at = keys[place] & last
        while slots[at] != 0 and slots[at] != keys[place]:
            at = (at + np.uint64(1)) & last
        if slots[at] != 0:
            places[place] = at
    return places
