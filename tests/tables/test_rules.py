"""Every rule of rows and cells, each broken once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sqrec.cities import load_city
from sqrec.contract import RULES, TABLES
from sqrec.contract.parse import parse
from sqrec.tables import read_folder
from tests.support.rows import GOOD, LATER, configure, folder_of, write


@dataclass(frozen=True)
class Case:
    """Hold the cells of one bad row, and the other tables that must be there to see it."""

    table: str
    cells: Mapping[str, str]
    beside: Sequence[str] = field(default=())


CASES: Mapping[str, Case] = {
    "required": Case("jobs", {"title": ""}),
    "id": Case("people", {"person_id": "x" * 129}),
    "text": Case("jobs", {"title": "a", "employer": "x" * 20_001}),
    "text-required": Case("jobs", {"title": "x" * 20_001}),
    "other-id": Case("jobs", {"employer_id": "x" * 129}),
    "control": Case("jobs", {"title": "收银员\x0b早班"}),
    "text-mark": Case("people", {"skills": '="面点"'}),
    "list-separator": Case("people", {"desired": "保洁员、保安"}),
    "choice": Case("people", {"education": "72"}),
    "choice-required": Case("amenities", {"type": "canteens"}),
    "choices": Case("people", {"forms": "full_time|sometimes"}),
    "job-kind": Case("jobs", {"kind": "public welfare"}),
    "welfare-kind": Case("jobs", {"title": "保洁员（公益性岗位）"}),
    "hazard": Case("jobs", {"hazards": "night|hight"}),
    "audience": Case("courses", {"audience": "graduates"}),
    "status": Case("amenities", {"status": "close"}),
    "recognised": Case("restricted", {"recognised": "graduate@2026-02-30"}),
    "need": Case("people", {"needs": "type:childcare|domain:sleep"}),
    "skill-level": Case("people", {"skills": "中式面点师@6"}),
    "number": Case("people", {"wage_min": "3,500"}),
    "number-required": Case("walk_edges", {"from": "a", "to": "b", "metres": "far"}),
    "range": Case("people", {"pace": "500"}),
    "integer": Case("jobs", {"headcount": "1.5"}),
    "boolean": Case("jobs", {"hazards_checked": "maybe"}),
    "switch": Case("people", {"personalised": "off"}),
    "birth-month": Case("people", {"birth_month": "1985-13"}),
    "date": Case("people", {"graduated_on": "2026-02-30"}),
    "instant": Case("people", {"updated_at": "2026-01-05"}),
    "instant-required": Case("events", {"at": "yesterday"}),
    "validity": Case("jobs", {"valid_to": "soon"}),
    "zone": Case("events", {"at": "2026-01-05T09:00:00"}),
    "hours": Case("amenities", {"hours": "9 to 5"}),
    "occupation": Case("jobs", {"occupation": "cook"}),
    "occupation-required": Case("occupations", {"code": "5230", "name": "cashiers"}),
    "area-required": Case("communities", {"area": "3702"}),
    "wkt": Case("communities", {"area": "370203", "boundary": "POLYGON((1 2"}),
    "former-area": Case("people", {"area": "370282001"}),
    "area": Case("people", {"area": "37020"}),
    "json": Case("policies", {"conditions": "{age: 16}"}),
    "vector": Case("rankings", {"vector": "AAAA"}),
    "coordinate": Case("people", {"lat": ""}),
    "swapped": Case("people", {"lon": "36.07", "lat": "120.40"}),
    "swapped-area": Case("people", {"lon": "36.07", "lat": "120.40", "area": "370202"}),
    "outside": Case("people", {"lon": "116.40", "lat": "39.91"}),
    "outside-area": Case("people", {"lon": "116.40", "lat": "39.91", "area": "370202"}),
    "too-young": Case("people", {"birth_month": "2012-11"}),
    "wage-unit": Case("jobs", {"wage_unit": ""}),
    "wage-order": Case("jobs", {"wage_min": "31"}),
    "valid-order": Case("jobs", {"published_at": "2026-02-02", "valid_to": "2026-02-01"}),
    "course-order": Case("courses", {"end_on": "2026-02-28"}),
    "age-order": Case("courses", {"age_max": "17"}),
    "recorded-order": Case("events", {"recorded_at": "2026-01-05T08:59:59Z"}),
    "event-kind": Case("events", {"event": "enrol"}),
    "unknown-person": Case("events", {"person_id": "stranger"}, beside=("people",)),
    "before-published": Case("events", {"item_id": "late"}, beside=("jobs",)),
    "unknown-item": Case("events", {"item_id": "nothing"}, beside=("jobs",)),
    "duplicate-id": Case("people", {"person_id": "good"}),
    "implausible-wage": Case("jobs", {"wage_max": "99999999"}),
    "implausible": Case("courses", {"lesson_hours": "99999"}),
    "far-date": Case("people", {"graduated_on": "2090-07-01"}),
    "far-opening": Case("jobs", {"published_at": "2090-07-01"}),
    "ahead": Case("events", {"at": "2099-01-05T09:00:00Z"}),
    "not-yet": Case("people", {"updated_at": "2099-01-01T00:00:00Z"}),
    "long-ago": Case("events", {"at": "1970-01-01T00:00:00Z"}),
}
"""A row that breaks each rule, and no other."""


ELSEWHERE = {
    "json-line",
    "no-object",
    "missing-column",
    "extra-column",
    "double-column",
    "quotes",
    "cell-count",
    "header-again",
    "unknown-file",
} | {
    "rejected-unwritten",
    "unknown-field",
    "column-name",
    "encoding",
    "other-encoding",
    "other-sheet",
    "merged",
    "nothing-joins",
    "json-type",
    "no-place",
    "after-as-of",
}
"""Rules of headers, files and requests: each has a test of its own beside."""


def test_every_rule_has_a_case() -> None:
    assert set(CASES) | ELSEWHERE == set(RULES)
    assert not set(CASES) & ELSEWHERE


@pytest.mark.parametrize("rule", CASES)
def test_rules(rule: str, tmp_path: Path) -> None:
    """A bad row tells its rule and nothing else, and the good row beside it stays."""
    case = CASES[rule]
    good = GOOD.get(case.table, {"from": "a", "to": "b", "metres": "5"})
    key = TABLES[case.table].key
    bad = {**good, **({key: "bad"} if key else {}), **case.cells}
    configure(tmp_path)
    write(tmp_path, case.table, [good, bad])
    for name in case.beside:
        write(tmp_path, name, [GOOD[name], *LATER.get(name, [])])
    folder = read_folder(tmp_path)
    report = folder.reports[case.table]
    assert [(problem.row, problem.rule) for problem in folder.problems] == [(3, rule)]
    rejected = int(RULES[rule].severity == "error")
    assert (report.rows_in, report.accepted, report.rejected) == (2, 2 - rejected, rejected)
    assert len(folder.tables[case.table]) == report.accepted
    assert (tmp_path / "rejected" / f"{case.table}.csv").exists() == bool(rejected)
    assert (tmp_path / "rejected").exists() == bool(rejected)
    assert rule in str(folder.problems[0])
    assert RULES[rule].right in str(folder.problems[0])


def test_warnings_make_cells_unknown(tmp_path: Path) -> None:
    jobs = folder_of(tmp_path, "jobs", {**GOOD["jobs"], "wage_unit": ""}).tables["jobs"]
    assert jobs[["wage_min", "wage_max"]].isna().all(axis=None)
    event = {**GOOD["events"], "recorded_at": "2026-01-01T00:00:00Z"}
    events = folder_of(tmp_path / "b", "events", event).tables["events"]
    assert events["recorded_at"].isna().all()


@pytest.mark.parametrize(
    ("name", "text", "value", "rule"),
    [
        ("birth_month", "1985-03", "1985-03", None),
        ("birth_month", "1985-13", None, "birth-month"),
        ("birth_month", " ", None, None),
        ("hours", "22:00-06:00", "22:00-06:00", None),
        ("hours", "mon-fri 08:30-17:30; sat 09:00-12:00", "mon-fri 08:30-17:30; sat 09:00-12:00", None),
        ("hours", "25:00-26:00", None, "hours"),
        ("skills", "Cook @ Harbour", "Cook @ Harbour", None),
        ("area", "New Jersey/Newark", "New Jersey/Newark", None),
        ("area", "New Jersey//Newark", None, "area"),
        ("wage_min", "-1", None, "range"),
        ("wage_min", "nan", None, "number"),
        ("wage_min", "inf", None, "number"),
        ("wage_min", "1_000", None, "number"),
        ("wage_min", "3.5e3", 3500.0, None),
        ("pace", "10", 10.0, None),
        ("updated_at", "1970-01-01T00:00:01Z", 1_000_000, None),
    ],
)
def test_cells(name: str, text: str, value: object, rule: str | None) -> None:
    assert parse(TABLES["people"].column(name), text, load_city("qingdao").zone) == (value, rule)
