"""Conditions: tables of three values, and Kleene's logic as properties."""

import json
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sqrec.cities import load_city
from sqrec.cities.language import Condition
from sqrec.groups.conditions import KnownFacts, all_of, any_of, holds, months_after, months_between, not_of
from sqrec.groups.needs import needed, telling_values
from tests.support.people import AT, DAY, SOME_FACTS, VALUES, split
from tests.support.tiny import micros

QINGDAO = load_city("qingdao")
CONDITIONS: TypeAdapter[Condition] = TypeAdapter(Condition)
T, F, U = True, False, None


def condition(told: Any) -> Condition:
    return CONDITIONS.validate_python(told)


def judged(told: Any, facts: dict[str, Any], at: int = AT) -> bool | None:
    return holds(condition(told), known(facts, at))


def known(facts: dict[str, Any], at: int = AT) -> KnownFacts:
    return KnownFacts.of(*split(facts), QINGDAO, at)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        *((T, T, T, T), (T, F, F, T), (T, U, U, T)),
        *((F, T, F, T), (F, F, F, F), (F, U, F, U)),
        *((U, T, U, T), (U, F, F, U), (U, U, U, U)),
    ],
)
def test_kleene(a: bool | None, b: bool | None, both: bool | None, either: bool | None) -> None:
    value = {True: True, False: False, None: None}
    part = {"fact": "veteran", "in": [True]}, {"fact": "disability", "in": [True]}
    facts = {name: value[truth] for name, truth in (("veteran", a), ("disability", b)) if truth is not None}
    assert (all_of([a, b]), any_of([a, b])) == (both, either)
    assert judged({"and": list(part)}, facts) is both
    assert judged({"or": list(part)}, facts) is either
    assert judged({"not": part[0]}, facts) is (None if a is None else not a)


OLD = {"by": "sex", "cases": {"female": {"age": {"at_least": 40}}, "male": {"age": {"at_least": 50}}}}


@pytest.mark.parametrize(
    ("told", "facts", "truth"),
    [
        ({"fact": "employment", "in": ["unemployed"]}, {"employment": "unemployed"}, T),
        ({"fact": "employment", "in": ["unemployed"]}, {"employment": "retired"}, F),
        ({"fact": "employment", "in": ["unemployed"]}, {}, U),
        ({"fact": "disability", "in": [False]}, {"disability": False}, T),
        ({"fact": "local_insured_months", "at_least": 6}, {"local_insured_months": 6.0}, T),
        ({"fact": "local_insured_months", "at_least": 6}, {"local_insured_months": 5.0}, F),
        ({"fact": "local_insured_months", "at_least": 6}, {}, U),
        ({"fact": "local_insured_months", "at_most": 6}, {"local_insured_months": 7.0}, F),
        ({"fact": "hukou_area", "within": "3702"}, {"hukou_area": "370203022"}, T),
        ({"fact": "hukou_area", "within": "370215"}, {"hukou_area": "370282003"}, T),  # by the former code
        ({"fact": "hukou_area", "within": "3702"}, {"hukou_area": "370112"}, F),
        ({"fact": "hukou_area", "within": "3702"}, {}, U),
        ({"fact": "hukou_area", "within": "3702"}, {"hukou_area": "山东省/青岛市"}, U),  # a path cannot be compared
        ({"fact": "skills", "has": "面点"}, {"skills": ("烹饪", "面点")}, T),
        ({"fact": "skills", "has": "面点"}, {"skills": ("烹饪",)}, F),
        ({"fact": "skills", "has": "面点"}, {}, U),
        ({"fact": "education", "in": ["21"]}, {"education": "90"}, U),  # other is not "no"
        ({"age": {"at_least": 16, "at_most": 24}}, {"birth_month": "2010-10"}, T),
        ({"age": {"at_least": 16, "at_most": 24}}, {"birth_month": "2010-11"}, F),  # 16 only from December
        ({"age": {"at_least": 16, "at_most": 24}}, {"birth_month": "2001-11"}, T),  # 24 until the end of November
        ({"age": {"at_least": 16, "at_most": 24}}, {"birth_month": "2001-10"}, F),
        ({"age": {"at_least": 16, "at_most": 24}}, {}, U),
        ({"months_since": "registered_unemployed_on", "at_least": 6}, {"registered_unemployed_on": "2026-05-01"}, T),
        ({"months_since": "registered_unemployed_on", "at_least": 6}, {"registered_unemployed_on": "2026-05-02"}, F),
        ({"months_since": "registered_unemployed_on", "at_least": 6}, {"registered_unemployed_on": "no"}, F),
        ({"months_since": "registered_unemployed_on", "at_least": 6}, {}, U),
        ({"months_since": "graduated_on", "within": 24}, {"graduated_on": "2024-11-01"}, T),  # the last day
        ({"months_since": "graduated_on", "within": 24}, {"graduated_on": "2024-10-31"}, F),
        ({"months_since": "graduated_on", "within": 24}, {"graduated_on": "2026-11-01"}, T),
        ({"months_since": "graduated_on", "within": 24}, {"graduated_on": "2026-11-02"}, F),  # not yet
        ({"months_since": "graduated_on", "within": 24}, {}, U),
        (OLD, {"sex": "female", "birth_month": "1986-10"}, T),
        (OLD, {"sex": "female", "birth_month": "1986-11"}, F),
        (OLD, {"sex": "male", "birth_month": "1976-10"}, T),
        (OLD, {"sex": "male", "birth_month": "1976-11"}, F),
        (OLD, {"birth_month": "1980-01"}, U),
        (OLD, {"birth_month": "1970-01"}, T),  # old enough either way: sex need not be known
        (OLD, {"birth_month": "2000-01"}, F),
        (OLD, {"sex": "female"}, U),
        (OLD, {}, U),
        ({"working_age_from": 16}, {"birth_month": "2010-10"}, T),
        ({"working_age_from": 16}, {"birth_month": "2010-11"}, F),
        ({"working_age_from": 16}, {"birth_month": "1971-06", "sex": "female"}, U),  # a cadre until 2026-11, a worker until 2021
        ({"working_age_from": 16}, {"birth_month": "1971-06", "sex": "female", "post_type": "worker"}, F),
        ({"working_age_from": 16}, {"birth_month": "1971-06", "sex": "male"}, T),
        ({"working_age_from": 16}, {"birth_month": "1971-07", "sex": "female", "post_type": "cadre"}, T),
        ({"working_age_from": 16}, {"birth_month": "1971-06", "sex": "female", "post_type": "cadre"}, T),  # through the month
        ({"working_age_from": 16}, {"birth_month": "1971-05", "sex": "female", "post_type": "cadre"}, F),
        ({"working_age_from": 16}, {"birth_month": "1950-01"}, F),  # past every retirement age
        ({"working_age_from": 16}, {}, U),
    ],
)
def test_every_operator_has_three_values(told: Any, facts: dict[str, Any], truth: bool | None) -> None:
    assert judged(told, facts) is truth


def test_days_are_those_of_the_city() -> None:
    told = {"months_since": "graduated_on", "within": 24}
    facts = {"graduated_on": "2024-11-01"}
    assert judged(told, facts, micros("2026-11-01T15:59")) is True
    assert judged(told, facts, micros("2026-11-01T16:00")) is False


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-08-31", 6, "2027-02-28"),  # a month without that day ends the period on its last
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-11-01", 0, "2026-11-01"),
    ],
)
def test_months_later(day: str, months: int, expected: str) -> None:
    assert months_after(date.fromisoformat(day), months).isoformat() == expected


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_whole_months_between(first: date, last: date) -> None:
    first, last = sorted((first, last))
    between = months_between(first.isoformat(), last)
    assert months_after(first, between) <= last < months_after(first, between + 1)


@pytest.mark.parametrize(
    "told",
    [
        {"and": []},
        {"fact": "veteran"},
        {"fact": "colour", "in": [True]},
        {"fact": "sex", "in": ["other"]},
        {"fact": "veteran", "in": ["yes"]},
        {"fact": "sex", "at_least": 3},
        {"fact": "education", "within": "3702"},
        {"by": "sex", "cases": {"female": {"age": {"at_least": 40}}}},
        {"age": {}},
        {"age": {"at_least": 5, "at_most": 4}},
        {"months_since": "birth_month", "at_least": 1},
        {"or": [{"age": {"at_least": 3}}], "and": [{"age": {"at_least": 3}}]},
        {"eval": "1"},
    ],
)
def test_what_is_no_condition_is_refused(told: Any) -> None:
    with pytest.raises(ValidationError):
        condition(told)


ATOMS: list[Any] = [
    {"fact": "employment", "in": ["unemployed", "flexible"]},
    {"fact": "veteran", "in": [True]},
    {"fact": "low_income", "in": [False]},
    {"fact": "local_insured_months", "at_least": 6, "at_most": 9},
    {"fact": "hukou_area", "within": "3702"},
    {"fact": "skills", "has": "a"},
    {"fact": "skills", "has": "b"},
    {"months_since": "registered_unemployed_on", "at_least": 6},
    {"months_since": "graduated_on", "at_least": 1, "within": 24},
    {"age": {"at_least": 16, "at_most": 24}},
    {"working_age_from": 16},
    OLD,
]
TREES = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"and": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"or": parts}),
        inner.map(lambda part: {"not": part}),
        st.tuples(inner, inner).map(lambda two: {"by": "hukou_type", "cases": {"urban": two[0], "rural": two[1]}}),
    ),
    max_leaves=8,
)


@given(TREES, SOME_FACTS, SOME_FACTS)
def test_filling_an_unknown_never_turns_yes_into_no(told: Any, facts: dict[str, Any], more: dict[str, Any]) -> None:
    before = judged(told, facts)
    after = judged(told, more | facts)
    assert before is None or after is before


@given(TREES, SOME_FACTS)
def test_only_what_is_read_matters(told: Any, facts: dict[str, Any]) -> None:
    asked = condition(told)
    read = {name: value for name, value in facts.items() if name in asked.reads}
    assert judged(told, read) is judged(told, facts)


@given(TREES, st.fixed_dictionaries(VALUES))
def test_who_is_wholly_known_is_judged(told: Any, facts: dict[str, Any]) -> None:
    assert judged(told, facts) is not None


@given(TREES)
def test_conditions_survive_json(told: Any) -> None:
    one = condition(told)
    text = json.dumps(CONDITIONS.dump_python(one, mode="json"))
    assert condition(json.loads(text)) == one


@settings(max_examples=200)
@given(st.sampled_from(ATOMS), st.data())
def test_telling_values_stand_for_all_values(told: Any, data: st.DataObject) -> None:
    """Whatever value a fact takes, one of the telling ones is judged alike, the other facts being what they are."""
    asked = condition(told)
    fact = data.draw(st.sampled_from(sorted(asked.reads)))
    others = {name: value for name, value in data.draw(SOME_FACTS).items() if name != fact}
    value = data.draw(VALUES[fact])
    telling = {holds(asked, known(others).having({fact: one})) for one in telling_values(fact, [asked], DAY)}
    assert judged(told, others | {fact: value}) in telling


@settings(max_examples=150, deadline=None)
@given(TREES, SOME_FACTS, st.data())
def test_needs_are_exactly_what_could_decide(told: Any, facts: dict[str, Any], data: st.DataObject) -> None:
    asked, there = condition(told), known(facts)
    needs = needed([asked], there, lambda truths: truths[0] is not None)
    assert (needs == ()) == (holds(asked, there) is not None)
    values = {fact: telling_values(fact, [asked], DAY) for fact in needs}
    assert not set(needs) & there.values.keys()
    alone = [fact for fact in needs if any(holds(asked, there.having({fact: value})) is not None for value in values[fact])]
    if alone:
        assert list(needs) == alone
        fact = data.draw(st.sampled_from(sorted(set(VALUES) - set(needs) - there.values.keys()) or [needs[0]]))
        if fact not in needs:
            assert judged(told, facts | {fact: data.draw(VALUES[fact])}) is None
    elif needs:
        filled = [there.having(dict(zip(needs, some, strict=True))) for some in product(*values.values())]
        assert any(holds(asked, one) is not None for one in filled)


def test_not_of_unknown_is_unknown() -> None:
    assert [not_of(truth) for truth in (True, False, None)] == [False, True, None]
