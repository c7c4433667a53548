"""Hashed text and encoders: conventions of scikit-learn, hand-computed values, oracles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.estimator_checks import parametrize_with_checks

from sqrec.base.text import normal, similarities, without
from sqrec.codes.wages import monthly
from sqrec.profile import (
    AreaKeys,
    Choices,
    EducationRank,
    HashedText,
    Keys,
    MonthlyWage,
    Number,
    OccupationCodes,
    Skills,
    WeekSlots,
)

ONE_TYPE = {"check_transformer_preserve_dtypes": "keys and masks have one type, whatever the type of what was encoded"}


def excluded(estimator: object) -> dict[str, str]:
    """Name the checks that do not apply, with the reason."""
    return ONE_TYPE if isinstance(estimator, Choices | AreaKeys | Keys | OccupationCodes | WeekSlots) else {}


# MonthlyWage is not among them: one value of it is a row of six facts, which scikit-learn's tables of numbers are not.
@parametrize_with_checks(
    [Number(), EducationRank(), Choices(("a", "b")), AreaKeys(), Keys(), OccupationCodes(), WeekSlots(), HashedText()],
    expected_failed_checks=excluded,
)
def test_conventions(estimator: object, check: object) -> None:
    check(estimator)  # type: ignore[operator]


TEXTS = ["Line Cook", "line  cook", "Cashier", "收银员", "收银员（夜班）", ""]


def test_cosines_equal_scikit_learns() -> None:
    """An oracle without hashing: the same n-grams, tf and idf, so the same cosines unless columns collide."""
    ours = HashedText(widths=(2, 3)).fit(TEXTS)
    rows = ours.encode(TEXTS)
    theirs = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True, lowercase=False)
    padded = [f" {normal(text)} " if normal(text) else "" for text in TEXTS]
    expected = theirs.fit_transform(padded)
    assert np.allclose(similarities(rows, np.arange(len(rows)), rows), (expected @ expected.T).toarray(), atol=1e-12)


def test_text_is_folded_and_empty_is_nothing() -> None:
    rows = HashedText().fit(TEXTS).encode(["Line Cook", "ＬＩＮＥ ｃｏｏｋ", ""])
    assert np.allclose(similarities(rows, np.arange(3), rows), [[1, 1, 0], [1, 1, 0], [0, 0, 0]])


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6), st.integers(0, 5))
def test_a_text_has_the_same_bits_in_any_company(texts: list[str], at: int) -> None:
    fitted = HashedText().fit(TEXTS)
    one = texts[at % len(texts)]
    alone, among = fitted.transform([one]), fitted.transform(texts)[[at % len(texts)]]
    assert alone.indices.tobytes() == among.indices.tobytes()
    assert alone.data.tobytes() == among.data.tobytes()


def test_state_holds_no_words() -> None:
    assert {name for name in vars(HashedText().fit(TEXTS)) if name.endswith("_")} == {"idf_"}


def test_names_are_left_out_of_titles() -> None:
    assert without("Line Cook @ Dos Camino", "Dos Camino") == "Line Cook"
    assert without("利群超市-收银员", "利群超市") == "收银员"
    assert without("Kelly", "Kelly") == "Kelly"
    assert without("Cook", "") == "Cook"


@pytest.mark.parametrize(
    ("hours", "slots"),
    [
        (None, set()),
        ("mon-mon 09:00-10:00", {18, 19}),
        ("mon 09:10-09:40", {18, 19}),
        ("sun 23:00-01:00", {6 * 48 + 46, 6 * 48 + 47, 0, 1}),
        ("sat-sun 00:00-00:30", {5 * 48, 6 * 48}),
        ("mon 08:00-08:30; tue 10:00-10:30", {16, 48 + 20}),
    ],
)
def test_week_slots(hours: str | None, slots: set[int]) -> None:
    bits = np.unpackbits(WeekSlots().encode([hours]), axis=1)[0]
    assert set(np.flatnonzero(bits)) == slots


def test_every_day_without_a_day() -> None:
    assert np.unpackbits(WeekSlots().encode(["22:00-06:00"])).sum() == 7 * 16


def test_areas_share_their_parents() -> None:
    keys = AreaKeys().encode(["370203022", "370203", "New Jersey/Newark", "new jersey/Trenton", None])
    assert keys[0, 0] == keys[1, 0] != 0
    assert keys[0, 1] != keys[1, 1]
    assert keys[1, 0] == keys[1, 3]
    assert keys[2, 0] == keys[3, 0]
    assert keys[2, 1] != keys[3, 1]
    assert not keys[4].any()


def test_choices_and_keys() -> None:
    assert Choices(("a", "b", "c")).encode([("a", "c"), "b", None, ()]).tolist() == [5, 2, 0, 0]
    keys = Keys().encode([("e1", "Shop"), (None, "ＳＨＯＰ"), "shop", None])
    assert keys[1] == keys[2] != keys[0]
    assert keys[3] == 0


def test_skills_carry_their_level() -> None:
    lists = Skills.none().keys([("面点@4", "cook"), ()])
    assert lists.sizes.tolist() == [2, 0]
    assert lists.row(0)[:, 1].tolist() == [4, 0]


@pytest.mark.parametrize(
    ("wage", "unit", "week", "form", "expected"),
    [
        (4000, "month", None, "full_time", 4000),
        (100, "day", None, "full_time", 2175),
        (20, "hour", None, None, 3480),
        (20, "hour", 20, "part_time", 1740),
        (20, "hour", None, "part_time", np.nan),
        (4000, None, None, None, np.nan),
        (None, "hour", None, None, np.nan),
    ],
)
def test_monthly_wages(wage: float | None, unit: str | None, week: float | None, form: str | None, expected: float) -> None:
    assert monthly(wage, unit, week, form) == pytest.approx(expected, nan_ok=True)


def test_the_highest_wage_counts() -> None:
    rows = [
        (5000, 4000, "month", None, None, None),
        (None, 4000, "month", None, None, None),
        (30, 25, "hour", "part_time", "mon-fri 09:00-13:00", 5),
    ]
    assert MonthlyWage().encode(rows).tolist() == [5000, 4000, pytest.approx(30 * 174 * (20 * 5 / 7) / 40)]
