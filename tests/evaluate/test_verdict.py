"""What the first page answers, from figures that leave no choice."""

from dataclasses import replace

import numpy as np
import pytest

from sqrec.base.arrays import Ragged
from sqrec.evaluate.promotion.looks import Looks
from sqrec.evaluate.report.evaluation import About, Evaluation, evaluate
from sqrec.evaluate.report.verdict import Verdict, group_name, verdict_of
from sqrec.evaluate.stats.metrics import Hits
from sqrec.evaluate.stats.notes import Note
from sqrec.texts import report_texts

PEOPLE = 200


def hits(ranks: np.ndarray) -> Hits:
    one = np.arange(len(ranks) + 1)
    return Hits.of(Ragged(one, ranks.astype(np.int64)), Ragged(one, np.ones(len(ranks), np.int64)), np.full(len(ranks), 300))


def judged(people: int = PEOPLE, slices: dict[str, list[str]] | None = None, **rankers: np.ndarray) -> Verdict:
    lists = {name: hits(ranks[:people]) for name, ranks in rankers.items()}
    return verdict_of(evaluate(About("job", "time"), lists, slices or {}, np.random.default_rng(3)))


def around(middle: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(max(middle - 2, 1), middle + 3, 2000)


@pytest.mark.parametrize(
    ("model", "words", "champion", "answer"),
    [
        (3, 9, None, "promote"),
        (9, 3, None, "keep"),
        (3, 9, 8, "promote"),
        (3, 9, 2, "keep"),
    ],
)
def test_whole_intervals_decide(model: int, words: int, champion: int | None, answer: str) -> None:
    more = {} if champion is None else {"champion": around(champion, 5)}
    assert judged(model=around(model), words=around(words, 2), **more).answer == answer


def test_equal_rankers_are_not_promoted() -> None:
    assert judged(model=around(5), words=around(5)).answer == "unsure"


def test_an_equal_champion_is_no_ground_against_it() -> None:
    found = judged(model=around(4), words=around(9, 2), champion=around(4))
    assert found.answer == "promote"
    assert [note.code for note in found.why] == ["verdict.above", "verdict.no_worse_than_champion"]


def test_few_people_settle_nothing() -> None:
    found = judged(people=29, model=around(3), words=around(9, 2))
    assert found.answer == "unsure"
    assert "verdict.few" in [note.code for note in found.why]


def test_groups_that_lose_are_named() -> None:
    model, words = around(3), around(9, 2)
    model[:40], words[:40] = 30, 2
    found = judged(slices={"sex": ["female"] * 40 + ["male"] * 160}, model=model, words=words)
    assert [note.code for note in found.worse] == ["worse.than_reference"]
    assert "sex: women" in found.worse[0].said("en")
    assert "性别：女" in found.worse[0].said("zh-CN")


def test_without_losers_the_page_says_so() -> None:
    found = judged(slices={"sex": ["female"] * 100 + ["male"] * 100}, model=around(3), words=around(9, 2))
    assert [note.code for note in found.worse] == ["worse.nobody"]


def test_looks_are_told() -> None:
    made: Evaluation = evaluate(About("job", "time"), {"model": hits(around(3)[:50])}, {}, np.random.default_rng(1))
    told = verdict_of(replace(made, looks=Looks(7, 3), champion=Note("champion.none")))
    assert any("included: 7; different rankers: 3" in note.said("en") for note in told.sure)
    assert told.answer == "unsure", "nothing was there to compare with"


def test_unknown_words_of_data_stand_as_they_are() -> None:
    assert group_name("district", "370202") == {"zh-CN": "区市：370202", "en": "district: 370202"}


def test_every_text_has_both_languages_and_the_same_fields() -> None:
    from string import Formatter

    for code, said in report_texts().items():
        fields = {lang: {name for _, name, _, _ in Formatter().parse(text) if name} for lang, text in said.items()}
        assert set(fields) == {"zh-CN", "en"}, code
        assert fields["zh-CN"] == fields["en"], code


def test_the_five_gravest_groups_are_named_and_the_rest_counted() -> None:
    """Seven groups lose, each more than the one before; the eighth wins."""
    model, words = np.full(PEOPLE, 1), np.full(PEOPLE, 2)
    for group in range(7):
        model[group * 20 : group * 20 + 20] = 3 + group
    found = judged(slices={"street": [f"s{one // 20}" for one in range(PEOPLE)]}, model=model, words=words)
    assert [note.code for note in found.worse] == ["worse.than_reference"] * 5 + ["worse.more"]
    assert ["s6" in note.said("en") for note in found.worse[:2]] == [True, False]
    assert found.worse[-1].said("en").startswith("2 more groups")
