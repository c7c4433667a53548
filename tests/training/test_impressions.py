"""Lists of a folder's impressions: which there are, of which moment, and the rows that are made of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from features import JOB_ROWS, PROFILE
from sqrec import Recommender, Snapshot, read_folder
from sqrec.base.arrays import key_of
from sqrec.reach.walk import StraightLine
from tests.support import tiny
from training.logged import ShownLists
from training.sample import uses_of

START = 1_780_000_000_000_000


def shown_row(person: str, item: str, place: int | None, request: str | None = "r1", kind: str = "job") -> dict[str, Any]:
    return {"person_id": person, "item_id": item, "event": "impression", "position": place, "request_id": request, "kind": kind}


def table(*told: dict[str, Any]) -> pd.DataFrame:
    """Return rows of the table `events`, at START."""
    at = pd.Timestamp(START, unit="us", tz="UTC")
    return pd.DataFrame([{"event_id": f"e{n}", "at": at} | one for n, one in enumerate(told)]).astype({"position": "Int64"})


def test_impressions_are_lists_where_something_on_them_was_used() -> None:
    """Duplicates count once, at their first place; two people with one request id have two lists; other rows are none."""
    view = {"event": "view", "position": None}
    found = ShownLists.of_impressions(
        table(
            shown_row("p", "a", 1), shown_row("p", "b", 2), shown_row("p", "b", 3), shown_row("p", "c", None),
            shown_row("p", "a", 1) | view,
            shown_row("q", "d", 2), shown_row("q", "e", 1), shown_row("q", "d", 2) | view | {"event": "save"},
            shown_row("s", "f", 1),
            shown_row("p", "g", 1, "r2"), shown_row("p", "g", 1, "r2") | view | {"event": "dismiss"},
            shown_row("p", "h", 1, None), shown_row("p", "h", 1, None) | view,
            shown_row("p", "i", 4, "r1", "course"),
        ),
        "job",
    )  # fmt: skip
    assert found is not None
    assert found.rows is None
    told: dict[int, dict[int, int]] = {}
    for person, item, place in zip(found.person.tolist(), found.item.tolist(), found.position.tolist(), strict=True):
        told.setdefault(person, {})[item] = place
    assert told == {
        key_of("p"): {key_of("a"): 1, key_of("b"): 2},
        key_of("q"): {key_of("d"): 2, key_of("e"): 1},
    }
    assert len(np.unique(found.request)) == 2
    assert len(found.item) == 4
    assert set(found.at.tolist()) == {START}


def test_a_list_is_of_the_moment_of_its_first_impression() -> None:
    """Somebody scrolls: a is seen and viewed before b and c are seen. Rows must not know the view."""
    later = pd.Timestamp(START + 9_000_000, unit="us", tz="UTC")
    told = [shown_row("p", "a", 1), *(shown_row("p", item, 2, "r1") | {"at": later} for item in "bc")]
    found = ShownLists.of_impressions(table(*told, shown_row("p", "a", 1) | {"event": "view"}), "job")
    assert found is not None
    assert found.at.tolist() == [START] * 3


def test_impressions_of_which_nothing_was_used_are_no_lists() -> None:
    assert ShownLists.of_impressions(table(shown_row("p", "a", 1)), "job") is None
    assert ShownLists.of_impressions(table(shown_row("p", "a", 1) | {"event": "view", "position": None}), "job") is None
    theirs = shown_row("q", "a", 1) | {"event": "view"}
    assert ShownLists.of_impressions(table(shown_row("p", "a", 1), theirs), "job") is None, "another person's use"


def shown_events() -> list[dict[str, object]]:
    """Return two lists of p05: of the first j01 was viewed and then applied for (j05 was viewed long ago), of the other nothing."""
    base = {"person_id": "p05", "kind": "job", "at": "2026-07-20T12:00:00Z"}
    seen = [
        {
            **base,
            "event_id": f"{request}{place}",
            "item_id": item,
            "event": "impression",
            "request_id": request,
            "position": place,
        }
        for request, items in (("r1", ("j09", "j12", "j01", "j05")), ("r2", ("j02", "j03")))
        for place, item in enumerate(items, 1)
    ]
    used = [("u1", "j01", "view", "r1", 2), ("u2", "j01", "apply", "r1", 9), ("u3", "j30", "view", None, 5)]
    return seen + [
        {
            **base,
            "event_id": name,
            "item_id": item,
            "event": event,
            "request_id": request,
            "at": f"2026-07-20T12:{minute:02d}:00Z",
        }
        for name, item, event, request, minute in used
    ]


def test_a_folders_impressions_are_lists(tmp_path: Path) -> None:
    told = {"jobs": tiny.jobs(), "people": tiny.people(), "events": [*tiny.events(), *shown_events()]}
    folder = read_folder(tiny.write(tmp_path / "data", told), write_rejected=False)
    profiler = PROFILE.fit({"job": folder.tables["jobs"]})
    snapshot = Snapshot.of(folder, profiler)
    recommender = Recommender(profiler, folder.city, StraightLine.of(folder.city), {"job": JOB_ROWS}, {}, {})
    shown = ShownLists.of_impressions(folder.tables["events"], "job")
    assert shown is not None
    assert set(shown.person.tolist()) == {key_of("p05")}
    assert len(np.unique(shown.request)) == 1
    places_of = {key_of(name): place for place, name in enumerate(("j09", "j12", "j01", "j05"), 1)}
    assert dict(zip(shown.item.tolist(), shown.position.tolist(), strict=True)) == places_of
    uses = uses_of(snapshot.events, repeats=False)
    learnt, came = shown.learnt(snapshot.events, snapshot.events, uses)
    sample = learnt.sample(recommender, snapshot, "job")
    before = snapshot.with_events(snapshot.events.where(snapshot.events.at < tiny.micros("2026-07-20T12:00")))
    profile = before.ask(profiler, shown.person[:1], shown.at[:1])
    items = before.items["job"]
    pairs = recommender.pairs(profile, items, items.find(learnt.lists.item))
    assert np.array_equal(sample.rows, recommender.build(profile, before, "job", pairs), equal_nan=True)
    assert sample.position is not None
    assert sorted(zip(sample.position.tolist(), sample.label.tolist(), strict=True)) == [(1, 0), (2, 0), (3, 3)]
    assert came.sum() == 1
