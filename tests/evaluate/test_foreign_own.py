"""Reports on lists of different people, of equal scores, and as other libraries write them."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sqrec.evaluate.foreign.foreign import Asked, evaluation_of_table, report_on_table
from sqrec.evaluate.report.evaluation import Evaluation
from sqrec.evaluate.report.ownpeople import OwnPeople
from sqrec.evaluate.report.page import as_page
from sqrec.evaluate.report.report import sentences
from tests.support import tiny

PEOPLE = 80
LABELLED = {"person_id": "who", "item_id": "what", "position": "rank", "ranker": "arm", "label": "hired"}


def write(file: Path, rows: Iterable[Sequence[Any]], header: Sequence[str], between: str = ",") -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=between)
        writer.writerow(header)
        writer.writerows(rows)
    return file


def places(person: int, arm: str, right: int) -> list[tuple[str, str, int, str, str]]:
    """Return five places of a person's list, that at `right` labelled (0: none)."""
    return [(f"p{person:02d}", f"j{rank}", rank, arm, "是" if rank == right else "") for rank in range(1, 6)]


def report(tmp_path: Path, rows: Iterable[Sequence[Any]], ours: str = "A") -> Evaluation:
    file = write(tmp_path / "arms.csv", rows, ("who", "what", "rank", "arm", "hired"))
    return evaluation_of_table(Asked(file, "job", LABELLED, ours=ours), None)[1]


def test_arms_of_different_people_are_each_judged_over_their_own(tmp_path: Path) -> None:
    """A has its answers second, B first, but for ten people of A without any: nobody of the other arm is an empty list."""
    rows = [row for one in range(PEOPLE) for row in places(one, "AB"[one % 2], 1 if one % 2 else 0 if one < 20 else 2)]
    found = report(tmp_path, rows)
    assert found.own_people == {"A": OwnPeople(40, 30, 30), "B": OwnPeople(40, 40, 0)}
    assert (found.asked, found.people, found.positives, found.without_positive) == (40, 30, 30, 10)
    assert found.rankers["A"]["mrr"].mean == pytest.approx(1 / 2)
    assert found.rankers["A"]["ndcg@10"].mean == pytest.approx(1 / np.log2(3))
    assert (found.rankers["A"]["mrr"].n, found.rankers["B"]["mrr"].n, found.rankers["B"]["mrr"].mean) == (30, 40, 1.0)
    assert (found.differences, found.reference, found.candidates) == ({}, "", {"A": 5.0, "B": 5.0})
    assert {name: one.people for name, one in found.audits.items()} == {"A": 30, "B": 40}
    assert {name: (one["empty@10"].mean, one["empty@10"].n) for name, one in found.measures.items()} == {
        "A": (0, 40),
        "B": (0, 40),
    }
    said = sentences(found)
    assert any("A 40 people, 30 of them with a positive; B 40 people, 40 of them with a positive" in one for one in said)
    assert any(one.startswith("Nobody with a positive has lists of both A and B") for one in said)
    page = as_page(found)
    assert "A 40 人，其中 30 人有正例；B 40 人，其中 40 人有正例" in page
    assert "each ranker over its own people" in page


def test_rankers_are_compared_over_the_people_of_both(tmp_path: Path) -> None:
    """B lists the first thirty people alone, right at once where A is second; elsewhere A is first."""
    rows = [row for one in range(PEOPLE) for row in places(one, "A", 2 if one < 30 else 1)]
    other = [row for one in range(30) for row in places(one, "B", 2)]
    flipped = [(who, {"j1": "j2", "j2": "j1"}.get(what, what), rank, arm, "") for who, what, rank, arm, _ in other]
    found = report(tmp_path, rows + flipped)
    assert found.own_people == {"A": OwnPeople(80, 80, 80), "B": OwnPeople(30, 30, 30)}
    assert found.rankers["A"]["mrr"].mean == pytest.approx((30 / 2 + 50) / 80)
    assert found.rankers["B"]["mrr"].mean == 1.0
    gap = found.differences["B"]["mrr"]
    assert (gap.interval.n, gap.better, gap.worse) == (30, 0, 30)
    assert gap.interval.mean == pytest.approx(-1 / 2)
    assert any("over the 30 people with a positive who have lists of both" in one for one in sentences(found))


def test_slices_are_those_of_each_rankers_own_people(tmp_path: Path) -> None:
    """Women are the people of A and of B by halves; a slice of B too small to be told is none of A's."""
    header = ("who", "what", "rank", "arm", "hired", "sex")
    rows = [(*row, "女" if one < 60 else "男") for one in range(PEOPLE) for row in places(one, "A", 1)]
    rows += [(*row, "女" if one < 60 else "男") for one in range(36, 64) for row in places(one, "B", 2)]
    file = write(tmp_path / "arms.csv", rows, header)
    found = evaluation_of_table(Asked(file, "job", LABELLED | {"sex": "sex"}, ours="A"), None)[1]
    assert {name: set(told) for name, told in found.groups["sex"].items()} == {"female": {"A"}, "male": {"A"}}
    assert {name: told["A"]["mrr"].n for name, told in found.groups["sex"].items()} == {"female": 60, "male": 20}
    assert found.slice_gaps["sex"] == {}
    assert "not published" in as_page(found)


def test_the_same_people_have_no_numbers_of_their_own(tmp_path: Path) -> None:
    found = report(tmp_path, [row for one in range(30) for arm in "AB" for row in places(one, arm, 1 + (arm == "B"))])
    assert found.own_people == {}
    assert found.differences["B"]["mrr"].interval.n == 30
    assert not any("different people" in one for one in sentences(found))


def test_lists_of_different_people_without_answers_are_described_over_their_own(tmp_path: Path) -> None:
    found = report(tmp_path, [row for one in range(30) for row in places(one, "AB"[one % 3 > 0], 0)])
    assert found.own_people == {"A": OwnPeople(10, 0, 0), "B": OwnPeople(20, 0, 0)}
    assert (found.asked, found.rankers) == (10, {})
    assert {name: one["short@10"].n for name, one in found.measures.items()} == {"A": 10, "B": 20}


def test_plain_words_compare_with_rankers_of_the_same_people_alone(tmp_path: Path) -> None:
    """Popularity is of other people, plain of people without an answer: random alone, of half of ours, is held against ours."""
    rows = [row for one in range(30) for row in places(one, "A", 1)]
    arms = [("popularity", range(30, 60), 1), ("plain", range(60, 80), 0)]
    rows += [row for name, people, right in arms for one in people for row in places(one, name, right)]
    assert not any("In plain words" in one for one in sentences(report(tmp_path, rows)))
    rows += [row for one in range(15) for row in places(one, "random", 1)]
    said = [one for one in sentences(report(tmp_path, rows)) if "In plain words" in one]
    assert [one.partition("ordered by ")[2] for one in said] == ["random, about 100."]


def test_answers_of_others_alone_are_counted_and_said(tmp_path: Path) -> None:
    """A and B have 38 people with an answer each; the two of C, which is asked for, have none."""
    rows = [row for one in range(38) for arm in "AB" for row in places(one, arm, 1)]
    rows += [row for one in (38, 39) for row in places(one, "C", 0)]
    found = report(tmp_path, rows, ours="C")
    assert found.own_people == {"A": OwnPeople(38, 38, 0), "B": OwnPeople(38, 38, 0), "C": OwnPeople(2, 0, 0)}
    assert (found.asked, found.people, found.rankers, found.about.split) == (2, 0, {}, "label")
    assert {name: one.people for name, one in found.audits.items()} == {"A": 38, "B": 38, "C": 2}
    said = sentences(found)
    assert any(one.startswith("None of the 2 people with a list of C has a positive") for one in said)
    assert not any("no later uses" in one for one in said)
    assert {"labels", "label_column", "learnt"}.isdisjoint(note.code.partition(".")[2] for note in found.unknowable)
    assert "C的列表属于 2 人，其中没有一人有正例" in as_page(found)


def test_people_with_an_answer_and_without_a_row_are_counted(tmp_path: Path) -> None:
    events = [
        {
            "event_id": f"v{one}",
            "person_id": f"p{one:02d}",
            "kind": "job",
            "item_id": "j01",
            "event": "apply",
            "at": f"2026-08-0{day}",
        }
        for one in range(PEOPLE)
        for day in ([1] if one < 5 else [3])
    ]
    for one in events:
        number = int(one["person_id"][1:])
        one["at"] += f"T{number % 24:02d}:{number % 60:02d}:00Z"
    people = [{"person_id": f"p{one:02d}"} for one in range(PEOPLE)]
    data = tiny.write(tmp_path / "data", {"jobs": tiny.jobs(), "people": people, "events": events})
    rows = [row[:3] for one in range(50) for row in places(one, "A", 0)]
    file = write(tmp_path / "half.csv", rows, ("who", "what", "rank"))
    columns = {"person_id": "who", "item_id": "what", "position": "rank"}
    asked = Asked(file, "job", columns, at=tiny.micros("2026-08-02T00:00"))
    found = evaluation_of_table(asked, data)[1]
    assert (found.people, found.without_positive) == (45, 5)
    assert any(note.said("en").startswith("30 people who used something new from then on") for note in found.unknowable)
    assert any(
        note.code.endswith("unlisted") for note in evaluation_of_table(replace(asked, at=None, split="time"), data)[1].unknowable
    )


def test_ties_of_scores_are_told(tmp_path: Path) -> None:
    """The answer is second of two with one score: first or second, each as likely."""
    rows = [(f"p{one:02d}", f"j{rank}", rank, score, "1" if rank == 2 else "")
            for one in range(40) for rank, score in enumerate((0.5, 0.5, 0.4, 0.3), 1)]  # fmt: skip
    columns = {"person_id": "who", "item_id": "what", "position": "rank", "score": "score", "label": "hired"}
    file = write(tmp_path / "tied.csv", rows, ("who", "what", "rank", "score", "hired"))
    table, found = evaluation_of_table(Asked(file, "job", columns), None)
    assert [(one.rule, one.rows, one.rejects) for one in table.problems] == [("tied", 80, False)]
    check = found.ties["tied"]
    assert (check.tied.mean, check.by_rule.mean) == (1.0, pytest.approx(1 / np.log2(3)))
    assert check.over_orders.mean == pytest.approx((1 + 1 / np.log2(3)) / 2)
    assert any(one.startswith("tied: for 100% of 40 people") and "0.815 on average" in one for one in sentences(found))


def test_scores_that_made_no_order_make_no_ties(tmp_path: Path) -> None:
    rows = [(f"p{one:02d}", f"j{rank}", rank, 0.1 * rank, "1") for one in range(40) for rank in range(1, 4)]
    columns = {"person_id": "who", "item_id": "what", "position": "rank", "score": "score", "label": "hired"}
    found = evaluation_of_table(
        Asked(write(tmp_path / "x.csv", rows, ("who", "what", "rank", "score", "hired")), "job", columns), None
    )[1]
    assert found.ties == {}


def test_scores_in_per_cent_order_as_well(tmp_path: Path) -> None:
    rows = [("a", "j1", "9%"), ("a", "j2", "100%"), ("a", "j3", "98.5%")]
    file = write(tmp_path / "x.csv", rows, ("who", "what", "score"))
    table, _ = evaluation_of_table(Asked(file, "job", {"person_id": "who", "item_id": "what"}), None)
    assert (table.rows["item_id"].tolist(), table.problems) == (["j2", "j3", "j1"], ())


def test_a_score_beside_a_position_that_cannot_be_read_is_told_and_costs_no_row(tmp_path: Path) -> None:
    """Of a no order of scores is known, so nobody looks at the two equal ones; the empty score of b is unknown and nothing wrong."""
    rows = [("a", "j1", 1, "0.5", "1"), ("a", "j2", 2, "0.5", ""), ("a", "j3", 3, "high", ""), ("a", "j4", 4, "inf", ""),
            ("b", "j1", 1, "0.5", ""), ("b", "j2", 2, "", "1"), ("c", "j1", 1, "9%", "1"), ("c", "j2", 2, "8%", "")]  # fmt: skip
    columns = {"person_id": "who", "item_id": "what", "position": "rank", "score": "score", "label": "hired"}
    file = write(tmp_path / "x.csv", rows, ("who", "what", "rank", "score", "hired"))
    table, found = evaluation_of_table(Asked(file, "job", columns), None)
    assert [(one.rule, one.rows, one.rejects) for one in table.problems] == [("score-unknown", 2, False), ("tied", 2, False)]
    assert table.problems[0].examples == ("row 4: 'high'", "row 5: 'inf'")
    assert len(table.rows) == 8
    assert found.ties["x"].tied.mean == 0


def test_a_moment_that_cannot_be_read_costs_no_row(tmp_path: Path) -> None:
    """The person's other rows tell it; a readable other moment is another list."""
    moments = ("2026-08-01T00:00:00Z", "2026/8/1 0:00", "2026-07-01T00:00:00Z", "")
    rows = [("a", f"j{rank}", rank, at) for rank, at in enumerate(moments, 1)]
    file = write(tmp_path / "x.csv", rows, ("who", "what", "rank", "at"))
    table, _ = evaluation_of_table(Asked(file, "job", {"person_id": "who", "item_id": "what", "position": "rank"}), None)
    assert [(one.rule, one.rows, one.rejects) for one in table.problems] == [
        ("at", 1, False), ("moments", 1, True), ("position-from-1", 1, False),
    ]  # fmt: skip
    assert table.rows["item_id"].tolist() == ["j1", "j2", "j4"]
    assert table.rows["at"].tolist() == [tiny.micros("2026-08-01T00:00")] * 3


def test_rows_that_fill_a_short_list_up_are_set_aside(tmp_path: Path) -> None:
    rows = [("a", "j1", "0.5"), ("a", "-1", "-3.4028234663852886e+38"), ("a", "-1", "-inf"), ("a", "j2", "-7")]
    file = write(tmp_path / "x.csv", rows, ("who", "what", "score"))
    table, _ = evaluation_of_table(Asked(file, "job", {"person_id": "who", "item_id": "what"}), None)
    assert [(one.rule, one.rows) for one in table.problems] == [("padding", 2)]
    assert table.rows["item_id"].tolist() == ["j1", "j2"]


def test_what_stands_between_cells_is_named(tmp_path: Path) -> None:
    rows = [(f"p{one}", f"j{rank}", 1 / rank) for one in range(3) for rank in range(1, 4)]
    columns = {"person_id": "user_id:token", "item_id": "item_id:token", "score": "score:float"}
    for between, said in (("\t", "tabs between cells"), (";", "semicolons between cells")):
        file = write(tmp_path / "theirs.tsv", rows, tuple(columns.values()), between)
        told = report_on_table(Asked(file, "job", columns), None, tmp_path / "out")
        assert f"rows in 9 = accepted 9 + set aside 0 (UTF-8, {said})" in told[0]


def test_one_person_has_no_interval(tmp_path: Path) -> None:
    said = sentences(report(tmp_path, places(1, "A", 2)))
    assert not any("nan" in one for one in said)
    assert any("one person says nothing about others" in one for one in said)


CASES = {
    "ab_random": ("arm", {"A": (29, 25), "B": (31, 29)}),
    "ab_test": ("arm", {"B": (30, 27), "A": (30, 27)}),
    "two_models": ("model", {"A": (60, 54), "B": (30, 27)}),
}


@pytest.mark.parametrize("name", list(CASES))
def test_the_arms_of_the_cases(name: str, shared: Path, tmp_path: Path) -> None:
    column, counts = CASES[name]
    columns = {"person_id": "user_id", "item_id": "item_id", "position": "rank", "ranker": column}
    asked = Asked(shared.parent / f"cases/tables/{name}.csv", "job", columns, at=tiny.micros("2026-10-31T16:00"))
    found = evaluation_of_table(asked, shared.parent / "cases/tables_data")[1]
    assert {arm: (one.asked, one.judged) for arm, one in found.own_people.items()} == counts
    alone = [evaluation_of_table(replace(asked, file=_only(asked.file, column, arm, tmp_path)), shared.parent / "cases/tables_data")[1]
             for arm in counts]  # fmt: skip
    for arm, one in zip(counts, alone, strict=True):
        assert found.rankers[arm]["ndcg@10"].mean == one.rankers[arm]["ndcg@10"].mean
        assert one.own_people == {}
    assert json.dumps(sentences(found)).count("different people") == 1


def _only(file: Path, column: str, arm: str, folder: Path) -> Path:
    """Write one arm's rows to a file of their own."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    mine = [list(row.values()) for row in rows if row[column] == arm]
    return write(folder / f"{arm}.csv", mine, list(rows[0]))


def test_numbers_with_a_comma_are_told_as_they_are_in_folders(tmp_path: Path) -> None:
    rows = [("p1", "a", 1, "0,9035"), ("p1", "b", 2, "0,5"), ("p2", "a", 1, ""), ("p2", "b", 2, "")]
    file = write(tmp_path / "x.csv", rows, ("who", "what", "rank", "score"), between=";")
    columns = {"person_id": "who", "item_id": "what", "position": "rank", "score": "score"}
    (one,) = evaluation_of_table(Asked(file, "job", columns), None)[0].problems
    assert (one.rule, one.rows) == ("score-unknown", 2)
    assert str(one).endswith("its list as without ties (looks like a decimal comma: write 3.5 for 3,5)")
