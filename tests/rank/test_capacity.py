"""The rule for capacity: hand-computed orders, its promises as properties, and lists that are made again."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sqrec import Recommender, Snapshot, load, read_folder
from sqrec import bundle as bundles
from sqrec.base.arrays import FloatArray, key_of
from sqrec.bundle import Bundle
from sqrec.catalogue.attention import Loads, Shown, discount, remaining
from sqrec.catalogue.kinds import KINDS_OF_ITEMS
from sqrec.cities import Capacity, City, load_city
from sqrec.evaluate.lists.exposure import gini
from sqrec.evaluate.logs.replay import replay
from sqrec.push.lists import recommend_everybody
from sqrec.rank import SERVED, WHOLE, Policy, Ranking, served_in
from sqrec.rank.capacity import lots, price, tempered, worth
from sqrec.rank.shown import shown
from sqrec.store import Row, Store, import_folder
from sqrec.store.state import State
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")
DAY = 86_400_000_000


def rule(strength: float = 0.1, kept: int = 0, temperature: float = 1.0, days: int = 2) -> Capacity:
    where = {"since": "2026-11-01", "source": "a test", "trust": "K"}
    return Capacity.model_validate(
        where | {"strength": {"job": strength}, "kept": kept, "temperature": temperature, "days": days}
    )


def order_of(scores: list[float], load: list[float], capacity: Capacity) -> list[int]:
    ties, first = np.arange(len(scores), dtype=np.uint64), np.argsort(-np.array(scores), kind="stable")
    return tempered(first, np.array(scores), np.array(load), capacity, "job", ties).tolist()


LN2 = float(np.log(2))


def test_worth_is_a_share_of_a_choice() -> None:
    scores = np.array([3 * LN2, 2 * LN2, LN2, LN2])  # odds 8 : 4 : 2 : 2
    np.testing.assert_allclose(worth(scores, rule()), [0.5, 0.25, 0.125, 0.125], rtol=1e-14)
    np.testing.assert_allclose(worth(scores[:2], rule(temperature=0.5)), [0.8, 0.2], rtol=1e-14)  # odds 64 : 16
    assert worth(np.full(4, 700.0), rule()).tolist() == [0.25] * 4


def test_the_price_is_nothing_at_the_fair_share_and_rises_ever_more_slowly() -> None:
    np.testing.assert_allclose(
        price(np.array([1.0, 0.0, 3.0, 7.0, np.nan]), 0.1), [0, -0.1 * LN2, 0.1 * LN2, 0.2 * LN2, 0], atol=1e-16
    )


@pytest.mark.parametrize(
    ("load", "capacity", "expected"),
    [
        ([1, 1, 1], rule(), [0, 1, 2]),  # 4/7, 2/7, 1/7
        ([7, 1, 1], rule(), [0, 1, 2]),  # 0.571 - 0.139
        ([127, 1, 1], rule(), [1, 0, 2]),  # 0.571 - 0.416 = 0.156, 0.286, 0.143
        ([255, 1, 0], rule(), [1, 2, 0]),  # 0.086, 0.286, 0.212
        ([255, 1, 0], rule(kept=1), [0, 1, 2]),
        ([1, 31, 0], rule(kept=1), [0, 2, 1]),  # the first stays; 0.286 - 0.277 falls behind 0.143 + 0.069
        ([np.nan, np.nan, 0], rule(strength=1), [2, 0, 1]),  # unknown: 0.571 and 0.286 as they are, 0.143 + 0.693
        ([np.nan, 7, np.nan], rule(strength=0.2), [0, 2, 1]),  # 0.286 - 0.277 falls behind 0.143
        ([255, 1, 0], rule(strength=0), [0, 1, 2]),
    ],
)
def test_order(load: list[float], capacity: Capacity, expected: list[int]) -> None:
    assert order_of([2 * LN2, LN2, 0.0], load, capacity) == expected


def test_a_kind_without_a_strength_stays_as_it_is() -> None:
    order = np.array([1, 0])
    assert tempered(order, np.array([0.0, 1.0]), np.array([0.0, 9.0]), rule(), "course", np.array([1, 2], np.uint64)) is order


def test_what_is_equal_changes_places_from_day_to_day() -> None:
    keys = np.arange(1, 21, dtype=np.uint64)
    firsts = {int(np.argmin(lots(keys, day * DAY))) for day in range(20)}
    assert len(firsts) > 5
    assert lots(keys, DAY).tobytes() == lots(keys.copy(), DAY).tobytes()


_ITEMS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 20), st.one_of(st.none(), st.integers(1, 9))), min_size=2, max_size=12
)


@given(_ITEMS, st.data(), st.integers(1, 50), st.floats(0.01, 1), st.integers(0, 2))
def test_more_openings_never_lower_an_item(
    items: list[tuple[int, int, int | None]], data: st.DataObject, more: int, strength: float, kept: int
) -> None:
    known = [place for place, (_, _, openings) in enumerate(items) if openings]
    assume(len(known) > 1)
    chosen = data.draw(st.sampled_from(known))
    scores = np.array([3.0 * score - place / 7 for place, (score, _, _) in enumerate(items)])  # no two alike
    attention = np.array([float(given) for _, given, _ in items])
    openings = np.array([np.nan if one is None else float(one) for _, _, one in items])
    raised = openings.copy()
    raised[chosen] += more
    before, after = (place_of(chosen, scores, attention, one, rule(strength, kept)) for one in (openings, raised))
    assert after <= before


def place_of(item: int, scores: FloatArray, attention: FloatArray, openings: FloatArray, capacity: Capacity) -> int:
    loads = Loads(attention.copy(), openings, np.ones(len(scores), bool))
    load = loads.load(np.arange(len(scores)))
    return order_of(scores.tolist(), load.tolist(), capacity).index(item)


@given(_ITEMS, st.randoms(use_true_random=False), st.integers(0, 3))
def test_the_order_does_not_depend_on_that_of_the_candidates(
    items: list[tuple[int, int, int | None]], random: object, kept: int
) -> None:
    scores, attention = np.array([float(score) for score, _, _ in items]), np.array([float(given) for _, given, _ in items])
    openings = np.array([np.nan if one is None else float(one) for _, _, one in items])
    keys = np.arange(len(items), dtype=np.uint64)
    shuffled = list(range(len(items)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found: list[list[int]] = []
    for rows in (np.arange(len(items)), np.array(shuffled)):
        load = Loads(attention, openings, np.ones(len(items), bool)).load(rows)
        order = np.lexsort((keys[rows], -scores[rows]))
        found.append(rows[tempered(order, scores[rows], load, rule(kept=kept), "job", keys[rows])].tolist())
    assert found[0] == found[1]
    assert sorted(found[0]) == list(range(len(items)))


def test_loads_are_multiples_of_the_fair_share() -> None:
    loads = Loads(np.array([6.0, 2.0, 5.0, 7.0]), np.array([2.0, 2.0, np.nan, 1.0]), np.array([True, True, True, False]))
    assert (loads.total, loads.places) == (8.0, 4.0)  # neither the unknown one nor the one that is not live
    np.testing.assert_array_equal(loads.load(np.arange(4)), [1.5, 0.5, np.nan, 3.5])
    mine = loads.copy()
    mine.give(np.array([1, 3]))
    assert mine.attention.tolist() == [6.0, 3.0, 5.0, 7.0 + 1 / np.log2(3)]
    assert (mine.total, loads.total) == (9.0, 8.0)
    nothing = Loads(np.zeros(2), np.array([1.0, np.nan]), np.ones(2, bool))
    assert nothing.nothing
    np.testing.assert_array_equal(nothing.load(np.arange(2)), [1.0, np.nan])


def test_openings() -> None:
    jobs = KINDS_OF_ITEMS["job"].openings(pd.DataFrame({"headcount": pd.array([3, None], dtype="Int64")}))
    assert jobs.tolist() == [3.0, 1.0]
    courses = KINDS_OF_ITEMS["course"].openings(pd.DataFrame({"capacity": [20.0, np.nan, 0.0]}))
    np.testing.assert_array_equal(courses, [20.0, np.nan, np.nan])
    places = {"type": ["bank", "bank", "bank", "florist"], "capacity_unit": ["个窗口", "个窗口", None, "平方米"]}
    amenities = KINDS_OF_ITEMS["amenity"].openings(pd.DataFrame(places | {"capacity": [2.0, 6.0, 5.0, 40.0]}))
    assert amenities.tolist() == [0.5, 1.5, 1.0, 1.0]


def job_of(number: int, **facts: object) -> dict[str, object]:
    return next(row for row in tiny.jobs() if row["job_id"] == f"j{number:02d}") | facts


@pytest.fixture(scope="module")
def made(small: Path) -> Bundle:
    return load(bundles.current(small / "var" / "bundles"))


def test_hires_take_openings_once_a_person_and_leave_one(made: Bundle, tmp_path: Path) -> None:
    jobs = [job_of(0, headcount=3), job_of(1, headcount=2), job_of(2)]
    hires = [("p01", "j00"), ("p01", "j00"), ("p02", "j00"), ("p03", "j01"), ("p04", "j01")]
    events = [
        {
            "event_id": f"h{n}",
            "person_id": person,
            "kind": "job",
            "item_id": job,
            "event": "hire",
            "at": f"2026-07-0{n + 1}T04:00:00Z",
        }
        for n, (person, job) in enumerate(hires)
    ]
    folder = tiny.write(tmp_path / "in", {"jobs": jobs, "people": tiny.people(), "events": events})
    snapshot = Snapshot.of(read_folder(folder, write_rejected=False), made.profiler)
    left = [
        remaining(snapshot.items["job"], snapshot.counts["job"], tiny.micros(at)).tolist()
        for at in ("2026-07-01T00:00", "2026-07-03T16:00", "2026-07-09T16:00")
    ]
    assert left == [[3.0, 2.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 1.0]]


def test_what_was_shown_counts_by_day_position_and_kind(made: Bundle, tmp_path: Path) -> None:
    """The log row by row, and counted by day as a store gives it, make the same attention."""
    rows = [
        ("job", "j00", 1, "2026-07-18T03:00:00Z"),
        ("job", "j00", 1, "2026-07-18T04:00:00Z"),
        ("job", "j00", 2, "2026-07-19T04:00:00Z"),
        ("job", "j01", 3, "2026-07-19T04:00:00Z"),
        ("job", "j02", 1, "2026-07-19T16:00:00Z"),  # the day has begun
        ("job", "j03", 1, "2026-07-17T15:59:59Z"),  # before the window
        ("job", "gone", 1, "2026-07-19T04:00:00Z"),
        ("course", "j04", 1, "2026-07-19T04:00:00Z"),
        ("job", "j05", 1, None),
    ]
    table = pd.DataFrame(rows, columns=["kind", "item_id", "position", "at"]).assign(
        at=lambda t: pd.to_datetime(t["at"], utc=True)
    )
    counted = table.drop_duplicates().assign(times=[2, 1, 1, 1, 1, 1, 1, 1, 1])[:0]
    counted = pd.concat([counted, table.iloc[[0, 2, 3]].assign(times=[2, 1, 1])])
    items = Snapshot.of(read_folder(tiny.write(tmp_path / "in"), write_rejected=False), made.profiler).items["job"]
    midnight = tiny.micros("2026-07-19T16:00")
    found = Shown.of(table.sample(frac=1, random_state=1)).attention(items, midnight, 2)
    assert found[:6].tolist() == [1.0 + 1.0 + 1 / np.log2(3), 0.5, 0.0, 0.0, 0.0, 0.0]
    assert found[6:].sum() == 0
    assert Shown.of(counted).attention(items, midnight, 2).tolist() == found.tolist()
    assert Shown.of(None).attention(items, midnight, 2).sum() == 0


def _with_and_without(made: Bundle) -> tuple[Policy, Policy]:
    """Return what is served, without the price and with it."""
    served = served_in(made.city)
    return replace(served, capacity=None), served


def test_without_a_log_lists_are_in_score_order(made: Bundle, small: Path) -> None:
    snapshot = Snapshot.of(read_folder(small / "data", write_rejected=False), made.profiler)
    profile = snapshot.ask(made.profiler, np.array([key_of("p05")], np.uint64), np.array([AT]))
    lists = [made.recommender().recommend(profile, "job", snapshot, policy, 10).item for policy in _with_and_without(made)]
    assert made.city.capacity
    assert lists[0].tolist() == lists[1].tolist()


def logged(row: Row, ranking: Ranking, n: int) -> list[Row]:
    return [dict(row) | dict(one) for one in shown(ranking, n)]


def test_yesterdays_lists_temper_todays_and_are_made_again(store_url: str, made: Bundle, small: Path) -> None:
    """A log that crowds the last shown place: it falls behind for everybody, in the service's lists and in the replay of them."""
    midnight, n = made.city.midnight(AT), 10
    with Store.open(store_url) as store:
        import_folder(store, small / "data")
        quiet = State.read(store, made.profiler, store.catalogue_change(), store.change(), made.city)
        plain = recommended(made, quiet, store, n)
        crowded = quiet.snapshot.items["job"].ids[int(plain.item[n - 1])]
        told = {"kind": "job", "item_id": crowded, "position": 1, "bundle": made.name}
        store.append_rankings([told | {"request_id": f"r{one}", "at": midnight - DAY + one} for one in range(200)])
        state = State.read(store, made.profiler, store.catalogue_change(), store.midnight(midnight), made.city)
        ranking = recommended(made, state, store, n)
        ids = [state.snapshot.items["job"].ids[row] for row in ranking.item[:n]]
        assert ranking.item[0] == plain.item[0]
        assert crowded not in ids[:n]

        record = store.record("p05")
        assert record is not None
        asked = json.dumps({"n": n, "minutes": None, "counted": state.counted})
        row = {"request_id": "mine", "at": AT, "person_id": "p05", "person_version": record.change, "kind": "job", "asked": asked}
        row |= {"catalogue_version": state.change, "counts_as_of": midnight, "propensity": 1.0, "bundle": made.name}
        store.append_rankings(logged(row, ranking, n))
        store.append_rankings(
            [told | {"request_id": f"late{one}", "at": midnight - 2 - one, "item_id": ids[1]} for one in range(99)]
        )
        result = replay(store, small / "var" / "bundles", AT, AT + 1)
        assert (result.lists, result.equal, result.differences) == (1, 1, [])
        unaware = State.read(store, made.profiler, state.change, quiet.counted, made.city)
        assert recommended(made, unaware, store, n).item.tolist() == plain.item.tolist()


def recommended(made: Bundle, state: State, store: Store, n: int) -> Ranking:
    record = store.record("p05")
    assert record is not None
    key = np.array([record.key], np.uint64)
    profile = made.profiler.profiles([record.known_at(AT)], np.array([AT]), [record.history(AT)], key)
    return made.recommender().recommend(profile, "job", state.snapshot, served_in(made.city), n, clock=AT)


def test_the_days_of_the_store_are_those_of_the_city(store_url: str, small: Path) -> None:
    """Two midnights of Qingdao, 16:00 UTC: what is older than the window is not read, and later days have a row of their own."""
    city, midnight = load_city("qingdao"), tiny.micros("2026-07-19T16:00")
    with Store.open(store_url) as store:
        import_folder(store, small / "data")
        moments = [midnight - 2 * DAY - 1, midnight - 2 * DAY, midnight - DAY - 1, midnight - 1, midnight - 1, midnight]
        common = {"kind": "job", "item_id": "j01", "position": 2}
        store.append_rankings([common | {"request_id": f"r{n}", "at": at} for n, at in enumerate(moments)])
        counted = store.midnight(midnight)
        store.append_rankings([common | {"request_id": "late", "at": midnight - 5}])
        found = store.shown(counted, city, 2)
        days = [(int(at.value // 1000), times) for at, times in zip(found["at"], found["times"], strict=True)]
        assert sorted(days) == [(midnight - 2 * DAY, 2), (midnight - DAY, 2), (midnight, 1)]
        assert set(found["kind"]) == {"job"}
        assert store.shown(counted - 1, city, 2).empty


def test_a_batch_spreads_its_own_lists(made: Bundle, tmp_path: Path) -> None:
    people = [row | {"person_id": f"{row['person_id']}{copy}"} for row in tiny.people() for copy in "abcdef"]
    jobs = [row | {"headcount": 1} for row in tiny.jobs()]
    folder = tiny.write(tmp_path / "in", {"jobs": jobs, "people": people, "events": tiny.events()})
    snapshot = Snapshot.of(read_folder(folder, write_rejected=False), made.profiler)
    uneven: list[float] = []
    for capacity in (None, made.city.capacity):
        recommender = with_city(made.recommender(), made.city.model_copy(update={"capacity": capacity}))
        recommend_everybody(recommender, snapshot, "job", AT, 5, tmp_path / "lists.parquet")
        lists = pd.read_parquet(tmp_path / "lists.parquet")
        weights = discount(lists["position"].to_numpy(np.int64))
        attention = np.bincount(
            snapshot.items["job"].find(np.array([key_of(one) for one in lists["item_id"]], np.uint64)), weights
        )
        uneven.append(float(gini(attention.astype(np.float64)[None], 38)[0]))
    assert uneven[1] < 0.9 * uneven[0]


def with_city(recommender: Recommender, city: City) -> Recommender:
    return replace(recommender, city=city)


def test_reports_rank_by_score_alone() -> None:
    assert WHOLE.capacity is None
    nowhere = load_city("nowhere")
    assert served_in(nowhere) == replace(SERVED, widest=max(nowhere.circle_steps), wish=max(nowhere.circle_steps))
