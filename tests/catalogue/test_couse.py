"""Co-use: what others used besides, counted by hand; the own, the late and the capped; the same bits in any company."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import PROFILE
from sqrec.base.arrays import key_of
from sqrec.catalogue.couse import BESIDES, OTHERS, Uses
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import KINDS
from sqrec.profile.history import Events
from sqrec.rank import CoUse, Recommender, RowBuilder
from sqrec.rank.columns.couse import CoUse as Column
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny

HOUR = 3_600_000_000
AT = tiny.micros("2026-07-20T12:00")
ROWS = RowBuilder(
    (
        CoUse("item", "item", form="share", prior=0.0),
        CoUse("employer", "title", form="share", prior=1.0),
        CoUse("title", "item"),
        CoUse("desired", "trade"),
    )
)


def uses(rows: list[tuple[int, int]], group: list[int] | None = None) -> Uses:
    """Return uses of (person, item), an hour apart."""
    person, item = (np.array([row[side] for row in rows]) for side in (0, 1))
    families = {"item": np.arange(10), "half": np.array(group or [row // 5 for row in range(10)])}
    return Uses.of(person.astype(np.uint64), item, np.arange(len(rows)) * HOUR, families)


def besides(table: Uses, starts: list[int], person: int = 0, midnight: int = 1000, family: str = "item") -> dict[int, float]:
    items, amounts, _ = table.besides(family, np.array(starts, np.int64), person, midnight * HOUR)
    return dict(zip(items.tolist(), amounts.tolist(), strict=True))


TABLE = [(7, 0), (8, 0), (7, 1), (9, 0), (8, 2), (8, 1), (9, 0), (9, 3), (7, 4)]
"""7 used 0, 1, 4; 8 used 0, 2, 1; 9 used 0 (twice: once counts) and 3."""


def test_each_of_the_others_counts_one_between_what_they_used_besides() -> None:
    table = uses(TABLE)
    assert besides(table, [0]) == {3: 1.0, 1: 1.0, 2: 0.5, 4: 0.5}
    assert besides(table, [1]) == {0: 1.0, 2: 0.5, 4: 0.5}
    assert besides(table, [5]) == {}
    assert besides(table, [0, 1]) == {3: 1.0, 1: 1.0, 2: 1.0, 4: 1.0, 0: 1.0}
    assert table.besides("item", np.array([0, 1]), 0, 1000 * HOUR)[2] == 5


def test_own_uses_are_left_out_and_so_is_what_was_not_known() -> None:
    table = uses(TABLE)
    assert besides(table, [0], person=8) == {3: 1.0, 1: 0.5, 4: 0.5}
    assert besides(table, [0], midnight=8) == {3: 1.0, 1: 1.5, 2: 0.5}, "7 had not used 4 yet"
    assert besides(table, [0], midnight=3) == {1: 1.0}, "8 and 9 had used nothing besides"
    assert besides(table, [0], midnight=0) == {}
    assert besides(table, [0], person=5) == besides(table, [0]), "nothing is subtracted for somebody unknown"


def test_groups_start_from_every_item_of_theirs() -> None:
    table = uses([(7, 0), (7, 1), (7, 6), (8, 6), (8, 2)])
    assert besides(table, [0], family="half") == {6: 0.5 + 0.5 + 1.0, 1: 0.5, 0: 0.5}
    assert besides(table, [1], family="half") == {2: 1.0, 1: 0.5, 0: 0.5}


def test_the_latest_uses_alone_are_followed() -> None:
    crowd = [(10 + person, item) for person in range(OTHERS + 5) for item in (1 + (person < 5), 0)]
    assert besides(uses(crowd), [0]) == {1: float(OTHERS)}
    much = [(7, item) for item in range(1, BESIDES + 5)] + [(7, 0), (8, 0)]
    family = {"item": np.arange(BESIDES + 5)}
    person, item = (np.array([row[side] for row in much]) for side in (0, 1))
    table = Uses.of(person.astype(np.uint64), item, np.arange(len(much)), family)
    items, amounts, followed = table.besides("item", np.array([0]), 0, 1000)
    assert items.tolist() == list(range(BESIDES + 4, 4, -1))
    assert np.allclose(amounts, 1 / BESIDES)
    assert followed == 1


def by_hand(rows: list[tuple[int, int]], starts: list[int], own: int, midnight: int) -> dict[int, float]:
    seen, first = set[tuple[int, int]](), list[tuple[int, int]]()
    for row in rows[:midnight]:
        if row not in seen:
            seen.add(row)
            first.append(row)
    found = dict[int, float]()
    for start in starts:
        followed = [place for place, (who, item) in enumerate(first) if item == start and who != own][-OTHERS:]
        for place in followed:
            others = [item for at, (who, item) in enumerate(first) if who == first[place][0] and at != place][-BESIDES:]
            for item in others:
                found[item] = found.get(item, 0.0) + 1 / len(others)
    return found


ROW = st.tuples(st.integers(1, 6), st.integers(0, 9))


@settings(deadline=None)
@given(st.lists(ROW, max_size=80), st.lists(st.integers(0, 9), max_size=4), st.integers(0, 6), st.integers(0, 80))
def test_the_kernel_does_what_a_loop_does(rows: list[tuple[int, int]], starts: list[int], own: int, midnight: int) -> None:
    wanted = by_hand(rows, starts, own, midnight)
    if not rows:
        return
    found = besides(uses(rows), starts, own, midnight)
    assert found.keys() == wanted.keys()
    assert all(np.isclose(found[item], wanted[item]) for item in found)


def world(folder: Path) -> tuple[Recommender, Snapshot]:
    read = read_folder(folder, write_rejected=False)
    profiler = PROFILE.fit({"job": read.tables["jobs"]})
    return Recommender(profiler, read.city, StraightLine.of(read.city), {"job": ROWS}, {}, {}), Snapshot.of(read, profiler)


def rows_of(recommender: Recommender, snapshot: Snapshot, who: list[str], pairs: list[tuple[int, int]]) -> Any:
    profiles = snapshot.ask(recommender.profiler, np.array([key_of(one) for one in who], np.uint64), np.full(len(who), AT))
    query, item = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    return recommender.build(profiles, snapshot, "job", recommender.pairs(profiles, snapshot.items["job"], item, query))


def event(person: str, item: str, at: str, **more: str) -> dict[str, str]:
    return {
        "event_id": f"{person}{item}{at}",
        "person_id": person,
        "kind": "job",
        "item_id": item,
        "event": "view",
        "at": at,
    } | more


BEFORE = [
    event("p01", "j01", "2026-07-10T00:00:00Z"),
    event("p02", "j01", "2026-07-11T00:00:00Z"),
    event("p02", "j02", "2026-07-12T00:00:00Z"),
    event("p02", "j03", "2026-07-13T00:00:00Z"),
    event("p03", "j01", "2026-07-14T00:00:00Z"),
    event("p03", "j02", "2026-07-15T00:00:00Z"),
]
LATE = [
    event("p04", "j01", "2026-07-19T15:00:00Z"),
    event("p04", "j04", "2026-07-19T16:00:00Z"),  # after the last midnight in Qingdao
    event("p04", "j05", "2026-07-12T00:00:00Z", recorded_at="2026-07-19T18:00:00Z"),  # recorded after it
    event("p01", "j06", "2026-07-19T18:00:00Z"),  # the person's own
]


def made(tmp_path: Path, events: list[dict[str, str]]) -> tuple[Recommender, Snapshot]:
    return world(tiny.write(tmp_path, {"jobs": tiny.jobs(), "people": tiny.people(), "events": events}))


def test_rows_by_hand(tmp_path: Path) -> None:
    """p01 used j01; of two others p02 used j02 and j03 besides, p03 used j02."""
    recommender, snapshot = made(tmp_path, BEFORE)
    rows = rows_of(recommender, snapshot, ["p01"], [(0, item) for item in range(10)])
    assert rows[:5, 0].tolist() == [0.0, 0.0, 1.5 / 2, 0.5 / 2, 0.0]
    # p01's title is that of j01, j11, …: the same two others; of 6 events 5 are not p01's, 2 of them of j02
    assert np.isclose(rows[2, 2], np.log((1.5 + 2 * 2 / 5) / ((2 + 2) * 2 / 5)))
    assert np.isclose(rows[7, 2], np.log(2 * 0.5 / 5 / ((2 + 2) * 0.5 / 5)))


def test_what_was_not_known_at_midnight_counts_nothing(tmp_path: Path) -> None:
    pairs = [(0, item) for item in range(10)]
    known = rows_of(*made(tmp_path / "known", [*BEFORE, LATE[0]]), ["p01"], pairs)
    late = rows_of(*made(tmp_path / "late", [*BEFORE, *LATE[:3]]), ["p01"], pairs)
    assert known.tobytes() == late.tobytes()


def test_an_own_event_after_midnight_is_where_one_starts_from(tmp_path: Path) -> None:
    """History is up to the moment; what others did is up to midnight."""
    recommender, snapshot = made(
        tmp_path, [*BEFORE[1:], LATE[3], event("p05", "j06", "2026-07-02T00:00:00Z"), event("p05", "j09", "2026-07-03T00:00:00Z")]
    )
    rows = rows_of(recommender, snapshot, ["p01"], [(0, 9), (0, 2)])
    assert rows[:, 0].tolist() == [1.0, 0.0]


def test_nothing_to_start_from_is_unknown(tmp_path: Path) -> None:
    recommender, snapshot = made(tmp_path, BEFORE)
    rows = rows_of(recommender, snapshot, ["nobody"], [(0, 1), (0, 2)])
    assert np.isnan(rows[:, :4]).all()


@pytest.mark.parametrize("size", [1, 7, 300])
def test_batches_of_every_size_have_the_same_bits(tmp_path: Path, size: int) -> None:
    recommender, snapshot = made(tmp_path, tiny.events())
    who = [f"p{person:02d}" for person in range(12)]
    pairs = sorted((int(row) % 12, int(row) % 40) for row in np.random.default_rng(size).integers(0, 480, size))
    rows = rows_of(recommender, snapshot, who, pairs)
    for row, (query, item) in zip(rows, pairs, strict=True):
        assert row.tobytes() == rows_of(recommender, snapshot, [who[query]], [(0, item)])[0].tobytes()


def test_served_rows_are_offline_rows(tmp_path: Path) -> None:
    recommender, snapshot = made(tmp_path, tiny.events())
    person = key_of("p05")
    served = recommender.profiler.profiles(
        [snapshot.known_at(person, AT)], np.array([AT]), [snapshot.history(person, AT)], np.array([person], np.uint64)
    )
    pairs = recommender.pairs(served, snapshot.items["job"], np.arange(40))
    alone = recommender.build(served, snapshot, "job", pairs)
    together = rows_of(recommender, snapshot, ["p04", "p05"], [(query, item) for query in (0, 1) for item in range(40)])
    assert not np.isnan(alone[:, :3]).all()
    assert alone.tobytes() == together[40:].tobytes()
    later = replace(snapshot, events=Events.none()).with_events(snapshot.events.where(snapshot.events.known < AT))
    assert recommender.build(served, later, "job", pairs).tobytes() == alone.tobytes()


def test_names_and_facts_read() -> None:
    assert [column.name for column in ROWS.columns][:4] == [
        "co_item_item_share",
        "co_employer_title_share",
        "co_title_item",
        "co_desired_trade",
    ]
    assert Column("occupations", "trade").reads == ("occupations",)
    assert Column("place", "place").reads == ("history",)
    assert "job" in KINDS
