"""The world of digests: what follows from how it says it works."""

import numpy as np
import pandas as pd
import pytest

from experiments.worlds import digest_town as town
from experiments.worlds import digest_walks as walks
from experiments.worlds.cells import DAY, END, START, Diary
from experiments.worlds.digest import make

PEOPLE = 60
RUNGS = ["81", "71", "41", "31", "21", "14"]


@pytest.fixture(scope="module")
def made():
    return {"digest": make(PEOPLE, 7)}


def test_digests_hold_twelve_and_half_of_them_of_the_wanted_trade(made):
    tables = made["digest"]
    events, people = tables["events"], tables["people"].set_index("person_id")
    jobs = events[events["kind"] == "job"].merge(tables["jobs"], left_on="item_id", right_on="job_id")
    sent = jobs[jobs["event"] == "impression"]
    lists = sent.groupby("request_id")
    assert (lists.size() == 12).all()
    _hold_half_of_the_wanted(sent, tables["jobs"], people["desired"].dropna().str.split("|"), jobs[jobs["event"] == "apply"])
    viewed, applied = (jobs.loc[jobs["event"] == event, "request_id"] for event in ("view", "apply"))
    assert viewed.is_unique
    assert 0 < applied.nunique() < viewed.nunique() / 2 < lists.ngroups / 4
    assert set(applied) <= set(viewed)


def _hold_half_of_the_wanted(sent, jobs, wishes, applies):
    done = applies.groupby("person_id")["item_id"].agg(set)
    for (person, _), rows in sent[sent["person_id"].isin(wishes.index)].groupby(["person_id", "request_id"]):
        wanted = jobs[jobs["title"].str.endswith(tuple(wishes[person]))]
        at = rows["at"].iloc[0]
        there = wanted[(wanted["published_at"] < at - pd.Timedelta(days=1)) & ~(wanted["valid_to"] < at + pd.Timedelta(days=5))]
        left = set(there["job_id"]) - done.get(person, set())
        before_the_window = 3
        assert rows["item_id"].isin(wanted["job_id"]).sum() >= min(6, len(left) - before_the_window)


def test_readers_of_a_district_get_the_same_flyer_in_orders_of_their_own(made):
    tables = made["digest"]
    events, people = tables["events"], tables["people"].set_index("person_id")
    shown = events[(events["kind"] == "course") & (events["event"] == "impression")]
    starts = tables["courses"].set_index("course_id").loc[shown["item_id"], "valid_to"].to_numpy()
    assert ((starts - shown["at"].to_numpy()) < pd.Timedelta(days=27)).all()
    lists = shown.sort_values("position").groupby("request_id")
    rows = lists["item_id"].agg(courses=lambda ids: "|".join(sorted(ids)), order="|".join).assign(at=lists["at"].min())
    rows["turn"] = (rows["at"] - rows["at"].min().normalize()).dt.days // 14
    rows["district"] = people.loc[lists["person_id"].first(), "area"].str[:6].to_numpy()
    issues = rows.groupby(["turn", "district"])
    assert issues["courses"].agg(set).str.len().max() == 1
    assert rows["courses"].nunique() > rows["turn"].nunique()
    several = issues.size() > 1
    assert (issues["order"].nunique()[several] > 1).all()


def test_some_enrol_for_company_without_a_flyer_and_nobody_for_a_course_twice(made):
    events = made["digest"]["events"]
    enrolled = events[events["event"] == "enrol"]
    assert not enrolled.duplicated(["person_id", "item_id"]).any()
    told = enrolled[enrolled["request_id"].isna() & (enrolled["at"] > events["at"].min() + pd.Timedelta(days=21))]
    assert len(told)
    for row in told.itertuples():
        others = enrolled[(enrolled["item_id"] == row.item_id) & (enrolled["person_id"] != row.person_id)]
        assert (others["at"] < row.at).any()


def test_what_is_needed_daily_is_visited_in_its_hours_near_home_and_again(made):
    tables = made["digest"]
    visits = tables["events"].query("kind == 'amenity'")
    assert visits["request_id"].isna().all()
    of = visits.merge(tables["amenities"], left_on="item_id", right_on="amenity_id")
    counts = of["type"].value_counts()
    assert counts["breakfast"] > 4 * counts["pharmacy"] > 0
    assert of.loc[of["type"] == "breakfast", "at"].dt.hour.between(6, 8).all()
    home = tables["people"].set_index("person_id").loc[of["person_id"], ["lon", "lat"]].to_numpy()
    away = np.hypot((of["lon"] - home[:, 0]) * 90_000, (of["lat"] - home[:, 1]) * 111_000)
    assert away.max() < 4000
    assert away.median() < 1000
    again = visits.groupby(["person_id", "item_id"]).size()
    assert (again > 3).sum() > 20


def test_a_pleasing_visit_calls_back_and_a_disappointing_one_keeps_away():
    rng = np.random.default_rng(3)
    who = town.folk(200, town.shore(10, rng), rng)
    rates = np.zeros((200, len(walks.TYPES)))
    rates[:, 0] = 15
    half = START + 45 * DAY
    since, until = np.array([START - 100 * DAY, START - 100 * DAY, half]), np.full(3, END + DAY)
    ones, quality = np.ones(3), np.array([1.0, 0.0, 1.0])
    same = walks.Spots(np.zeros(3, int), quality, ones, ones, np.ones((3, 7, 24), bool), ones, ones, since, until)
    log = Diary()
    walks.walked(who, same, rates, np.ones((200, 3)), log, rng)
    told = pd.concat(log.parts)
    good, bad, _ = told["item"].value_counts(sort=False).sort_index()
    assert good > 30 * bad
    soon = told.loc[told["at"].between(half, half + 12 * DAY), "item"]
    assert (soon == 0).sum() > 1.7 * (soon == 2).sum() > 0


def test_a_digest_gain_is_nothing_where_schooling_or_lesson_hours_forbid(made):
    tables = made["digest"]
    told = tables["utilities"].query("utility > 0")
    people = tables["people"].set_index("person_id")
    jobs = told.merge(tables["jobs"], left_on="item_id", right_on="job_id")
    learnt = people.loc[jobs["person_id"], "education"].map(RUNGS.index, na_action="ignore").to_numpy()
    asked = jobs["education_min"].map(RUNGS.index, na_action="ignore").to_numpy()
    assert not (learnt < asked).any()
    courses = told.merge(tables["courses"], left_on="item_id", right_on="course_id")
    works = people.loc[courses["person_id"], "employment"].to_numpy() == "employed"
    by_day = courses["schedule"].isin(["mon-fri 08:30-16:30", "mon-fri 09:00-12:00"])
    assert by_day.any()
    assert not (works & by_day).any()
    tried = tables["events"].loc[tables["events"]["event"].isin(["apply", "enrol"]), ["person_id", "item_id"]]
    assert told.merge(tried, on=["person_id", "item_id"]).empty
