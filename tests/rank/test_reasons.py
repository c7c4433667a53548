"""What is said about an item: choosing by what raised the score, and the contract of families, codes, texts and checks."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import features
from experiments.questions.reason_codes import MISSING, REASONS
from features import PLAIN_ROWS
from sqrec.bundle.declared import from_json, to_json
from sqrec.bundle.kinds import CLASSES
from sqrec.contract import KINDS
from sqrec.rank import Family, Reason, Requirement
from sqrec.rank.clashes import SAID
from sqrec.rank.reasons import MOST, by_rule, chosen, judged
from sqrec.rank.said.values import NAMED
from sqrec.rank.telling import BEGUN
from sqrec.texts import built_in_texts
from training.train import DECLARED

CODES = (
    Reason("wanted", "wish", "rungs", at_least=4.0),
    Reason("kin", "wish", "rungs", at_least=2.0, at_most=3.0),
    Reason("near", "reach", "minutes", at_most=15.0),
    Reason("paid", "pay", "wage", at_least=0.0),
    Reason("open", "open", "open", at_least=1.0),
    Reason("new", "new", "age", at_most=7.0),
)
NAMES = ("wish", "reach", "pay", "open", "new", "person")
RULES = [[one.rule for one in CODES if one.family == name] for name in NAMES]
TRUE = {"rungs": 4.0, "minutes": 5.0, "wage": 0.0, "open": 1.0, "age": 1.0}


def told(gains: list[float], **values: float) -> tuple[str, ...]:
    order = np.argsort(-np.array(gains), kind="stable").tolist()
    return chosen(gains, order, RULES, (TRUE | values).__getitem__)


@pytest.mark.parametrize(
    ("gains", "values", "codes"),
    [
        ([0.1, 0.4, 0.2, 0.0, 0.3, 9.0], {}, ("near", "new", "paid", "wanted")),  # the person's age is never said
        ([0.1, 0.4, -0.2, 0.0, -0.3, 9.0], {}, ("near", "wanted")),  # what lowered the score, or did nothing, is no reason
        ([0.1, 0.4, 0.2, 0.5, 0.3, 0.0], {}, ("open", "near", "new", "paid")),  # four at most
        ([0.1, 0.4, 0.2, 0.5, 0.3, 0.0], {"open": 0.0}, ("near", "new", "paid", "wanted")),  # what is untrue makes room
        ([0.1, 0.4, 0.2, 0.5, 0.3, 0.0], {"open": math.nan, "age": math.nan}, ("near", "paid", "wanted")),
        ([0.5, 0.0, 0.0, 0.0, 0.0, 0.0], {"rungs": 3.0}, ("kin",)),
        ([0.5, 0.0, 0.0, 0.0, 0.0, 0.0], {"rungs": 1.0}, ()),
        ([-0.5, -0.1, -0.1, -1.0, -0.1, 0.0], {}, ()),
    ],
)
def test_the_families_that_raised_the_score_are_said(
    gains: list[float], values: dict[str, float], codes: tuple[str, ...]
) -> None:
    assert told(gains, **values) == codes


def test_by_rule_the_declared_order_counts() -> None:
    assert by_rule(range(6), RULES, TRUE.__getitem__) == ("wanted", "near", "paid", "open")


VALUE = st.one_of(st.just(math.nan), st.floats(-20, 20))


@given(gains=st.lists(st.floats(-1, 1), min_size=6, max_size=6), values=st.lists(VALUE, min_size=5, max_size=5))
def test_what_is_said_is_true_positive_and_the_greatest_first(gains: list[float], values: list[float]) -> None:
    facts = dict(zip(TRUE, values, strict=True))
    codes = told(gains, **facts)
    by_code = {one.code: one for one in CODES}
    said = [gains[NAMES.index(by_code[code].family)] for code in codes]
    assert len(codes) <= MOST
    assert len(set(codes)) == len(codes)
    assert all(gain > 0 for gain in said)
    assert said == sorted(said, reverse=True)
    for code in codes:
        rule = by_code[code].rule
        assert rule.low <= facts[rule.column] <= rule.high
    for place, gain in enumerate(gains):
        if gain > 0 and all(gain > other for other in said) and RULES[place]:
            assert not any(rule.low <= facts[rule.column] <= rule.high for rule in RULES[place])


NEEDED = (Requirement("education", "gap", 0.0), Requirement("skills", "cover", 1.0))


@pytest.mark.parametrize(
    ("gap", "cover", "missing", "fit"),
    [
        (0.0, 1.0, (), "high"),
        (-1.0, 1.0, ("education",), "medium"),
        (-1.0, 0.5, ("education", "skills"), "low"),
        (math.nan, math.nan, (), "unknown"),
        (math.nan, 1.0, (), "high"),
    ],
)
def test_requirements(gap: float, cover: float, missing: tuple[str, ...], fit: str) -> None:
    assert judged(NEEDED, {"gap": gap, "cover": cover}.__getitem__) == (missing, fit)


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_speaks_of_one_thing(kind: str) -> None:
    parts = DECLARED[kind]
    columns = [column for family in parts.families for column in family.columns]
    assert len(columns) == len(set(columns))
    assert set(columns) == {*parts.rows.names, *PLAIN_ROWS[kind].names}
    assert len({family.name for family in parts.families}) == len(parts.families)


@pytest.mark.parametrize("kind", KINDS)
def test_every_reason_can_be_told(kind: str) -> None:
    parts = DECLARED[kind]
    families = {family.name: family for family in parts.families}
    assert len({one.code for one in parts.reasons}) == len(parts.reasons)
    assert {one.column for one in parts.reasons} <= {*parts.rows.names, *parts.told.names}
    assert not set(parts.rows.names) & set(parts.told.names)
    assert {one.column for one in parts.reasons} >= set(parts.told.names)
    said = {one.family for one in parts.reasons}
    assert said == {name for name, family in families.items() if family.said != "never"}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_persons_age_work_or_neighbours_may_be_said(kind: str) -> None:
    secret = {"age", "age_fit", "person_employment", "person_education", "person_wage"}
    for family in DECLARED[kind].families:
        if secret & set(family.columns) or any(column.startswith(("habit_age", "habit_community")) for column in family.columns):
            assert family.said == "never"


def test_every_code_has_texts_and_a_check_of_its_own() -> None:
    texts = built_in_texts()
    reasons = {one.code for parts in DECLARED.values() for one in parts.reasons}
    missing = {one.code for parts in DECLARED.values() for one in parts.requirements} | {*SAID, BEGUN}
    assert reasons == REASONS.keys()
    assert missing == MISSING.keys()
    assert {f"reason.{code}" for code in reasons} | {"reason.tried"} == {key for key in texts if key.startswith("reason.")}
    for key in (*(f"reason.{code}" for code in reasons), *(f"missing.{code}" for code in missing)):
        named = [set(re.findall(r"\{(\w+)\}", texts[key][lang])) for lang in ("zh-CN", "en")]
        assert named[0] == named[1], key
        columns = {name for one in named for name in one if name not in NAMED}
        assert columns <= {"employer", "provider", "lesson_hours", "capacity", "start_on"}, key


def test_what_is_said_is_saved_as_data() -> None:
    for parts in DECLARED.values():
        for thing in (parts.families, parts.told, parts.reasons, parts.requirements):
            assert from_json(to_json(thing), CLASSES) == thing
    with pytest.raises(TypeError):
        Family()  # type: ignore[call-arg]
    assert "JOB_FAMILIES" in features.__all__
