"""JSON as a source: one document or a value a line, and lists of objects in a row."""

import json
from pathlib import Path
from typing import Any

import pytest

from sqrec.errors import TableError
from sqrec.mapping.sources import open_source


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
        read(tmp_path / name, '{"title": "cook"}\n\n{"title": }\n')


def test_a_document_that_breaks_off_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no JSON in UTF-8: Expecting .* line 3 column 1"):
        read(tmp_path / "a.json", '[{"title": "cook"},\n{"title": "baker"},\n')


def test_several_objects_say_together_what_they_say(tmp_path: Path) -> None:
    places = [{"at": {"area": "市北区", "city": "青岛"}, "lon": 120.36}, {"at": {"area": "市南区", "city": "青岛"}}]
    assert flat(tmp_path, {"title": "cook", "places": places}) == {
        "title": "cook",
        "places.at.area": "市北区|市南区",
        "places.at.city": "青岛",
        "places.lon": "120.36",
    }


def test_a_list_may_hold_objects_and_texts(tmp_path: Path) -> None:
    assert flat(tmp_path, {"tags": ["a", {"name": "b"}, ["c", "d"], None]}) == {"tags": "a|c|d", "tags.name": "b"}
