"""The invented city as a folder: what stands in it, the same every time, and what must not happen in it."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from sqrec.cities.language import Condition
from sqrec.cli.app import app
from sqrec.contract.vocabulary import AMENITY_TYPES, FORMS, GRADES, HAZARDS, JOB_KINDS, MODES, STATUS
from sqrec.errors import DataError
from sqrec.synth import Demo, contacts, write_demo
from sqrec.synth.data import read
from sqrec.tables import Folder, read_folder

AS_OF = date(2026, 11, 24)
OF_KIND = {"job": ("jobs", "job_id"), "course": ("courses", "course_id"), "amenity": ("amenities", "amenity_id")}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("city")
    write_demo(place, Demo(people=400, seed=5, as_of=AS_OF))
    return place


@pytest.fixture(scope="module")
def city(path: Path) -> Folder:
    return read_folder(path)


@pytest.fixture(scope="module")
def events(city: Folder) -> pd.DataFrame:
    table = city.tables["events"].copy()
    table["grade"] = table["event"].map(GRADES)
    return table


def uses(city: Folder, events: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return events of a kind beside their item's columns."""
    name, key = OF_KIND[kind]
    return events[events["kind"] == kind].merge(city.tables[name], left_on="item_id", right_on=key)


def test_policies_are_told_in_the_language_of_conditions(city: Folder) -> None:
    conditions: TypeAdapter[Condition] = TypeAdapter(Condition)
    told = [conditions.validate_json(text) for text in city.tables["policies"]["conditions"]]
    assert {fact for one in told for fact in one.reads} >= {"graduated_on", "employment", "birth_month", "veteran"}


def test_nothing_is_wrong_with_it(city: Folder) -> None:
    assert city.problems == []
    assert city.config.synthetic
    assert city.config.as_of == "2026-11-24"
    assert set(city.tables) == {
        "people",
        "restricted",
        "jobs",
        "courses",
        "amenities",
        "skills",
        "policies",
        "communities",
        "events",
        "utilities",
    }


def test_the_same_arguments_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["demo", str(tmp_path / "again"), "--people", "400", "--seed", "5", "--as-of", "2026-11-24"])
    assert result.exit_code == 0, result.output
    for file in sorted(path.iterdir()):
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.parametrize("other", [{"seed": 6}, {"taste": "other"}, {"shape": "other"}])
def test_other_arguments_give_another_city(path: Path, tmp_path: Path, other: dict) -> None:
    write_demo(tmp_path, Demo(**{"people": 400, "seed": 5, "as_of": AS_OF, **other}))
    changed = "people" if other != {"taste": "other"} else "events"
    assert (tmp_path / f"{changed}.parquet").read_bytes() != (path / f"{changed}.parquet").read_bytes()
    if "taste" in other:
        assert (tmp_path / "people.parquet").read_bytes() == (path / "people.parquet").read_bytes()


def test_one_can_act_on_what_is_offered(city: Folder) -> None:
    jobs, courses = city.tables["jobs"], city.tables["courses"]
    for table, before in ((jobs, "0532-5551"), (courses, "0532-5552")):
        assert 0.7 < table["phone"].notna().mean() < 1
        assert table["phone"].dropna().str.fullmatch(before + r"\d{4}").all()
    assert courses["address"].isna()[courses["online"].eq(1)].all()
    assert courses["address"].notna().mean() > 0.5
    assert jobs.groupby("employer_id")["phone"].nunique().max() == 1
    assert (jobs["event_id"].notna() == jobs["kind"].eq("event")).all()
    writers = city.tables["events"].groupby("event")["writer"].unique().map(list)
    assert writers["view"] == ["platform"]
    assert writers["hire"] == ["employers"]
    assert 0 < city.tables["people"]["walk"].eq("no_steps").mean() < 0.2


def test_what_came_later_has_a_stream_of_its_own() -> None:
    """The same numbers, whoever else asked for numbers before: a city of a seed stays what it was."""
    firm = np.array([0, 1, 1, 2])
    first = contacts.job_phones(firm, 5)
    contacts.course_phones(firm, 5)
    assert contacts.job_phones(firm, 5) == first
    assert contacts.job_phones(firm, 6) != first


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("job_id,title\na,b\n", encoding="utf-8")
    with pytest.raises(DataError, match="no invented city"):
        write_demo(tmp_path, Demo(people=50, as_of=AS_OF))
    result = CliRunner().invoke(app, ["demo", str(tmp_path / "x"), "--as-of", "yesterday"])
    assert result.exit_code == 1


def test_every_sort_of_item_is_there(city: Folder) -> None:
    jobs, courses, amenities = (city.tables[name] for name in ("jobs", "courses", "amenities"))
    assert set(jobs["form"]) == set(FORMS)
    assert set(jobs["mode"]) == set(MODES)
    assert set(jobs["kind"]) == set(JOB_KINDS)
    assert set(amenities["type"]) == set(AMENITY_TYPES)
    assert set(amenities["status"]) == set(STATUS)
    assert set(courses["level"].dropna()) == {1, 2, 3, 4, 5}
    assert {word for cell in jobs["hazards"].dropna() for word in cell.split("|")} >= set(HAZARDS) - {
        "underground",
        "entertainment_venue",
    }
    for column in ("occupation", "lon", "hours", "wage_min", "hazards", "education_min"):
        assert 0 < jobs[column].isna().mean() < 1, column
    assert courses["online"].any()
    assert courses["audience"].notna().any()


def test_key_groups_live_in_it(city: Folder) -> None:
    people = city.tables["people"].merge(city.tables["restricted"], on="person_id")
    age = 2026 - people["birth_month"].str[:4].astype(float)
    assert (age < 18).any()
    assert age.between(16, 24).any()
    assert (age >= 60).any()
    assert (people["graduated_on"] > "2025").any()
    assert people["needs"].str.contains("type:childcare", na=False).any()
    assert {"unemployed", "flexible", "student", "retired", "employed"} == set(people["employment"].dropna())
    for fact in ("disability", "low_income", "veteran", "rural_worker", "single_parent", "out_of_poverty"):
        assert people[fact].any(), fact
    assert (people["personalised"] == 0).any()
    for column in ("desired", "wage_min", "skills", "hours", "lon", "education"):
        assert 0.01 < people[column].isna().mean() < 0.6, column


def test_wages_keep_to_the_floor(city: Folder) -> None:
    jobs = city.tables["jobs"]
    floors = {code: area.lowest_wages[-1] for code, area in city.city.areas.items()}
    for row in jobs[jobs["area"].notna() & jobs["wage_min"].notna()].itertuples():
        floor = floors[row.area[:6]]
        assert row.wage_min >= {"month": floor.month, "day": 8 * floor.hour, "hour": floor.hour}[row.wage_unit]


def test_most_items_outlive_the_day(city: Folder) -> None:
    for name in ("jobs", "courses"):
        left = (city.tables[name]["valid_to"] - pd.Timestamp("2026-11-24", tz="Asia/Shanghai")).dt.days
        assert left.between(59, 182).mean() > 0.75


def test_nothing_is_used_before_it_is_published_or_after_it_closed(city: Folder, events: pd.DataFrame) -> None:
    for kind in OF_KIND:
        used = uses(city, events, kind)
        assert (used["published_at"].isna() | (used["published_at"] <= used["at"])).all()
        assert (used["valid_to"].isna() | (used["at"] < used["valid_to"]) | (used["event"] == "complete")).all()
    assert (events["at"] < pd.Timestamp("2026-11-24", tz="Asia/Shanghai")).all()


def test_only_what_may_stand_in_a_ranked_list_is_used(city: Folder, events: pd.DataFrame) -> None:
    assert (uses(city, events, "job")["kind_y"] != "public_welfare").all()
    for kind in ("course", "amenity"):
        assert uses(city, events, kind)["audience"].isna().all()
    assert (uses(city, events, "amenity")["status"] == "open").all()


def test_no_place_is_given_twice(city: Folder, events: pd.DataFrame) -> None:
    hires = (
        uses(city, events[events["event"] == "hire"], "job")
        .groupby("item_id")
        .agg(n=("at", "size"), places=("headcount", "first"))
    )
    assert len(hires)
    assert (hires["n"] <= hires["places"].fillna(1)).all()
    enrolled = (
        uses(city, events[events["event"] == "enrol"], "course")
        .groupby("item_id")
        .agg(n=("at", "size"), places=("capacity", "first"))
    )
    assert (enrolled["n"] <= enrolled["places"]).all()


def test_places_run_out_and_the_item_is_taken_down_then(city: Folder, events: pd.DataFrame) -> None:
    hires = uses(city, events[events["event"] == "hire"], "job")
    last = hires.groupby("item_id").agg(
        n=("at", "size"), at=("at", "max"), places=("headcount", "first"), closes=("valid_to", "first")
    )
    full = last[last["n"] == last["places"].fillna(1)]
    assert len(full)
    assert (full["closes"] - full["at"] == pd.Timedelta(seconds=1)).all()


def test_nobody_looks_for_work_after_a_hire(events: pd.DataFrame) -> None:
    jobs = events[events["kind"] == "job"]
    hired = jobs[jobs["event"] == "hire"].set_index("person_id")["at"]
    assert hired.index.is_unique
    after = jobs[(jobs["event"] == "view") & jobs["person_id"].isin(hired.index)]
    assert (after["at"] <= after["person_id"].map(hired) + pd.Timedelta(minutes=20)).all()


def test_minors_are_shown_what_the_law_allows(city: Folder, events: pd.DataFrame) -> None:
    people = city.tables["people"]
    month = people["birth_month"].str[:4].astype(float) * 12 + people["birth_month"].str[5:].astype(float)
    minor = set(people["person_id"][2026 * 12 + 11 - month < 18 * 12])
    jobs = uses(city, events[events["person_id"].isin(minor)], "job")
    assert jobs["hazards"].isna().all()
    assert (jobs["hazards_checked"] == 1).all()
    amenities = uses(city, events[events["person_id"].isin(minor)], "amenity")
    assert set(amenities["type"]) <= set(city.city.gates.minors_amenities)
    child = set(people["person_id"][2026 * 12 + 7 - month < 16 * 12])
    assert events["kind"][events["person_id"].isin(child)].ne("job").all()


def test_some_people_are_never_seen_and_some_records_come_late(city: Folder, events: pd.DataFrame) -> None:
    assert 1 - events["person_id"].nunique() / 400 >= 0.15
    late = events["recorded_at"].notna()
    assert 0.02 < late.mean() < 0.3
    assert (events["recorded_at"][late] > events["at"][late]).all()


def test_facts_are_mostly_older_than_the_first_use(city: Folder, events: pd.DataFrame) -> None:
    people = city.tables["people"].merge(events.groupby("person_id")["at"].min().rename("first"), on="person_id")
    assert (people["updated_at"] < people["first"]).mean() >= 0.8
    assert (people["updated_at"] > people["first"]).any()


def test_utilities_stand_at_the_time_split_for_every_live_item(city: Folder, events: pd.DataFrame) -> None:
    told = city.tables["utilities"]
    for kind, (name, key) in OF_KIND.items():
        mine, of_kind = told[told["kind"] == kind], events[events["kind"] == kind]
        moment = of_kind["at"].quantile(0.8, interpolation="higher")
        assert (mine["at"] == moment).all()
        items = city.tables[name]
        live = (items["published_at"].isna() | (items["published_at"] <= moment)) & (
            items["valid_to"].isna() | (moment < items["valid_to"])
        )
        live &= (items["kind"] != "public_welfare") if kind == "job" else items["audience"].isna()
        live &= (items["status"] == "open") if kind == "amenity" else True
        person = mine.groupby("person_id")["item_id"].agg(set)
        assert person.iloc[0] == set(items[key][live]) or len(person.iloc[0]) < live.sum()
        assert person.map(len).max() == live.sum()
        first = of_kind.groupby("person_id")["at"].min()
        assert len(set(first[first >= moment].index) & set(person.index)) > 3
        assert mine["observable"].notna().all()


def test_better_liked_items_are_chosen(city: Folder, events: pd.DataFrame) -> None:
    """Uses after T stand far up in the omniscient order, and less far in the observable one."""
    told = city.tables["utilities"]
    for kind in OF_KIND:
        mine = told[told["kind"] == kind]
        after = events[(events["kind"] == kind) & (events["at"] >= mine["at"].iloc[0]) & (events["grade"] > 0)]
        ranks = mine.assign(
            **{name: mine.groupby("person_id")[name].rank(ascending=False, pct=True) for name in ("utility", "observable")}
        )
        chosen = ranks.merge(after[["person_id", "item_id"]].drop_duplicates(), on=["person_id", "item_id"])
        assert len(chosen) > 20
        assert chosen["utility"].median() < chosen["observable"].median() < 0.2


def test_every_occupation_is_told_apart_by_its_titles() -> None:
    rows = read("occupations")["occupations"]
    titles = [title for row in rows for title in {row["name"], *row["titles"]}]
    assert len(rows) >= 60
    assert len(titles) == len(set(titles))
    assert np.isin([row["mode"] for row in rows], MODES).all()
