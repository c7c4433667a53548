"""Retraining on the small city: every reason not to, every exit code, the lock, and a run that is killed."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from sqrec import bundle as bundles
from sqrec import load
from sqrec.bundle.pointer import read_pointer
from sqrec.store import Store, import_folder
from tests.support import crowd, tiny
from training import retrain, train
from training.doors import Place
from training.locks import Held, held
from training.promote import promote, registry_of
from training.retrain import HELD, NOTHING_NEW, PROMOTED, REFUSED

ROOT = Path(__file__).parents[2]
APP = typer.Typer(pretty_exceptions_enable=False)
APP.command()(retrain.main)
NOW = "2026-08-05"
EASY = {"promotion": {"most_milliseconds": 1e6, "free_milliseconds": 1e6, "resamples": 1000, "margin": 0.5}}
"""Rules that let a challenger in that is not much worse: on sixty people little is established."""


@dataclass(frozen=True)
class House:
    """Hold a place with a promoted champion that learnt from the first 600 events."""

    place: Place
    rules: Path

    def run(self, data: Path | str, *more: str, rules: dict[str, Any] | None = None, as_of: str = NOW) -> Result:
        """Retrain as cron would."""
        self.rules.write_text(json.dumps(EASY | (rules or {})), encoding="utf-8")
        told = [
            "--data",
            str(data),
            "--var",
            str(self.place.var),
            "--split",
            "last",
            "--as-of",
            as_of,
            "--rules",
            str(self.rules),
        ]
        return CliRunner().invoke(APP, [*told, "--who", "cron", *more])

    @property
    def pointer(self) -> bytes:
        return (self.place.bundles / "current.json").read_bytes()

    def audited(self) -> list[tuple[str, dict[str, Any]]]:
        with sqlite3.connect(self.place.var / "sqrec.db") as store:
            rows = store.execute("select what, details from audit order by rowid").fetchall()
        store.close()
        return [(what, json.loads(details)) for what, details in rows]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    place = tmp_path_factory.mktemp("house")
    data = crowd.write(place / "old")
    train.main(str(data), "job", "last", bundle=None, var=place / "var")
    where = Place.of(place / "var", None, "tester")
    promote(["job"], None, None, where, retrain.Rules.model_validate(EASY).promotion)
    return House(where, place / "rules.json")


@pytest.fixture
def house(built: House) -> Iterator[House]:
    """Let nothing that a test moves stay moved."""
    before = built.pointer
    yield built
    (built.place.bundles / "current.json").write_bytes(before)


def refused(house: House, done: Result, says: str) -> None:
    """Check that a run was refused in one sentence, is in the audit trail, and left the pointer."""
    assert done.exit_code == REFUSED, done.output
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    what, details = house.audited()[-1]
    assert what in {"retraining refused", "promotion refused"}
    assert details["reason"] in done.stderr


def test_new_events_are_learnt_and_serve(house: House, tmp_path: Path) -> None:
    before = bundles.current(house.place.bundles)
    done = house.run(crowd.write(tmp_path / "new", 900))
    assert done.exit_code == PROMOTED, done.output
    now = bundles.current(house.place.bundles)
    assert done.stdout == f"Promoted (job): {now}\n"
    assert now != before
    pointer = read_pointer(house.place.bundles)
    assert pointer
    assert pointer.before[0].bundle == before.name
    assert registry_of(house.place).aliased("job", "champion") == pointer.current.champions["job"].version
    assert house.audited()[-1][0] == "promotion"
    assert bundles.same_city(load(now), load(before))
    again = house.run(tmp_path / "new")
    assert (again.exit_code, again.stderr) == (NOTHING_NEW, "")
    assert again.stdout == "Not retrained (job): there is nothing new to learn.\n"


def test_a_store_is_read_as_a_folder_is(house: House, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'city.db'}"
    with Store.open(url) as store:
        import_folder(store, crowd.write(tmp_path / "new", 900))
    done = house.run(url)
    assert done.exit_code == PROMOTED, done.output


def test_old_data_are_refused(house: House, tmp_path: Path) -> None:
    """The newest event is of the seventh of August, in the morning."""
    before, data = house.pointer, crowd.write(tmp_path / "new", 900)
    late = house.run(data, as_of="2026-08-23T00:00:00Z")
    refused(house, late, "Not retrained (job): the newest event with a job is 15 days old, where 14 are the most.")
    assert house.pointer == before
    assert house.run(data, as_of="2026-08-22T00:00:00Z").exit_code == PROMOTED


def test_few_events_are_refused(house: House, tmp_path: Path) -> None:
    before = house.pointer
    done = house.run(crowd.write(tmp_path / "new", 630), as_of="2026-07-28")
    refused(house, done, "Not retrained (job): there are 30 new events, where 100 are the least.")
    assert house.pointer == before


def test_the_same_data_are_nothing_new(house: House, tmp_path: Path) -> None:
    done = house.run(crowd.write(tmp_path / "same", 600), as_of="2026-07-28")
    assert done.exit_code == NOTHING_NEW, done.output


def test_moved_data_are_refused_with_the_columns_named(house: House, tmp_path: Path) -> None:
    """Everybody moves five kilometres away: minutes are not what they were."""
    before = house.pointer
    people = [row | {"lat": row["lat"] + 0.05} for row in crowd.people()]
    done = house.run(crowd.write(tmp_path / "moved", 900, people=people))
    refused(house, done, "the data have moved in minutes (")
    assert "where an index of 0.25 is the most" in done.stderr
    assert house.pointer == before


def test_a_column_that_the_booster_does_not_use_may_move(house: House, tmp_path: Path) -> None:
    people = [row | {"lat": row["lat"] + 0.05} for row in crowd.people()]
    data = crowd.write(tmp_path / "moved", 900, people=people)
    done = house.run(data, rules={"retraining": {"least_gain": 0.999}})
    assert "have moved" not in done.output
    few = house.run(data, rules={"retraining": {"least_questions": 10_000}})
    assert "have moved" not in few.output


def test_a_challenger_that_is_not_good_enough_is_refused(house: House, tmp_path: Path) -> None:
    """These rules ask for twice the champion's figure."""
    before = house.pointer
    asked = {"promotion": EASY["promotion"] | {"margin": -1.0}}
    done = house.run(crowd.write(tmp_path / "new", 900), rules=asked)
    refused(house, done, "is not promoted: its ndcg@10 is 0.")
    assert house.pointer == before


def test_data_without_items_or_that_are_none_are_refused(house: House, tmp_path: Path) -> None:
    nothing = house.run(tmp_path / "nothing")
    assert nothing.exit_code == REFUSED
    assert "is not a folder" in nothing.stderr
    nobody = house.run(tiny.write(tmp_path / "people", {"people": tiny.people()}))
    assert nobody.exit_code == REFUSED
    assert "no table of items" in nobody.stderr


def test_what_is_no_moment_and_what_are_no_rules(house: House, tmp_path: Path) -> None:
    data = crowd.write(tmp_path / "data")
    assert house.run(data, as_of="yesterday").exit_code == 2
    done = house.run(data, rules={"promotion": {"margn": 1}})
    assert done.exit_code == REFUSED
    assert "holds no rules: promotion.margn" in done.stderr


def test_another_declared_city_trains_everything_anew(house: House, tmp_path: Path) -> None:
    """The champion's city file says otherwise than today's: its rows mean other things, so nothing of it is kept."""
    current = load(bundles.current(house.place.bundles))
    slower = current.city.model_copy(update={"detour_factor": current.city.detour_factor.model_copy(update={"factor": 1.1})})
    other = bundles.save_by_hash(
        train.replace(current, city=slower), house.place.bundles, bundles.arrays_of(bundles.current(house.place.bundles))
    )
    bundles.point_to(house.place.bundles, other.name, promoted=True)
    done = house.run(crowd.write(tmp_path / "new", 900))
    assert done.exit_code == PROMOTED, done.output
    assert load(bundles.current(house.place.bundles)).city.detour == current.city.detour


def test_anew_fits_the_profile_to_the_items_of_today(house: House, tmp_path: Path) -> None:
    more = [*tiny.jobs(), {**tiny.jobs()[0], "job_id": "j40", "title": "咖啡师"}]
    before = load(bundles.current(house.place.bundles))
    done = house.run(crowd.write(tmp_path / "new", 900, jobs=more), "--anew")
    assert done.exit_code == PROMOTED, done.output
    assert not bundles.same_city(load(bundles.current(house.place.bundles)), before)


def test_without_a_current_bundle_everything_is_trained(tmp_path: Path) -> None:
    house = House(Place.of(tmp_path / "var", None, "tester"), tmp_path / "rules.json")
    done = house.run(crowd.write(tmp_path / "data"), as_of="2026-07-28")
    assert done.exit_code == PROMOTED, done.output
    assert bundles.is_promoted(house.place.bundles)
    card = json.loads(next(house.place.var.glob("cards/*/card.json")).read_text(encoding="utf-8"))
    assert card["comparisons"]["job"]["against"] == "words"


def test_a_second_run_says_who_holds_the_lock(house: House, tmp_path: Path) -> None:
    before = house.pointer
    with held(house.place.var / "retrain.lock", "a test"):
        done = house.run(crowd.write(tmp_path / "new", 900))
    assert done.exit_code == HELD
    assert f"held by process {os.getpid()} on " in done.stderr
    assert "(a test, since " in done.stderr
    assert house.pointer == before


def test_a_lock_is_waited_for_as_long_as_is_said(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock, "first"), pytest.raises(Held, match="first"), held(lock, "second", 0.2):
        pass
    with held(lock, "third"):
        assert "third" in lock.read_text()


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    code = "import sys, time; from pathlib import Path; from training.locks import held\nwith held(Path(sys.argv[1]), 'a child'):\n    print('held', flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lock")], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout
    assert child.stdout.readline() == b"held\n"
    with pytest.raises(Held, match=f"process {child.pid} "), held(tmp_path / "lock", "too early"):
        pass
    child.kill()
    child.wait()
    child.stdout.close()
    with held(tmp_path / "lock", "after", 5.0):
        pass


@pytest.mark.parametrize("reached", ["retrain.lock", "bundles/*/manifest.json", "mlartifacts/*/*/*/*/MLmodel"])
def test_a_killed_run_leaves_the_pointer_and_the_next_one_works(house: House, tmp_path: Path, reached: str) -> None:
    """Killed as soon as the lock, a new bundle or a new model is there."""
    before, data = house.pointer, crowd.write(tmp_path / "new", 900)
    house.rules.write_text(json.dumps(EASY), encoding="utf-8")
    (house.place.var / "retrain.lock").unlink(missing_ok=True)
    there = set(house.place.var.glob(reached))
    command = ["--data", str(data), "--var", str(house.place.var), "--split", "last", "--as-of", NOW, "--rules", str(house.rules)]
    run = subprocess.Popen(
        [sys.executable, "-m", "training.retrain", *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while set(house.place.var.glob(reached)) <= there and run.poll() is None:
        time.sleep(0.001)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert run.returncode == -signal.SIGKILL
    assert house.pointer == before
    load(bundles.current(house.place.bundles))
    assert house.run(data).exit_code == PROMOTED


def test_what_killed_runs_left_is_cleared_away_after_a_day(house: House, tmp_path: Path) -> None:
    old, young = house.place.bundles / ".bundle-old", house.place.bundles / ".bundle-young"
    for folder in (old, young):
        folder.mkdir()
    pointer = house.place.bundles / ".current-1.json"
    pointer.write_text("{")
    for path in (old, pointer):
        os.utime(path, (time.time() - 90_000, time.time() - 90_000))
    house.run(crowd.write(tmp_path / "same"), as_of="2026-07-28")
    assert (old.exists(), pointer.exists(), young.exists()) == (False, False, True)
    shutil.rmtree(young)


def test_a_kind_that_cannot_be_trained_keeps_no_other_from_being_promoted(tmp_path: Path) -> None:
    """Nothing is current, so all kinds are trained together; nobody took a course."""
    house = House(Place.of(tmp_path / "var", None, "tester"), tmp_path / "rules.json")
    done = house.run(crowd.write(tmp_path / "data", courses=tiny.courses()), as_of="2026-07-28")
    assert done.exit_code == REFUSED, done.output
    assert done.stderr.startswith("Not retrained (course): No course ranker can be trained")
    assert done.stdout == f"Promoted (job): {bundles.current(house.place.bundles)}\n"
    assert [(what, details.get("kinds")) for what, details in house.audited()] == [
        ("retraining refused", ["course"]),
        ("promotion", None),
    ]
    made = load(bundles.current(house.place.bundles))
    assert {kind: parts.booster is not None for kind, parts in made.kinds.items()} == {"job": True, "course": False}


def test_a_kind_without_events_is_nothing_new(house: House, tmp_path: Path) -> None:
    """Courses nobody took: there is nothing to learn of them, and that is no failure."""
    data = crowd.write(tmp_path / "new", 900, courses=tiny.courses())
    done = house.run(data)
    assert done.exit_code == PROMOTED, done.output
    assert "Not retrained (course): there is nothing new to learn." in done.stdout
