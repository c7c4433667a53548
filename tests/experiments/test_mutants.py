"""The mutants themselves: which edits are made, that each run sees its own, and what the list of survivors forgives."""

from pathlib import Path

import pytest

from experiments.mutants import runs
from experiments.mutants.edits import Edit, edits_of
from experiments.mutants.judge import LISTED, TARGETS, Verdict, listed_of, verdict
from experiments.mutants.runs import ROOT, Bench

SOURCE = '''
"""Words 1."""

LEVEL = 0.5


class Box:
    """Words 2."""

    def share(self, a: list[int], most: int = 3) -> float:
        """Words 4."""
        if len(a) < 1 and most:
            raise ValueError("words 5")
        return np.maximum(a[1:], most) / LEVEL


def twice(a):
    return a - 1 + a - 1, a[a > 0 if LEVEL else not a]
'''


def changes(source: str, *functions: str) -> list[tuple[int, str]]:
    return [(edit.number, edit.change) for edit in edits_of(source, "box.py", functions)]


def test_every_edit_of_a_text_by_hand() -> None:
    assert changes(SOURCE) == [
        (4, "0.5 -> 0.75"),
        (4, "0.5 -> 0.25"),
        (10, "3 -> 4"),
        (10, "3 -> 2"),
        (12, "if len(a) < 1 and most -> if not (len(a) < 1 and most)"),
        (12, "len(a) < 1 and most -> len(a) < 1 or most"),
        (12, "len(a) < 1 and most -> most"),
        (12, "len(a) < 1 and most -> len(a) < 1"),
        (12, "len(a) < 1 and most -> len(a) <= 1 and most"),
        (12, "len(a) < 1 and most -> len(a) >= 1 and most"),
        (12, "len(a) < 1 -> len(a) < 2"),
        (12, "len(a) < 1 -> len(a) < 0"),
        (13, "raise ValueError('words 5') -> pass"),
        (14, "return np.maximum(a[1:], most) / LEVEL -> return None"),
        (14, "np.maximum(a[1:], most) / LEVEL -> np.maximum(a[1:], most) * LEVEL"),
        (14, "np.maximum(a[1:], most) / LEVEL -> np.minimum(a[1:], most) / LEVEL"),
        (14, "np.maximum(a[1:], most) / LEVEL -> a[1:] / LEVEL"),
        (14, "np.maximum(a[1:], most) / LEVEL -> most / LEVEL"),
        (14, "np.maximum(a[1:], most) -> np.maximum(a, most)"),
        (14, "1: -> 2:"),
        (14, "1: -> 0:"),
        (18, "return (a - 1 + a - 1, a[a > 0 if LEVEL else not a]) -> return None"),
        (18, "(a - 1 + a - 1, a[a > 0 if LEVEL else not a]) -> (a - 1 + a + 1, a[a > 0 if LEVEL else not a])"),
        (18, "a - 1 + a - 1 -> a - 1 - a - 1"),
        (18, "a - 1 + a -> a + 1 + a"),
        (18, "a - 1 -> a - 2"),
        (18, "a - 1 -> a - 0"),
        (18, "a - 1 + a - 1 -> a - 1 + a - 2"),
        (18, "a - 1 + a - 1 -> a - 1 + a - 0"),
        (18, "a[a > 0 if LEVEL else not a] -> a[a > 0]"),
        (18, "a[a > 0 if LEVEL else not a] -> a[not a]"),
        (18, "a > 0 if LEVEL else not a -> a >= 0 if LEVEL else not a"),
        (18, "a > 0 if LEVEL else not a -> a <= 0 if LEVEL else not a"),
        (18, "a > 0 -> a > 1"),
        (18, "a > 0 -> a > -1"),
        (18, "a > 0 if LEVEL else not a -> a > 0 if LEVEL else a"),
    ]


def test_messages_annotations_and_docstrings_stay() -> None:
    assert [change for _, change in changes(SOURCE) if "ords" in change] == ["raise ValueError('words 5') -> pass"]


def test_functions_are_named_with_their_class() -> None:
    every = changes(SOURCE)
    assert changes(SOURCE, "Box.share") + changes(SOURCE, "twice") == every[2:]
    with pytest.raises(KeyError, match=r"has no Box\.shares to edit"):
        changes(SOURCE, "twice", "Box.shares")


def test_each_edit_is_compiled_alone() -> None:
    told = []
    for edit in edits_of("def f(a):\n    return a + 1\n", "f.py"):
        names: dict = {}
        exec(edit.code(), names)
        told.append((edit.change, names["f"](5)))
    assert told == [("return a + 1 -> return None", None), ("a + 1 -> a - 1", 4), ("a + 1 -> a + 2", 7), ("a + 1 -> a + 0", 5)]


def test_edits_that_read_the_same_are_numbered() -> None:
    found = [edit.key for edit in edits_of("x = [1, 1]\n", "x.py")]
    assert len(set(found)) == len(found) == 4
    assert [key[2] for key in found] == ["[1, 1] -> [2, 1]", "[1, 1] -> [0, 1]", "[1, 1] -> [1, 2]", "[1, 1] -> [1, 0]"]
    assert [edit.change for edit in edits_of("x = f(k=1) + f(k=1)\n", "x.py")][-2:] == ["k=1 -> k=2 (2)", "k=1 -> k=0 (2)"]


def edit(change: str) -> Edit:
    return Edit("f", "line", change, 1, lambda: compile("", "f.py", "exec"))


def test_survivors_are_held_against_the_list() -> None:
    edits, listed = [edit(name) for name in "abcd"], {("f", "line", name): "equal" for name in "bce"}
    found = verdict(edits, [True, False, True, False], listed)
    assert found == Verdict(2, 1, [edits[3]], [("f", "line", "c"), ("f", "line", "e")])
    assert found.fails
    assert not verdict(edits[:2], [True, False], {("f", "line", "b"): "equal"}).fails
    assert verdict(edits[:1], [True], {("f", "line", "a"): "equal"}).fails


def test_the_list_gives_a_reason_for_every_edit_that_may_stay() -> None:
    text = LISTED.read_text(encoding="utf-8")
    for target in TARGETS:
        listed = listed_of(text, target.path)
        keys = {one.key for one in edits_of((ROOT / target.path).read_text(encoding="utf-8"), target.path, target.functions)}
        assert listed.keys() <= keys
        assert all(len(reason) > 10 for reason in listed.values())
        assert all((ROOT / test).is_file() for test in target.tests)


def test_a_run_sees_its_own_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed by the table, nobody notices, without an end, and not to be loaded."""
    files = {
        "box/__init__.py": "",
        "box/low.py": "def low(a):\n    while a < 3:\n        a += 1\n    return max(a, 2)\n",
        "box/high.py": "from box import low\n\nTWICE = low.low(1) * 2\n",
        "tests/test_box.py": "from box.high import TWICE\nfrom box.low import low\n\n\ndef test_low():\n    assert (low(1), low(7), TWICE) == (3, 7, 6)\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\npythonpath = .\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(runs, "ROOT", tmp_path)
    bench = Bench("box/low.py", ("tests/test_box.py",), frozenset({"box.low", "box.high"}))
    assert bench.once().failed is None
    every = {one.change: one.code for one in edits_of(files["box/low.py"], "box/low.py")}
    chosen = ("a < 3 -> a <= 3", "max(a, 2) -> max(a, 3)", "a += 1 -> pass", "return max(a, 2) -> return None")
    ended = {chosen[place]: run.failed for place, run in bench.each([every[change] for change in chosen], 5, 2)}
    by_the_table, not_loaded = "tests/test_box.py::test_low", "tests/test_box.py (does not load)"
    assert ended == dict(zip(chosen, (by_the_table, None, "endless", not_loaded), strict=True))
