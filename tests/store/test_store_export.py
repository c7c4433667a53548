"""Out again: what was imported is exported and read as it was, to the last bit."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sqrec import read_source
from sqrec.cities import load_city
from sqrec.cli.app import app
from sqrec.contract import TABLES
from sqrec.errors import StoreError, TableError
from sqrec.store import Store, export_folder, import_folder
from sqrec.store import reading as reading_module
from sqrec.synth import Demo, write_demo
from sqrec.tables import Folder, Form, read_folder
from tests.support import tiny

EVERYTHING: Mapping[str, list[dict[str, Any]]] = {
    "people": [{**row, "walk": ("no_steps", "any", "")[n % 3]} for n, row in enumerate(tiny.people())],
    "restricted": [{"person_id": "p01", "sex": "female", "local_insured_months": 7, "disability": "no", "recognised": "graduate@2026-02-01"}],
    "jobs": [{**row, "phone": "0532-5551 0001", "event_id": "fair-1" if n % 2 else ""} for n, row in enumerate(tiny.jobs())],
    "courses": [{**row, "address": "台东一路2号", "phone": "0532-55520002"} for row in tiny.courses()],
    "amenities": tiny.amenities(),
    "skills": [{"skill_id": "s", "name": "面点", "aliases": "pastry|点心"}],
    "occupations": [{"code": "4-10-01-05", "name": "面点师", "level": 4}],
    "policies": [{"policy_id": "x", "title": "补贴", "conditions": '{"age": [16, 24]}', "valid_from": "1900-01-01", "valid_to": "9999-12-31"}],
    "communities": [{"area": "370202", "name": "湛山", "boundary": "POLYGON((120 36, 120.1 36, 120.1 36.1, 120 36))", "model_circle": "yes", "population": 12.5}],
    "events": [*({**row, "writer": "platform"} for row in tiny.events()), {"event_id": "d", "person_id": "p01", "kind": "job", "item_id": "j02", "event": "dismiss", "at": "2026-07-01T00:00:00Z", "reason": "太远，又没有公交"}],
    "rankings": [{"request_id": "r", "at": "2026-07-01T00:00:00.000001Z", "person_version": 999999999999999, "score": -1e-300, "propensity": 0.1, "vector": "AAAAAAAA8D8AAAAAAAD4fw=="}],
    "walk_nodes": [{"node_id": "n", "lon": 120.35, "lat": 36.1}],
    "walk_edges": [{"from": "n", "to": "m", "metres": 0.1}],
    "utilities": [{"person_id": "p01", "kind": "job", "item_id": "j01", "at": "2026-07-01T00:00:00Z", "utility": 0.30000000000000004}],
    "recommendations": [{"person_id": "p01", "kind": "job", "item_id": "j01", "position": 1, "score": 5e-324}],
}  # fmt: skip
"""Every table of the contract, with cells at the ends of what may be said."""


def by_id(folder: Folder) -> dict[str, pd.DataFrame]:
    """Return the tables in the order of the ids; where there are none, of all cells."""
    keys = {name: [TABLES[name].key] if TABLES[name].key else list(TABLES[name].names) for name in folder.tables}
    return {name: frame.sort_values(keys[name], ignore_index=True) for name, frame in folder.tables.items()}


def assert_same(one: Folder, other: Folder) -> None:
    assert list(one.tables) == list(other.tables)
    mine, theirs = by_id(one), by_id(other)
    for name, frame in mine.items():
        pd.testing.assert_frame_equal(frame, theirs[name], check_exact=True)
        assert frame.dtypes.equals(theirs[name].dtypes), name


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("demo") / "city"
    write_demo(place, Demo(people=200, seed=3))
    return place


def imported(url: str, folder: Path) -> None:
    with Store.open(url) as store:
        import_folder(store, folder)


def exported(url: str, folder: Path, form: Form = "parquet") -> Folder:
    with Store.open(url, create=False) as store:
        rows = export_folder(store, folder, form)
    read = read_folder(folder)
    assert {name: len(frame) for name, frame in read.tables.items()} == rows
    assert read.problems == []
    return read


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_every_table_goes_round(store_url: str, tmp_path: Path, form: Form) -> None:
    tiny.write(tmp_path / "in", EVERYTHING)
    imported(store_url, tmp_path / "in")
    first = read_folder(tmp_path / "in")
    assert first.problems == []
    again = exported(store_url, tmp_path / "out", form)
    assert_same(again, first)
    assert (again.config, again.city) == (first.config, first.city)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_an_invented_city_goes_round(store_url: str, demo: Path, tmp_path: Path, form: Form) -> None:
    imported(store_url, demo)
    assert_same(exported(store_url, tmp_path / "out", form), read_folder(demo))


def test_what_is_exported_is_unchanged_when_it_comes_again(store_url: str, tmp_path: Path) -> None:
    imported(store_url, tiny.write(tmp_path / "in", EVERYTHING))
    for form in ("parquet", "csv"):
        exported(store_url, tmp_path / form, form)
        with Store.open(store_url) as store:
            before = store.change()
            found = import_folder(store, tmp_path / form)
            assert all((written.new, written.changed) == (0, 0) for written in found.written.values())
            assert store.change() == before


def test_a_store_reads_as_its_folder(store_url: str, tmp_path: Path) -> None:
    tiny.write(tmp_path / "in", EVERYTHING)
    imported(store_url, tmp_path / "in")
    told, read = read_folder(tmp_path / "in"), read_source(store_url, list(EVERYTHING))
    assert_same(read, told)
    assert (read.config, read.city) == (told.config, told.city)
    assert read.problems == []
    for name, report in told.reports.items():
        mine = read.reports[name]
        assert (mine.table, mine.rows_in, mine.accepted) == (report.table, report.rows_in, report.accepted)
        assert mine.unknown == pytest.approx(report.unknown, nan_ok=True)
    by_key = {name: TABLES[name].key for name in read.tables if TABLES[name].key}
    assert all(read.tables[name][key].is_monotonic_increasing for name, key in by_key.items() if key)


def test_an_invented_city_reads_as_its_folder(store_url: str, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(store_url, demo)
    whole = read_source(store_url)
    assert_same(whole, read_source(demo))
    monkeypatch.setattr(reading_module, "CHUNK", 977)
    monkeypatch.setattr(reading_module.frames, "__kwdefaults__", {"most": 977})
    assert_same(read_source(store_url), whole)


def test_only_the_tables_named(store_url: str, tmp_path: Path) -> None:
    """Rankings are read where they are named; a table that is not there is left out, one that is none is refused."""
    tiny.write(tmp_path / "in", {"jobs": tiny.jobs(), "rankings": EVERYTHING["rankings"]})
    imported(store_url, tmp_path / "in")
    assert list(read_source(store_url).tables) == ["jobs"]
    assert list(read_source(store_url, ["rankings", "people", "jobs"]).tables) == ["rankings", "jobs"]
    with pytest.raises(TableError, match="No table is called job"):
        read_source(store_url, ["job"])
    with pytest.raises(StoreError, match="holds none of people"):
        read_source(store_url, ["people"])


def test_an_empty_table_is_a_table(store_url: str, tmp_path: Path) -> None:
    tiny.write(tmp_path / "in", {"jobs": tiny.jobs()})
    (tmp_path / "in" / "events.csv").write_text("event_id,person_id,kind,item_id,event,at\n", encoding="utf-8")
    imported(store_url, tmp_path / "in")
    first = read_folder(tmp_path / "in")
    assert_same(read_source(store_url), first)
    assert_same(exported(store_url, tmp_path / "out"), first)
    assert_same(exported(store_url, tmp_path / "csv", "csv"), first)


def test_only_what_holds_now_is_exported(store_url: str, tmp_path: Path) -> None:
    for place, title in (("a", "厨师"), ("b", "厨师长")):
        tiny.write(tmp_path / place, {"jobs": [{"job_id": "j", "title": title}, {"job_id": place, "title": "x"}]})
        imported(store_url, tmp_path / place)
    table = exported(store_url, tmp_path / "out").tables["jobs"]
    assert dict(zip(table["job_id"], table["title"], strict=True)) == {"a": "x", "b": "x", "j": "厨师长"}


@pytest.mark.parametrize("crs", ["WGS84", "GCJ02", "BD09"])
@pytest.mark.parametrize("city", ["qingdao", None])
def test_points_are_in_the_frame_that_the_folder_names(store_url: str, tmp_path: Path, crs: str, city: str | None) -> None:
    tiny.write(tmp_path / "in", {"jobs": tiny.jobs()})
    (tmp_path / "in" / "folder.json").write_text(json.dumps({"city": city, "crs": crs}), encoding="utf-8")
    imported(store_url, tmp_path / "in")
    first, again = read_folder(tmp_path / "in"), exported(store_url, tmp_path / "out")
    assert_same(again, first)
    assert again.config.crs == (load_city("qingdao").frame if city else crs)


def test_a_city_of_its_own_goes_along(store_url: str, tmp_path: Path) -> None:
    """A city that sqrec does not bring along is in the store, and in the exported folder, with its rules."""
    folder = tiny.write(tmp_path / "in", {"jobs": tiny.jobs()}, city="here")
    shutil.copytree(Path(str(__import__("sqrec").__file__)).parent / "cities" / "qingdao", folder / "here")
    told = json.loads((folder / "here" / "city.json").read_text(encoding="utf-8"))
    (folder / "here" / "city.json").write_text(json.dumps(told | {"name": "elsewhere"}), encoding="utf-8")
    imported(store_url, folder)
    first = read_folder(folder)
    assert first.city.name == "elsewhere"
    assert first.city.groups.rulesets
    shutil.rmtree(folder)
    assert read_source(store_url).city == first.city
    again = exported(store_url, tmp_path / "out")
    assert again.city == first.city
    assert_same(again, first)
    imported(store_url, tmp_path / "out")
    assert read_source(store_url).city == first.city


def test_an_export_is_whole_or_not_there(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.write(tmp_path / "in")
    imported(store_url, tmp_path / "in")
    full = tmp_path / "full"
    full.mkdir()
    (full / "note.txt").write_text("mine", encoding="utf-8")
    with Store.open(store_url) as store:
        for taken in (full, full / "note.txt"):
            with pytest.raises(StoreError, match="holds something"):
                export_folder(store, taken)

        def failing(*_: Any) -> None:
            raise OSError("no space left on device")

        with monkeypatch.context() as patch, pytest.raises(OSError, match="no space left"):
            patch.setattr("sqrec.store.exporting.reading.current", failing)
            export_folder(store, tmp_path / "out")
        (tmp_path / "empty").mkdir()
        export_folder(store, tmp_path / "empty")
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.is_dir()) == ["empty", "full", "in"]


def test_the_command_exports(store_url: str, tmp_path: Path) -> None:
    def run(folder: str, *options: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["export", str(tmp_path / folder), "--store", store_url, *options])
        return result.exit_code, result.output

    Store.open(store_url).close()
    code, text = run("out")
    assert code == 1
    assert "holds no data yet; run: sqrec import FOLDER --store" in text
    tiny.write(tmp_path / "in")
    imported(store_url, tmp_path / "in")
    assert run("out")[0] == 0
    assert run("csv", "--format", "csv")[1].strip() == f"{tmp_path / 'csv'}: people 12, jobs 40, events 160"
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "events.parquet",
        "folder.json",
        "jobs.parquet",
        "people.parquet",
    ]
    assert sorted(file.name for file in (tmp_path / "csv").iterdir()) == ["events.csv", "folder.json", "jobs.csv", "people.csv"]


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n\t",|'), max_size=12)
NUMBERS = st.one_of(st.just(""), st.floats(0, 1e300).map(repr), st.integers(0, 10**14).map(str))
MOMENTS = st.one_of(st.just(""), st.datetimes(pd.Timestamp("1900-01-02"), pd.Timestamp("9999-12-30")).map(lambda at: at.isoformat() + "Z"))  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS, NUMBERS, NUMBERS, MOMENTS, st.sampled_from(["", "yes", "no"])), max_size=6))
def test_whatever_the_contract_takes_goes_round(store_url: str, tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:  # fmt: skip
    place = tmp_path_factory.mktemp("round")
    names = ("title", "description", "wage_min", "headcount", "published_at", "local_first")
    jobs = [
        {"job_id": f"{place.name}-{number}", "wage_unit": "day", **dict(zip(names, row, strict=True))}
        for number, row in enumerate(rows)
    ]
    tiny.write(place / "in", {"jobs": jobs or [{"job_id": f"{place.name}-x", "title": "x"}]})
    first = read_folder(place / "in").tables["jobs"]
    imported(store_url, place / "in")
    with Store.open(store_url) as store:
        export_folder(store, place / "parquet")
        export_folder(store, place / "csv", "csv")
    for folder in (read_folder(place / "parquet"), read_folder(place / "csv"), read_source(store_url, ["jobs"])):
        assert {problem.rule for problem in folder.problems} <= {"far-opening"}  # told, and kept as it is
        mine = folder.tables["jobs"][folder.tables["jobs"]["job_id"].isin(first["job_id"])]
        pd.testing.assert_frame_equal(
            mine.sort_values("job_id", ignore_index=True), first.sort_values("job_id", ignore_index=True), check_exact=True
        )


def test_what_cannot_be_told_from_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store sqlite"):
        read_source(f"sqlite:///{tmp_path / 'nothing.db'}")
    assert np.array_equal(list(tmp_path.iterdir()), [])
