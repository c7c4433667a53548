"""What the city file says of hazards and lowest wages."""

from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError

from sqrec.cities import City, load_city
from sqrec.cities.hazards import HazardRule, hazards_of
from sqrec.contract import HAZARDS

QINGDAO = load_city("qingdao")


@pytest.mark.parametrize(
    ("occupation", "industry", "title", "expected"),
    [
        (None, None, "酒吧服务员", ("entertainment_venue",)),
        (None, None, "某某ＫＴＶ 收银员", ("entertainment_venue",)),  # full width, other case
        (None, None, "网吧网管（夜班）", ("night", "entertainment_venue")),
        (None, "9013", "收银员", ("entertainment_venue",)),
        (None, "R9011", "收银员", ("entertainment_venue",)),
        (None, "酒吧服务", "收银员", ("entertainment_venue",)),  # industry given as text
        ("4-14-05-04", None, "服务员", ("entertainment_venue",)),
        ("4-14-05-01", None, "健身教练", ()),
        ("4-14-05", None, "服务员", ()),  # coarser than the rule: not implied
        ("6-29-01-05", None, "工人", ("height",)),
        (None, None, "外墙清洗工", ("height",)),
        (None, None, "喷漆工", ("toxic",)),
        (None, None, "仓库搬运工", ("heavy_load",)),
        (None, None, "冷库理货员", ("cold",)),
        (None, None, "井下维修工", ("underground",)),
        ("6-18-02-04", None, None, ("heat",)),
        (None, "C26", None, ("toxic",)),
        (None, None, "加油站员工", ("other",)),
        (None, None, "保洁员（不上夜班）", ()),
        (None, None, "酒店前台", ()),
        (None, None, "歌舞剧院检票员", ()),
        (None, "61", "收银员", ()),
        (None, None, None, ()),
    ],
)
def test_hazards(occupation: str | None, industry: str | None, title: str | None, expected: tuple[str, ...]) -> None:
    assert hazards_of(QINGDAO.hazards, occupation, industry, title) == expected


def test_a_code_is_matched_by_its_parts_not_its_letters() -> None:
    city = load_city(None).model_copy(
        update={"hazards": (HazardRule(hazards=("night",), occupations=("4-1",), since="x", source="x", trust="K"),)}
    )
    assert hazards_of(city.hazards, "4-10-01-05", None, None) == ()


def test_lists_are_dated_and_name_known_hazards() -> None:
    assert {hazard for rule in QINGDAO.hazards for hazard in rule.hazards} == set(HAZARDS)
    with pytest.raises(ValidationError):
        HazardRule(hazards=("dust",), words=("a",), since="x", source="x", trust="K")
    with pytest.raises(ValidationError, match="occupations, industries or words"):
        HazardRule(hazards=("night",), since="x", source="x", trust="K")


def test_nowhere_implies_nothing() -> None:
    assert hazards_of(load_city(None).hazards, "6-29-01-05", "9013", "酒吧夜班") == ()


@pytest.mark.parametrize(
    ("area", "day", "unit", "expected"),
    [
        ("370202", "2025-10-01", "month", 2400.0),
        ("370203022", "2026-11-01", "hour", 24.0),
        ("370285001002", "2026-11-01", "month", 2210.0),
        ("370202", "2025-09-30", "month", 2200.0),  # the day before the rise
        ("370202", "2025-09-30", "hour", 22.0),
        ("370281", "2024-01-01", "month", 2010.0),
        ("370282005", "2026-11-01", "month", 2400.0),  # 即墨, by its former code
        ("370202", "2026-11-01", "day", 2400 / 21.75),
        ("370202", "2023-09-30", "month", np.nan),  # older than the table
        ("999999", "2026-11-01", "month", np.nan),
        ("山东省/青岛市", "2026-11-01", "month", np.nan),
        (None, "2026-11-01", "month", np.nan),
        ("370202", "2026-11-01", "year", np.nan),
    ],
)
def test_lowest_wages_by_place_and_day(area: str | None, day: str, unit: str, expected: float) -> None:
    assert np.array_equal(QINGDAO.lowest_wage(area, date.fromisoformat(day), unit), expected, equal_nan=True)


def test_wages_stand_in_the_order_of_their_days() -> None:
    told = QINGDAO.model_dump(mode="json")
    told["areas"]["370202"]["lowest_wages"].reverse()
    with pytest.raises(ValidationError, match="oldest first"):
        City.model_validate(told)
