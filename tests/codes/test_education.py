"""The education ladder, rung by rung."""

import numpy as np
import pytest

from sqrec.codes.education import rank_held, rank_required
from sqrec.contract import TABLES

RUNGS = {1: "80 81 83", 2: "70 71 73", 3: "40 41 42 43 44 45 46 47 48 49 60 61 62 63", 4: "30 31 32 33", 5: "20 21 22 23 28"}
HIGH = {6: "10 14 15 16 17 18 19", 7: "11 12 13"}
UNFINISHED = [
    "12",
    "13",
    "15",
    "16",
    "18",
    "19",
    "22",
    "23",
    "32",
    "33",
    "42",
    "43",
    "45",
    "46",
    "48",
    "49",
    "62",
    "63",
    "73",
    "83",
]
CASES = [(code, rung) for rung, codes in (RUNGS | HIGH).items() for code in codes.split()]


@pytest.mark.parametrize(("code", "rung"), CASES)
def test_rungs(code: str, rung: int) -> None:
    assert rank_required(code) == rung
    assert rank_held(code) == (rung - 1 if code in UNFINISHED else rung)


def test_the_cases_are_all_codes_but_other() -> None:
    assert {code for code, _ in CASES} | {"90"} == set(TABLES["people"].column("education").words)


@pytest.mark.parametrize("code", ["90", None, "", "72", "82", "50", "59"])
def test_unknown_is_not_the_lowest(code: str | None) -> None:
    assert np.isnan(rank_held(code))
    assert np.isnan(rank_required(code))


def test_vocational_and_general_upper_secondary_are_one_rung() -> None:
    assert rank_held("41") == rank_held("44") == rank_held("47") == rank_held("61")
