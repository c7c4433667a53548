"""Worlds of other making: folders that are accepted whole, and what follows from how each world says it works."""

import numpy as np
import pandas as pd
import pytest

from experiments.worlds import shifts_jobs, shifts_people, shifts_town
from experiments.worlds.folder import LAST, WORLDS, write
from experiments.worlds.shifts_courses import STEPS
from sqrec.columns import TABLE_OF_KIND
from sqrec.tables import check_folder

PEOPLE = 60
EVERY = {**WORLDS, "shifts": LAST["shifts"]}
TAKES_PART = ("impression", "view", "save", "apply", "enrol", "visit", "dismiss")


@pytest.fixture(scope="module")
def made():
    return {name: make(PEOPLE, 7) for name, make in EVERY.items()}


@pytest.mark.parametrize("name", EVERY)
def test_a_folder_is_accepted_whole(name, made, tmp_path):
    found = check_folder(write(made[name], tmp_path / name))
    assert set(found.checks) == {"people", "jobs", "courses", "amenities", "events", "utilities"}
    assert not found.errors
    assert all(check.rows_in == check.accepted > 0 for check in found.checks.values())
    assert not [rule for check in found.checks.values() for rule in check.tally.rules]


@pytest.mark.parametrize("name", EVERY)
def test_a_seed_decides_and_impressions_can_be_left_out(name, made):
    again, other = EVERY[name](PEOPLE, 7, impressions=False), EVERY[name](PEOPLE, 8)
    assert "impression" not in set(again["events"]["event"])
    for table, rows in made[name].items():
        kept = rows[rows["event"] != "impression"].reset_index(drop=True) if table == "events" else rows
        pd.testing.assert_frame_equal(kept, again[table])
        assert not rows.equals(other[table])


@pytest.mark.parametrize("name", EVERY)
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


@pytest.mark.parametrize("name", EVERY)
def test_events_are_of_items_that_are_there(name, made):
    events = made[name]["events"]
    assert events["event_id"].is_unique
    for kind, rows in events[events["event"].isin(TAKES_PART)].groupby("kind"):
        of = _items(made[name], kind).loc[rows["item_id"]]
        assert (of["published_at"].to_numpy() <= rows["at"].to_numpy()).all()
        assert (of["valid_to"].isna().to_numpy() | (of["valid_to"].to_numpy() > rows["at"].to_numpy())).all()


@pytest.mark.parametrize("name", EVERY)
def test_nobody_uses_what_was_dismissed(name, made):
    events = made[name]["events"]
    gone = events[events["event"] == "dismiss"].groupby(["person_id", "item_id"])["at"].min()
    later = events.join(gone.rename("gone"), on=["person_id", "item_id"])
    assert not (later["at"] > later["gone"]).any()


@pytest.mark.parametrize("name", EVERY)
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


def test_shifts_show_jobs_newest_first_by_twenties_and_courses_by_start(made):
    tables = made["shifts"]
    shown = tables["events"][tables["events"]["event"] == "impression"].sort_values(["request_id", "position"])
    assert set(shown["kind"]) == {"job", "course"}
    for kind, column, page in (("job", "published_at", 20), ("course", "start_on", 15)):
        rows = shown[shown["kind"] == kind]
        key = _items(tables, kind).loc[rows["item_id"], column].set_axis(rows["request_id"])
        in_order = {"job": "is_monotonic_decreasing", "course": "is_monotonic_increasing"}[kind]
        assert all(getattr(of_list, in_order) for _, of_list in key.groupby(level=0))
        longest = rows.groupby("request_id")["position"].max()
        assert set(longest % page) == {0}
    applied = tables["events"][tables["events"]["event"] == "apply"]
    assert applied.groupby("request_id").size().max() == 2
    views = tables["events"][tables["events"]["event"] == "view"]
    assert len(applied.merge(views, on=["request_id", "item_id"])) == len(applied)


def test_shifts_climb_one_rung_at_a_time():
    tables = LAST["shifts"](300, 7)
    courses, people = _items(tables, "course"), tables["people"].dropna(subset="skills")
    skills = dict(zip(people["person_id"], people["skills"].str.split("|"), strict=True))
    rung_of = {step: (ladder, rung) for ladder, steps in enumerate(STEPS) for rung, step in enumerate(steps)}
    events = tables["events"][tables["events"]["kind"] == "course"]
    names = {
        item: max((name for name in rung_of if title.startswith(name)), key=len, default=None)
        for item, title in courses["title"].items()
    }
    steps = events.assign(step=events["item_id"].map(names)).dropna(subset="step")
    done, enrolled = (steps[steps["event"] == event] for event in ("complete", "enrol"))
    higher = 0
    for person, step, at in zip(enrolled["person_id"], enrolled["step"], enrolled["at"], strict=True):
        if person not in skills:
            continue
        ladder, rung = rung_of[step]
        finished = done.loc[(done["person_id"] == person) & (done["at"] < at), "step"]
        held = [rung_of[name] for name in [*skills[person], *finished] if name in rung_of]
        assert rung == max((top for on, top in held if on == ladder), default=-1) + 1
        higher += rung > 0
    assert higher > 20


def test_shifts_refuse_what_clashes_and_doubt_agencies_that_repeat():
    rng = np.random.default_rng(3)
    town = shifts_town.quarters(rng)
    folk, jobs = shifts_people.residents(PEOPLE, town, rng), shifts_jobs.jobs(400, town, rng)
    who = np.arange(PEOPLE)
    plain, wary = (jobs.worth(folk.true, who, wary=np.full(PEOPLE, doubts), hidden=True) for doubts in (False, True))
    clash = shifts_town.CLASH[folk.family][:, jobs.shift.argmax(axis=1)] == 1
    assert clash.any()
    assert not plain[clash].any()
    assert (plain[~clash] > 0).any()
    repeats = jobs.repeats > 0
    assert (wary[:, ~repeats] == plain[:, ~repeats]).all()
    liked = plain[:, repeats] > 0
    assert (wary[:, repeats][liked] < plain[:, repeats][liked]).all()


def test_shifts_visit_open_places_of_other_types_up_to_four_a_day(made):
    tables = made["shifts"]
    visits = tables["events"][tables["events"]["kind"] == "amenity"]
    places = _items(tables, "amenity").loc[visits["item_id"]].reset_index(drop=True)
    assert set(visits["event"]) == {"visit"}
    assert visits["request_id"].isna().all()
    day = [visits["person_id"], visits["at"].dt.date]
    assert visits.groupby(day).size().max() == 4
    types = places["type"].set_axis(visits.index)
    assert not pd.DataFrame({"who": day[0], "day": day[1], "type": types}).duplicated().any()
    told = places["hours"].str.extract(r"(?P<on>mon-fri )?(?P<opens>[0-9:]{5})-(?P<closes>[0-9:]{5})")
    clock = visits["at"].dt.strftime("%H:%M").reset_index(drop=True)
    known = told["opens"].notna()
    assert ((told["opens"] <= clock) & (clock <= told["closes"]))[known].all()
    assert (visits["at"].dt.day_of_week.reset_index(drop=True)[told["on"].notna()] < 5).all()


def _items(tables, kind):
    table = tables[TABLE_OF_KIND[kind]]
    return table.set_index(table.columns[0])
