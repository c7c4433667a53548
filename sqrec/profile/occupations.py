"""Occupations as ladders of keys."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from sqrec.arrays import KeyArray, key_of
from sqrec.profile.encoders import ValueEncoder


class OccupationCodes(ValueEncoder):
    """Turn an occupation code into keys."""

    def encode(self, values: Sequence[Any]) -> KeyArray:
        out = np.zeros((len(values), 4), np.uint64)
        for i, v in enumerate(values):
            v = v[0] if isinstance(v, tuple) else v
            if v and re.fullmatch(r"\d(-\d\d){0,3}", v):
                parts = v.split("-")
                for n in range(len(parts)):
                    out[i, n] = key_of("-".join(parts[: n + 1]))
        return out
