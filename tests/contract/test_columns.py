"""The contract: complete, consistent, and the page that says it."""

from pathlib import Path
from typing import get_args

import pytest

from sqrec.cities import load_city
from sqrec.contract import AMENITY_TYPES, GRADES, KINDS, KINDS_OF_EVENT, RULES, TABLE_OF_KIND, TABLES, ColumnType, Table
from sqrec.contract.page import columns_page
from sqrec.contract.parse import _PARSERS

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


def test_page_is_what_the_columns_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == columns_page(), "run: python -m sqrec.contract.page docs/tables.md"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_columns_are_named_once_and_break_known_rules(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert {column.rule for column in table.columns} <= set(RULES)
    assert table.key is None or table.column(table.key).required


def test_every_type_has_a_parser() -> None:
    assert set(get_args(ColumnType)) == set(_PARSERS)


def test_what_the_contract_names() -> None:
    assert list(TABLES) == [
        "people",
        "restricted",
        "jobs",
        "courses",
        "amenities",
        "skills",
        "occupations",
        "policies",
        "communities",
        "events",
        "rankings",
        "walk_nodes",
        "walk_edges",
        "utilities",
        "recommendations",
    ]
    assert TABLE_OF_KIND == {"job": "jobs", "course": "courses", "amenity": "amenities"}
    assert set(KINDS_OF_EVENT) <= set(GRADES)
    assert all(set(kinds) <= set(KINDS) for kinds in KINDS_OF_EVENT.values())


def test_grades_of_events() -> None:
    by_grade = {
        0: "impression reached dismiss unsuitable",
        1: "view",
        2: "save",
        3: "apply enrol visit",
        4: "interview",
        5: "hire complete",
    }
    assert {event: grade for grade, events in by_grade.items() for event in events.split()} == GRADES


def test_required_columns_are_those_of_the_contract() -> None:
    required = {name: [c.name for c in table.columns if c.required] for name, table in TABLES.items()}
    assert required == {
        "people": ["person_id"],
        "restricted": ["person_id"],
        "jobs": ["job_id", "title"],
        "courses": ["course_id", "title"],
        "amenities": ["amenity_id", "name", "type"],
        "skills": ["skill_id", "name"],
        "occupations": ["code", "name"],
        "policies": ["policy_id", "title"],
        "communities": ["area", "name"],
        "events": ["event_id", "person_id", "kind", "item_id", "event", "at"],
        "rankings": ["request_id"],
        "walk_nodes": ["node_id", "lon", "lat"],
        "walk_edges": ["from", "to", "metres"],
        "utilities": ["person_id", "kind", "item_id", "at", "utility"],
        "recommendations": ["person_id", "kind", "item_id", "position"],
    }


def test_a_minor_is_offered_public_amenities() -> None:
    public = {name for name, (_, level) in AMENITY_TYPES.items() if level == "public"}
    assert set(load_city("qingdao").gates.minors_amenities) == public
