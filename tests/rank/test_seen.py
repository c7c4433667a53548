"""One rule for what was seen: dismissed never again, applied to not again, looked at lower, repeated things learnt."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features import AMENITY_REPEATS, AMENITY_ROWS, COURSE_ROWS, JOB_ROWS, PROFILE
from sqrec.base.arrays import key_of, keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.profile import Person
from sqrec.profile.history import History, history_of
from sqrec.rank import SERVED, WHOLE, Linear, Policy, Recommender
from sqrec.rank.candidates import besides, candidates, sources
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny

AT = tiny.micros("2026-08-20T12:00")
ROWS: dict[Kind, Any] = {"job": JOB_ROWS, "course": COURSE_ROWS, "amenity": AMENITY_ROWS}
NEAREST = {kind: Linear.of(rows.names, {"minutes": -1.0}, {"minutes": 1e4}) for kind, rows in ROWS.items()}
GRADES = {"dismiss": 0, "view": 1, "save": 2, "apply": 3, "visit": 3, "hire": 5}
World = tuple[Recommender, Snapshot]
UNSPREAD = replace(SERVED, spread=None)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return jobs, courses and amenities, each ranked by nearness; amenities repeat."""
    told = {"jobs": tiny.jobs(), "courses": tiny.courses(), "amenities": tiny.amenities(), "people": tiny.people()}
    folder = read_folder(tiny.write(tmp_path_factory.mktemp("seen"), told | {"events": tiny.events()}), write_rejected=False)
    profiler = PROFILE.fit({kind: folder.tables[f"{kind[:-1]}ies" if kind == "amenity" else f"{kind}s"] for kind in ROWS})
    recommender = Recommender(
        profiler, folder.city, StraightLine.of(folder.city), ROWS, NEAREST, {}, frozenset({"amenity"} if AMENITY_REPEATS else ())
    )
    return recommender, Snapshot.of(folder, profiler)


def history(*told: tuple[str, str]) -> History:
    """Return what events (what, item), a second apart, make."""
    return history_of(
        keys_of(item for _, item in told),
        np.arange(len(told)) * 1_000_000,
        np.array([GRADES[what] for what, _ in told], np.int64),
        np.array([what == "dismiss" for what, _ in told], bool),
    )


def listed(world: World, kind: Kind, *told: tuple[str, str], policy: Policy = UNSPREAD) -> list[str]:
    recommender, snapshot = world
    person = Person(lon=120.356, lat=36.085)
    profile = recommender.profiler.profiles([person], np.array([AT]), [{kind: history(*told)}], np.array([0], np.uint64))
    ranking = recommender.recommend(profile, kind, snapshot, policy, 10)
    return [snapshot.items[kind].ids[row] for row in ranking.item]


def test_the_pieces_of_a_history() -> None:
    one = history(("view", "a"), ("apply", "b"), ("save", "c"), ("dismiss", "d"), ("view", "d"), ("apply", "a"), ("dismiss", "e"))
    assert set(one.dismissed.tolist()) == set(keys_of(["d", "e"]).tolist())
    assert set(one.applied.tolist()) == set(keys_of(["a", "b"]).tolist())
    assert set(one.looked_at.tolist()) == set(keys_of(["c", "d"]).tolist())
    assert set(one.seen.tolist()) == set(keys_of(["a", "b", "c", "d", "e"]).tolist())


@pytest.mark.parametrize("kind", ["job", "course", "amenity"])
@pytest.mark.parametrize("policy", [SERVED, WHOLE])
def test_what_was_dismissed_never_comes_again_whatever_came_later(world: World, kind: Kind, policy: Policy) -> None:
    first = listed(world, kind, policy=policy)[0]
    assert first not in listed(world, kind, ("dismiss", first), policy=policy)
    assert first not in listed(world, kind, ("dismiss", first), ("visit", first), ("view", first), policy=policy)


@pytest.mark.parametrize(("kind", "comes_again"), [("job", False), ("course", False), ("amenity", True)])
@pytest.mark.parametrize("event", ["apply", "hire"])
def test_what_was_applied_to_comes_again_where_people_repeat_themselves(
    world: World, kind: Kind, comes_again: bool, event: str
) -> None:
    everything = listed(world, kind)
    there = listed(world, kind, ("view", everything[1]), (event, everything[0]))
    assert (everything[0] in there) == comes_again


@pytest.mark.parametrize("event", ["view", "save"])
def test_what_was_looked_at_stands_twice_as_low(world: World, event: str) -> None:
    for kind in ("job", "course"):
        one, two, three, four, *rest = listed(world, kind)
        assert listed(world, kind, (event, one)) == [two, one, three, four, *rest]
        assert listed(world, kind, (event, two)) == [one, three, four, two, *rest]
        assert one not in listed(world, kind, (event, one), policy=WHOLE)


@pytest.mark.parametrize("event", ["view", "save", "visit"])
def test_where_people_repeat_themselves_nothing_is_demoted(world: World, event: str) -> None:
    """The ranker knows what was used before: here it looks at nearness alone."""
    everything = listed(world, "amenity")
    assert listed(world, "amenity", (event, everything[0]), (event, everything[3])) == everything


def test_what_somebody_who_is_off_did_changes_nothing(world: World) -> None:
    recommender, snapshot = world
    person, told = Person(lon=120.356, lat=36.085, personalised=False), {"job": history(("dismiss", "j00"), ("view", "j01"))}
    asked = [{}, told]
    lists = [
        recommender.recommend(
            recommender.profiler.profiles([person], np.array([AT]), [one], np.array([0], np.uint64)), "job", snapshot, SERVED, 10
        ).item.tolist()
        for one in asked
    ]
    assert lists[0] == lists[1]


def test_without_a_circle_the_far_competes_and_with_one_it_does_not(world: World) -> None:
    everything, near = listed(world, "job"), listed(world, "job", policy=replace(UNSPREAD, reach=10.0))
    assert set(near) < set(everything)
    assert len(everything) == 37  # j37 is a public-welfare post, j36 opens later, j38 closed
    assert "j39" in near  # bound to no place


def test_equal_scores_are_listed_by_nearness(world: World) -> None:
    recommender, snapshot = world
    same = recommender.with_ranker("job", Linear.nothing())
    profile = recommender.profiler.profiles([Person(lon=120.38, lat=36.09)], np.array([AT]), [{}], np.array([0], np.uint64))
    for policy in (UNSPREAD, WHOLE):
        ranking = same.recommend(profile, "job", snapshot, policy, 10)
        minutes = ranking.scene.pairs.minutes[ranking.order]
        assert np.isnan(minutes).tolist() == [False] * (len(minutes) - 1) + [True]
        assert (np.diff(minutes[:-1]) >= 0).all()


def test_own_earlier_items_are_proposed_up_to_fifty(world: World) -> None:
    recommender, snapshot = world
    index, counts = snapshot.index["job"], snapshot.counts["job"]
    told = history(*[("view", f"j{number:02d}") for number in range(40)])
    profile = recommender.profiler.profiles([Person()], np.array([AT]), [{"job": told}], np.array([0], np.uint64))
    own = sources(index, counts, profile, AT, 300, personal=True)[-2]
    assert own.tolist() == index.items.find(told.item).tolist()
    assert len(own) == 40


def test_what_others_used_besides_is_proposed_most_first(world: World) -> None:
    _, snapshot = world
    items, counts = snapshot.items["job"], snapshot.counts["job"]
    earlier, midnight = items.find(keys_of(["j01", "j11"])), tiny.micros("2026-08-01T00:00")
    found, amount, _ = counts.uses.besides("item", earlier, key_of("p01"), midnight)
    told = dict(zip(found.tolist(), amount.tolist(), strict=True))
    proposed = besides(counts, earlier, key_of("p01"), midnight, 5).tolist()
    assert [told[row] for row in proposed] == sorted(told.values(), reverse=True)[:5]
    assert besides(counts, earlier[:0], key_of("p01"), midnight, 5).tolist() == []


def test_wanted_trades_and_needs_are_not_crowded_out(tmp_path: Path) -> None:
    """Of 240 vacancies thirty are of the wanted trade; ninety candidates hold them all, the nearest ones first."""
    rows = [
        tiny.jobs()[number % 10] | {"job_id": f"k{number:03d}", "published_at": f"2026-0{1 + number % 6}-01", "valid_to": ""}
        | {"title": "面点师" if number % 8 == 0 else "保安", "lon": 120.30 + 0.0005 * number}
        for number in range(240)
    ]  # fmt: skip
    folder = read_folder(tiny.write(tmp_path, {"jobs": rows, "people": tiny.people()}), write_rejected=False)
    profiler = PROFILE.fit({"job": folder.tables["jobs"]})
    snapshot = Snapshot.of(folder, profiler)
    person = Person(lon=120.42, lat=36.083, desired=("面点师",), occupations=("保安",))
    told = history(*[("view", f"k{number:03d}") for number in range(1, 60, 2)])
    profile = profiler.profiles([person], np.array([AT]), [{"job": told}], np.array([0], np.uint64))
    index = snapshot.index["job"]
    wanted = np.flatnonzero([title == "面点师" for title in index.items.titles])
    found = candidates(index, snapshot.counts["job"], profile, AT, 90, personal=True)[:90]
    assert np.isin(wanted, found).all()
    trades = index.of_trades(profile.codes("desired", 0)[:, 2], profile.facts.direction[:, profile.who], 10)
    nearest = wanted[np.argsort(np.abs(index.items.lon[wanted] - 120.42), kind="stable")][:10]
    assert set(trades.tolist()) == set(nearest.tolist())
