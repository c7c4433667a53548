"""What is left out, and what is true of a made world: by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.questions.ablation import NAMED, left_out, without
from experiments.questions.gain import FALL, line_of, true_questions
from sqrec.base.arrays import key_of
from sqrec.contract import KINDS
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
    """A utility of ln 2 is a chance of 1/2, one of ln 4 of 3/4; from the moment on a was shown first, b fourth, twice; d is worth nothing.

    Weighed by the true fall what is looked at less counts as much as what is looked at more again, but for a factor.
    """

    def at(day: int) -> pd.Timestamp:
        return pd.Timestamp(f"2026-10-{day:02d}", tz="UTC")

    worth = pd.DataFrame({"person_id": "p", "kind": "job", "item_id": list("abcd"), "utility": np.log([2.0, 4.0, 2.0, 1.0])})
    shown = pd.DataFrame({"person_id": "p", "kind": "job", "event": "impression", "item_id": list("abbcd")})
    shown = shown.assign(at=[at(2), at(2), at(3), at(1), at(3)], position=pd.array([1, 4, 4, 1, 2], "Int64"))
    folder: Any = SimpleNamespace(tables={"utilities": worth, "events": shown})
    everything, all_shown, looked, weighed = (
        dict(zip(one.items.row(0).tolist(), one.weight.row(0).tolist(), strict=True))
        for one in true_questions(folder, "job", int(at(2).value // 1000), FALL)
        if one.weight is not None
    )
    a, b, c = (key_of(name) for name in "abc")
    assert everything == pytest.approx({a: 0.5, b: 0.75, c: 0.5})
    assert all_shown == pytest.approx({a: 0.5, b: 1.5})
    assert looked == pytest.approx({a: 0.5, b: 1.5 * 4**-FALL})
    assert weighed[b] / weighed[a] == pytest.approx(3)


def test_errors_are_those_against_what_is_true_of_what_was_shown() -> None:
    """Two worlds: on average 3 and 1 points too much as used; weighed 1 too much and 3 too little."""
    line = line_of("job", "a rule", np.array([[0.5, 0.1, 0.13, 0.11, 0.2, 0.1], [0.5, 0.1, 0.11, 0.07, 0.2, 0.1]]))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells == [
        "job",
        "a rule",
        "10.0%",
        "+2.00% ± 12.71%",
        "-1.00% ± 25.41%",
        "1 of 2",
        "+10.00% ± 0.00%",
        "+0.00% ± 0.00%",
        "50.0%",
    ]
