"""Key groups: every clause true, false and unknown; needs that decide; recognition that is dated."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from features import KEY_GROUPS
from sqrec.bundle.declared import from_json, to_json
from sqrec.cities import City, load_city
from sqrec.cities.rules import GroupRules, Rule, RuleSet
from sqrec.contract import GROUPS, TABLES
from sqrec.groups.conditions import KnownFacts, holds
from sqrec.groups.groups import KeyGroups, Membership
from sqrec.groups.needs import telling_values
from tests.support.people import AT, DAY, SOME_FACTS, VALUES, split
from tests.support.tiny import micros

QINGDAO = load_city("qingdao")
SETS = {ruleset.id: ruleset for ruleset in QINGDAO.groups.rulesets}
IN_2020 = micros("2020-06-01T04:00")
REGISTERED = {"registered_unemployed_on": "2026-09-01", "employment": "unemployed"}
NOT_REGISTERED = {"registered_unemployed_on": "no", "employment": "unemployed"}
HALF_KNOWN = {"registered_unemployed_on": "2026-09-01"}
WOMAN_40 = {"sex": "female", "birth_month": "1986-10"}
WOMAN_39 = {"sex": "female", "birth_month": "1986-11"}
MAN_49 = {"sex": "male", "birth_month": "1976-11"}
MAN_50 = {"sex": "male", "birth_month": "1976-10"}
AGED_45 = {"birth_month": "1981-01"}
LONG = {"registered_unemployed_on": "2025-11-01"}
SHORT = {"registered_unemployed_on": "2025-11-02"}
SIX = {"registered_unemployed_on": "2026-05-01"}
NOT_SIX = {"registered_unemployed_on": "2026-05-02"}

NO = dict.fromkeys((column.name for column in TABLES["restricted"].columns if column.type == "boolean"), False)

Cases = list[dict[str, Any]]
CLAUSES: dict[tuple[str, str], tuple[Cases, Cases, Cases]] = {
    ("shandong-2016", "registered"): ([REGISTERED], [NOT_REGISTERED, REGISTERED | {"employment": "employed"}], [HALF_KNOWN, {}]),
    ("shandong-2016", "1"): ([WOMAN_40, MAN_50], [WOMAN_39, MAN_49], [AGED_45, {"sex": "female"}, {}]),
    ("shandong-2016", "2"): ([{"zero_employment_household": True}], [{"zero_employment_household": False}], [{}]),
    ("shandong-2016", "3"): ([{"rural_zero_transfer": True}], [{"rural_zero_transfer": False}], [{}]),
    ("shandong-2016", "4"): ([{"single_parent": True}], [{"single_parent": False}], [{}]),
    ("shandong-2016", "5"): ([{"low_income": True}], [{"low_income": False}], [{}]),
    ("shandong-2016", "6"): ([{"disability": True}], [{"disability": False}], [{}]),
    ("shandong-2016", "7"): ([LONG], [SHORT, {"registered_unemployed_on": "no"}], [{}]),
    ("shandong-2016", "8"): ([{"land_lost": True}], [{"land_lost": False}], [{}]),
    ("qingdao-2023", "residence"): (
        [
            {"hukou_area": "370203"},
            {"hukou_area": "110101", "resident_since": "2026-05-01", "local_insured_months": 6.0},
            {"resident_since": "2020-01-01", "local_insured_months": 30.0},
        ],
        [
            {"hukou_area": "110101", "resident_since": "2026-05-02"},
            {"hukou_area": "110101", "resident_since": "2020-01-01", "local_insured_months": 5.0},
        ],
        [{"hukou_area": "110101"}, {"resident_since": "2026-05-02"}, {"local_insured_months": 40.0}, {}],
    ),
    ("qingdao-2023", "working_age"): (
        [{"birth_month": "2010-10"}, {"birth_month": "1980-01"}],
        [{"birth_month": "2010-11"}, {"birth_month": "1955-01"}],
        [{"birth_month": "1972-01", "sex": "female"}, {}],
    ),
    ("qingdao-2023", "registered"): ([REGISTERED], [NOT_REGISTERED, REGISTERED | {"employment": "retired"}], [HALF_KNOWN, {}]),
    ("qingdao-2023", "1"): (
        [WOMAN_40 | SIX | {"hukou_type": "urban"}, MAN_50 | SIX | {"hukou_type": "urban"}],
        [WOMAN_40 | NOT_SIX, WOMAN_39, WOMAN_40 | SIX | {"hukou_type": "rural"}, MAN_49],
        [AGED_45 | SIX | {"hukou_type": "urban"}, WOMAN_40 | SIX, WOMAN_40 | {"hukou_type": "urban"}, {}],
    ),
    ("qingdao-2023", "2"): ([{"zero_employment_household": True}], [{"zero_employment_household": False}], [{}]),
    ("qingdao-2023", "3"): ([{"single_parent": True}], [{"single_parent": False}], [{}]),
    ("qingdao-2023", "4"): ([LONG], [SHORT, {"registered_unemployed_on": "no"}], [{}]),
    ("qingdao-2023", "5"): (
        [
            WOMAN_40 | {"hukou_type": "rural", "returned_migrant": True, "local_insured_months": 6.0},
            MAN_50 | {"hukou_type": "rural", "land_lost": True},
        ],
        [
            WOMAN_40 | {"hukou_type": "urban"},
            WOMAN_39,
            WOMAN_40 | {"hukou_type": "rural", "returned_migrant": False, "land_lost": False},
            {"local_insured_months": 5.0, "land_lost": False},
        ],
        [WOMAN_40 | {"hukou_type": "rural", "returned_migrant": True, "land_lost": False}, WOMAN_40 | {"land_lost": True}, {}],
    ),
    ("qingdao-2023", "6"): (
        [{"rural_zero_transfer": True, "sex": "female", "birth_month": "1990-01"}, {"rural_zero_transfer": True} | MAN_49],
        [
            {"rural_zero_transfer": False},
            {"rural_zero_transfer": True, "birth_month": "2010-11"},
            {"rural_zero_transfer": True, "sex": "female", "birth_month": "1985-10"},
        ],
        [{"rural_zero_transfer": True} | AGED_45, {"birth_month": "1990-01"}, {"rural_zero_transfer": True}, {}],
    ),
    ("qingdao-2023", "province-5"): ([{"low_income": True}], [{"low_income": False}], [{}]),
    ("qingdao-2023", "province-6"): ([{"disability": True}], [{"disability": False}], [{}]),
    ("graduates", "education"): (
        [{"education": "31"}, {"education": "21"}, {"education": "11"}],
        [{"education": "61"}, {"education": "22"}, {"education": "33"}, {"education": "47"}],
        [{"education": "90"}, {}],
    ),
    ("graduates", "within_two_years"): (
        [{"graduated_on": "2024-11-01"}, {"graduated_on": "2026-06-30"}],
        [{"graduated_on": "2024-10-31"}, {"graduated_on": "2027-06-30"}],
        [{}],
    ),
    ("graduates", "not_in_work"): ([{"employment": "unemployed"}], [{"employment": "employed"}, {"employment": "student"}], [{}]),
    ("youth", "age"): (
        [{"birth_month": "2010-10"}, {"birth_month": "2001-11"}],
        [{"birth_month": "2010-11"}, {"birth_month": "2001-10"}],
        [{}],
    ),
    ("youth", "registered"): ([REGISTERED], [NOT_REGISTERED], [HALF_KNOWN, {"employment": "unemployed"}, {}]),
    ("registration", "age"): ([{"birth_month": "2010-10"}], [{"birth_month": "2010-11"}], [{}]),
    ("registration", "registered"): ([REGISTERED], [NOT_REGISTERED], [HALF_KNOWN, {"employment": "unemployed"}, {}]),
    ("records", "veteran"): ([{"veteran": True}], [{"veteran": False}], [{}]),
    ("records", "rural_worker"): ([{"rural_worker": True}], [{"rural_worker": False}], [{}]),
    ("records", "out_of_poverty"): ([{"out_of_poverty": True}], [{"out_of_poverty": False}], [{}]),
    ("records", "disabled"): ([{"disability": True}], [{"disability": False}], [{}]),
    ("records", "low_income"): ([{"low_income": True}], [{"low_income": False}], [{}]),
    ("records", "elderly"): ([{"birth_month": "1966-10"}], [{"birth_month": "1966-11"}], [{}]),
    ("records", "flexible_worker"): ([{"employment": "flexible"}], [{"employment": "employed"}], [{}]),
}


def known(facts: dict[str, Any]) -> KnownFacts:
    return KnownFacts.of(*split(facts), QINGDAO, AT)


def told(facts: dict[str, Any], group: str, at: int = AT, city: City = QINGDAO, **kept: Any) -> Membership | None:
    person, restricted = split(facts | kept)
    return next(iter(KeyGroups((group,)).of(person, restricted, city, at)), None)


def status(facts: dict[str, Any], group: str, **kept: Any) -> str:
    one = told(facts, group, **kept)
    assert one is not None
    return one.status


def test_the_table_has_every_clause() -> None:
    assert set(CLAUSES) == {(one.id, rule.id) for one in SETS.values() for rule in one.rules if rule.condition}


@pytest.mark.parametrize(("clause", "cases"), CLAUSES.items(), ids=[f"{ruleset}-{rule}" for ruleset, rule in CLAUSES])
def test_clauses_are_true_false_and_unknown(clause: tuple[str, str], cases: tuple[Cases, Cases, Cases]) -> None:
    rule = next(rule for rule in SETS[clause[0]].rules if rule.id == clause[1])
    assert rule.condition is not None
    for truth, some in zip((True, False, None), cases, strict=True):
        assert some, truth
        for facts in some:
            assert holds(rule.condition, known(facts)) is truth, (truth, facts)


BASE = {"hukou_area": "370203", **REGISTERED}


@pytest.mark.parametrize(
    ("facts", "expected", "needs"),
    [
        (BASE | {"birth_month": "1990-01", "disability": True}, "likely", ()),
        (BASE | {"birth_month": "1990-01", "disability": True, "employment": "employed"}, "no", ()),
        (BASE | {"birth_month": "1950-01", "disability": True}, "no", ()),  # past the statutory age
        (BASE | {"disability": True}, "unknown", ("birth_month",)),
        ({"birth_month": "1990-01", "disability": True, **REGISTERED}, "unknown", ("hukou_area",)),
        (
            {"birth_month": "1990-01", "disability": True, "hukou_area": "110101", **REGISTERED},
            "unknown",
            ("resident_since", "local_insured_months"),
        ),
        ({}, "unknown", ("birth_month", "employment", "registered_unemployed_on")),
    ],
)
def test_hard_to_employ(facts: dict[str, Any], expected: str, needs: tuple[str, ...]) -> None:
    one = told(facts, "hard_to_employ")
    assert one is not None
    assert (one.status, one.needs, one.ruleset) == (expected, needs, "qingdao-2023")


def test_needs_name_a_pair_where_no_single_fact_decides() -> None:
    """With every yes-or-no clause out, only age by sex and the kind of residence are left, and both are asked."""
    one = told(BASE | NO | SIX | AGED_45, "hard_to_employ")
    assert one is not None
    assert (one.status, one.needs) == ("unknown", ("sex", "hukou_type"))
    assert status(BASE | NO | SIX | AGED_45, "hard_to_employ", sex="male") == "no"
    assert status(BASE | NO | SIX | AGED_45, "hard_to_employ", sex="female", hukou_type="urban") == "likely"


def test_evidence_says_what_held_and_what_was_not_checked() -> None:
    one = told(BASE | SIX | WOMAN_40 | {"hukou_type": "urban"}, "hard_to_employ")
    assert one is not None
    assert one.status == "likely"
    assert [(f.rule, f.holds) for f in one.evidence] == [
        ("residence", True),
        ("working_age", True),
        ("registered", True),
        ("1", True),
    ]
    assert one.clauses == ("城镇大龄失业人员：女满40周岁、男满50周岁，失业六个月以上",)
    assert one.facts == ("birth_month", "employment", "registered_unemployed_on", "sex", "hukou_area", "hukou_type")
    assert one.rules[-1] == "cut-off"
    assert any("第六项以后" in text for text in one.not_checked)
    assert "离婚或者丧偶的证明" not in one.not_checked  # of a clause that did not decide
    assert {f.trust for f in one.evidence} == {"S"}


def test_what_fails_is_named() -> None:
    one = told(BASE | {"birth_month": "1990-01", "registered_unemployed_on": "no"}, "hard_to_employ")
    assert one is not None
    assert (one.status, [f.rule for f in one.evidence], one.clauses) == ("no", ["registered"], ())


def test_an_open_clause_decides_nothing_and_is_named() -> None:
    facts = {"birth_month": "1995-01", "employment": "unemployed", "registered_unemployed_on": "2020-05-01", "sex": "male"}
    one = told(facts | NO, "hard_to_employ", at=IN_2020)
    assert one is not None
    assert (one.status, one.ruleset) == ("no", "shandong-2016")
    assert "设区的市规定的其他人员（本条开放，不参与判断）" in one.not_checked


def test_the_rule_set_in_force_is_a_matter_of_dates() -> None:
    facts = WOMAN_40 | {"registered_unemployed_on": "2016-01-01", "employment": "unemployed"}
    sets = {}
    for day in ("2016-09-30T04:00", "2016-10-01T04:00", "2022-12-31T15:59", "2022-12-31T16:00"):
        one = told(facts, "hard_to_employ", at=micros(day))
        sets[day] = one.ruleset if one else None
    assert list(sets.values()) == [None, "shandong-2016", "shandong-2016", "qingdao-2023"]


def test_rules_are_valid_between_their_days() -> None:
    rule = SETS["youth"].rules[0].model_copy(update={"valid_from": "2026-01-01", "valid_to": "2026-12-31"})
    assert [rule.valid_on(day) for day in ("2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01")] == [False, True, True, False]


def test_recognition_comes_from_the_record_alone_and_is_dated() -> None:
    kept = {"recognised": ("hard_to_employ@2026-11-01", "veteran@2026-11-02")}
    one = told(NOT_REGISTERED, "hard_to_employ", **kept)
    assert one is not None
    assert (one.status, one.recognised_on, one.needs, one.not_checked) == ("recognised", "2026-11-01", (), ())
    assert one.facts[0] == "recognised"
    assert status({}, "veteran", **kept) == "unknown"  # tomorrow's recognition
    assert status({"veteran": True}, "veteran", **kept) == "likely"  # a fact on record is no recognition
    assert status({}, "veteran", recognised=("veteran@2026-11-01",)) == "recognised"


@pytest.mark.parametrize(("at", "expected"), [("2026-10-31T15:59", "unknown"), ("2026-10-31T16:00", "recognised")])
def test_recognition_starts_at_midnight_of_the_city(at: str, expected: str) -> None:
    one = told({}, "veteran", at=micros(at), recognised=("veteran@2026-11-01",))
    assert one is not None
    assert one.status == expected


def test_a_city_without_rules_says_nothing_but_what_is_on_record() -> None:
    nowhere = load_city(None)
    assert KeyGroups().of(*split({}), nowhere, AT) == ()
    (one,) = KeyGroups().of(*split({"recognised": ("veteran@2020-01-01",)}), nowhere, AT)
    assert (one.group, one.status, one.ruleset) == ("veteran", "recognised", None)


def test_every_group_of_the_contract_has_rules() -> None:
    assert set(KEY_GROUPS.groups) == set(GROUPS)
    assert [one.group for one in KEY_GROUPS.of(*split({}), QINGDAO, AT)] == list(KEY_GROUPS.groups)
    assert {one.group for one in QINGDAO.groups.in_force} == set(GROUPS)


def test_key_groups_survive_json() -> None:
    assert from_json(json.loads(json.dumps(to_json(KEY_GROUPS))), (KeyGroups,)) == KEY_GROUPS
    rules = json.loads(json.dumps(QINGDAO.groups.model_dump(mode="json")))
    assert GroupRules.model_validate(rules) == QINGDAO.groups


def rule(**differs: Any) -> dict[str, Any]:
    plain = {
        "id": "a",
        "group": "veteran",
        "role": "required",
        "clause": "c",
        "source": "s",
        "trust": "K",
        "valid_from": "2020-01-01",
    }
    return plain | {"condition": {"fact": "veteran", "in": [True]}} | differs


@pytest.mark.parametrize(
    "differs", [{"group": "pilots"}, {"role": "maybe"}, {"trust": "sure"}, {"condition": None}, {"clause": ""}, {"score": 3}]
)
def test_rules_that_do_not_fit_are_refused(differs: dict[str, Any]) -> None:
    Rule.model_validate(rule())
    with pytest.raises(ValidationError):
        Rule.model_validate(rule(**differs))


def test_sets_that_do_not_fit_are_refused() -> None:
    head = {"id": "x", "title": "t", "since": "2020-01-01", "source": "s", "trust": "K"}
    with pytest.raises(ValidationError, match="two rules of one id"):
        RuleSet.model_validate(head | {"rules": [rule(), rule()]})
    used = {"group": "elderly", "ruleset": "x", "since": "2020-01-01", "source": "s", "trust": "K"}
    with pytest.raises(ValidationError, match="no rules for elderly in x"):
        GroupRules.model_validate({"in_force": [used], "rulesets": [head | {"rules": [rule()]}]})


@settings(max_examples=150, deadline=None)
@given(SOME_FACTS, SOME_FACTS, st.sampled_from(GROUPS))
def test_more_facts_never_flip_an_answer(facts: dict[str, Any], more: dict[str, Any], group: str) -> None:
    before = status(facts, group)
    assert before == "unknown" or status(more | facts, group) == before


@settings(max_examples=150, deadline=None)
@given(SOME_FACTS, st.sampled_from(GROUPS), st.data())
def test_a_needed_fact_changes_the_status_and_no_other_does(facts: dict[str, Any], group: str, data: st.DataObject) -> None:
    one = told(facts, group)
    assert one is not None
    assert (one.needs != ()) == (one.status == "unknown")
    if one.status != "unknown":
        return
    _, rules = QINGDAO.groups.of(group, DAY.isoformat())
    conditions = [rule.condition for rule in rules if rule.condition]
    values = {fact: telling_values(fact, conditions, DAY) for fact in one.needs}
    alone = {fact: any(status(facts | {fact: v}, group) != "unknown" for v in values[fact]) for fact in one.needs}
    assert all(alone.values()) or not any(alone.values())
    if not any(alone.values()):
        filled = (facts | dict(zip(one.needs, some, strict=True)) for some in product(*values.values()))
        assert any(status(some, group) != "unknown" for some in filled)
    if others := sorted(set(VALUES) - set(one.needs) - set(facts)):
        fact = data.draw(st.sampled_from(others))
        assert status(facts | {fact: data.draw(VALUES[fact])}, group) == "unknown"
