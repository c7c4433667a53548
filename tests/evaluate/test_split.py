"""What is learnt from and what is held out: hand-made events."""

from dataclasses import replace

import numpy as np
import pytest

from sqrec.base.arrays import Ragged, key_of, keys_of
from sqrec.contract import KINDS
from sqrec.errors import DataError
from sqrec.evaluate import Split, split
from sqrec.evaluate.stats.split import held_events
from sqrec.profile import Events

HOUR = 3_600_000_000


def events(*rows: tuple[str, str, int, int] | tuple[str, str, int, int, int]) -> Events:
    """Make events of jobs from (person, item, grade, hour) or with the hour of recording; event ids are their places."""
    person, item, grade, at, known = zip(*((*row, row[3])[:5] for row in rows), strict=True)
    order = np.argsort(known, kind="stable")
    columns = (
        keys_of(f"v{place}" for place in range(len(rows))),
        keys_of(person),
        np.zeros(len(rows), np.int64),
        keys_of(item),
        np.array(grade),
        np.array(at) * HOUR,
        np.array(known) * HOUR,
        np.zeros(len(rows), bool),
        np.zeros(len(rows), np.uint64),
    )
    return Events(*(column[order] for column in columns))


def kept(told: Events, mask: np.ndarray) -> set[int]:
    """Return the numbers of the marked events."""
    names = {key_of(f"v{place}"): place for place in range(len(told))}
    return {names[int(key)] for key in told.event[mask]}


def asked(division: Split, which: str = "held") -> set[tuple[int, int, tuple[int, ...], tuple[int, ...]]]:
    """Return questions as (person, hour, items, grades)."""
    q = getattr(division, which)
    rows = range(len(q))
    return {
        (int(q.person[i]), int(q.at[i]) // HOUR, tuple(q.items.row(i).tolist()), tuple(q.grades.row(i).tolist())) for i in rows
    }


def question(person: str, hour: int, grades: tuple[int, ...], *items: str) -> tuple:
    return key_of(person), hour, tuple(key_of(item) for item in items), grades


A = (
    ("a", "x", 1, 1),  # 0
    ("a", "y", 1, 2),  # 1
    ("a", "y", 3, 4),  # 2: more of what was held out
    ("a", "z", 0, 5),  # 3: only shown
    ("b", "x", 1, 3),  # 4: nothing else
    ("c", "x", 1, 6),  # 5
    ("c", "y", 2, 7),  # 6
    ("c", "z", 1, 8),  # 7
    ("c", "x", 4, 9),  # 8: again what was used first
)


def test_last_holds_out_the_last_new_item() -> None:
    told = events(*A)
    division = split(told, "job", "last")
    assert asked(division) == {question("a", 2, (3,), "y"), question("c", 8, (1,), "z")}
    assert kept(told, division.kept) == {0, 3, 4, 5, 6, 8}


def test_last_chooses_settings_on_the_one_before() -> None:
    told = events(*A)
    division = split(told, "job", "last")
    assert asked(division, "selection") == {question("c", 7, (2,), "y")}
    assert kept(told, division.chosen) == {0, 3, 4, 5, 8}


def test_none_keeps_everything_but_chooses_on_the_last() -> None:
    told = events(*A)
    division = split(told, "job", "none")
    assert asked(division) == set()
    assert kept(told, division.kept) == set(range(9))
    assert asked(division, "selection") == asked(split(told, "job", "last"))
    assert kept(told, division.chosen) == kept(told, split(told, "job", "last").kept)


def test_time_asks_everybody_at_one_moment() -> None:
    told = events(*[("a", f"i{hour}", 1, hour) for hour in range(1, 9)], ("a", "i1", 1, 9), ("b", "k", 2, 9), ("b", "m", 1, 10))
    division = split(told, "job", "time")
    # Eleven moments 1 … 8, 9, 9, 10: the 0.8 quantile is the ninth, hour 9.
    assert asked(division) == {question("b", 9, (2, 1), "k", "m")}
    assert kept(told, division.kept) == set(range(8))
    assert asked(division, "selection") == {question("a", 8, (1,), "i8")}
    assert kept(told, division.chosen) == set(range(7))


def test_time_learns_nothing_that_was_recorded_later() -> None:
    late = events(*[("a", f"i{hour}", 1, hour) for hour in range(1, 9)], ("b", "k", 1, 3, 50), ("b", "m", 1, 10))
    assert 8 not in kept(late, split(late, "job", "time").kept)


@pytest.mark.parametrize("name", ["time", "last", "none"])
def test_nothing_held_out_is_learnt_from(name: str) -> None:
    rng = np.random.default_rng(5)
    told = events(
        *[
            (f"p{rng.integers(20)}", f"i{rng.integers(30)}", int(rng.integers(0, 4)), int(hour), int(hour + rng.integers(0, 30)))
            for hour in range(400)
        ]
    )
    division = split(told, "job", name)  # type: ignore[arg-type]
    for questions, learnt in ((division.held, division.kept), (division.selection, division.chosen)):
        for row in range(len(questions)):
            answers = (told.person == questions.person[row]) & np.isin(told.item, questions.items.row(row))
            assert not (answers & learnt & (told.grade > 0)).any()
    assert not (division.chosen & ~division.kept).any()


def test_any_use_under_last_is_the_last_use_whatever_the_item() -> None:
    told = events(*A)
    division = split(told, "job", "last", repeats=True)
    assert asked(division) == asked(split(told, "job", "last"))
    assert asked(division, "any_use") == {question("a", 4, (3,), "y"), question("c", 9, (4,), "x")}
    assert kept(told, division.kept) == {0, 3, 4, 5, 6}  # 8, the last use of c, goes out too; 5, the same item earlier, stays
    assert kept(told, division.chosen) == {0, 3, 4, 5}
    assert split(told, "job", "last").any_use is None


def test_a_selection_question_knows_no_grade_of_what_is_held_out() -> None:
    told = events(("a", "x", 1, 1), ("a", "y", 1, 2), ("a", "z", 1, 3), ("a", "y", 4, 5))
    assert asked(split(told, "job", "last"), "selection") == {question("a", 2, (4,), "y")}
    division = split(told, "job", "last", repeats=True)
    assert asked(division, "any_use") == {question("a", 5, (4,), "y")}
    assert asked(division, "selection") == {question("a", 2, (1,), "y")}
    assert kept(told, division.kept) == {0, 1}


def test_any_use_under_time_is_the_first_use_from_then_on() -> None:
    told = events(
        *[("a", f"i{hour}", 1, hour) for hour in range(1, 9)],
        ("a", "i1", 2, 10),
        ("a", "i9", 1, 11),
        ("b", "k", 0, 9),
        ("b", "k", 3, 12),
    )
    # Twelve moments 1 … 12: the 0.8 quantile is the tenth, hour 10.
    division = split(told, "job", "time", repeats=True)
    assert asked(division, "any_use") == {question("a", 10, (2,), "i1"), question("b", 12, (3,), "k")}
    assert asked(division) == asked(split(told, "job", "time"))
    assert kept(told, division.kept) == kept(told, split(told, "job", "time").kept)
    assert split(told, "job", "none", repeats=True).any_use is None


@pytest.mark.parametrize("name", ["time", "last"])
def test_no_answer_of_any_use_is_learnt_from(name: str) -> None:
    rng = np.random.default_rng(6)
    told = events(
        *[(f"p{rng.integers(20)}", f"i{rng.integers(6)}", int(rng.integers(0, 4)), int(hour // 2)) for hour in range(400)]
    )
    division = split(told, "job", name, repeats=True)  # type: ignore[arg-type]
    assert division.any_use
    answers, _ = held_events(told, division.any_use)
    assert len(answers) >= len(division.any_use) > 0
    assert not np.isin(told.event[division.kept], answers).any()
    assert not (division.chosen & ~division.kept).any()
    assert (division.selection.grades.values > 0).all()


def at_hours(*times: int) -> Events:
    """Make this many uses at each hour from 24 on, in steps of a day, of a person each."""
    return events(*[(f"p{hour}.{one}", "x", 1, 24 * hour) for hour, many in enumerate(times, 1) for one in range(many)])


@pytest.mark.parametrize("times", [(60, 60, 60, 60), (40, 40), (100, 20, 20), (1, 30)])
def test_days_without_hours_are_cut_between_two_of_them(times: tuple[int, ...]) -> None:
    told = at_hours(*times)
    division = split(told, "job", "time")
    moment = int(division.held.at[0]) // HOUR
    before = sum(many for day, many in enumerate(times, 1) if 24 * day < moment)
    assert (len(division.held), int(division.kept.sum())) == (sum(times) - before, before)
    assert 0 < before < sum(times)


def test_what_no_moment_cuts_is_refused_with_what_it_would_leave() -> None:
    """A lump of 70 at the 0.8 quantile leaves 30; the same lump before it is no hindrance."""
    said = "70 of 110 events are at one moment, 1970-01-03T00:00:00.*hold out 80 and leave 30 to learn from"
    with pytest.raises(DataError, match=said):
        split(at_hours(30, 70, 10), "job", "time")
    assert len(split(at_hours(70, 20, 20), "job", "time").held) == 40
    with pytest.raises(DataError, match="hold out 31 and leave 0 to learn from"):
        split(at_hours(31), "job", "time")
    with pytest.raises(DataError, match="No event of grade 1 or more before the time split"):
        split(at_hours(1), "job", "time")


def test_what_stands_at_one_moment_is_counted_in_the_kind_alone() -> None:
    """The same lump of jobs is refused beside two hundred earlier events of courses, which the split of jobs does not cut."""
    told = at_hours(200, 30, 70, 10)
    mixed = replace(told, kind=np.where(told.at < told.at[200], KINDS.index("course"), KINDS.index("job")))
    with pytest.raises(DataError, match="70 of 110 events are at one moment"):
        split(mixed, "job", "time")


def test_questions_taken_keep_their_weights() -> None:
    held = split(events(*A), "job", "last").held
    one = np.arange(len(held) + 1)
    weighed = replace(held, weight=Ragged(one, np.arange(len(held)) + 0.5)).take(np.array([1]))
    assert weighed.weight is not None
    assert weighed.weight.row(0).tolist() == [1.5]


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(DataError, match="nothing to learn from"):
        split(events(("a", "x", 0, 1)), "job", "last")
    with pytest.raises(DataError, match="before the time split"):
        split(events(("a", "x", 1, 1), ("b", "x", 1, 1)), "job", "time")
