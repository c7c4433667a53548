"""The world of lanes: what follows from how it says it works."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.worlds import lanes_courses as classes
from experiments.worlds import lanes_errands as errands
from experiments.worlds import lanes_jobs as vacancies
from experiments.worlds import lanes_people as homes
from experiments.worlds import lanes_places as stalls
from experiments.worlds import lanes_town as town
from experiments.worlds.cells import DAY, END, START, Diary
from experiments.worlds.folder import write
from experiments.worlds.lanes import make
from experiments.worlds.last_ground import Desk, either
from sqrec.contract import TABLE_OF_KIND
from sqrec.tables import check_folder

PEOPLE = 500


@pytest.fixture(scope="module")
def tables():
    return make(PEOPLE, 7)


def test_a_larger_town_of_lanes_is_accepted_whole_and_leaves_cells_empty(tables, tmp_path):
    found = check_folder(write(tables, tmp_path / "lanes"))
    assert not found.errors
    assert not [rule for check in found.checks.values() for rule in check.tally.rules]
    people = tables["people"]
    assert people["desired"].notna().mean() == pytest.approx(0.58, abs=0.08)
    for name in ("skills", "occupations", "employment", "wage_min", "lon", "area"):
        assert 0 < people[name].isna().mean() < 0.7
    assert people["skills"].str.contains(r"@[3-5]").any()
    for kind, columns in {"jobs": ["wage_min", "skills", "lon"], "courses": ["fee", "level"], "amenities": ["hours"]}.items():
        assert tables[kind][columns].isna().any().all()


def test_ways_depend_on_lanes_and_stops_and_not_on_the_straight_line():
    node = {(lane, stop): lane * town.STOPS + stop for lane in range(town.LANES) for stop in range(town.STOPS)}
    ride = town.RIDE
    assert ride[node[0, 3], node[0, 5]] == pytest.approx(4 + 2 * 2.1)
    assert ride[node[0, 2], node[1, 2]] == pytest.approx(3)
    assert ride[node[0, 0], node[1, 0]] == pytest.approx(2 * (4 + 2 * 2.1) + 3)
    assert ride[node[0, 0], node[2, 0]] == pytest.approx(2 * (4 + 2 * 2.1) + 3 + 6)
    assert ride[node[3, 20], node[2, 8]] == pytest.approx(4 + 12 * 2.1 + 3)
    assert ride[node[3, 20], node[2, 9]] == pytest.approx(4 + 6 * 2.1 + 3 + 4 + 5 * 2.1)
    assert (ride == ride.T).all()
    assert not np.diag(ride).any()
    where = town.river(np.random.default_rng(3))
    apart = np.hypot((where.lon - where.lon[0]) * 90_000, (where.lat - where.lat[0]) * 111_000)
    assert apart[node[1, 0]] < apart[node[0, 2]]
    assert ride[0, node[1, 0]] > 2 * ride[0, node[0, 2]]


def test_a_page_holds_fifteen_of_the_newest_with_high_wages_on_top(tables):
    events, jobs = tables["events"], tables["jobs"].set_index("job_id")
    shown = events[events["event"] == "impression"]
    assert set(shown["kind"]) == {"job"}
    lists = shown.groupby("request_id")
    assert (lists.size() == 15).all()
    assert (lists["position"].max() == 15).all()
    month = jobs["wage_unit"].map({"month": 1, "day": 21.75, "hour": 174}).mul(jobs["wage_min"])
    wages = shown.assign(wage=month.loc[shown["item_id"]].to_numpy()).groupby("position")["wage"].mean()
    assert wages.loc[:5].mean() > 1.15 * wages.loc[11:].mean()
    for _, rows in list(lists)[:200]:
        day = rows["at"].min().normalize()
        there = jobs[(jobs["published_at"] <= day) & ~(jobs["valid_to"] < day + pd.Timedelta(days=1))]
        assert (there["published_at"] > jobs.loc[rows["item_id"], "published_at"].min()).sum() < vacancies.NEWEST


def test_people_apply_at_most_twice_a_day_to_what_they_opened_and_never_again(tables):
    events = tables["events"]
    applied, views = (events[events["event"] == event] for event in ("apply", "view"))
    assert applied.groupby(["person_id", applied["at"].dt.date]).size().max() == 2
    assert not applied.duplicated(["person_id", "item_id"]).any()
    assert len(applied.merge(views, on=["request_id", "item_id"])) == len(applied)
    assert views[views["kind"] == "job"].groupby("request_id").size().max() == vacancies.OPENS
    gone = tables["utilities"].merge(applied[["person_id", "item_id"]], on=["person_id", "item_id"])
    assert len(gone)
    assert not gone["utility"].any()


def test_people_apply_where_they_handled_the_tools(tables):
    events, jobs = tables["events"], tables["jobs"].dropna(subset="skills").set_index("job_id")
    has = tables["people"].dropna(subset="skills").set_index("person_id")["skills"].str.split("|").map(set)
    share = {}
    for event in ("impression", "apply"):
        rows = events[(events["event"] == event) & events["item_id"].isin(jobs.index) & events["person_id"].isin(has.index)]
        asks = jobs.loc[rows["item_id"], "skills"].str.split("|").map(set)
        known = [len(one & two) / len(one) for one, two in zip(asks, has.loc[rows["person_id"]], strict=True)]
        share[event] = np.mean(known)
    assert share["apply"] > 1.8 * share["impression"] > 0


def test_a_wage_counts_after_the_rides_and_only_above_the_reservation_wage():
    kept = vacancies.net(np.array([5000.0]), np.array([20.0]), np.array([0.5]))
    assert kept == pytest.approx(5000 - 43.5 * 20 * 0.5)
    assert vacancies.weight(kept, np.array([4600.0]), np.zeros(1)) == 0
    above = vacancies.weight(kept, np.array([4500.0]), np.array([0.25]))
    assert above == pytest.approx((4565 / 4500) ** 2 * np.exp(-0.75))
    matters = np.arange(1.0, len(town.TOOLS) + 1)
    strange = town.strange(town.HANDLES, matters)
    assert np.diag(strange) == pytest.approx(np.zeros(len(town.TRADES)))
    truck, fork = (int(np.flatnonzero(name == town.TITLE)[0]) for name in ("货车司机", "叉车司机"))
    shared = matters[town.TOOLS == "千斤顶"].sum()
    assert strange[fork, truck] == pytest.approx(1 - shared / matters[town.HANDLES[truck]].sum())


def test_reservation_wages_fall_while_somebody_of_the_household_is_without_work():
    rng = np.random.default_rng(3)
    where = town.river(rng)
    who = homes.folk(200, where, rng)
    without = np.unique(who.house[who.work == homes.UNEMPLOYED])
    shared = np.flatnonzero((who.work != homes.UNEMPLOYED) & np.isin(who.house, without))
    assert shared.size
    before = who.reserve.copy()
    who.week()
    fallen = np.flatnonzero(who.reserve < before)
    assert set(fallen) <= set(without)
    free = without[before[without] * (1 - who.fall[without]) > 0.55 * who.start[without]]
    assert who.reserve[free] == pytest.approx(before[free] * (1 - who.fall[free]))
    for _ in range(200):
        who.week()
    assert who.reserve[without] == pytest.approx(0.55 * who.start[without])
    house = without[0]
    mine = np.flatnonzero((who.house == house) & (who.work == homes.UNEMPLOYED))
    who.hire(mine, np.full(len(mine), 3), np.full(len(mine), 9000.0), np.zeros(len(mine), int), np.full(len(mine), 17))
    who.week()
    assert who.reserve[house] == 9000
    assert who.handled[mine][:, town.HANDLES[0]].all()


def test_applications_are_as_frequent_as_the_utilities_say():
    draws = np.tile([4.0, 2.0, 1.0, 0.0, 1.0], (40_000, 1))
    opened, taken, saved = vacancies.choose(draws + (draws == 0), draws, np.random.default_rng(3))
    assert opened.all()
    assert not taken[:, 3].any()
    assert not (taken & saved).any()
    assert set(taken.sum(axis=1)) == {1, 2}
    alone = taken[taken.sum(axis=1) == 1].mean(axis=0)
    assert alone == pytest.approx(np.array([4, 2, 1, 0, 1]) / 8, abs=0.02)


def test_a_desk_hires_nobody_twice_and_closes_what_is_full():
    desk = Desk(np.array([1, 2]), np.full(2, END + DAY), np.zeros(4, bool))
    desk.ask(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), np.array([3, 3, 5, 5]))
    assert [list(one) for one in desk.answered(3)] == [[0], [0]]
    assert desk.until[0] == START + 4 * DAY
    assert [list(one) for one in desk.answered(5)] == [[1, 2], [1, 1]]
    assert desk.until[1] == START + 6 * DAY
    assert [len(one) for one in desk.answered(6)] == [0, 0]


def test_hires_follow_applications_and_end_the_search_for_work(tables):
    events = tables["events"]
    hires = events[events["event"] == "hire"]
    assert len(hires)
    assert hires["person_id"].is_unique
    both = hires.merge(events[events["event"] == "apply"], on=["person_id", "item_id"])
    assert len(both) == len(hires)
    assert (both["at_y"] < both["at_x"]).all()
    assert (hires["recorded_at"] >= hires["at"]).all()
    state = tables["people"].set_index("person_id").loc[hires["person_id"], "employment"].dropna()
    assert set(state) == {"employed"}
    seats = tables["jobs"].set_index("job_id")["headcount"]
    taken = hires.groupby("item_id").size()
    assert not (taken > seats.loc[taken.index]).any()


def test_classes_have_few_seats_and_form_only_when_enough_people_enrol(tables):
    events, courses = tables["events"], tables["courses"].set_index("course_id")
    enrolled, done = (events[events["event"] == event] for event in ("enrol", "complete"))
    count = enrolled.groupby("item_id").size()
    assert not (count > courses.loc[count.index, "capacity"]).any()
    assert count.max() >= 5
    finished = done.groupby("item_id").size()
    late = courses.loc[finished.index, "published_at"] >= events["at"].min().normalize()
    formed = finished.index[late.to_numpy()]
    least = np.ceil(0.4 * courses.loc[formed, "capacity"])
    assert len(formed)
    assert not (count.loc[formed].to_numpy() < least.to_numpy()).any()
    assert list(classes.forms(np.array([3, 4, 4]), np.array([10, 10, 11]))) == [False, True, False]


def test_parents_take_evening_classes_alone_and_nobody_what_they_passed(tables):
    events, courses, people = tables["events"], tables["courses"].set_index("course_id"), tables["people"]
    enrolled = events[events["event"] == "enrol"].assign(
        subject=lambda rows: courses.loc[rows["item_id"], "title"].str.replace("(班|培训|课程)$", "", regex=True).to_numpy()
    )
    parents = people.loc[people["needs"].fillna("").str.contains("childcare"), "person_id"]
    slots = courses.loc[enrolled.loc[enrolled["person_id"].isin(parents), "item_id"], "schedule"].dropna()
    assert len(slots)
    assert set(slots) == {"mon-fri 18:30-20:30"}
    assert courses["schedule"].nunique() == 4
    done = events[events["event"] == "complete"].merge(enrolled[["person_id", "item_id", "subject"]], on=["person_id", "item_id"])
    again = enrolled.merge(done, on=["person_id", "subject"])
    assert len(done)
    assert not (again["at_x"] > again["at_y"]).any()
    told = tables["utilities"].merge(enrolled[["person_id", "item_id"]], on=["person_id", "item_id"])
    assert not told["utility"].any()


def test_people_follow_what_they_passed_last_and_drop_what_they_failed():
    rng = np.random.default_rng(3)
    where = town.river(rng)
    who, of = homes.folk(50, where, rng), classes.courses(140, where, rng)
    mind = classes.learning(who, of, rng)
    mine, first = np.arange(50), int(np.flatnonzero(classes.SUBJECT == "焊工初级")[0])
    mind.last[:], mind.passed[:] = -1, False
    who.parent[:25] = False
    plain = classes.drawn_by(who, mine, mind, of, where)
    mind.last[:], mind.passed[:, first] = first, True
    led = classes.drawn_by(who, mine, mind, of, where)
    leads = classes.LEADS[first][of.subject]
    assert leads.any()
    assert led[:25][:, leads] == pytest.approx(np.exp(2.8) * plain[:25][:, leads])
    others = ~leads & (of.subject != first)
    assert (led[:, others] == plain[:, others]).all()
    assert not led[:, of.subject == first].any()
    mind.failed[:, of.subject[leads][0]] = True
    assert not classes.drawn_by(who, mine, mind, of, where)[:, of.subject == of.subject[leads][0]].any()
    who.parent[:] = True
    assert not classes.drawn_by(who, mine, mind, of, where)[:, of.slot != classes.EVENING].any()


def test_what_is_joined_after_a_passed_class_is_often_what_it_leads_to():
    tables = make(2000, 7)
    subject = tables["courses"].set_index("course_id")["title"].str.replace("(班|培训|课程)$", "", regex=True)
    place = subject.map({name: number for number, name in enumerate(classes.SUBJECT)})
    events = tables["events"]
    both = events[events["event"] == "complete"].merge(events[events["event"] == "enrol"], on="person_id")
    both = both[both["at_y"] > both["at_x"]]
    leads = classes.LEADS[place[both["item_id_x"]], place[both["item_id_y"]]]
    assert len(both) > 80
    assert leads.mean() > 4 * classes.LEADS.mean()


def test_errands_are_two_types_on_a_way_home_in_opening_hours_and_by_the_week(tables):
    events = tables["events"]
    visits = events[events["kind"] == "amenity"]
    assert set(visits["event"]) == {"visit"}
    assert visits["request_id"].isna().all()
    of = visits.merge(tables["amenities"], left_on="item_id", right_on="amenity_id")
    day = of["at"].dt.date
    chains = of.groupby(["person_id", day])
    assert chains["type"].nunique().max() == 2
    assert chains.size().max() <= 4
    same = of.groupby(["person_id", day, "type"])["item_id"]
    assert (same.nunique() == same.size()).all()
    assert 0 < (same.size() == 2).mean() < 0.3
    told = of["hours"].str.extract(r"(?P<opens>[0-9:]{5})-(?P<closes>[0-9:]{5})")
    clock = of["at"].dt.strftime("%H:%M")
    known = told["opens"].notna()
    assert ((told["opens"] <= clock) & (clock <= told["closes"]))[known].all()
    weekday = of["at"].dt.day_of_week
    assert (weekday[of["type"] == "bank"] < 5).all()
    restaurants = weekday[of["type"] == "restaurant"].value_counts(normalize=True)
    assert restaurants.loc[[4, 5, 6]].sum() > 0.55


def _stalls(nodes, stock):
    count = len(nodes)
    ones, since = np.ones(count), np.full(count, START - 100 * DAY)
    return stalls.Places(
        np.zeros(count, int), np.array(nodes), 0 * ones, np.array(stock), 0 * ones, 24 * ones, ones, ones, since, since + 10**9
    )


def test_people_return_to_the_stall_that_last_had_it_and_a_stock_out_sends_them_to_the_next():
    of = _stalls([3, 5, 9], [0.7, 0.5, 0.9])
    ways = errands.Ways(np.full(2, 10), np.full(2, 1), np.full(2, 17))
    these, there = np.arange(3), np.ones((2, 3), bool)
    last = np.array([0, -1])
    draws = errands.returned(errands.draws(errands.detours(ways, of, these), there), last, these)
    assert list(draws[0]) == [1, 0, 0]
    assert (draws[1] > 0).all()
    assert list(errands.next_stall(ways, np.array([2, 0]), there, of, these)) == [1, 1]
    found = errands.finds(np.array([[1.0, 0, 0], [0, 0.5, 0.5]]), ways, there, of.stock, of, these)
    assert found[0] == pytest.approx([0.7, 0.3 * 0.5, 0])
    assert found[1] == pytest.approx([0.5 * 0.5 * 0.7, 0.5 * 0.5 + 0.5 * 0.1 * 0.5, 0.5 * 0.9])


def test_detours_are_what_a_place_adds_to_the_way_home():
    of = _stalls([5, 12, town.STOPS + 8], [1.0, 1, 1])
    of = replace(of, away=np.array([0.0, 2.0, 0.0]))
    ways = errands.Ways(np.array([10]), np.array([1]), np.array([17]))
    added = errands.detours(ways, of, np.arange(3))[0]
    assert added == pytest.approx([4, 4 + 4 + 4 * 2.1, 2 * 3 + 4])


def test_what_people_find_is_as_frequent_as_the_utilities_say():
    rng = np.random.default_rng(5)
    where = town.river(rng)
    of, who = stalls.places(200, where, rng), homes.folk(12, where, rng)
    ways = errands.Ways(who.anchor, who.node, who.hour)
    rates, often, kind = np.ones((12, len(stalls.TYPES))), np.ones(12), int(np.flatnonzero(stalls.TYPES == "market")[0])
    week = np.zeros(rates.shape)
    week[:, kind] = 1
    last = np.full(rates.shape, -1)
    expected = errands.worth(ways, week, last, of.stock, of)
    met, turns, goes = np.zeros(expected.shape), 3000, np.arange(12)
    for _ in range(turns):
        mine = errands.Habits(rates, often, last.copy())
        stocked = rng.random(len(of.type)) < of.stock
        errands._stalls(goes, ways, np.full(12, kind), of, mine, stocked, 89, rng)
        has = mine.last[:, kind]
        met[goes[has >= 0], has[has >= 0]] += 1 / turns
    assert expected.sum() > 5
    assert np.abs(met - expected)[:, of.live & (of.until > END + DAY)].max() < 0.04


def test_two_of_a_draw_are_as_likely_as_drawing_them_one_after_the_other():
    assert either(np.array([[1.0, 1, 2]]))[0] == pytest.approx([7 / 12, 7 / 12, 5 / 6])
    assert either(np.array([[3.0, 0, 0]]))[0] == pytest.approx([1, 0, 0])
    assert not either(np.zeros((1, 3))).any()


def test_stalls_are_kept_to_while_they_have_what_is_wanted():
    rng = np.random.default_rng(3)
    where = town.river(rng)
    who = homes.folk(150, where, rng)
    of, log = replace(stalls.places(200, where, rng), stock=np.ones(200)), Diary()
    of = replace(of, since=np.full(200, START - 100 * DAY), until=np.full(200, END + 10 * DAY))
    ways = errands.Ways(who.anchor.copy(), who.node, who.hour.copy())
    errands.errands(who, ways, stalls.wanted(who, rng), of, [np.zeros(0, int)] * 90, log, rng)
    told = pd.concat(log.parts).assign(type=lambda rows: of.type[rows["item"]])
    assert len(told) > 1000
    assert told.groupby(["person", "type"])["item"].nunique().max() == 1


def test_gains_in_lanes_agree_with_what_is_done(tables):
    told = tables["utilities"]
    assert told.groupby("kind")["person_id"].nunique().eq(250).all()
    visits = tables["events"].query("event == 'visit'").groupby(["person_id", "item_id"]).size().rename("often")
    of = told[told["kind"] == "amenity"].join(visits, on=["person_id", "item_id"]).fillna({"often": 0})
    assert of.loc[of["often"] > 1, "utility"].mean() > 20 * of.loc[of["often"] == 0, "utility"].mean()
    for kind, rows in told.groupby("kind"):
        assert rows["utility"].corr(rows["observable"], method="spearman") > 0.25, kind
        table = tables[TABLE_OF_KIND[kind]]
        assert set(rows["item_id"]) < set(table.iloc[:, 0])
