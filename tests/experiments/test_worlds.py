"""Worlds of other making: folders that are accepted whole, and what follows from how each world says it works."""

import numpy as np
import pandas as pd
import pytest

from experiments.worlds.folder import LAST, WORLDS, write
from sqrec.contract import TABLE_OF_KIND
from sqrec.tables import check_folder

ALL = {**WORLDS, **LAST}
TIMED = [name for name in ALL if name not in {"word_of_mouth", "searching"}]  # those write days as text, and no place closes
PEOPLE = 60
TAKES_PART = ("impression", "view", "save", "apply", "enrol", "visit", "dismiss")


@pytest.fixture(scope="module")
def made():
    return {name: make(PEOPLE, 7) for name, make in ALL.items()}


@pytest.mark.parametrize("name", ALL)
def test_a_folder_is_accepted_whole(name, made, tmp_path):
    found = check_folder(write(made[name], tmp_path / name))
    assert set(found.checks) == {"people", "jobs", "courses", "amenities", "events", "utilities"}
    assert not found.errors
    assert all(check.rows_in == check.accepted > 0 for check in found.checks.values())
    assert not [rule for check in found.checks.values() for rule in check.tally.rules]


@pytest.mark.parametrize("name", ALL)
def test_a_seed_decides_and_impressions_can_be_left_out(name, made):
    again, other = ALL[name](PEOPLE, 7, impressions=False), ALL[name](PEOPLE, 8)
    assert "impression" not in set(again["events"]["event"])
    for table, rows in made[name].items():
        kept = rows[rows["event"] != "impression"].reset_index(drop=True) if table == "events" else rows
        pd.testing.assert_frame_equal(kept, again[table])
        assert not rows.equals(other[table])


@pytest.mark.parametrize("name", TIMED)
def test_gains_are_numbers_from_zero_for_live_items_alone(name, made):
    told = made[name]["utilities"]
    for column in ("utility", "observable"):
        assert np.isfinite(told[column]).all()
        assert (told[column] >= 0).all()
    assert told["person_id"].nunique() == PEOPLE
    for kind, rows in told.groupby("kind"):
        items, at = _items(made[name], kind), rows["at"].iloc[0]
        live = items[(items["published_at"] <= at) & ~(items["valid_to"] <= at)]
        assert set(rows["item_id"]) == set(live.index)
        assert len(rows) == len(live) * PEOPLE
        assert rows.groupby("person_id")["utility"].max().median() > 0


@pytest.mark.parametrize("name", TIMED)
def test_events_are_of_items_that_are_there(name, made):
    events = made[name]["events"]
    assert events["event_id"].is_unique
    for kind, rows in events[events["event"].isin(TAKES_PART)].groupby("kind"):
        of = _items(made[name], kind).loc[rows["item_id"]]
        assert (of["published_at"].to_numpy() <= rows["at"].to_numpy()).all()
        assert (of["valid_to"].isna().to_numpy() | (of["valid_to"].to_numpy() > rows["at"].to_numpy())).all()


@pytest.mark.parametrize("name", ALL)
def test_nobody_uses_what_was_dismissed(name, made):
    events = made[name]["events"]
    gone = events[events["event"] == "dismiss"].groupby(["person_id", "item_id"])["at"].min()
    later = events.join(gone.rename("gone"), on=["person_id", "item_id"])
    assert not (later["at"] > later["gone"]).any()


@pytest.mark.parametrize("name", ALL)
def test_what_comes_from_a_list_was_on_it(name, made):
    events = made[name]["events"]
    listed = events[events["request_id"].notna()]
    keys = ["request_id", "person_id", "kind", "item_id", "position"]
    shown = listed[listed["event"] == "impression"]
    assert not shown.duplicated(["request_id", "item_id"]).any()
    assert not shown.duplicated(["request_id", "position"]).any()
    assert len(listed.merge(shown[keys], on=keys)) == len(listed)
    assert events.loc[events["request_id"].isna(), "position"].isna().all()


def test_slates_show_twenty_and_up_to_three_are_viewed(made):
    events = made["slates"]["events"]
    lists = events[events["request_id"].notna()]
    assert lists["position"].max() == 20
    views = lists[lists["event"] == "view"]
    assert views.groupby("request_id").size().between(1, 3).all()
    acts = lists[~lists["event"].isin(["impression", "view"])]
    assert len(acts.merge(views, on=["request_id", "item_id"])) == len(acts)
    assert acts["request_id"].is_unique


def test_satisficing_stops_at_what_is_taken(made):
    events = made["satisficing"]["events"]
    last = events[events["event"] == "impression"].groupby("request_id")["position"].agg(["max", "size"])
    assert (last["max"] == last["size"]).all()
    assert last["max"].max() == 25
    views = events[events["event"] == "view"].set_index("request_id")
    assert views.index.is_unique
    assert (views["position"] == last.loc[views.index, "max"]).all()
    assert (last.loc[~last.index.isin(views.index), "max"] == 25).all()


def test_nearest_has_no_lists_and_takes_nothing_twice(made):
    events = made["nearest"]["events"]
    assert events["request_id"].isna().all()
    assert "impression" not in set(events["event"])
    views = events[(events["event"] == "view") & (events["kind"] != "amenity")]
    assert not views.duplicated(["person_id", "item_id"]).any()


def test_two_sides_hire_up_to_headcount_and_fill_seats(made):
    tables = made["two_sided"]
    events, jobs, courses = tables["events"], tables["jobs"].set_index("job_id"), tables["courses"].set_index("course_id")
    hires = events[events["event"] == "hire"]
    assert len(hires)
    hired = hires.groupby("item_id").size()
    assert (hired <= jobs.loc[hired.index, "headcount"]).all()
    assert hires["person_id"].is_unique
    full = hired.index[hired == jobs.loc[hired.index, "headcount"]]
    assert jobs.loc[full, "valid_to"].notna().all()
    for before, after in (("apply", "interview"), ("interview", "hire")):
        both = events[events["event"] == after].merge(events[events["event"] == before], on=["person_id", "item_id"], how="left")
        assert (both["at_y"] < both["at_x"]).all()
        assert (both["recorded_at_x"] > both["at_x"]).all()
    seats = events[events["event"] == "enrol"].groupby("item_id").size()
    assert (seats <= courses.loc[seats.index, "capacity"]).all()


def _items(tables, kind):
    table = tables[TABLE_OF_KIND[kind]]
    return table.set_index(table.columns[0])
