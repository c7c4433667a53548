"""The world of shifts: what follows from how it says it works."""

import numpy as np
import pandas as pd
import pytest

from experiments.worlds import shifts_jobs, shifts_people, shifts_town
from experiments.worlds.shifts import make
from experiments.worlds.shifts_courses import STEPS
from sqrec.contract import TABLE_OF_KIND

PEOPLE = 60


@pytest.fixture(scope="module")
def made():
    return {"shifts": make(PEOPLE, 7)}


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
    tables = make(300, 7)
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
