"""How often held-out questions were looked at."""

from pathlib import Path

from sqrec.evaluate.promotion.looks import FILE, Looks, note_look


def test_looks_are_counted_by_what_was_asked(tmp_path: Path) -> None:
    place = tmp_path / "bundles"
    assert note_look(place, "d1", "job", "last", "a") == Looks(1, 1)
    assert note_look(place, "d1", "job", "last", "a") == Looks(2, 1)
    assert note_look(place, "d1", "job", "last", "b") == Looks(3, 2)
    assert note_look(place, "d1", "job", "time", "b") == Looks(1, 1)
    assert note_look(place, "d2", "job", "last", "b") == Looks(1, 1)
    assert note_look(place, "d1", "course", "last", "b") == Looks(1, 1)
    assert len((place / FILE).read_text("utf-8").splitlines()) == 6
