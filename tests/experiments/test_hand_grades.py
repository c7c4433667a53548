"""The hand grades: whole, of known personas, and of three kinds each."""

import json

import pytest

from experiments.plausible.personas import HERE, read_personas
from sqrec.contract import KINDS


@pytest.mark.parametrize("graded", ["hand", "hand_second"])
def test_fifteen_personas_are_graded_in_every_kind_each_item_once(graded: str) -> None:
    told = json.loads((HERE / f"{graded}.json").read_text(encoding="utf-8"))
    grades, worlds = told["grades"], {one.id: one.world for one in read_personas()}
    assert len(grades) == 15
    assert sorted(worlds[one] for one in grades) == sorted(["invented_a", "invented_b", "adverts"] * 5)
    for kinds in grades.values():
        assert set(kinds) == set(KINDS)
        assert all(grade in {0, 1, 2, 3} for items in kinds.values() for grade, _ in items.values())
        assert all(len(items) >= 20 for items in kinds.values())
