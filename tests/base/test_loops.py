"""What shares scratch arrays leaves them as zeros."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sqrec.base.loops import among, scratch

NUMBERS = st.lists(st.integers(0, 9), max_size=12)


@given(NUMBERS, NUMBERS)
def test_among_is_isin_and_leaves_nothing_marked(values: list[int], chosen: list[int]) -> None:
    numbers, those = np.array(values, np.int64), np.array(chosen, np.int64)
    assert among(numbers, those, 10).tolist() == np.isin(numbers, those).tolist()
    assert not scratch(10, "bool").any()
