"""What is left out, and what is true of a made world: by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.ablation import NAMED, left_out, without
from experiments.gain import line_of, true_questions
from sqrec.arrays import key_of
from sqrec.columns import KINDS
from training import train
from training.sample import Sample


def test_every_named_family_has_columns_and_stands_once() -> None:
    for kind in KINDS:
        found, names = left_out(kind), set(train.DECLARED[kind].rows.names)
        assert all(columns and set(columns) <= names for columns in found.values())
        assert set(NAMED[kind]) <= set(found)
        assert len({frozenset(columns) for columns in found.values()}) == len(found)
    assert left_out("amenity")["own visits"] == ("own_times", "own_share", "own_idle")
    assert set(left_out("course")["group *together*"]) > set(left_out("course")["co-use"])


def test_what_is_left_out_is_unknown_throughout() -> None:
    told = Sample(np.arange(6.0).reshape(2, 3), np.array([1, 0]), np.array([2]))
    left = without(told, ("a", "b", "c"), ("b",)).rows
    assert np.isnan(left[:, 1]).all()
    np.testing.assert_array_equal(left[:, [0, 2]], told.rows[:, [0, 2]])
    assert not np.isnan(told.rows).any()


def test_true_questions_count_what_was_shown_by_the_chance_to_be_used() -> None:
    """A utility of ln 2 is a chance of 1/2, one of ln 4 of 3/4; b was shown twice from the moment on, c before it, d is worth nothing."""

    def at(day: int) -> pd.Timestamp:
        return pd.Timestamp(f"2026-10-{day:02d}", tz="UTC")

    worth = pd.DataFrame({"person_id": "p", "kind": "job", "item_id": list("abcd"), "utility": np.log([2.0, 4.0, 2.0, 1.0])})
    shown = pd.DataFrame(
        {
            "person_id": "p",
            "kind": "job",
            "event": "impression",
            "item_id": list("bbcd"),
            "at": [at(2), at(3), at(1), at(3)],
        }
    )
    folder: Any = SimpleNamespace(tables={"utilities": worth, "events": shown})
    found = true_questions(folder, "job", int(at(2).value // 1000))
    told = {
        name: dict(zip(one.items.row(0).tolist(), one.weight.row(0).tolist(), strict=True))
        for name, one in found.items()
        if one.weight is not None
    }
    assert told["shown"] == pytest.approx({key_of("b"): 1.5})
    assert told["everything"] == pytest.approx({key_of("a"): 0.5, key_of("b"): 0.75, key_of("c"): 0.5})


def test_errors_are_those_against_what_is_true_of_what_was_shown() -> None:
    """Two worlds: as used 3 and 1 points too much, weighed 1 too much and 3 too little."""
    line = line_of("job", "a rule", np.array([[0.13, 0.11, 0.10, 0.5], [0.11, 0.07, 0.10, 0.5]]))
    assert line.split(" | ")[2:3] == ["10.0%"]
    assert "| 2.2% | 2.2% | 1 of 2 | 50.0% |" in line
    assert "+2.0% ± 12.7%" in line
