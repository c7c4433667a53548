"""The override rate: counted by hand, over people, and told to nobody where few people are behind it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sqrec.base.numbers import DAY
from sqrec.evaluate.logs.overrides import override_rate, overrides_of
from sqrec.store import Store, import_folder, read_store
from sqrec.tables import read_folder
from tests.support import tiny

T = 1_785_000_000_000_000
COLUMNS = ["person_id", "item_id", "first", "last"]


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def shown(people: int, items: int) -> pd.DataFrame:
    return pd.DataFrame([(f"p{who}", f"j{what}", T, T + DAY) for who in range(people) for what in range(items)], columns=COLUMNS)


def words(*told: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame([*told], columns=["person_id", "item_id", "at"]).astype({"at": "int64"})


def test_what_counts_is_a_word_about_what_was_shown_in_time() -> None:
    found = override_rate(
        shown(12, 5),
        words(
            ("p0", "j0", T),  # the first moment
            ("p0", "j0", T + 5),  # twice is once
            ("p1", "j1", T + 15 * DAY),  # the last moment
            ("p2", "j2", T - 1),  # before it was shown
            ("p3", "j3", T + 15 * DAY + 1),  # too late
            ("p4", "j9", T + 5),  # never shown
            ("p99", "j0", T + 5),  # to nobody of these
        ),
        rng(),
    )
    assert (found.people, found.pairs, found.overridden) == (12, 60, 2)
    assert found.rate.mean == pytest.approx(2 / 60)
    assert found.rate.n == 12
    assert 0 <= found.rate.low < found.rate.mean < found.rate.high


def test_the_interval_is_over_people_and_a_ratio_of_sums() -> None:
    """Where everybody has the same rate it has no width, however many items each was shown; one person alone widens it."""
    uneven = pd.concat(
        [shown(10, 2), shown(20, 6).query("person_id not in @first", local_dict={"first": [f"p{n}" for n in range(10)]})]
    )
    half = words(*((who, what, T) for who, what in zip(uneven["person_id"], uneven["item_id"], strict=True) if int(what[1:]) % 2))
    even = override_rate(uneven, half, rng())
    assert (even.rate.low, even.rate.mean, even.rate.high) == (0.5, 0.5, 0.5)
    lone = override_rate(shown(20, 4), words(*(("p0", f"j{n}", T) for n in range(4))), rng())
    assert (lone.rate.mean, lone.rate.low) == (pytest.approx(1 / 20), 0.0)
    assert lone.rate.high > 0.1


def test_fewer_than_ten_people_are_not_told() -> None:
    few = override_rate(shown(9, 4), words(("p0", "j0", T)), rng())
    assert (few.people, few.pairs, few.overridden, few.rate.n) == (None, None, None, 0)
    assert np.isnan(few.rate.mean)
    assert override_rate(shown(10, 4), words(), rng()).rate.mean == 0.0


def rows(event: str, *pairs: tuple[str, str], day: int = 1) -> list[dict[str, Any]]:
    at = f"2026-07-{day:02d}T09:00:00Z"
    return [
        {"event_id": f"{event}{who}{what}", "person_id": who, "kind": "job", "item_id": what, "event": event, "at": at}
        for who, what in pairs
    ]


def test_a_folder_has_its_impressions_and_a_store_its_log(store_url: str, tmp_path: Path) -> None:
    pairs = [(f"p{who:02d}", f"j{what:02d}") for who in range(12) for what in range(3)]
    said = rows("unsuitable", ("p01", "j01"), ("p02", "j00"), ("p03", "j20"), day=3)
    impressions = rows("impression", *pairs)
    data = tiny.write(
        tmp_path / "data",
        {"jobs": tiny.jobs(), "people": tiny.people(), "events": [*impressions, *said, *rows("view", ("p01", "j05"))]},
    )
    in_folder = overrides_of(data, read_folder(data), "job", rng())
    assert in_folder is not None
    assert (in_folder.people, in_folder.pairs, in_folder.overridden) == (12, 36, 2)
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "told", {"jobs": tiny.jobs(), "people": tiny.people(), "events": said}))
        assert overrides_of(store_url, read_store(store_url), "job", rng()) is None
        at = tiny.micros("2026-07-01T09:00")
        common = {"at": at, "kind": "job", "position": 1, "bundle": "b"}
        store.append_rankings(
            [
                *(common | {"request_id": f"r{who}{what}", "person_id": who, "item_id": what} for who, what in pairs),
                common | {"request_id": "again", "person_id": "p01", "item_id": "j01", "at": at + DAY},
                common | {"request_id": "nobody", "person_id": None, "item_id": "j01"},
                common | {"request_id": "course", "person_id": "p01", "item_id": "j01", "kind": "course"},
            ]
        )
    in_store = overrides_of(store_url, read_store(store_url), "job", rng())
    assert in_store == in_folder
    assert overrides_of(store_url, read_store(store_url), "course", rng()) is not None
