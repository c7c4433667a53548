"""One offer by several ids: once in a list, its other ids counted, and gone with the one that was used."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sqrec import SERVED, Ranking, Recommender, Snapshot, load, read_folder
from sqrec import bundle as bundles
from sqrec.base.arrays import key_of
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")
ADVERT = {
    "title": "收银员（急招）",
    "employer": "甲超市",
    "wage_min": "3000",
    "wage_max": "3500",
    "wage_unit": "month",
    "area": "370203",
}
Served = tuple[Recommender, Snapshot]


@pytest.fixture(scope="module")
def served(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Twelve ids of one advert (OfflineCV #754), one of them over, beside three others; b applied by one id, c dismissed one.

    Somebody looked for hazards of three ids, the one that is over among them; d is seventeen.
    """
    jobs: list[dict[str, Any]] = [{"job_id": f"x{n:02}", **ADVERT} for n in range(12)]
    jobs[5]["valid_to"] = "2026-01-01"
    for n in (4, 5, 6):
        jobs[n]["hazards_checked"] = "true"
    jobs[7] |= {"title": "诚聘 收银员 3-3.5K", "wage_min": "", "wage_max": ""}
    jobs += [{"job_id": f"j{n}", "title": title, "employer": "乙超市"} for n, title in enumerate(("保安", "收银员", "厨师"))]
    used = [
        {"event_id": f"e{n}", "person_id": who, "kind": "job", "item_id": "x03", "event": event, "at": "2026-07-01T02:00:00Z"}
        for n, (who, event) in enumerate((("b", "apply"), ("c", "dismiss")))
    ]
    people = [{"person_id": one} for one in "abc"]
    folder = tiny.write(
        tmp_path_factory.mktemp("reposts"),
        {"jobs": jobs, "events": used, "people": [*people, {"person_id": "d", "birth_month": "2009-03"}]},
    )
    loaded = load(bundles.current(small / "var" / "bundles"))
    return loaded.recommender(), Snapshot.of(read_folder(folder, write_rejected=False), loaded.profiler)


def listed(served: Served, person: str) -> Ranking:
    recommender, snapshot = served
    profile = snapshot.ask(recommender.profiler, np.array([key_of(person)], np.uint64), np.array([AT]))
    return recommender.recommend(profile, "job", snapshot, SERVED, 10)


def test_a_reposted_advert_stands_once_and_is_counted(served: Served) -> None:
    ranking = listed(served, "a")
    ids = [ranking.scene.items.ids[row] for row in ranking.item.tolist()]
    assert sorted(one[0] for one in ids) == ["j", "j", "j", "x"]
    more = {one[0]: ranking.more_like_this(int(pair)) for one, pair in zip(ids, ranking.order, strict=True)}
    assert more == {"j": 0, "x": 10}


def test_ids_that_the_law_hides_are_not_counted(served: Served) -> None:
    ranking = listed(served, "d")
    assert [ranking.scene.items.ids[row] for row in ranking.item.tolist()] in (["x04"], ["x06"])
    assert ranking.more_like_this(int(ranking.order[0])) == 1


@pytest.mark.parametrize("person", ["b", "c"])
def test_what_was_used_by_one_id_is_not_shown_by_another(served: Served, person: str) -> None:
    assert {served[1].items["job"].ids[row] for row in listed(served, person).item.tolist()} == {"j0", "j1", "j2"}


def test_the_reposts_of_the_shared_case(served: Served, shared: Path) -> None:
    """Twelve ids of one advert among forty of four employers that each look for ten trades."""
    folder = shared.parent / "cases" / "c16_reposts"
    if not folder.is_dir():
        pytest.skip(f"{folder} is missing")
    items = Snapshot.of(read_folder(folder, write_rejected=False), served[0].profiler).items["job"]
    groups = {
        leader: [one for one, twin in zip(items.ids, items.twins, strict=True) if twin == leader]
        for leader in set(items.twins) - {-1}
    }
    assert list(groups.values()) == [[f"x{n:02}" for n in range(12)]]
