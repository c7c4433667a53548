"""What lists lack of what a person wants: said where it is so, and never against what is shown or could be."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features import AMENITY_ROWS, JOB_ROWS, PROFILE
from serving.answer.wanted import Said, Wanting
from sqrec import SERVED, Person, Recommender, Snapshot, read_folder
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.groups.worded import Words
from sqrec.rank import Linear
from sqrec.reach.walk import StraightLine
from sqrec.texts import built_in_texts, say
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")
LON, LAT, MINUTE = 120.0, 36.0, 0.00055
"""A home, and about a minute on foot to the north of it in degrees."""
DAY = {"form": "full_time", "hours": "09:00-18:00"}
COOK, WAITER, GUARD, TAILOR = "4-03-02-02", "4-03-02-05", "4-07-05-01", "4-10-02-01"
Row = dict[str, str]
World = tuple[Recommender, Snapshot]


def job(name: str, title: str, code: str, minutes: float = 3, **facts: str) -> Row:
    place = {"lon": f"{LON}", "lat": f"{LAT + minutes * MINUTE}"}
    return {"job_id": name, "title": title, "occupation": code, "published_at": "2026-01-01", **place, **facts}


JOBS = [
    job("waiter", "餐厅服务员", WAITER, **DAY),
    job("cook", "面点师傅", COOK, **DAY),
    job("guard", "保安", GUARD, form="part_time", hours="22:00-06:00"),
    job("tailor", "裁缝", TAILOR, 100, **DAY),
    job("far cook", "面点师傅", COOK, 90, form="part_time", hours="08:00-12:00"),
]
PLACES = [("clinic", 3), ("pharmacy", 100), ("market", 50)]
HOME: dict[str, Any] = {"lon": LON, "lat": LAT}


def world(home: Path, jobs: Sequence[Row] = JOBS) -> World:
    places = [
        {"amenity_id": kind, "name": kind, "type": kind, "lon": f"{LON}", "lat": f"{LAT + minutes * MINUTE}"}
        for kind, minutes in PLACES
    ]
    folder = read_folder(tiny.write(home, {"jobs": list(jobs), "amenities": places}), write_rejected=False)
    kinds: tuple[Kind, ...] = ("job", "amenity")
    rows = {"job": JOB_ROWS, "amenity": AMENITY_ROWS}
    profiler = PROFILE.fit({kind: folder.tables[TABLE_OF_KIND[kind]] for kind in kinds}, None)
    even = {kind: Linear.of(rows[kind].names, {}) for kind in kinds}
    return Recommender(profiler, folder.city, StraightLine.of(folder.city), rows, {}, even), Snapshot.of(folder, profiler)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("town"))


def wanting(town: World, kind: Kind, n: int = 10, candidates: int = 300, **facts: Any) -> Wanting:
    recommender, snapshot = town
    profile = recommender.profiler.profiles([Person(**facts)], np.array([AT]), [{}], np.array([0], np.uint64))
    policy = SERVED.__class__(wish=60.0, max_candidates=candidates)
    ranking = recommender.recommend(profile, kind, snapshot, policy, n)
    return Wanting(kind, ranking, n, Words(built_in_texts(), "zh-CN", recommender.city), recommender)


def texts(said: Sequence[Said]) -> list[str]:
    return [say(built_in_texts(), "notice", code, "zh-CN", values) for code, values in said]


def lacking(town: World, kind: Kind = "job", **facts: Any) -> list[str]:
    return texts(list(wanting(town, kind, **facts).lacking()))


def against(town: World, n: int = 10, **facts: Any) -> list[str]:
    return texts(list(wanting(town, "job", n, **facts).against()))


def test_of_several_trades_the_one_without_a_vacancy_within_reach_is_named(town: World) -> None:
    """裁缝, of the class of 洗衣师, is needed a hundred minutes away; who has no point on the map has that in reach."""
    wishes = ("洗衣师", "面点师")
    assert lacking(town, desired=wishes, **HOME) == ["按职业分类，您想要的“洗衣师”，步行60分钟内没有可以推荐的同类岗位"]
    assert lacking(town, desired=wishes) == []
    assert lacking(town, desired=("焊工", "面点师")) == ["按职业分类，您想要的“焊工”，目前没有可以推荐的同类岗位"]


def test_nothing_is_lacking_where_each_trade_is_answered_or_all_are_not(town: World) -> None:
    assert lacking(town, desired=("面点师", "保安"), **HOME) == []
    assert lacking(town, desired=("面点师",), **HOME) == []
    assert lacking(town, desired=("洗衣师", "焊工"), **HOME) == []  # that nothing is there at all is another sentence
    assert lacking(town, desired=("面点师", "轻松一点的"), **HOME) == []  # what has no code is not judged


def test_at_most_three_are_named(town: World) -> None:
    wishes = ("面点师", "焊工", "瓦工", "电工", "美甲师")
    assert lacking(town, desired=wishes) == ["按职业分类，您想要的“焊工、瓦工（砌筑工）、电工等”，目前没有可以推荐的同类岗位"]


def test_a_wish_that_a_shown_title_names_is_not_lacking(tmp_path: Path) -> None:
    town = world(tmp_path, [*JOBS, job("laundry", "诚聘洗衣师", GUARD, **DAY)])
    assert lacking(town, desired=("洗衣师", "面点师"), **HOME) == []


def test_what_is_within_reach_and_not_among_the_candidates_is_not_lacking(town: World) -> None:
    one = wanting(town, "job", candidates=1, desired=("面点师", "保安"), **HOME)
    assert len(one.ranking.item) == 1
    assert one.ranking.turns.answered
    assert list(one.lacking()) == []


def test_of_several_needs_the_one_without_a_place_within_reach_is_named(town: World) -> None:
    needs = ("type:clinic", "type:pharmacy", "type:market")
    (said,) = lacking(town, "amenity", needs=needs, **HOME)
    assert said == "您想要的“药店”，步行60分钟内没有可以推荐的同类服务"
    assert lacking(town, "amenity", needs=("type:clinic", "domain:health"), **HOME) == []
    assert lacking(town, "amenity", needs=("type:pharmacy",), **HOME) == []


def test_that_no_wanted_work_is_of_an_accepted_form_is_said(town: World) -> None:
    """A part-time cook is wanted ninety minutes away, and the guard's work is part time, which is not what was asked for."""
    said = "按职业分类，步行60分钟内和线上的“面点师（中式面点师）”同类岗位里，没有您要的用工形式：兼职（非全日制）"
    assert against(town, desired=("面点师",), forms=("part_time",), **HOME) == [said]
    assert against(town, desired=("面点师",), forms=("part_time", "full_time"), **HOME) == []
    assert against(town, desired=("面点师",), **HOME) == []
    assert against(town, desired=("面点师",), forms=("part_time",)) == []  # without a home the far one is in reach


@pytest.mark.parametrize("facts", [{"mode": "remote", "form": "part_time"}, {"form": ""}])
def test_one_of_an_accepted_form_or_of_none_told_is_enough(tmp_path: Path, facts: Row) -> None:
    town = world(tmp_path, [*JOBS, job("another cook", "面点师", COOK, **facts)])
    assert against(town, desired=("面点师",), forms=("part_time",), **HOME) == []


def test_that_no_shown_vacancy_is_of_an_accepted_form_is_said_where_nothing_is_wanted(town: World) -> None:
    assert against(town, forms=("temporary",), **HOME) == ["所列岗位里没有您要的用工形式：临时"]
    assert against(town, forms=("part_time",), **HOME) == []


def test_that_all_shown_vacancies_clash_with_the_hours_is_said(town: World) -> None:
    """The far cook works in the morning: it stands last, so three shown vacancies clash and five do not."""
    told: dict[str, Any] = {"desired": ("面点师",), "hours": "07:00-12:30", **HOME}
    assert against(town, 3, **told) == ["所列岗位的上班时间都与您说的时间（07:00-12:30）不合"]
    assert against(town, 5, **told) == []
    assert against(town, 3, **told | {"hours": "08:00-18:00"}) == []
    assert against(town, 3, desired=("面点师",), **HOME) == []
