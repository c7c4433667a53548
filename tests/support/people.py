"""People for tests of rules: facts of both tables by one name each, and strategies for them."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from sqrec.contract import TABLES
from sqrec.groups.conditions import ASKABLE
from sqrec.groups.restricted import Restricted
from sqrec.profile.person import FACTS, Person
from tests.support.tiny import micros

DAY = date(2026, 11, 1)
AT = micros("2026-11-01T04:00")  # noon in Qingdao


def split(facts: dict[str, Any]) -> tuple[Person, Restricted]:
    """Return facts as a person and what is kept apart."""
    open_facts = {name: value for name, value in facts.items() if name in (*FACTS, "personalised")}
    return Person(**open_facts), Restricted(**{name: value for name, value in facts.items() if name not in open_facts})


def months(first: int, last: int) -> st.SearchStrategy[str]:
    return st.integers(first * 12, last * 12 + 11).map(lambda place: f"{place // 12:04d}-{place % 12 + 1:02d}")


DAYS = st.integers(-1200, 40).map(lambda days: (DAY + timedelta(days=days)).isoformat())


def _strategy(fact: str) -> st.SearchStrategy[Any]:
    column = TABLES["people" if fact in FACTS else "restricted"].column(fact)
    special: dict[str, st.SearchStrategy[Any]] = {
        "birth_month": months(1955, 2012),
        "hukou_area": st.sampled_from(["370202", "370203022", "110101"]),
        "local_insured_months": st.integers(0, 12).map(float),
        "skills": st.sampled_from([("a",), ("a", "b"), ("b", "c"), ("c",)]),
        "education": st.sampled_from(["21", "22", "31", "61", "10"]),
    }
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "date": DAYS,
        "date_or_no": st.one_of(st.just("no"), DAYS),
        "boolean": st.booleans(),
        "choice": st.sampled_from(column.words) if column.words else st.nothing(),
    }
    return special[fact] if fact in special else by_type[column.type]


VARIED = (
    *("birth_month", "education", "graduated_on", "skills", "employment", "registered_unemployed_on"),
    *(name for name in ASKABLE if name not in FACTS),
)
VALUES = {fact: _strategy(fact) for fact in VARIED}
SOME_FACTS = st.fixed_dictionaries({}, optional=VALUES)
"""Any facts of a person, each known or not."""
