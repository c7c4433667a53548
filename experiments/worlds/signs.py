"""A Chinese word for each type of amenity, for names of places."""

import numpy as np

from experiments.worlds.cells import read_rows
from sqrec.contract import AMENITY_TYPES

_WORDS = {row[0]: row[1] for row in read_rows("signs")}
SIGNS = np.array([_WORDS[name] for name in AMENITY_TYPES], object)
"""The words, in the order of the amenity types of the contract."""
