"""Ages of the law on the last and first days of months, to the microsecond of the city's midnight."""

import calendar

import pytest

from sqrec.cities import load_city
from sqrec.cities.ages import age_of
from sqrec.contract.parse import micros
from sqrec.errors import RequestError
from sqrec.rank.gates import gate

QINGDAO = load_city("qingdao")
JOBS = {14: "none", 15: "none", 16: "safe", 17: "safe", 18: "all"}
AMENITIES = {14: "safe", 15: "safe", 16: "safe", 17: "safe", 18: "all"}


def month_after(born: str, age: int) -> tuple[int, int]:
    """Return the month on whose first day a year of age counts as reached."""
    year, month = (int(part) for part in born.split("-"))
    return (year + age, month + 1) if month < 12 else (year + age + 1, 1)


def midnight(year: int, month: int) -> int:
    return micros(QINGDAO.start_of(f"{year:04d}-{month:02d}-01"))


@pytest.mark.parametrize("born", ["2010-01", "2010-02", "2008-02", "2010-06", "2010-11", "2010-12"])
@pytest.mark.parametrize("age", [14, 16, 18])
def test_a_year_counts_from_the_first_of_the_next_month(born: str, age: int) -> None:
    year, month = month_after(born, age)
    turns = midnight(year, month)
    assert age_of(born, turns - 1, QINGDAO) == age - 1
    assert age_of(born, turns, QINGDAO) == age
    assert QINGDAO.local(turns).day == 1
    before = QINGDAO.local(turns - 1)
    assert before.day == calendar.monthrange(before.year, before.month)[1]
    assert (before.year, before.month) == (int(born[:4]) + age, int(born[5:]))  # the whole birth month counts as younger


@pytest.mark.parametrize("born", ["2010-01", "2010-06", "2010-12"])
@pytest.mark.parametrize("age", [14, 16, 18])
def test_doors_open_at_that_midnight(born: str, age: int) -> None:
    turns = midnight(*month_after(born, age))
    for moment, years in ((turns - 1, age - 1), (turns, age)):
        found = age_of(born, moment, QINGDAO)
        assert found == years
        if years < 14:
            for kind in ("job", "course", "amenity"):
                with pytest.raises(RequestError):
                    gate(found, kind, QINGDAO)
            continue
        assert gate(found, "job", QINGDAO).passes == JOBS[years]
        assert gate(found, "amenity", QINGDAO).passes == AMENITIES[years]
        assert gate(found, "course", QINGDAO).passes == "all"


def test_it_is_the_citys_midnight_that_counts() -> None:
    """At 16:00 UTC on 31 October it is November in Qingdao, and still October in UTC and New York."""
    at = micros(QINGDAO.start_of("2026-11-01"))
    assert age_of("2010-10", at, QINGDAO) == 16
    for zone in ("UTC", "America/New_York"):
        assert age_of("2010-10", at, load_city("qingdao").model_copy(update={"timezone": zone})) == 15


def test_retirement_age_hides_nothing() -> None:
    for age in (50, 55, 60, 63, 80, 110):
        assert gate(age, "job", QINGDAO).passes == "all"
        assert gate(age, "job", QINGDAO).notice is None
