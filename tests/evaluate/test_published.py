"""What a report may publish, against somebody who subtracts."""

from collections.abc import Mapping, Sequence
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space

from sqrec.base.arrays import BoolArray
from sqrec.evaluate.stats.published import FEWEST, Published, publishable, safe_cells

Told = Mapping[str, Sequence[str]]


def everybody(n: int) -> dict[str, BoolArray]:
    return {"all": np.ones(n, bool)}


def test_one_family_hides_the_small_and_as_many_as_it_takes() -> None:
    names = ["a"] * 60 + ["b"] * 40 + ["c"] * 13 + ["d"] * 4 + ["e"] * 3
    assert publishable(np.array(names)) == ["a", "b"]
    assert safe_cells({"x": names}, everybody(120)).slices["x", "all"] == ("a", "b")


def test_a_slice_within_another_familys_slice_but_for_a_few() -> None:
    """All 12 hard to employ are among the 15 registered: the three others would follow."""
    registered = ["yes"] * 15 + ["no"] * 35
    hard = ["yes"] * 12 + ["no"] * 38
    told = safe_cells({"registered": registered, "hard": hard}, everybody(50)).slices
    assert told["registered", "all"] == ("no", "yes")
    assert told["hard", "all"] == ()
    enough = safe_cells({"registered": ["yes"] * 22 + ["no"] * 28, "hard": hard}, everybody(50)).slices
    assert enough["hard", "all"] == ("no", "yes")


def test_two_slices_together_within_one() -> None:
    """Of 24 graduates, 11 and 10 are the youngest bands: the other three would follow from a sum of two cells."""
    graduate = ["yes"] * 24 + ["no"] * 40
    age = ["16"] * 11 + ["18"] * 10 + ["25"] * 43
    assert safe_cells({"age": age}, everybody(64)).slices["age", "all"] == ("25", "16", "18")
    assert safe_cells({"graduate": graduate, "age": age}, everybody(64)).slices["age", "all"] != ("25", "16", "18")


def test_figures_known_of_fewer_people() -> None:
    names = ["a"] * 30 + ["b"] * 30 + ["c"] * 30
    known = np.ones(90, bool)
    known[:3] = False  # three of a, and three in all
    few = safe_cells({"x": names}, {"all": np.ones(90, bool), "wage": known})
    assert few.totals == {"all"}
    assert few.slices["x", "all"] == ("a", "b", "c")
    assert few.slices["x", "wage"] == ("b", "c")  # whole slices; of a the three would follow
    known[:12] = False
    assert safe_cells({"x": names}, {"all": np.ones(90, bool), "wage": known}).slices["x", "wage"] == ("b", "c", "a")
    known[30:] = False
    known[30:39] = True
    none = safe_cells({"x": names}, {"all": np.ones(90, bool), "wage": known})
    assert none.slices["x", "wage"] == ()  # b's own nine, and without them a's eighteen tell of b
    assert none.totals == {"all", "wage"}


def test_three_families_together() -> None:
    """Any two agree with each other; the third one's slice is two of theirs and one person."""
    n = 81
    first = ["x"] * 20 + ["-"] * 61
    second = ["-"] * 20 + ["y"] * 20 + ["-"] * 41
    third = ["z"] * 41 + ["-"] * 40
    families = {"first": first, "second": second, "third": third}
    for pair in combinations(families, 2):
        told = safe_cells({name: families[name] for name in pair}, everybody(n)).slices
        assert all(len(told[name, "all"]) == 2 for name in pair)
    told = safe_cells(families, everybody(n))
    assert not leaks(families, everybody(n), told)
    assert len(told.slices["third", "all"]) < 2


def test_less_than_ten_people_have_no_cell() -> None:
    assert safe_cells({"x": ["a"] * 9}, everybody(9)).slices["x", "all"] == ()
    assert safe_cells({}, everybody(9)).slices == {}


def sums(families: Told, known: Mapping[str, BoolArray], told: Published) -> dict[tuple[str, str], list[BoolArray]]:
    """Return what is public: by family and figure the cells, the total, and what they leave."""
    found: dict[tuple[str, str], list[BoolArray]] = {}
    for (family, figure), slices in told.slices.items():
        cells = [(np.array(families[family]) == name) & known[figure] for name in slices]
        everything = [known[figure]] if figure in told.totals else []
        found[family, figure] = [*cells, *everything, np.ones(len(known[figure]), bool)]
    return found


def spans(cells: Sequence[BoolArray]) -> set[bytes]:
    """Return every group of people whose sum follows from cells by adding and subtracting: unions of the parts they cut."""
    cut = np.array(cells).T
    parts = [(cut == one).all(axis=1) for one in np.unique(cut, axis=0)]
    told = chain.from_iterable(combinations(parts, size) for size in range(len(parts) + 1))
    return {np.any(np.array(some).reshape(len(some), -1), axis=0).tobytes() if some else bytes(len(cut)) for some in told}


def leaks(families: Told, known: Mapping[str, BoolArray], told: Published) -> list[str]:
    """Be the attacker: subtract sums of any two tables, and solve all of them together; say what came of it."""
    public = sums(families, known, told)
    groups = {name: spans(cells) for name, cells in public.items()}
    found: list[str] = []
    for one, other in product(groups, repeat=2):
        for a, b in product(groups[one], groups[other]):
            size = int((np.frombuffer(a, bool) ^ np.frombuffer(b, bool)).sum())
            if 0 < size < FEWEST:
                found.append(f"{one} and {other} differ by {size}")
    alike = np.column_stack([*(np.unique(names, return_inverse=True)[1] for names in families.values()), *known.values()])
    _, kind, count = np.unique(alike, axis=0, return_inverse=True, return_counts=True)
    first = np.array([np.flatnonzero(kind == one)[0] for one in range(len(count))])
    rows = np.array([cell[first] for cells in public.values() for cell in cells], dtype=np.float64)
    free = null_space(rows) if len(rows) else np.eye(len(count))
    fixed = [one for one in np.flatnonzero(count < FEWEST) if np.abs(free[one]).max(initial=0.0) < 1e-9]
    return [*found, *(f"type {one} of {count[one]} people is determined" for one in fixed)]


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, BoolArray]]:
    """Return three families that nest, overlap or copy one another, and a figure known of some people."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(10, 120))
    first = rng.integers(draw(st.integers(1, 4)), size=n)
    second = np.where(rng.random(n) < draw(st.sampled_from([0.02, 0.1, 0.9])), rng.integers(3, size=n), first)
    third = np.where(rng.random(n) < draw(st.sampled_from([0.02, 0.3])), 1 - (first == 0), first == 0).astype(np.int64)
    known = rng.random(n) < draw(st.sampled_from([0.7, 0.97, 1.0]))
    known |= first == draw(st.integers(-1, 3))
    families = {name: [f"s{one}" for one in values] for name, values in (("a", first), ("b", second), ("c", third))}
    return families, {"all": np.ones(n, bool), "wage": known}


@settings(max_examples=60, deadline=None)
@given(tables())
def test_nobody_who_subtracts_finds_a_few_people(drawn: tuple[dict[str, list[str]], dict[str, BoolArray]]) -> None:
    families, known = drawn
    told = safe_cells(families, known)
    assert leaks(families, known, told) == []
    for (family, figure), slices in told.slices.items():
        for name in slices:
            assert ((np.array(families[family]) == name) & known[figure]).sum() >= FEWEST


def test_the_attacker_finds_what_is_hidden_from_one_family_alone() -> None:
    """Each family by itself would publish these: the attacker must notice, or the test above could not fail."""
    families = {"registered": ["yes"] * 15 + ["no"] * 35, "hard": ["yes"] * 12 + ["no"] * 38}
    alone = {(name, "all"): tuple(publishable(np.array(names))) for name, names in families.items()}
    assert leaks(families, everybody(50), Published(alone, frozenset({"all"})))


@pytest.mark.parametrize("cells", [5, 30])
def test_families_of_many_slices(cells: int) -> None:
    names = [f"d{one % cells}" for one in range(600)]
    other = ["x"] * 300 + ["y"] * 300
    told = safe_cells({"other": other, "district": names}, everybody(600)).slices
    assert len(told["district", "all"]) == cells
