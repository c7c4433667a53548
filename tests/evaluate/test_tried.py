"""From a service that explores over a store's log to the report: what another ranker is worth, against a truth that is known here."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from serving.answer.respond import respond
from serving.deployment import Deployment
from serving.schemas.requests import RecommendRequest
from sqrec import bundle as bundles
from sqrec.base.arrays import keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.evaluate.logs import tried
from sqrec.evaluate.logs.offpolicy import OffPolicy
from sqrec.evaluate.logs.replay import Stage, logged_lists, replay
from sqrec.evaluate.report.run import report_on
from sqrec.profile import Events
from sqrec.rank import Explore, Linear
from sqrec.store import Rights, Store, import_folder, read_store
from tests.support import crowd, tiny

START = tiny.micros("2026-08-05T01:00")
MINUTE = 60_000_000
LISTS = 360
OFTEN = Explore(position=2, epsilon=0.4, pool=3)


def worth(item_id: str) -> float:
    """Return how likely a shown job is used: the higher its number, the likelier."""
    return 0.05 + 0.9 * int(item_id[1:]) / 40


@dataclass(frozen=True)
class Logged:
    """Hold a store with logged lists, the bundles that are there, and which of them is the target."""

    url: str
    bundles: Path
    served: str
    target: str

    def told(self, name: str, learnt: list[str] | None = None) -> OffPolicy | None:
        bundle = bundles.load(self.bundles / name)
        snapshot = Snapshot.of(read_store(self.url), bundle.profiler)
        rng = np.random.default_rng(1)
        return tried.offpolicy_of(self.url, bundle, "job", self.bundles, snapshot, keys_of(learnt or []), rng)

    def import_people(self, folder: Path, rows: list[dict[str, Any]]) -> None:
        with Store.open(self.url) as store:
            import_folder(store, tiny.write(folder, {"people": rows}))


def show(store: Store, deployment: Deployment, lists: int, rng: np.random.Generator) -> None:
    """Answer, write down what was shown, and let people use it as likely as it is worth."""
    people = [row["person_id"] for row in crowd.people()]
    rows: list[Any] = []
    events: list[dict[str, Any]] = []
    for number in range(lists):
        person, now = people[number % len(people)], START + number * MINUTE
        shown = respond(deployment, RecommendRequest(person_id=person, n=5, minutes=60), store.record(person), now).shown
        rows += shown
        (slot,) = (row for row in shown if row["position"] == OFTEN.position)
        if rng.random() < worth(slot["item_id"]):
            event = {"event_id": f"u{number}", "person_id": person, "kind": "job", "item_id": slot["item_id"], "event": "view"}
            events.append(event | {"at": now + MINUTE, "request_id": slot["request_id"]})
    store.append_rankings(rows)
    store.append_events(events)


@pytest.fixture(scope="module")
def log(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    place = tmp_path_factory.mktemp("tried")
    url, folder = f"sqlite:///{place / 'store.db'}", place / "bundles"
    tables = {"jobs": tiny.jobs(), "people": crowd.people(), "events": tiny.events()}
    data = tiny.write(place / "data", tables)
    served = bundles.load(bundles.current(small / "var" / "bundles"))
    parts, learnt = served.kinds["job"], bundles.arrays_of(small / "var" / "bundles" / served.name)
    best_paid = Linear.of(parts.rows.names, {"item_wage": 1.0})
    target = replace(served, kinds={"job": replace(parts, booster=None, words=best_paid)})
    names = [bundles.save_by_hash(one, folder, learnt).name for one in (served, target)]
    with Store.open(url) as store:
        import_folder(store, data)
        deployment = replace(Deployment.of_store(folder / names[0], bundles.load(folder / names[0]), store), explore=OFTEN)
        show(store, deployment, LISTS, np.random.default_rng(2))
    yield Logged(url, folder, *names)


def places(log: Logged, name: str) -> list[tried.Place]:
    with Store.open(log.url) as store:
        stage = Stage(store, log.bundles)
        rows = [row for one in logged_lists(store.rankings(0, 2**62)) for row in one if row["position"] == 2]
        found = [tried._place(stage, row, name) for row in rows if row["propensity"] < 1]
    assert None not in found
    return [one for one in found if one]


def explored(log: Logged) -> tuple[int, int]:
    """Return how many lists explored, and of how many people: not those whose second place is the only one of its turn."""
    with Store.open(log.url) as store:
        rows = [row for one in logged_lists(store.rankings(0, 2**62)) for row in one if row["position"] == 2]
    tried_in = [row["person_id"] for row in rows if row["propensity"] < 1]
    return len(tried_in), len(set(tried_in))


def test_every_list_is_made_again(log: Logged) -> None:
    with Store.open(log.url) as store:
        found = replay(store, log.bundles, 0, 2**62)
    assert (found.lists, found.equal, found.differences) == (LISTS, LISTS, [])


@pytest.mark.parametrize(("whose", "largest"), [("target", 3 / 0.4), ("served", 1 / 0.6)])
def test_estimates_are_near_the_truth(log: Logged, whose: str, largest: float) -> None:
    """Within three standard errors of what is known here; intervals are judged on a hundred logs in test_offpolicy.py."""
    found, here = log.told(getattr(log, whose)), places(log, getattr(log, whose))
    assert found is not None
    truth = float(np.mean([worth(one.items[one.best]) for one in here]))
    assert (found.places, found.people, found.covered) == (len(here), explored(log)[1], 1.0)
    assert found.places > 0.75 * LISTS  # in the others no item of the same turn stands near enough to be tried
    for name in ("ips", "snips", "dr"):
        figure = found.estimates[name]
        assert abs(figure.mean - truth) < 3 * (figure.high - figure.low) / 3.92
    assert found.largest == pytest.approx(largest)
    assert found.effective < found.places
    assert [note.code for note in found.notes if note.code not in {"off_policy_few", "off_policy_weights"}] == [
        "off_policy_assumes"
    ]


def test_only_tries_tell_that_the_best_paid_are_used_most(log: Logged) -> None:
    found = log.told(log.target)
    assert found is not None
    assert found.gains["snips"].low > 0
    assert found.gains["dr"].low > 0
    assert _width(found, "dr") < _width(found, "ips")


def _width(found: OffPolicy, name: str) -> float:
    return found.estimates[name].high - found.estimates[name].low


def test_lists_before_the_last_event_learnt_are_left_out(log: Logged) -> None:
    late = log.told(log.target, learnt=["v1", *(f"u{number}" for number in range(240, 260))])
    assert late is not None
    assert 80 < late.places <= 100
    assert "off_policy_learnt" in [note.code for note in late.notes]
    latest = log.told(log.target, learnt=[f"u{number}" for number in range(340, 358)])
    assert latest is not None
    assert (latest.estimates, latest.people) == ({}, 0)
    assert latest.notes[0].code == "off_policy_people"


def test_a_bundle_that_is_gone_is_counted(log: Logged, tmp_path: Path) -> None:
    moved = Logged(log.url, tmp_path, log.served, log.target)
    (tmp_path / log.target).symlink_to(log.bundles / log.target)
    found = moved.told(log.target)
    assert found is not None
    assert (found.places, found.estimates) == (0, {})
    assert [note.code for note in found.notes] == ["off_policy_people", "off_policy_differs"]
    lists, _ = explored(log)
    assert f"{lists} of {lists} lists" in found.notes[1].said("en")


def test_the_report_has_it(log: Logged, tmp_path: Path) -> None:
    report_on(log.url, "job", log.bundles / log.served, "last", tmp_path, log.bundles)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["overrides"].keys() == {"people", "pairs", "overridden", "rate"}
    assert (report["overrides"]["overridden"], report["overrides"]["rate"]["mean"]) == (0, 0.0)
    assert report["overrides"]["rate"]["n"] == report["overrides"]["people"] >= 10
    assert "as not suitable" in report["definitions"]["override rate"]
    assert "override rate" in (tmp_path / "report.html").read_text(encoding="utf-8")
    told = report["offpolicy"]
    assert set(told["estimates"]) == {"ips", "snips", "dr"}
    assert told["estimates"]["dr"]["low"] < told["estimates"]["dr"]["high"]
    assert told["effective"] > 20
    assert {note["code"] for note in told["notes"]} >= {"off_policy_assumes", "off_policy_learnt"}


def test_without_tries_no_figure(small: Path, tmp_path: Path) -> None:
    url, made = f"sqlite:///{tmp_path / 'store.db'}", small / "var" / "bundles"
    name = bundles.current(made).name
    quiet = Logged(url, made, name, name)
    with Store.open(url) as store:
        import_folder(
            store, tiny.write(tmp_path / "in", {"jobs": tiny.jobs(), "people": crowd.people(), "events": tiny.events()})
        )
        assert quiet.told(name) is None
        show(store, Deployment.of_store(made / name, bundles.load(made / name), store), 5, np.random.default_rng(1))
    found = quiet.told(name)
    assert found is not None
    assert (found.estimates, [note.code for note in found.notes]) == ({}, ["off_policy_off"])
    assert "None of 5 personal lists" in found.notes[0].said("en")


def test_what_counts_as_a_use() -> None:
    rows = [{"request_id": f"r{n}", "item_id": "a", "person_id": "p", "at": START} for n in range(8)]
    told = [
        ("r0", "p", "a", "view", 1), ("r1", "p", "a", "impression", 1), ("r2", "p", "b", "view", 1), ("r3", "q", "a", "view", 1),
        ("r4", "p", "a", "apply", 3 * 1440), ("r5", "p", "a", "apply", 1440 * 2 - 1), ("r6", "p", "a", "dismiss", 1), ("r7", "p", "a", "view", -1),
        ("r0", "p", "a", "save", 2), (None, "p", "a", "view", 1),
    ]  # fmt: skip
    at = np.array([START + one[4] * MINUTE for one in told])
    request, person, item, event = ([one[column] for one in told] for column in range(4))
    events = Events.of_columns(
        event_id=[f"e{n}" for n in range(len(told))], person_id=person, kind=["job"] * len(told), item_id=item, event=event,
        at=at, recorded=at, request_id=request,
    )  # fmt: skip
    assert tried.rewards(events, rows, days=2).tolist() == [1, 0, 0, 0, 0, 1, 0, 0]
    assert tried.rewards(Events.none(), rows, days=2).tolist() == [0] * 8


def test_people_who_switched_off_since_are_left_out(log: Logged, tmp_path: Path) -> None:
    """The last test but one: it changes the store."""
    before = log.told(log.target)
    log.import_people(tmp_path / "off", [{**row, "personalised": "false"} for row in crowd.people()[:3]])
    after = log.told(log.target)
    assert before is not None
    assert after is not None
    off = {row["person_id"] for row in crowd.people()[:3]}
    with Store.open(log.url) as store:
        rows = [row for one in logged_lists(store.rankings(0, 2**62)) for row in one if row["propensity"] < 1]
    gone = off & {row["person_id"] for row in rows}
    assert gone
    assert (before.people, after.people) == (explored(log)[1], explored(log)[1] - len(gone))
    said = {note.code: note.said("en") for note in after.notes}
    assert f"{before.places - after.places} lists" in said["off_policy_switched"]


def test_lists_of_before_a_change_of_tags_are_left_out(log: Logged) -> None:
    """The very last: one person more is gone."""
    with Store.open(log.url) as store:
        rows = [row for one in logged_lists(store.rankings(0, 2**62)) for row in one if row["propensity"] < 1]
        off = {row["person_id"] for row in crowd.people()[:3]}
        who = next(row["person_id"] for row in rows if row["person_id"] not in off)
        before = log.told(log.target)
        Rights(store.database).change(who, "me", deleted=["hours"])
    after = log.told(log.target)
    assert before is not None
    assert after is not None
    assert after.people == before.people - 1
