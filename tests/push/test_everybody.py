"""Lists for everybody from a store: like those of a folder, and whole although a worker was killed in between."""

import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from experiments.bench.kill_store import fresh_processes
from sqrec import bundle as bundles
from sqrec import load, read_folder, read_source
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cli.app import app
from sqrec.errors import StoreError
from sqrec.push import everybody
from sqrec.push.everybody import recommend_from_store
from sqrec.push.lists import Tally, recommend_everybody
from sqrec.store import Store, import_folder, jobs
from sqrec.store.schema import BATCH_JOBS
from tests.support import tiny

AT = tiny.micros("2026-08-01T04:00")


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Return the small city with thirty more people."""
    people = [row | {"person_id": f"{row['person_id']}{copy}"} for row in tiny.people() for copy in ("", "a", "b", "c")]
    return tiny.write(tmp_path / "many", {"jobs": tiny.jobs(), "people": people, "events": tiny.events()})


def all_jobs(store: Store) -> list[tuple[str, int, int, int]]:
    with store.database.reading() as connection:
        names = (BATCH_JOBS.c.state, BATCH_JOBS.c.done, BATCH_JOBS.c.accepted, BATCH_JOBS.c.rejected)
        return [tuple(row) for row in connection.execute(sa.select(*names).order_by(BATCH_JOBS.c.created_at))]


def test_the_lists_of_a_store_are_those_of_its_folder(
    store_url: str, many: Path, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everybody, "PEOPLE", 7)
    made = load(bundles.current(small / "var" / "bundles"))
    snapshot = Snapshot.of(read_source(many), made.profiler)
    theirs = recommend_everybody(made.recommender(), snapshot, "job", AT, 5, tmp_path / "folder.parquet")
    with Store.open(store_url) as store:
        import_folder(store, many)
        ours = recommend_from_store(made, store, "job", AT, 5, tmp_path / "store.parquet")
        assert all_jobs(store) == [("done", 7, 48, 0)]
    assert ours == theirs == Tally(served=48)
    one, other = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("folder", "store"))
    keys = ["person_id", "position"]
    pd.testing.assert_frame_equal(
        one.sort_values(keys, ignore_index=True), other.sort_values(keys, ignore_index=True), check_exact=True
    )
    assert not list(tmp_path.glob(".store*"))


def test_a_killed_worker_is_taken_up_where_it_was(store_url: str, many: Path, small: Path, tmp_path: Path) -> None:
    """The new worker goes by the versions of the old one, although items and people have changed since."""
    with Store.open(store_url) as store:
        import_folder(store, many)
        asked = (store_url, str(small / "var" / "bundles"), str(tmp_path / "lists.parquet"))
        here, there = fresh_processes().Pipe()
        worker = fresh_processes().Process(target=work, args=(*asked, there))
        worker.start()
        there.close()
        assert here.recv() == 3
        worker.join(30)
        assert worker.exitcode == -signal.SIGKILL
        worker.close()
        here.close()
        (running,) = all_jobs(store)
        assert running[:2] == ("running", 3)
        import_folder(store, tiny.write(tmp_path / "later", {"jobs": [*tiny.jobs()[:1], {**tiny.jobs()[1], "title": "收银员"}]}))
        again = bundles.load(bundles.current(small / "var" / "bundles"))
        with pytest.raises(StoreError, match="at work already"):
            recommend_from_store(again, store, "job", AT, 5, tmp_path / "lists.parquet")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(jobs, "ALIVE_SECONDS", 0)
            patch.setattr(everybody, "PEOPLE", 7)
            seen: list[Sequence[str]] = []
            result = recommend_from_store(
                again, store, "job", AT + 1, 5, tmp_path / "lists.parquet", lambda some: noted(some, seen)
            )
        assert all_jobs(store) == [("done", 7, 48, 0)]
        assert (result, len(seen)) == (Tally(served=48), 7)
    lists = pd.read_parquet(tmp_path / "lists.parquet")
    assert len(set(lists["at"])) == 1
    assert int(lists["at"].iloc[0].value // 1000) == AT
    snapshot = Snapshot.of(read_source(many), again.profiler)
    recommend_everybody(again.recommender(), snapshot, "job", AT, 5, tmp_path / "folder.parquet")
    keys = ["person_id", "position"]
    whole = pd.read_parquet(tmp_path / "folder.parquet").sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(lists.sort_values(keys, ignore_index=True), whole, check_exact=True)


def noted(some: Iterable[Sequence[str]], seen: list[Sequence[str]]) -> Iterator[Sequence[str]]:
    for ids in some:
        seen.append(ids)
        yield ids


def work(url: str, folder: str, out: str, told: Connection) -> None:
    """Begin, and die before the fourth page."""
    everybody.PEOPLE = 7

    def dying(some: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
        for number, ids in enumerate(some):
            if number == 3:
                told.send(number)
                os.kill(os.getpid(), signal.SIGKILL)
            yield ids

    made = bundles.load(bundles.current(Path(folder)))
    with Store.open(url) as store:
        recommend_from_store(made, store, "job", AT, 5, Path(out), dying)


def test_what_fails_is_told_and_leaves_nothing(store_url: str, many: Path, small: Path, tmp_path: Path) -> None:
    def broken(some: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
        yield from some
        raise ArithmeticError

    made = load(bundles.current(small / "var" / "bundles"))
    with Store.open(store_url) as store:
        import_folder(store, many)
        for outcome in (1, 2):
            with pytest.raises(ArithmeticError):
                recommend_from_store(made, store, "job", AT, 5, tmp_path / "x" / "lists.parquet", broken)
            assert [row[0] for row in all_jobs(store)] == ["failed"] * outcome
    assert not any((tmp_path / "x").iterdir())


@pytest.mark.parametrize("ending", [".csv", ".CSV"])
def test_lists_are_written_as_their_ending_says(
    store_url: str, many: Path, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """A CSV holds what the Parquet file holds, and reads as the contract's table without a problem."""
    monkeypatch.setattr(everybody, "PEOPLE", 7)
    made = load(bundles.current(small / "var" / "bundles"))
    snapshot = Snapshot.of(read_source(many), made.profiler)
    with Store.open(store_url) as store:
        import_folder(store, many)
        recommend_from_store(made, store, "job", AT, 5, tmp_path / f"store{ending}")
    csv = many / f"recommendations{ending}"
    for file in (csv, tmp_path / "folder.parquet"):
        recommend_everybody(made.recommender(), snapshot, "job", AT, 5, file)
    whole = pd.read_parquet(tmp_path / "folder.parquet")
    keys = ["person_id", "position"]
    for file in (csv, tmp_path / f"store{ending}"):
        lists = pd.read_csv(file, dtype={"person_id": str, "item_id": str}, parse_dates=["at"], encoding="utf-8")
        pd.testing.assert_frame_equal(
            lists.sort_values(keys, ignore_index=True),
            whole.sort_values(keys, ignore_index=True),
            check_dtype=False,
            check_exact=True,
        )
    report = read_folder(many).reports["recommendations"]
    assert (report.accepted, report.problems) == (len(whole), [])


@pytest.mark.parametrize("name", ["lists.xlsx", "lists", "lists.csv.gz"])
def test_another_ending_is_refused_before_any_work(tmp_path: Path, name: str) -> None:
    found = CliRunner().invoke(app, ["recommend", str(tmp_path / "missing"), "--out", str(tmp_path / name)])
    assert found.exit_code == 1
    assert "name a file that ends in .parquet or .csv" in " ".join(found.output.split())
    assert not list(tmp_path.iterdir())
