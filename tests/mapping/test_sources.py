"""JSON as a source: one document or a value a line, and lists of objects in a row."""

import json
from pathlib import Path
from typing import Any

import pytest

from sqrec.errors import TableError
from sqrec.mapping.sources import open_source
from sqrec.tables import check_folder, read_folder
from tests.mapping.test_adapt import adapted, write


def read(file: Path, text: str) -> list[dict[str, str]]:
    """Write a source and return its rows."""
    file.write_text(text, encoding="utf-8")
    raw = open_source(file)
    return [dict(zip(raw.header, row, strict=True)) for piece in raw.pieces for row in piece.rows()]


def flat(tmp_path: Path, value: dict[str, Any]) -> dict[str, str]:
    """Return the one row of an object."""
    (row,) = read(tmp_path / "a.json", json.dumps([value], ensure_ascii=False))
    return row


def test_an_object_may_hold_others_at_the_start_of_a_line(tmp_path: Path) -> None:
    text = '{"jobs": [\n{"title": "cook"},\n{"title": "baker"}\n]}'
    assert read(tmp_path / "a.json", text) == [{"title": "cook"}, {"title": "baker"}]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_an_object_a_line(tmp_path: Path, name: str, end: str) -> None:
    text = end.join(['{"title": "cook"}', '{"title": "baker"}', ""])
    assert read(tmp_path / name, text) == [{"title": "cook"}, {"title": "baker"}]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x7f"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, mark: str) -> None:
    text = f'{{"title": "cook{mark}baker"}}\n{{"title": "waiter"}}\n'
    assert [row["title"] for row in read(tmp_path / "a.jsonl", text)] == [f"cook{mark}baker", "waiter"]


def test_the_only_line_is_a_row_whatever_lists_it_holds(tmp_path: Path) -> None:
    assert read(tmp_path / "a.jsonl", '{"title": "cook", "tags": [{"name": "b"}]}\n') == [{"title": "cook", "tags.name": "b"}]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_the_line_that_is_no_json_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError, match=rf"{name} is no JSON in UTF-8: line 3, column 11: Expecting value\."):
        read(tmp_path / name, '{"title": "cook"}\n\n{"title": }\n{"title": }\n')


def test_a_document_that_breaks_off_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no JSON in UTF-8: Expecting .* line 3 column 1"):
        read(tmp_path / "a.json", '[{"title": "cook"},\n{"title": "baker"},\n')


def test_several_objects_say_together_what_they_say(tmp_path: Path) -> None:
    places = [{"at": {"area": "市北区", "city": "青岛"}, "lon": 120.36}, {"at": {"area": "市南区", "city": "青岛"}}]
    assert flat(tmp_path, {"title": "cook", "places": places}) == {
        "title": "cook",
        "places.at.area": "市北区|市南区",
        "places.at.city": "青岛",
        "places.lon": "120.36|",
    }


def test_a_list_may_hold_objects_and_texts(tmp_path: Path) -> None:
    assert flat(tmp_path, {"tags": ["a", {"name": "b"}, ["c", "d"], None]}) == {"tags": "a|c|d", "tags.name": "b"}


@pytest.mark.parametrize(
    ("members", "right"),
    [
        ([{"a": 1}, {"b": 2}, {"a": 3}], {"t.a": "1||3", "t.b": "|2"}),
        ([{"a": 1}, {"a": None}], {"t.a": "1|"}),
        ([{"a": None}, {"a": ""}], {"t.a": ""}),
        ([{"a": 1}, {}], {"t.a": "1|"}),
        ([{"a": 1}, {"a": 1}], {"t.a": "1"}),
        (["x", {"a": 1}, None], {"t": "x", "t.a": "1"}),
    ],
)
def test_an_object_that_says_nothing_leaves_its_place_empty(tmp_path: Path, members: list[Any], right: dict[str, str]) -> None:
    assert flat(tmp_path, {"t": members}) == right


def mapped(tmp_path: Path, name: str, text: str | bytes, *columns: str) -> Path:
    """Write a folder whose jobs are read from a JSON source; a column may say which member it is from."""
    (tmp_path / "folder.json").write_text('{"city": "qingdao", "as_of": "2026-11-01"}', encoding="utf-8")
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    pairs = (column.partition("=") for column in columns)
    given = {column: {"from": source or column} for column, _, source in pairs}
    mapping = {"version": 1, "tables": {"jobs": [{"file": name, "columns": given}]}}
    (tmp_path / "mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    return tmp_path


def test_the_point_of_one_place_is_not_that_of_two(tmp_path: Path) -> None:
    places = [{"name": "市北区", "lon": 120.36, "lat": 36.08}, {"name": "市南区"}]
    text = json.dumps([{"id": "a", "title": "cook", "at": places}])
    found = read_folder(mapped(tmp_path, "a.json", text, "job_id=id", "title", "area=at.name", "lon=at.lon", "lat=at.lat"))
    assert found.tables["jobs"][["lon", "lat"]].isna().to_numpy().tolist() == [[True, True]]
    assert {(problem.column, problem.value) for problem in found.problems} == {("lon", "120.36|"), ("lat", "36.08|")}


GOOD_LINES = ['{"title": "cook", "id": "a"}', "", '{"title": "baker", "id": "b"}']


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json"])
@pytest.mark.parametrize(
    ("cut", "cause"), [('{"title": "wai', "column 11: Unterminated string"), ('{"title": }', "column 11: Expecting value")]
)
def test_a_line_that_is_no_json_is_rejected_alone(tmp_path: Path, name: str, cut: str, cause: str) -> None:
    path = mapped(tmp_path, name, "\n".join([*GOOD_LINES, cut]), "job_id=id", "title")
    found = check_folder(path)
    check = found.checks["jobs"]
    assert (check.rows_in, check.accepted, check.rejected) == (3, 2, 1)
    (one,) = check.tally.examples["", "json-line"]
    assert (one.row, one.value, one.hint.startswith(cause)) == (4, cut, True)
    assert "json-line" in (path / "rejected" / "jobs.csv").read_text(encoding="utf-8")


def test_rows_of_lines_are_told_by_their_line(tmp_path: Path) -> None:
    path = mapped(tmp_path, "a.jsonl", "\n".join([*GOOD_LINES, '{"id": "c"}']), "job_id=id", "title")
    assert [(problem.row, problem.rule) for problem in read_folder(path).problems] == [(4, "required")]


def test_a_character_that_is_cut_costs_its_line(tmp_path: Path) -> None:
    whole = "\n".join([*GOOD_LINES, '{"id": "c", "title": "店']).encode()
    found = read_folder(mapped(tmp_path, "a.jsonl", whole[:-1], "job_id=id", "title"))
    assert found.tables["jobs"]["job_id"].tolist() == ["a", "b"]
    (one,) = found.problems
    assert (one.row, one.rule, one.hint) == (4, "json-line", "column 23: a byte that is no UTF-8")
    assert one.value.endswith(r"\xe5\xba")


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_text_that_is_no_lines_is_refused_whole(tmp_path: Path, name: str) -> None:
    """Documents behind one another, each over several lines, one of which looks like an object."""
    with pytest.raises(TableError, match=r"no JSON in UTF-8: line 1, column"):
        read(tmp_path / name, '{"a": [\n{"x": 1}\n]}\n{"a": [\n{"x": 2}\n]}\n')


@pytest.mark.parametrize(
    "text", ['["x", {"id": "a", "title": "cook"}, null]', '{"jobs": ["x", {"id": "a", "title": "cook"}, null]}']
)
def test_members_that_are_no_objects_are_counted(tmp_path: Path, text: str) -> None:
    found = read_folder(mapped(tmp_path, "a.json", text, "job_id=id", "title"))
    assert (found.reports["jobs"].rows_in, found.reports["jobs"].accepted) == (3, 1)
    assert [(problem.row, problem.rule, problem.value) for problem in found.problems] == [
        (1, "no-object", '"x"'),
        (3, "no-object", "null"),
    ]


def test_the_ids_of_several_objects_are_no_id(tmp_path: Path) -> None:
    lists = [{"userId": f"p{n}", "model": "als", "given": [{"itemId": f"j{n}", "rating": 0.5}, {"itemId": "j9", "rating": 0.4}]} for n in range(3)]  # fmt: skip
    acts = [{"user_id": f"p{n}", "action": "view", "at": f"2026-10-2{n} 10:00", "seen": [{"job_id": "j1"}, {"job_id": "j2"}]} for n in range(3)]  # fmt: skip
    acts[2]["seen"] = [{"job_id": "j3"}]
    files = {"recs__json": json.dumps(lists), "acts__json": json.dumps(acts), "jobs__csv": "job_id,title\nj1,店员\nj2,保安\n"}
    shown = adapted(write(tmp_path, **files), asks=1)
    assert "recs.json: like no table of the contract; not read" in shown
    assert (
        f"`sqrec report --table {tmp_path / 'recs.json'}`; given holds up to 2 objects a row; write one row per object" in shown
    )
    assert "left out: seen.job_id (seen holds up to 2 objects a row; write one row per object)" in shown
    assert "events.item_id: nothing in the source says it" in shown


def test_objects_of_one_member_mostly_alone_are_read(tmp_path: Path) -> None:
    acts = [{"user_id": f"p{n}", "action": "view", "at": f"2026-10-2{n} 10:00", "seen": [{"job_id": f"j{n}"}]} for n in range(3)]
    acts[2]["seen"] = [{"job_id": "j1"}, {"job_id": "j2"}]
    adapted(write(tmp_path, acts__json=json.dumps(acts), jobs__csv="job_id,title\nj1,店员\nj2,保安\n"))
    assert read_folder(tmp_path).tables["events"]["item_id"].tolist() == ["j0", "j1", "j1|j2"]


def test_a_file_without_end_of_depth_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(TableError, match="no JSON in UTF-8"):
        open_source(tmp_path / "a.json")
