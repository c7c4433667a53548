"""The world of quarters: what follows from how it says it works."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.worlds import quarters_courses as retraining
from experiments.worlds import quarters_crowds as crowds
from experiments.worlds import quarters_jobs as vacancies
from experiments.worlds import quarters_people as folk
from experiments.worlds import quarters_places as spots
from experiments.worlds import quarters_town as town
from experiments.worlds.cells import DAY, END, START, Diary
from experiments.worlds.folder import write
from experiments.worlds.quarters import job_gains, make
from sqrec.contract import TABLE_OF_KIND
from sqrec.tables import check_folder

PEOPLE = 500
HEALTH = ("clinic", "pharmacy")


@pytest.fixture(scope="module")
def tables():
    return make(PEOPLE, 7)


@pytest.fixture
def city():
    rng = np.random.default_rng(3)
    where, groups = town.city(rng), vacancies.employers(120, rng)
    return where, groups, folk.folk(600, where, groups, rng)


def _trade(name):
    return int(np.flatnonzero(name == town.TITLE)[0])


def test_a_larger_city_of_quarters_is_accepted_whole_and_leaves_cells_empty(tables, tmp_path):
    found = check_folder(write(tables, tmp_path / "quarters"))
    assert not found.errors
    assert not [rule for check in found.checks.values() for rule in check.tally.rules]
    people = tables["people"]
    assert people["desired"].notna().mean() == pytest.approx(0.5, abs=0.08)
    for name in ("skills", "occupations", "employment", "wage_min", "lon", "area"):
        assert 0 < people[name].isna().mean() < 0.7
    assert people["skills"].str.contains(r"@[3-5]").any()
    laid_off = people.dropna(subset=["updated_at", "registered_unemployed_on"])
    assert len(laid_off)
    assert (laid_off["updated_at"].dt.strftime("%Y-%m-%d") == laid_off["registered_unemployed_on"]).all()
    assert "commission" not in set(tables["jobs"].columns)


def test_old_quarters_hold_older_people(city):
    where, _, who = city
    age = pd.Series(who.age).groupby(who.quarter).mean()
    assert np.corrcoef(where.built[age.index], age)[0, 1] > 0.8


def test_sheets_hold_twelve_and_one_of_the_last_three_is_asked_for(tables):
    events = tables["events"]
    of_jobs = events[events["kind"] == "job"]
    lists = of_jobs[of_jobs["event"] == "impression"].groupby("request_id")
    assert (lists.size() == 12).all()
    assert (lists["position"].max() == 12).all()
    views, applied = (of_jobs[of_jobs["event"] == event] for event in ("view", "apply"))
    assert (views.groupby("request_id").size() == 3).all()
    assert views["request_id"].nunique() == lists.ngroups
    assert applied["request_id"].is_unique
    assert not applied.duplicated(["person_id", "item_id"]).any()
    assert len(applied.merge(views, on=["request_id", "item_id"])) == len(applied) > 0.5 * lists.ngroups
    gone = tables["utilities"].merge(applied[["person_id", "item_id"]], on=["person_id", "item_id"])
    assert len(gone)
    assert not gone["utility"].any()


def test_sheets_are_drawn_from_near_trades_and_from_what_pays_commission(city):
    pit, fork, nurse = _trade("采掘工"), _trade("叉车司机"), _trade("社区护士")
    trade, pays = np.array([pit, pit, fork, nurse, nurse]), np.array([0, 1, 0, 0, 1])
    odds = vacancies.sheet_odds(np.array([pit, fork]), trade, pays)
    assert odds[0] == pytest.approx([1, 1.15, 0, 0, 0.15])
    assert odds[1] == pytest.approx([0, 0.15, 1, 0, 0.15])
    assert town.NEAR[pit, _trade("焊工")] == 0.25
    assert town.NEAR[pit, _trade("选矿工")] == 0.6
    where, groups, who = city
    rng = np.random.default_rng(4)
    of, log = vacancies.jobs(500, groups, where, rng), Diary()
    vacancies.sheets(who, folk.word(who, rng), of, log, rng)
    shown = pd.concat(log.parts).query("event == 'impression'")
    last, item = who.done[shown["person"], 0], shown["item"].to_numpy()
    near = town.NEAR[last, of.trade[item]] > 0
    assert of.commission[item][~near].all()
    assert 0.02 < (~near).mean() < 0.6
    place = pd.Series(near).groupby(shown["position"].to_numpy()).mean()
    assert place.max() - place.min() < 0.1


def test_only_neighbours_are_compared_and_one_survives():
    rng = np.random.default_rng(3)
    worth = rng.permuted(np.tile(100.0 * np.arange(12), (300, 1)), axis=1)
    best, three = vacancies.survivor(worth, rng)
    rows = np.arange(300)
    assert (worth[rows, best] == 1100).all()
    quarters = worth.reshape(300, 3, 4).max(axis=2)
    assert (np.take_along_axis(worth, three, axis=1) == quarters).all()
    few = np.tile([0.0, 1.0, 2.0, *[-np.inf] * 9], (300, 1))
    best, _ = vacancies.survivor(few, rng)
    assert set(best) == {0, 1, 2}


def test_comparisons_are_won_as_often_as_the_utilities_say(city):
    where, groups, who = city
    of = vacancies.jobs(300, groups, where, np.random.default_rng(5))
    mine = np.arange(40)
    gains = job_gains(who, mine, of)
    person = int(np.flatnonzero((gains > 0).sum(axis=1) > 50)[0])
    two = np.argsort(-gains[person])[[3, 9]]
    share = gains[person, two[0]] / gains[person, two].sum()
    assert 0.5 < share < 0.95
    worth = np.tile(np.log(gains[person, two]), (40_000, 1))
    best, _ = vacancies.survivor(worth, np.random.default_rng(6))
    assert (best == 0).mean() == pytest.approx(share, abs=0.01)
    never = vacancies.sheet_odds(who.done[mine, 0], of.trade, of.commission) == 0
    assert never.any()
    assert not gains[never].any()


def test_jobs_are_valued_by_contract_wage_shift_stop_and_by_employers_that_older_people_know(city):
    where, groups, who = city
    of = vacancies.jobs(4, groups, where, np.random.default_rng(5))
    of = replace(
        of, form=np.array([0, 3, 0, 0]), shift=np.array([0, 0, 3, 0]), pay=np.full(4, 5000.0), stop=np.array([0, 0, 0, 300.0])
    )
    taste, liked = np.array([[1.0, 2.0, 0.5, 1.5, 0.8]]), np.array([[0.4, 0.2, -0.4, -1.2, -0.5]])
    plain = vacancies.value(taste, liked, np.array([5000.0]), np.zeros((1, 1)), of)[0]
    assert plain - plain[0] == pytest.approx([0, -0.9, -0.8, -1.5 * (1 - np.exp(-1))])
    richer = vacancies.value(taste, liked, np.array([4000.0]), np.zeros((1, 1)), of)[0]
    assert richer - plain == pytest.approx(np.full(4, 2 * np.log(1.25)))
    known = vacancies.value(taste, liked, np.array([5000.0]), np.ones((1, 4)), of)[0]
    assert known - plain == pytest.approx(np.full(4, 0.8))
    young, old = np.flatnonzero(who.age < folk.OLDER)[:5], np.flatnonzero(who.age >= folk.OLDER)[:5]
    every = replace(of, employer=np.full(4, -5), commission=np.ones(4, bool))
    for mine, trusts in ((young, False), (old, True)):
        same = replace(who, employer=who.employer.copy())
        same.employer[mine] = -5
        assert (job_gains(same, mine, every) > job_gains(who, mine, every)).all() == trusts


def test_word_of_layoffs_makes_whole_trades_look_for_work_at_once(city):
    where, groups, who = city
    rng = np.random.default_rng(8)
    trade = int(np.bincount(who.done[:, 0]).argmax())
    who = replace(who, work=np.zeros(len(who.work), int), since=np.full(len(who.work), 90))
    heard, log = folk.Word(np.array([30]), np.array([trade])), Diary()
    vacancies.sheets(who, heard, vacancies.jobs(500, groups, where, rng), log, rng)
    sheets = pd.concat(log.parts).query("event == 'impression' and position == 1")
    day = (sheets["at"] - START) // DAY
    its, during = who.done[sheets["person"], 0] == trade, day.between(30, 30 + folk.LASTS - 1)
    people = (who.done[:, 0] == trade).sum()
    inside, outside = (its & during).sum() / folk.LASTS, (its & ~during).sum() / (90 - folk.LASTS)
    assert inside > 0.06 * people
    assert inside > 8 * outside
    assert (~its & during).sum() / folk.LASTS < 0.03 * (len(who.work) - people)


def test_layoffs_put_people_out_of_work_from_their_day_on(city):
    _, _, who = city
    who = replace(who, work=np.zeros(len(who.work), int), since=np.full(len(who.work), 90))
    heard = folk.word(who, np.random.default_rng(2))
    lost = np.flatnonzero(who.work == folk.UNEMPLOYED)
    assert len(lost) > 3
    assert np.isin(who.done[lost, 0], heard.trade).all()
    for person in lost[:10]:
        day = int(heard.day[heard.trade == who.done[person, 0]][0]) + 14
        assert who.since[person] == day
        assert not who.out_of_work(day - 1)[person]
        assert who.out_of_work(day)[person]


def test_vouchers_go_by_trade_and_age_and_a_fee_matters_only_without_one(city):
    where, groups, who = city
    trade = np.array([_trade("采掘工")] * 2 + [_trade("焊工")] * 2 + [_trade("值班电工")] * 2 + [_trade("文员")])
    age = np.array([40, 60, 28, 40, 33, 50, 40])
    assert list(retraining.vouchers(trade, age)) == [True, False, False, True, False, True, False]
    of = retraining.courses(60, where, np.random.default_rng(4))
    taken = retraining.Taken(
        np.zeros((600, 60), bool), np.zeros((len(groups), len(town.TITLE))), np.zeros((600, len(town.TITLE))), np.zeros(600, int)
    )
    mine = np.arange(600)
    cheap, dear = (
        retraining.drawn_by(who, mine, taken, replace(of, fee=of.fee + more, voucher=np.arange(60) % 2 == 0), where)
        for more in (0, 1000)
    )
    has = retraining.vouchers(who.done[:, 0], who.age)
    assert has.any()
    assert (dear[has][:, ::2] == cheap[has][:, ::2]).all()
    for rest in (dear[has][:, 1::2] / cheap[has][:, 1::2], dear[~has] / cheap[~has]):
        assert rest == pytest.approx(np.full(rest.shape, np.exp(-1.7)))


def test_people_learn_what_is_neither_too_near_nor_too_far_and_what_workmates_took(city):
    assert retraining.bump(np.array([0.45, 0.28, 0.62])) == pytest.approx([1, np.exp(-1), np.exp(-1)])
    apart = np.array([[0.0, 0.4, 1.0]] * 3)[[0]].repeat(len(town.TITLE), axis=0)
    apart = np.pad(apart, ((0, 0), (0, len(town.TITLE) - 3)), constant_values=1.0)
    wanted = np.zeros((2, len(town.SKILLS)), bool)
    wanted[0, [0, 1]], wanted[1, 0] = True, True
    able = np.zeros((1, len(town.SKILLS)), bool)
    able[0, 0] = True
    uses_second = apart[0, town.USES[:, 1]].min()
    assert town.gap(np.array([[0, -1]]), able, wanted, apart)[0] == pytest.approx([uses_second / 2, 0])
    where, groups, who = city
    of = retraining.courses(60, where, np.random.default_rng(4))
    crowd = np.zeros((len(groups), len(town.TITLE)))
    taken = retraining.Taken(np.zeros((600, 60), bool), crowd, np.zeros((600, len(town.TITLE))), np.zeros(600, int))
    alone = retraining.drawn_by(who, np.arange(600), taken, of, where)
    crowd[who.employer[0], of.trade[7]] = 3
    after = retraining.drawn_by(who, np.arange(600), taken, of, where)
    mates, same = who.employer == who.employer[0], of.trade == of.trade[7]
    assert after[np.ix_(mates, same)] == pytest.approx(4 * alone[np.ix_(mates, same)])
    assert (after[~mates] == alone[~mates]).all()
    taken.joined[0, 7] = True
    assert taken.mates(who, np.array([0]), of)[0, 7] == 2
    assert retraining.drawn_by(who, np.array([0]), taken, of, where)[0, 7] == 0


def test_seats_are_kept_and_nobody_takes_a_course_twice(tables):
    events, courses = tables["events"], tables["courses"].set_index("course_id")
    enrolled = events[events["event"] == "enrol"]
    count = enrolled.groupby("item_id").size()
    assert len(enrolled) > 100
    assert not (count > courses.loc[count.index, "capacity"]).any()
    assert not enrolled.duplicated(["person_id", "item_id"]).any()
    told = tables["utilities"].merge(enrolled[["person_id", "item_id"]], on=["person_id", "item_id"])
    assert len(told)
    assert not told["utility"].any()
    done = events[events["event"] == "complete"].merge(enrolled, on=["person_id", "item_id"])
    assert len(done) > 30
    assert (done["at_x"] > done["at_y"]).all()


def test_families_go_at_weekends_and_visits_are_in_opening_hours(tables):
    visits = tables["events"].query("event == 'visit'")
    assert visits["request_id"].isna().all()
    of = visits.merge(tables["amenities"], left_on="item_id", right_on="amenity_id")
    families = tables["people"].loc[tables["people"]["needs"].fillna("").str.contains("childcare"), "person_id"]
    theirs = of[of["person_id"].isin(families) & ~of["type"].isin(HEALTH)]
    assert len(theirs) > 50
    assert (theirs["at"].dt.day_of_week > 4).all()
    assert of["at"].dt.day_of_week.nunique() == 7
    told = of["hours"].str.extract(r"(?P<on>mon-fri )?(?P<opens>[0-9:]{5})-(?P<closes>[0-9:]{5})")
    clock, known = of["at"].dt.strftime("%H:%M"), told["opens"].notna()
    assert ((told["opens"] <= clock) & (clock <= told["closes"]))[known].all()
    assert (of["at"].dt.day_of_week[told["on"].notna()] < 5).all()


def test_health_places_are_used_on_appointment(tables):
    visits = tables["events"].query("event == 'visit'").merge(tables["amenities"], left_on="item_id", right_on="amenity_id")
    health = visits[visits["type"].isin(HEALTH)].sort_values("at")
    day = health["at"].dt.normalize()
    gaps = day.groupby([health["person_id"], health["type"]]).diff().dropna().dt.days
    assert len(gaps) > 100
    whole = pd.DataFrame({"gap": gaps, "person": health["person_id"], "type": health["type"]}).dropna()
    assert whole.groupby(["person", "type"])["gap"].nunique().max() == 1
    assert set(gaps) <= {14, 21, 28, 42}


def test_older_people_walk_half_as_far():
    assert list(crowds.limit(np.array([30, 59.9, 60, 80]))) == [800, 800, 400, 400]
    pull = crowds.near(np.array([[400.0, 800, 1000, 2000]] * 2), np.array([800.0, 400]))
    assert pull[0] == pytest.approx(np.exp([-(0.5**1.5), -1, -(1.25**1.5), -np.inf]))
    assert pull[1] == pytest.approx(np.exp([-1, -(2**1.5), -np.inf, -np.inf]))
    assert not crowds.free(np.array([0, 1]), np.array([True, True]), 4).any()
    assert list(crowds.free(np.array([0]), np.array([False]), 4)[0]) == [False] * 4 + [True] * 2
    assert crowds.free(np.array([0, 1]), np.array([True, False]), 5).all()


def test_what_was_full_last_time_is_avoided_until_it_no_longer_is():
    kind, two = int(np.flatnonzero(spots.TYPES == "market")[0]), np.ones(2)
    of = spots.Places(np.full(2, kind), two, np.array([2, 2]), two, two, two, two, two, two, two, two)
    mine = crowds.Crowds(*[np.zeros(1)] * 3, np.zeros((4, 2), bool), np.zeros((4, len(spots.TYPES), 6), bool), *[np.zeros(1)] * 4)
    crowds._remember(mine, of, np.array([0, 1, 2, 3]), np.array([0, 0, 0, 1]), np.array([4, 4, 4, 4]))
    assert mine.full.tolist() == [[True, False]] * 3 + [[False, False]]
    assert mine.hours[:, kind, 4].tolist() == [True] * 3 + [False]
    draws = crowds.draws(np.ones((4, 2)), mine.full, mine.hours[:, kind], np.ones((4, 2, 6), bool))
    assert draws[0, :, 4] == pytest.approx([0.12 * 0.12, 0.12])
    assert draws[0, :, 5] == pytest.approx([0.12, 1])
    assert (draws[3] == 1).all()
    crowds._remember(mine, of, np.array([0]), np.array([0]), np.array([4]))
    assert not mine.full[0].any()
    assert not mine.hours[0].any()


def test_visits_are_as_frequent_as_the_utilities_say(city):
    where, _, who = city
    rng = np.random.default_rng(9)
    of = spots.places(160, 600, where, rng)
    mine = crowds.crowds(who, spots.needed(who, rng), of, Diary(), rng)
    some = np.arange(30)
    expected = crowds.worth(who, some, mine, of)
    assert mine.full[some].any()
    there, met, turns = of.live & (of.until > END + DAY), np.zeros(expected.shape), 400
    of = replace(of, until=np.where(there, of.until, 0))
    expected = crowds.worth(who, some, mine, of)
    for _ in range(turns):
        for day in range(7):
            goes = some[rng.random(len(some)) < mine.often[some]]
            for kind in crowds._wanted(who, goes, mine, day, rng):
                person, place, _ = crowds._trips(who, goes, kind, mine, of, there, day, rng)
                np.add.at(met, (person, place), 1 / turns)
    assert expected.sum() > 10
    assert met.sum() == pytest.approx(expected.sum(), rel=0.03)
    assert np.abs(met - expected).max() < 0.15
    assert np.corrcoef(met.ravel(), expected.ravel())[0, 1] > 0.98


def test_an_appointment_is_worth_more_the_sooner_it_is_and_only_where_it_is_kept(city):
    where, _, who = city
    rng = np.random.default_rng(9)
    of = spots.places(160, 600, where, rng)
    mine = crowds.crowds(who, spots.needed(who, rng), of, Diary(), rng)
    some = np.arange(200)
    told, kind = crowds.due(some, mine, of), int(np.flatnonzero(spots.TYPES == "clinic")[0])
    for person in some:
        own, wait = mine.own[person, kind], mine.next[person, kind] - 90
        here = told[person, of.type == kind]
        if mine.every[person, kind] == 0:
            assert not here.any()
        elif own >= 0 and of.live[own]:
            assert told[person, own] == pytest.approx(np.exp(-wait / 7))
            assert here.sum() == pytest.approx(told[person, own])
    assert not told[:, ~spots.HEALTH[of.type]].any()


def test_gains_in_quarters_agree_with_what_is_done(tables):
    told = tables["utilities"]
    assert told.groupby("kind")["person_id"].nunique().eq(250).all()
    visits = tables["events"].query("event == 'visit'").groupby(["person_id", "item_id"]).size().rename("often")
    of = told[told["kind"] == "amenity"].join(visits, on=["person_id", "item_id"]).fillna({"often": 0})
    assert of.loc[of["often"] > 1, "utility"].mean() > 20 * of.loc[of["often"] == 0, "utility"].mean()
    for kind, rows in told.groupby("kind"):
        assert rows["utility"].corr(rows["observable"], method="spearman") > 0.3, kind
        assert set(rows["item_id"]) < set(tables[TABLE_OF_KIND[kind]].iloc[:, 0])
