"""The verbs of a store: changes in order, what held when, events once, rankings with their vectors, the audit trail."""

import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqrec.contract import TABLES
from sqrec.errors import StoreError
from sqrec.store import Store, import_folder
from sqrec.store import retry as retry_module
from sqrec.store.rows import contents_of, frame_of, rows_of
from sqrec.store.schema import AUDIT, STORED
from sqrec.store.writing import put
from sqrec.tables import read_folder
from tests.support import tiny

AT = tiny.micros("2026-07-01T08:00")
EVENT = {"event_id": "v1", "person_id": "p", "kind": "job", "item_id": "j", "event": "view", "at": AT}


def put_jobs(store: Store, *jobs: tuple[str, str]) -> int:
    """Put jobs (id, title) in one change and return its number."""
    stored = STORED["jobs"]
    values = [{"job_id": job, "title": title} for job, title in jobs]
    frame = frame_of(stored.table.columns, [[row.get(name) for row in values] for name in stored.table.names], len(values))
    rows = rows_of(stored, frame)
    store.database.write(lambda writing: put(writing, stored, rows))
    return store.change()


def titles(frame: pd.DataFrame) -> dict[str, str]:
    return dict(zip(frame["job_id"], frame["title"], strict=True))


def test_changes_are_followed(store_url: str) -> None:
    with Store.open(store_url) as store:
        assert store.change() == 0
        assert [len(frame) for frame in store.items("job")] == [0]
        first = put_jobs(store, ("a", "1"), ("b", "1"))
        second = put_jobs(store, ("b", "2"), ("c", "1"))
        assert (first, second) == (1, 2)
        assert put_jobs(store, ("a", "1")) == 2  # nothing new: no change
        found = pd.concat(list(store.items("job", after=first)))
        told = list(zip(found["job_id"], found["title"], found["change"], found["valid_until"].isna(), strict=True))
        assert told == [("b", "1", 1, False), ("b", "2", 2, True), ("c", "1", 2, True)]
        ended, began = found["valid_until"].iloc[0], found["valid_from"].iloc[1]
        assert ended == began
        assert [len(frame) for frame in store.items("job", after=second)] == [0]
        assert found.dtypes[["valid_from", "valid_until", "change"]].map(str).tolist() == [*["datetime64[us, UTC]"] * 2, "int64"]


def test_what_held_as_of_a_change(store_url: str) -> None:
    with Store.open(store_url) as store:
        for jobs in ([("a", "1"), ("b", "1")], [("b", "2"), ("c", "1")], [("a", "2")]):
            put_jobs(store, *jobs)
        told = [titles(store.catalogue_at("job", change)) for change in range(4)]
        assert told == [{}, {"a": "1", "b": "1"}, {"a": "1", "b": "2", "c": "1"}, {"a": "2", "b": "2", "c": "1"}]
        empty = store.catalogue_at("job", 0)
        assert empty.dtypes.equals(store.catalogue_at("job", 3).dtypes)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from("abcde"), st.sampled_from("123"), min_size=1, max_size=4), max_size=6), st.data())
def test_followers_and_replays_agree(store_url: str, writes: list[dict[str, str]], data: st.DataObject) -> None:
    """Whatever is written: as of every change the store says what a plain dictionary would, and whoever follows arrives there."""
    with Store.open(store_url) as store:
        start = store.change()
        held = [titles(store.catalogue_at("job", start))]
        numbers = [start]
        for write in writes:
            number = put_jobs(store, *write.items())
            assert number == numbers[-1] + (write.items() - held[-1].items() != set())
            if number > numbers[-1]:
                numbers.append(number)
                held.append(held[-1] | write)
        for number, expected in zip(numbers, held, strict=True):
            assert titles(store.catalogue_at("job", number)) == expected
        place = data.draw(st.integers(0, len(numbers) - 1))
        mine = dict(held[place])
        for frame in store.items("job", after=numbers[place]):
            for job, title, until in zip(frame["job_id"], frame["title"], frame["valid_until"], strict=True):
                if pd.isna(until):
                    mine[job] = title
                else:
                    mine.pop(job, None)
        assert mine == held[-1]


def test_a_follower_misses_nothing_while_others_write(store_url: str) -> None:
    """Three threads write and one follows: at every step it holds what the store says of that change."""
    with Store.open(store_url) as store, ThreadPoolExecutor(3) as pool:

        def write(writer: int) -> None:
            for number in range(15):
                put_jobs(store, (f"{writer}", str(number)), ("shared", f"{writer}-{number}"))

        writers = [pool.submit(write, writer) for writer in range(3)]
        mine, seen, steps = dict[str, str](), 0, 0
        while seen < 45:
            upto = store.change()
            for frame in store.items("job", after=seen):
                upto = max([upto, *frame["change"]])
                for job, title, until in zip(frame["job_id"], frame["title"], frame["valid_until"], strict=True):
                    if pd.isna(until):
                        mine[job] = title
                    else:
                        mine.pop(job, None)
            assert mine == titles(store.catalogue_at("job", upto))
            seen, steps = upto, steps + 1
            assert steps < 5000
        for writer in writers:
            writer.result()
        assert store.change() == 45


def test_a_person_and_earlier_versions(store_url: str, tmp_path: Path) -> None:
    with Store.open(store_url) as store:
        import_folder(
            store, tiny.write(tmp_path / "a", {"people": [{"person_id": "p", "wage_min": 3000, "personalised": "true"}]})
        )
        import_folder(store, tiny.write(tmp_path / "b", {"people": [{"person_id": "p", "wage_min": 4000, "personalised": "no", "updated_at": "1970-01-01T00:00:01Z"}, {"person_id": "q"}]}))  # fmt: skip
        row, version = store.person("p") or ({}, 0)
        assert tuple(row) == TABLES["people"].names
        assert (row["wage_min"], row["personalised"], row["updated_at"], row["education"]) == (4000.0, False, 1_000_000, None)
        assert version == store.change() == 3
        before, earlier = store.person_version("p", 2) or ({}, 0)
        assert (before["wage_min"], before["personalised"], earlier) == (3000.0, True, 2)
        assert store.person_version("p", 99) == (row, version)
        assert store.person_version("p", 1) is None
        assert store.person_version("q", 2) is None
        assert store.person("stranger") is None


def test_events_count_once(store_url: str) -> None:
    with Store.open(store_url) as store:
        assert store.append_events([EVENT, EVENT | {"event_id": "v2"}, EVENT]) == (2, 1)
        assert store.append_events([EVENT | {"event": "apply"}]) == (0, 1)
        assert store.append_events([]) == (0, 0)
        assert store.change() == 1
        table = STORED["events"].sql
        with store.database.reading() as connection:
            found = connection.execute(sa.select(table.c.event_id, table.c.event, table.c.at, table.c.recorded_at)).all()
        assert sorted(map(tuple, found)) == [("v1", "view", AT, None), ("v2", "view", AT, None)]


def test_frames_of_events_are_appended_as_they_are_read(store_url: str, tmp_path: Path) -> None:
    events = read_folder(tiny.write(tmp_path / "in")).tables["events"]
    with Store.open(store_url) as store:
        assert store.append_events(events) == (160, 0)
        assert store.append_events(events.iloc[50:70]) == (0, 20)
        assert import_folder(store, tmp_path / "in").written["events"].unchanged == 160


def ranking(request: str, at: int, vector: Sequence[float] | None, **more: Any) -> dict[str, Any]:
    told = None if vector is None else np.array(vector, dtype="<f8").tobytes()
    return {"request_id": request, "at": at, "kind": "job", "item_id": "j", "position": 1, "vector": told, **more}


def test_rankings_keep_their_vectors_to_the_bit(store_url: str) -> None:
    vector = [0.1, float("nan"), -0.0, 5e-324, 1e308]
    rows = [ranking("r2", AT + 1, vector, score=-2.5, person_version=7), ranking("r1", AT, None), ranking("r3", AT + 2, [1.0])]
    with Store.open(store_url) as store:
        assert store.append_rankings(rows) == (3, 0)
        assert store.append_rankings(rows[:2]) == (0, 2)
        found = pd.concat(list(store.rankings(AT, AT + 2)), ignore_index=True)
        assert found["request_id"].tolist() == ["r1", "r2"]
        assert pd.isna(found["vector"][0])
        assert found["vector"][1] == np.array(vector).tobytes()
        assert (found["score"][1], found["person_version"][1]) == (-2.5, 7.0)
        assert sum(map(len, store.rankings(AT + 3, AT + 9))) == 0


def test_the_audit_trail(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.audit("access", "clerk 7", {"person": "p", "人": "居民"})
        store.audit("export", "system")
        with store.database.reading() as connection:
            rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.number)).all()
        assert [(row.what, row.who, row.details, row.change) for row in rows] == [
            ("access", "clerk 7", '{"person": "p", "人": "居民"}', 1),
            ("export", "system", None, 2),
        ]
        assert 0 < rows[0].at < rows[1].at


def test_moments_of_changes_never_go_back(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that was set back does not turn versions round."""
    with Store.open(store_url) as store:
        put_jobs(store, ("a", "1"))
        monkeypatch.setattr("sqrec.store.database.time.time_ns", lambda: 0)
        put_jobs(store, ("a", "2"))
        first, second = pd.concat(list(store.items("job")))["valid_from"]
        assert second == first + pd.Timedelta(1, "us")


def test_a_reader_sees_one_state(store_url: str) -> None:
    """What is written while somebody reads is not seen in the middle of it."""
    with Store.open(store_url) as store:
        put_jobs(store, ("a", "1"))
        with pytest.raises(StoreError, match="nowhere"), store.database.reading() as connection:
            connection.exec_driver_sql("SELECT something FROM nowhere")
        with store.database.reading() as connection:
            table = STORED["jobs"].sql
            put_jobs(store, ("a", "2"), ("b", "1"))
            assert connection.execute(sa.select(table.c.title)).scalars().all() == ["1"]
            assert connection.exec_driver_sql("SELECT change FROM changes").scalar() == 1
        assert store.change() == 2


def test_a_lock_that_stays_is_told_in_one_sentence(store_url: str) -> None:
    with Store.open(store_url, patience=0.0) as store, Store.open(store_url, patience=0.0) as other:

        def work(_: Any) -> None:
            if not store_url.startswith("sqlite"):
                with other.database.engine.begin() as connection:
                    connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
                    retry_module.retried(lambda: connection.exec_driver_sql("UPDATE changes SET at = 1"), other.name, 0.0)
            else:
                other.append_events([EVENT])

        with pytest.raises(StoreError, match="has been locked for 0 s by somebody else"):
            store.database.write(work)
        assert store.append_events([EVENT]) == (1, 0)


def test_a_lock_that_passes_is_not_told(store_url: str) -> None:
    """Work that meets a lock is done again, from its beginning, and what it had written is gone."""
    with Store.open(store_url) as store:
        stored, tries = STORED["events"], list[int]()
        rows = rows_of(stored, frame_of(stored.table.columns, [[EVENT.get(name)] for name in stored.table.names], 1))

        def work(writing: Any) -> int:
            written = put(writing, stored, rows)
            tries.append(writing.change)
            if len(tries) < 3:
                raise locked(store.database.engine.dialect.name)
            return written.new

        assert store.database.write(work) == 1
        assert tries == [1, 1, 1]


def locked(dialect: str) -> sa.exc.OperationalError:
    """Return the error that a lock makes."""
    if dialect == "sqlite":
        import sqlite3

        met: Any = sqlite3.OperationalError("database is locked")
        met.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    else:
        import psycopg

        met = psycopg.errors.DeadlockDetected("deadlock detected")
    return sa.exc.OperationalError("", {}, met)


def test_what_is_no_lock_is_told_at_once(store_url: str) -> None:
    with Store.open(store_url) as store:
        tries: list[int] = []

        def work(writing: Any) -> None:
            tries.append(1)
            writing.connection.exec_driver_sql("SELECT something FROM nowhere")

        with pytest.raises(StoreError, match="nowhere"):
            store.database.write(work)
        assert tries == [1]


def test_messages_hold_no_values(store_url: str) -> None:
    """What goes wrong in a database is told without the facts that were being written."""
    with Store.open(store_url) as store:

        def work(writing: Any) -> None:
            writing.connection.execute(
                sa.insert(STORED["skills"].sql).values(skill_id="s", name="a secret", content=None, change=1)
            )

        with pytest.raises(StoreError, match="refuses this") as told:
            store.database.write(work)
        assert "a secret" not in "".join(traceback.format_exception(told.value))


def test_contents_say_what_a_row_holds(tmp_path: Path) -> None:
    """Equal rows have one hash whatever the order; a cell in another column has another; unknown cells count for nothing."""
    table = TABLES["jobs"]
    jobs = read_folder(tiny.write(tmp_path / "in")).tables["jobs"]
    whole = contents_of(table, jobs)
    assert len(set(whole.tolist())) == 40
    order = np.random.default_rng(0).permutation(40)
    assert contents_of(table, jobs.iloc[order]).tolist() == whole[order].tolist()
    bare: dict[str, list[Any]] = {name: [None, None] for name in table.names} | {"job_id": ["a", "a"], "title": ["b", None]}
    bare["employer"] = [None, "b"]
    one, other = contents_of(table, frame_of(table.columns, [bare[name] for name in table.names], 2))
    assert one != other
    nothing = frame_of(table.columns, [[None]] * len(table.names), 1)
    assert contents_of(table, nothing).tolist() == [0]
    assert (
        contents_of(table, nothing.assign(wage_min=[0.0])).tolist()
        == contents_of(table, nothing.assign(wage_min=[-0.0])).tolist()
    )
