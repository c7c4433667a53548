"""Reports on lists of any origin: another matcher's table, with and without a data folder."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sqrec.cli.app import app
from sqrec.errors import DataError, TableError
from sqrec.evaluate.foreign.foreign import OTHER, Asked, evaluation_of_table, report_on_table
from sqrec.evaluate.foreign.listtable import ListTable, mapping_of
from sqrec.evaluate.report.evaluation import Evaluation
from sqrec.texts import report_texts
from tests.support import tiny

HEADER = ("person", "job", "rank", "sex", "age band", "distance")
COLUMNS = mapping_of(["person_id=person,item_id=job,position=rank", "sex=sex,age=age band,minutes=distance"])
PEOPLE = 60


def lists() -> list[dict[str, Any]]:
    """Return ten places for sixty people: women walk twice as far; everybody's list begins with their own number's job."""
    return [
        {
            "person": f"p{person:02d}",
            "job": f"j{(person + rank) % 36:02d}",
            "rank": rank + 1,
            "sex": ("女", "男")[person % 2],
            "age band": "25-34" if person < 40 else "35-44",
            "distance": (1200, 600)[person % 2] + 10 * rank,
        }
        for person in range(PEOPLE)
        for rank in range(10)
    ]


def write(file: Path, rows: Sequence[Mapping[str, Any]], header: Sequence[str] = HEADER, encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return file


def asked(file: Path, **more: Any) -> Asked:
    return Asked(file, "job", **({"columns": COLUMNS, "unit": "m"} | more))


def codes(evaluation: Evaluation) -> set[str]:
    return {note.code.partition(".")[2] for note in evaluation.unknowable}


def told_by(table: ListTable) -> dict[str, int]:
    return {problem.rule: problem.rows for problem in table.problems}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with jobs, sixty people, and one event each: job (number + 1) a day after the first of August 2026."""
    people = [
        {
            "person_id": f"p{number:02d}",
            "birth_month": "1990-03" if number < 40 else "1980-03",
            "education": "21",
            "desired": "4-10-01-05" if number % 3 else "6-31-01-03",
            "lon": 120.36,
            "lat": 36.085,
            "area": "370203022",
        }
        for number in range(PEOPLE)
    ]
    events = [
        {"event_id": f"v{number}", "person_id": f"p{number:02d}", "kind": "job", "item_id": f"j{(number + 1) % 36:02d}",
         "event": "apply", "at": "2026-08-02T00:00:00Z"}
        for number in range(PEOPLE)
    ]  # fmt: skip
    early = [
        event | {"event_id": f"w{n}", "item_id": f"j{n % 36:02d}", "at": "2026-07-01T00:00:00Z"} for n, event in enumerate(events)
    ]
    restricted = [{"person_id": row["person_id"], "sex": ("female", "male")[n % 2]} for n, row in enumerate(people)]
    data = {"jobs": tiny.jobs(), "people": people, "events": [*early[:30], *events], "restricted": restricted}
    return tiny.write(tmp_path_factory.mktemp("city") / "data", data)


AT = tiny.micros("2026-08-01T00:00")


def test_without_a_data_folder_the_lists_alone_are_described(tmp_path: Path) -> None:
    table, found = evaluation_of_table(asked(write(tmp_path / "theirs.csv", lists(), encoding="gb18030")), None)
    assert (table.encoding, table.problems, table.rankers) == ("GB18030", (), ("theirs",))
    assert (found.asked, found.people, found.about.split) == (PEOPLE, 0, "nothing")
    assert (found.rankers, found.differences) == ({}, {})
    assert set(found.measures["theirs"]) == {"minutes@10", "minutes_known@10", "empty@10", "short@10"}
    women = found.audits["theirs"].families["sex"]["minutes@10"].slices["female"]
    mean = {sex: (metres + 45) * 1.3 / 70 for sex, metres in (("female", 1200), ("male", 600))}
    assert women.figure.mean == pytest.approx(mean["female"])
    assert women.ratio.mean == pytest.approx(mean["male"] / mean["female"])
    assert women.flagged
    assert set(found.audits["theirs"].families) == {"sex", "age"}
    assert codes(found) == {
        "labels", "no_row", "data", "families", "groups", "history", "occupations", "catalogue", "metres", "wage",
    }  # fmt: skip


def test_with_a_data_folder_its_events_say_what_was_right(tmp_path: Path, city: Path) -> None:
    file = write(tmp_path / "theirs.csv", lists())
    _, found = evaluation_of_table(asked(file, at=AT), city)
    assert (found.asked, found.people, found.positives, found.about.split) == (PEOPLE, PEOPLE, PEOPLE, "at")
    assert found.rankers["theirs"]["mrr"].mean == pytest.approx(1 / 2)  # every positive stands second
    assert found.rankers["theirs"]["ndcg@10"].mean == pytest.approx(1 / np.log2(3))
    assert list(found.groups["sex"]) == ["female", "male"]
    assert found.groups["age"]["25-34"]["theirs"]["mrr"].n == 40  # the table's own column
    assert found.groups["history"]["some"]["theirs"]["mrr"].n == 30
    assert found.groups["education"]["bachelor"]["theirs"]["mrr"].n == PEOPLE
    assert {"coverage@10", "wage@10", "novelty@10", "diversity@10"} - set(found.measures["theirs"]) == {"diversity@10"}
    occupations = found.audits["theirs"].occupations
    assert occupations is not None
    assert (occupations.women, occupations.men) == (30, 30)
    assert sum(gap.women.mean for gap in occupations.gaps) <= 1
    assert codes(found) == {"learnt", "candidates", "no_row", "groups", "openings", "metres"}


def test_without_a_distance_points_tell_the_walk(tmp_path: Path, city: Path) -> None:
    file = write(tmp_path / "theirs.csv", [{"person": "p00", "job": "j00", "rank": 1}] * 1)
    plain = {"person_id": "person", "item_id": "job", "position": "rank"}
    _, found = evaluation_of_table(asked(file, at=AT, columns=plain, unit=None), city)
    job, metre = tiny.jobs()[0], np.pi / 180 * 6_371_008.8
    away = np.hypot((job["lon"] - 120.36) * metre * np.cos(np.radians(36.084)), (job["lat"] - 36.085) * metre)
    assert found.measures["theirs"]["minutes@10"].mean == pytest.approx(away * 1.3 / 75, rel=1e-3)


def test_a_split_holds_out_as_elsewhere(tmp_path: Path, city: Path) -> None:
    file = write(tmp_path / "theirs.csv", lists())
    _, last = evaluation_of_table(asked(file, split="last"), city)
    assert (last.people, last.about.split) == (30, "last")  # those with two items
    assert last.rankers["theirs"]["mrr"].mean == pytest.approx(1 / 2)
    assert last.hidden["history"] == []
    assert last.groups["history"]["some"]["theirs"]["mrr"].n == 30
    with pytest.raises(DataError, match="needs the events"):
        evaluation_of_table(asked(file, split="last"), None)


def test_a_label_column_stands_in_for_events(tmp_path: Path) -> None:
    rows = [row | {"hired": {1: "yes", 3: "0"}.get(row["rank"], "")} for row in lists()]
    file = write(tmp_path / "theirs.csv", rows, [*HEADER, "hired"])
    _, found = evaluation_of_table(asked(file, columns=COLUMNS | {"label": "hired"}), None)
    assert (found.people, found.about.split) == (PEOPLE, "label")
    assert found.rankers["theirs"]["mrr"].mean == 1
    assert {"label_column", "at", "learnt"} <= codes(found)


def test_several_rankers_are_compared_with_ours(tmp_path: Path, city: Path) -> None:
    rows = [{"person_id": f"p{p:02d}", "item_id": f"j{(p + shift + rank) % 36:02d}", "position": rank + 1, "ranker": name,
             "kind": "job", "at": "2026-08-01T00:00:00Z", "score": -rank}
            for name, shift in (("near", 0), ("model", 1)) for p in range(PEOPLE) for rank in range(5)]  # fmt: skip
    file = tmp_path / "recommendations.parquet"
    table = pd.DataFrame(rows).assign(at=lambda frame: pd.to_datetime(frame["at"]))
    table.to_parquet(file, index=False)
    read, found = evaluation_of_table(Asked(file, "job", {}, ours="model"), city)
    assert (read.rankers, found.ours, read.problems) == (("near", "model"), "model", ())
    assert found.differences["near"]["mrr"].interval.mean == pytest.approx(1 - 1 / 2)
    assert found.rankers["model"]["mrr"].mean == 1
    with pytest.raises(DataError, match="no ranker 'other'; there are near, model"):
        evaluation_of_table(Asked(file, "job", {}, ours="other"), city)


def test_every_problem_of_the_header_is_told_at_once(tmp_path: Path) -> None:
    file = write(tmp_path / "theirs.csv", lists())
    with pytest.raises(TableError) as told:
        evaluation_of_table(Asked(file, "job", {"person_id": "who", "minutes": "distance"}), None)
    for said in (
        "no column is called 'who'",
        "nothing says item_id",
        "nothing says position",
        "--distance-unit m, km or minutes",
    ):
        assert said in str(told.value), said
    with pytest.raises(TableError) as told:
        mapping_of(["person=who,sex=", "position=a", "position=b", "family:=x"])
    for said in ("person=who", "sex=", "family:=x", "position is mapped twice"):
        assert said in str(told.value), said
    assert mapping_of(["item_id=job, title,position=rank"]) == {"item_id": "job, title", "position": "rank"}


def test_messy_rows_are_set_aside_and_counted(tmp_path: Path) -> None:
    messy = [
        {"person": "", "job": "j1", "rank": 1},
        {"person": "a", "job": "", "rank": 1},
        {"person": "a", "job": "j1", "rank": "first"},
        {"person": "a", "job": "j1", "rank": "0", "distance": "far", "sex": "F"},
        {"person": "a", "job": "j2", "rank": "1.0", "distance": "-3", "sex": "female"},
        {"person": "a", "job": "j3", "rank": "1", "sex": "女"},
        {"person": "a", "job": "j2", "rank": "5", "sex": "male"},
        {"person": "b", "job": "j2", "rank": "5", "sex": "M", "age band": "34"},
        {"person": "b", "job": "j9", "rank": "9", "sex": "F", "age band": "34"},
    ]
    table, found = evaluation_of_table(asked(write(tmp_path / "theirs.csv", messy)), None)
    assert told_by(table) == {
        "person_id": 1, "item_id": 1, "position": 1, "minutes": 2, "position-twice": 1, "item-twice": 1,
        "position-from-1": 4, "two-values": 2,
    }  # fmt: skip
    assert (table.rows_in, len(table.rows), table.rejected) == (9, 4, 5)
    assert table.rows[["person_id", "item_id", "position"]].values.tolist() == [
        ["a", "j1", 1], ["a", "j2", 2], ["b", "j2", 1], ["b", "j9", 2],
    ]  # fmt: skip
    assert table.families["sex"] == {"a": "female"}  # b has two
    assert table.families["age"] == {"b": "25-34"}
    assert found.asked == 2
    assert any("row 5: 'far'" in str(problem) for problem in table.problems)
    with pytest.raises(TableError, match=r"no row that can be reported on, of 3\.[\s\S]*person_id: 1 rows set aside"):
        evaluation_of_table(asked(write(tmp_path / "theirs.csv", messy[:3])), None)


def test_kinds_moments_and_scores(tmp_path: Path) -> None:
    columns = ["person_id", "item_id", "score", "kind", "at"]
    rows = [
        dict(zip(columns, row, strict=True))
        for row in (
            ("a", "j1", "0.5", "job", "2026-08-01T00:00:00Z"),
            ("a", "j2", "0.9", "job", "2026-08-01T00:00:00Z"),
            ("a", "j3", "high", "job", "2026-08-01T00:00:00Z"),
            ("a", "j4", "0.1", "job", "2026-07-01T00:00:00Z"),
            ("a", "c1", "0.7", "course", "2026-08-01T00:00:00Z"),
            ("a", "x1", "0.7", "house", "2026-08-01T00:00:00Z"),
            ("b", "j1", "0.5", "job", "yesterday"),
        )
    ]
    table, _ = evaluation_of_table(Asked(write(tmp_path / "x.csv", rows, columns), "job", {}), None)
    assert told_by(table) == {"kind": 1, "other-kind": 1, "score": 1, "at": 1, "moments": 1}
    assert table.rows["item_id"].tolist() == ["j2", "j1", "j1"]


def test_people_and_items_unknown_to_the_data_are_counted(tmp_path: Path, city: Path) -> None:
    rows = [*lists(), {"person": "stranger", "job": "nowhere", "rank": 1}]
    _, found = evaluation_of_table(asked(write(tmp_path / "theirs.csv", rows), at=AT), city)
    said = [note.said("en") for note in found.unknowable]
    assert any(one.startswith("1 people of the table are not") for one in said)
    assert any(one.startswith("1 items of the table are not") for one in said)
    assert found.without_positive == 1


def test_a_column_of_few_people_each_names_nobody(tmp_path: Path) -> None:
    rows = [row | {"street": "long" if int(row["person"][1:]) < 25 else f"street {row['person']}"} for row in lists()]
    file = write(tmp_path / "theirs.csv", rows, [*HEADER, "street"])
    report_on_table(asked(file, columns=COLUMNS | {"family:street": "street"}), None, tmp_path / "out")
    text = (tmp_path / "out" / "report.json").read_text("utf-8")
    assert "street p" not in text
    slices = json.loads(text)["audit"]["theirs"]["families"]["street"]["minutes@10"]["slices"]
    assert set(slices) == {"long", OTHER}


def test_every_sentence_can_be_said_in_both_languages(tmp_path: Path, city: Path) -> None:
    values = {
        "strangers": 1,
        "unlisted": 1,
        "unknown_items": 1,
        "missing": "sex",
        "deeper": "graduate",
        "detour": 1.3,
        "kind": "job",
    }
    for code in (code for code in report_texts() if code.startswith("unknowable.")):
        for lang in ("en", "zh-CN"):
            assert report_texts()[code][lang].format_map(values)


ANY = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=6)
CELLS = st.one_of(ANY, st.sampled_from(["1", "2", "3", "-1", "1e400", "nan", "p1", "j1", "2026-08-01", "男", "0.5"]))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries(dict.fromkeys((*HEADER, "hired", "at"), CELLS)), max_size=25))
def test_nothing_in_a_table_makes_it_crash(tmp_path: Path, city: Path, rows: list[dict[str, str]]) -> None:
    file = write(tmp_path / "messy.csv", rows, [*HEADER, "hired", "at"])
    columns = COLUMNS | {"label": "hired", "at": "at", "wage": "distance"}
    for data in (None, city):
        try:
            report_on_table(asked(file, columns=columns), data, tmp_path / "out")
        except TableError as problem:
            assert "no row that can be reported on" in str(problem)


def run(*told: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", *told])
    return result.exit_code, result.output


def test_the_command(tmp_path: Path, city: Path) -> None:
    file = str(write(tmp_path / "theirs.csv", lists()))
    mapped = ["--columns", "person_id=person,item_id=job,position=rank,sex=sex,age=age band,minutes=distance"]
    out = ["--out", str(tmp_path / "out")]
    code, said = run("--table", file, *mapped, "--distance-unit", "m", *out)
    assert code == 0, said
    assert "rows in 600 = accepted 600 + set aside 0 (UTF-8)" in said
    assert "Nothing says what people went on to use" in said
    assert (tmp_path / "out" / "report.html").exists()
    code, said = run(str(city), "--table", file, *mapped, "--distance-unit", "m", "--at", "2026-08-01T00:00:00Z", *out)
    assert code == 0, said
    told = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert told["data"]["columns"]["item_id"] == "job"
    assert told["rankers"]["theirs"]["ndcg@10"]["mean"] == pytest.approx(1 / np.log2(3))
    assert any("whether they have seen the answers" in one for one in told["cannot_know"])


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([], "A bundle is reported on with data"),
        (["data", "--ours", "model"], "are for a table of lists"),
        (["--table", "none.csv"], "cannot be read"),
        (["data", "--table", "x.csv", "--city", "qingdao"], "a folder names its city"),
        (["data", "--table", "x.csv", "--split", "none"], "holds nothing out"),
        (["data", "--table", "x.csv", "--split", "last", "--at", "2026-08-01T00:00:00Z"], "name one of them"),
    ],
)
def test_what_does_not_go_together_is_refused(told: list[str], said: str) -> None:
    code, output = run(*told)
    assert code == 1
    assert said in " ".join(output.split())
