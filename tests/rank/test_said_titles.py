"""Words and regions shared with earlier items, and families in which all candidates of a request are alike."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.questions.reason_codes import REASONS
from experiments.questions.reason_world import Said
from experiments.questions.reason_world import World as Raw
from sqrec import read_folder
from sqrec.base.text import normal
from sqrec.rank import EarlierIn, EarlierWords, Family, RowBuilder, Speech
from sqrec.rank.said.areas import region_of, shared_division
from sqrec.rank.said.titles import shared_runs
from sqrec.rank.said.values import Values
from sqrec.rank.telling import idle_families, settled, unspoken
from sqrec.rank.view import View
from sqrec.texts import built_in_texts, say
from tests.support.asked import AT, World, event, rows, who, world

TITLES = {
    "cook": ("Line Cook @ Dos camino", "Dos camino", "New York/New York"),
    "cook2": ("LINE COOK, weekends", "Grill", "new york/Buffalo"),
    "cooking": ("Cooking teacher", None, "Ohio/Lima"),
    "camino": ("Waiter at Dos camino", None, "New York/New York"),
    "store": ("仓库管理员", None, "370203022001"),
    "dorm": ("夜班宿舍管理员", None, "370203001001"),
    "street": ("搬运工", None, "370204001001"),
}
SEEN = {"p": ("cook", "store"), "q": ("dorm", "cook")}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Raw]:
    jobs: list[dict[str, Any]] = [
        {"job_id": key, "title": title, "employer": employer or "", "area": area, "published_at": "2026-01-01"}
        for key, (title, employer, area) in TITLES.items()
    ]
    jobs += [{"job_id": f"n{n}", "title": f"Night weekends {n}", "published_at": "2026-01-01"} for n in range(11)]
    events = [
        event(person, item, f"2026-07-0{day + 1}T04:00", "view", "job")
        for person, seen in SEEN.items()
        for day, item in enumerate(seen)
    ]
    folder = tmp_path_factory.mktemp("titles")
    made = world(folder, jobs=jobs, people=[{"person_id": one} for one in SEEN], events=events)
    return made, Raw.of(read_folder(folder, write_rejected=False), AT)


def told(town: World, column: Any, person: str) -> dict[str, float]:
    found = rows(town, "job", [column], who(town, person))
    return dict(zip(town[1].items["job"].ids, found[:, 0].tolist(), strict=True))


def sentence(town: World, item: str, code: str, person: str, lang: Any = "zh-CN") -> str:
    recommender, snapshot = town
    profile, row = who(town, person), snapshot.items["job"].ids.index(item)
    view = View.of(snapshot, profile, "job", recommender.pairs(profile, snapshot.items["job"], np.array([row])), recommender.city)
    return say(built_in_texts(), "reason", code, lang, Values(view, 0, built_in_texts(), lang))


def test_words_shared_with_an_earlier_title(town: tuple[World, Raw]) -> None:
    """The employer's name, parts of words and words of eleven titles of eighteen are none."""
    found = told(town[0], EarlierWords(), "p")
    assert {key: found[key] for key in TITLES} == {
        "cook": 0.0,  # its own title says nothing of it
        "cook2": 8.0,
        "cooking": 0.0,
        "camino": 0.0,
        "store": 0.0,
        "dorm": 3.0,
        "street": 0.0,
    }
    assert found["n0"] == 0.0
    assert np.isnan(list(told(town[0], EarlierWords(), "nobody").values())).all()


def test_a_common_word_is_one_of_many_titles(town: tuple[World, Raw]) -> None:
    items = town[0][1].items["job"]
    assert [items.is_common(word) for word in ("weekends", "night", "cook", "管理员")] == [True, True, False, False]


def test_sentences_name_the_words_and_the_region(town: tuple[World, Raw]) -> None:
    asked = town[0]
    assert sentence(asked, "cook2", "same_words", "p") == "名称与您关注过的“Line Cook @ Dos camino”都有：line、cook"
    assert sentence(asked, "store", "same_words", "q") == "名称与您关注过的“夜班宿舍管理员”都有：管理员"
    assert sentence(asked, "cook2", "same_words", "p", "en").endswith("has this in its name, too: line, cook")
    assert sentence(asked, "cook2", "same_region", "p") == "与您关注过的“Line Cook @ Dos camino”在同一地区（new york）"
    assert sentence(asked, "dorm", "same_region", "p") == "与您关注过的“仓库管理员”在同一区"


def test_regions_of_earlier_items(town: tuple[World, Raw]) -> None:
    found = told(town[0], EarlierIn("region"), "p")
    assert [found[key] for key in ("cook", "cook2", "cooking", "store", "dorm", "street")] == [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("code", "item", "text", "true"),
    [
        ("same_words", "cook2", "名称与您关注过的“Line Cook @ Dos camino”都有：line、cook", True),
        ("same_words", "cook2", "名称与您关注过的“Line Cook @ Dos camino”都有：line、chef", False),
        ("same_words", "cook2", "名称与您关注过的“仓库管理员”都有：cook", False),
        ("same_words", "cooking", "名称与您关注过的“Line Cook @ Dos camino”都有：cook", False),  # a part of a word
        ("same_words", "camino", "名称与您关注过的“Line Cook @ Dos camino”都有：camino", False),  # the employer's name
        ("same_words", "dorm", "名称与您关注过的“仓库管理员”都有：管理员", True),
        ("same_words", "dorm", "名称与您关注过的“仓库管理员”都有：员", False),
        ("same_region", "cook2", "与您关注过的“Line Cook @ Dos camino”在同一地区（new york）", True),
        ("same_region", "cook2", "与您关注过的“Line Cook @ Dos camino”在同一地区（Ohio）", False),
        ("same_region", "cooking", "与您关注过的“Line Cook @ Dos camino”在同一地区（Ohio）", False),
        ("same_region", "dorm", "与您关注过的“仓库管理员”在同一区", True),
        ("same_region", "street", "与您关注过的“仓库管理员”在同一区", False),
        ("same_region", "dorm", "与您关注过的“Line Cook @ Dos camino”在同一区", False),
    ],
)
def test_what_is_not_so_is_caught(town: tuple[World, Raw], code: str, item: str, text: str, true: bool) -> None:
    (recommender, snapshot), raw = town
    person = who((recommender, snapshot), "p").raw(0)
    assert REASONS[code](Said(raw, person, "job", raw.items["job"][item], text)) == true


TEXT = st.text(alphabet="ab好工管 ", max_size=12).map(normal)


@given(title=TEXT, other=TEXT)
def test_shared_runs_stand_in_both(title: str, other: str) -> None:
    words = frozenset(other.split()) | frozenset(
        part for word in other.split() for part in word.replace("好", " ").replace("工", " ").replace("管", " ").split()
    )
    found = shared_runs(title, other, words)
    assert len(found) == len(set(found))
    for run in found:
        assert run in title
        assert run in other
        assert len(run) >= (4 if run.isascii() else 2)
        assert run.isascii() or not any(letter in "ab " for letter in run)


def test_divisions_by_code_and_by_path() -> None:
    assert shared_division("370203022001", "370203022009") == ("street", "")
    assert shared_division("New York/Brooklyn", "new york/Albany") == ("area", "New York")
    assert region_of("370203022001") == ("district", "")
    assert region_of("New York/Brooklyn") == ("area", "New York")


class _Named:
    reads: tuple[str, ...] = ()
    monotone = 0

    def __init__(self, name: str) -> None:
        self.name = name


def test_a_family_in_which_all_are_alike_adds_nothing() -> None:
    """Unknown throughout, or the same number: what its splits seem to add is the others' part; the sum stays."""
    families = (Family("wish", ("a", "b")), Family("pay", ("c",)), Family("way", ("d", "e")), Family("gone", ("z",)))
    speech = Speech(RowBuilder(tuple(map(_Named, "abcde"))), RowBuilder(()), families, (), ())  # type: ignore[arg-type]
    nan = np.nan
    table = np.array([[nan, 2.0, 7.0, 1.0, nan]] * 40)
    table[33, 4] = 3.0
    assert idle_families(speech, table) == [0, 1, 3]
    table[39, 0] = 0.0
    assert idle_families(speech, table) == [1, 3]
    np.testing.assert_array_equal(unspoken(speech, table, np.array([3, 33])), [[False, True, False, True, False]] * 2)
    gains = np.array([[0.5, 1.0, -0.25, 0.0, 0.125]])
    silent = np.array([[True, True, False, True, False]])
    np.testing.assert_array_equal(settled(gains, silent), [[0.0, 0.0, -0.25, 0.0, 1.625]])
    np.testing.assert_array_equal(gains, [[0.5, 1.0, -0.25, 0.0, 0.125]])


def test_a_family_speaks_of_its_own_items_alone() -> None:
    """Never having been somewhere is no reason: 0 visits, or nobody knows how many."""
    families = (Family("own", ("times", "ago"), where="times"), Family("pay", ("c",)))
    speech = Speech(RowBuilder(tuple(map(_Named, ("times", "ago", "c")))), RowBuilder(()), families, (), ())  # type: ignore[arg-type]
    table = np.array([[0.0, np.nan, 1.0], [2.0, 5.0, 2.0], [np.nan, 1.0, 3.0]])
    shown = np.array([2, 1, 0])
    np.testing.assert_array_equal(unspoken(speech, table, shown)[:, 0], [True, False, True])
    assert not unspoken(speech, table, shown)[:, 1:].any()
