"""Which items are one offer by several ids: folded titles, owners, places."""

from pathlib import Path

import numpy as np
import pytest

from features import PROFILE
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.codes.titles import pay_in
from sqrec.codes.wages import units_a_month
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.tables import read_folder
from tests.support import tiny


def twins(tmp_path: Path, kind: Kind, rows: list[dict[str, str]]) -> list[int]:
    table = TABLE_OF_KIND[kind]
    told = [{f"{kind}_id": f"t{n}", **row} for n, row in enumerate(rows)]
    folder = read_folder(tiny.write(tmp_path, {table: told}), write_rejected=False)
    return Snapshot.of(folder, PROFILE.fit({kind: folder.tables[table]})).items[kind].twins.tolist()


def test_courses_of_one_title_and_provider_are_twins(tmp_path: Path) -> None:
    """Full width, case, spaces and marks do not matter; without a provider nobody knows."""
    told = [
        ("AI 入门班", "市北技校"),
        ("（ai）入门班", "市北技校"),
        ("ＡＩ 入门班", "市北技校 "),
        ("AI 入门班", ""),
        ("AI 入门班", "别家"),
        ("AI+ 入门班", "市北技校"),
    ]
    assert twins(tmp_path, "course", [{"title": title, "provider": provider} for title, provider in told]) == [
        0,
        0,
        0,
        -1,
        -1,
        -1,
    ]


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ({"start_on": "2026-09-01"}, {"start_on": "2026-10-12"}),
        ({"end_on": "2026-12-01"}, {"end_on": "2026-10-12"}),
        ({"schedule": "09:00-11:00"}, {"schedule": "19:00-21:00"}),
        ({"lesson_hours": "20"}, {"lesson_hours": "40"}),
        ({"online": "true"}, {"online": "false"}),
        ({"fee": "0"}, {"fee": "380"}),
        ({"subsidised": "true"}, {"subsidised": "false"}),
        ({"level": "5"}, {"level": "4"}),
        ({"age_min": "6"}, {"age_min": "18"}),
        ({"lon": "120.35945", "lat": "36.08529"}, {"lon": "120.39000", "lat": "36.08529"}),
        ({"area": "370202", "address": "香港中路1号"}, {"area": "370202", "address": "闽江路2号"}),
    ],
)
def test_two_sessions_of_a_course_are_two_offers(tmp_path: Path, known: dict[str, str], other: dict[str, str]) -> None:
    alike = {"title": "AI 入门班", "provider": "市北技校", "online": "false", "fee": "380", "lon": "120.35945", "lat": "36.08529"}
    alike = {name: value for name, value in alike.items() if name not in ("lon", "lat") or "address" not in known}
    assert twins(tmp_path, "course", [{**alike, **facts} for facts in (known, other, known)]) == [0, -1, 0]


def test_vacancies_of_one_title_and_employer_are_twins_at_one_place(tmp_path: Path) -> None:
    """A repost has another house number; a branch is another workplace, and may be posted twice itself; where is unknown may be a third. What is paid besides is no role."""
    told = [
        ("急招保洁阿姨 包吃住", "净岛", "120.35945", "36.08529"),
        ("急招保洁阿姨（包吃住）", "净岛", "120.35925", "36.08514"),
        ("急招保洁阿姨 包吃住", "净岛", "120.39000", "36.08529"),
        ("急招保洁阿姨 包吃住", "净岛", "", ""),
        ("急招保洁阿姨 包吃住", "净岛", "120.39010", "36.08529"),
        ("急招保洁阿姨", "净岛", "120.35945", "36.08529"),
        ("急招保洁阿姨 包吃住", "别家", "120.35945", "36.08529"),
    ]
    rows = [{"title": title, "employer": employer, "lon": lon, "lat": lat} for title, employer, lon, lat in told]
    assert twins(tmp_path, "job", rows) == [0, 0, 2, -1, 2, 0, -1]


def test_areas_tell_workplaces_apart_where_no_point_is_known(tmp_path: Path) -> None:
    rows = [{"title": "营业员", "employer": "连锁", "area": area} for area in ("370202", "370203", "370202", "")]
    assert twins(tmp_path, "job", rows) == [0, -1, 0, -1]


def test_addresses_tell_branches_apart_where_no_point_is_known(tmp_path: Path) -> None:
    """Full width, spaces and marks do not matter; marks between numbers do."""
    told = ("香港中路1-2号", "台东三路5号", "香港中路１-2号 ", "香港中路12号", "台东三路，5号")
    rows = [{"title": "营业员", "employer": "连锁", "area": "370202", "address": address} for address in told]
    assert twins(tmp_path, "job", rows) == [0, 1, 0, -1, 1]


def test_pay_that_a_title_tells_counts_where_the_columns_are_empty(tmp_path: Path) -> None:
    """In any notation; who wants ten, and thirteen months of pay, are no amounts. 面议 beside 4-5K is 4-5K."""
    told = [
        ("销售 4-5K·13薪", "", ""),
        ("销售 8-10K·13薪", "", ""),
        ("销售 4000-5000元/月 10名", "", ""),
        ("月薪8000起 销售", "", ""),
        ("销售", "4000", "5000"),
        ("销售 0.8-1万", "", ""),
        ("销售 4-5K", "8000", "10000"),
        ("销售 4-5K", "0", "0"),
    ]
    rows = [
        {"title": title, "employer": "甲", "wage_min": low, "wage_max": high, "wage_unit": "month" if low else ""}
        for title, low, high in told
    ]
    assert twins(tmp_path, "job", rows) == [0, 1, 0, 1, 0, 1, 1, 0]


def test_amounts_of_pay_in_titles_by_hand() -> None:
    """A full month pays days and hours as wages.json says; a year's pay is a twelfth a month."""
    assert pay_in("【急招】收银员 4.5-6K·13薪 3名") == (4500, 6000)
    assert pay_in("保洁 20元/小时") == (20 * units_a_month()["hour"],) * 2
    assert pay_in("力工 日薪200-260") == (200 * units_a_month()["day"], 260 * units_a_month()["day"])
    assert pay_in("店长 年薪12-18万") == (10_000, 15_000)
    assert np.isnan(pay_in("12345话务员 五险一金")).all()


def test_two_shifts_are_two_offers(tmp_path: Path) -> None:
    """Early and late at one door for one wage."""
    shifts = ("08:00-16:00", "22:00-06:00", "08:00-16:00")
    alike = {
        "title": "保安",
        "employer": "甲物业",
        "lon": "120.35945",
        "lat": "36.08529",
        "wage_min": "4000",
        "wage_unit": "month",
    }
    assert twins(tmp_path, "job", [{**alike, "hours": hours} for hours in shifts]) == [0, -1, 0]


def test_twins_after_a_change_are_those_of_all_anew(tmp_path: Path) -> None:
    """One of three ids goes, another employer's pair comes; what nobody touched keeps its first one, wherever it stands now."""

    def rows(*told: tuple[str, str, str]) -> list[dict[str, str]]:
        return [{"job_id": one, "title": title, "employer": employer} for one, title, employer in told]

    before = rows(
        ("a", "保安", "甲"),
        ("b", "收银员", "乙"),
        ("c", "收银员", "乙"),
        ("d", "厨师", "丙"),
        ("e", "厨师", "丙"),
        ("f", "厨师", "丙"),
    )
    came = rows(("a1", "保安", "甲"), ("z", "收银员（急招）", "乙"))
    after = sorted([row for row in before if row["job_id"] != "d"] + came, key=lambda row: row["job_id"])
    old, new, whole = (
        read_folder(tiny.write(tmp_path / str(n), {"jobs": told}), write_rejected=False)
        for n, told in enumerate((before, came, after))
    )
    profiler = PROFILE.fit({"job": whole.tables["jobs"]})
    items = Items.of("job", old.tables["jobs"], profiler, old.city)
    assert items.twins.tolist() == [-1, 1, 1, 3, 3, 3]
    changed = items.changed(["d"], new.tables["jobs"], profiler, old.city)
    assert changed.ids == ["a", "a1", "b", "c", "e", "f", "z"]
    assert (
        changed.twins.tolist()
        == Items.of("job", whole.tables["jobs"], profiler, old.city).twins.tolist()
        == [0, 0, 2, 2, 4, 4, 2]
    )
    assert changed.by_every_id(np.array([3])).tolist() == [3, 2, 3, 6]


def test_descriptions_tell_the_same_whatever_else_is_compared(tmp_path: Path) -> None:
    """Two texts share half of their trigrams (0.55), and that half with forty others: rare or common, it counts the same, before a change and after."""
    boilerplate = "五险一金，双休，包吃住，发展空间大，有意者请来电咨询。"
    said = (
        "负责前台收款找零并开具发票，核对每日账目",
        "理货补货上架，清点库存，打扫货架和周围地",
    )
    mine = [
        {"job_id": f"a{n}", "title": "收银员", "employer": "乙", "description": boilerplate + text} for n, text in enumerate(said)
    ]
    rest = [
        {
            "job_id": f"b{n:02}",
            "title": f"岗位甲{'子丑寅卯辰巳午未申酉戌亥'[n % 10]}",
            "employer": "丁",
            "description": boilerplate + f"内容{n % 10}" * 5,
        }
        for n in range(40)
    ]
    came = {"job_id": "c", "title": "厨师", "employer": "乙", "description": boilerplate}
    old, new, whole = (
        read_folder(tiny.write(tmp_path / str(n), {"jobs": told}), write_rejected=False)
        for n, told in enumerate(([*mine, *rest], [came], [*mine, *rest, came]))
    )
    profiler = PROFILE.fit({"job": whole.tables["jobs"]})
    items = Items.of("job", old.tables["jobs"], profiler, old.city)
    changed = items.changed([], new.tables["jobs"], profiler, old.city)
    assert items.twins[:2].tolist() == changed.twins[:2].tolist() == twins(tmp_path / "alone", "job", mine) == [0, 0]
    assert changed.twins.tolist() == Items.of("job", whole.tables["jobs"], profiler, old.city).twins.tolist()
