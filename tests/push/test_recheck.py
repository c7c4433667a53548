"""The last look before lists leave: what people changed while their lists were made is obeyed, in both databases."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest

from sqrec import bundle as bundles
from sqrec import load
from sqrec.bundle import Bundle
from sqrec.errors import RequestError
from sqrec.push.everybody import recommend_from_store
from sqrec.push.lists import Tally
from sqrec.push.recheck import withheld
from sqrec.rights import Purpose
from sqrec.store import Rights, Store, import_folder
from tests.support import tiny

AT = tiny.micros("2026-08-01T04:00")
DAY = "2026-12-01"


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        import_folder(opened, tiny.write(tmp_path / "data"))
        yield opened


@pytest.fixture
def made(small: Path) -> Bundle:
    return load(bundles.current(small / "var" / "bundles"))


def lists(
    made: Bundle, store: Store, out: Path, then: Callable[[], object], purpose: Purpose | None = None
) -> tuple[Tally, dict[str, str]]:
    """Make everybody's lists, do something when the last one is made, and return what came of it: rankers by person."""

    def watched(pages: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
        yield from pages
        then()

    tally = recommend_from_store(made, store, "job", AT, 3, out, watched, purpose)
    found = pd.read_parquet(out)
    return tally, dict(zip(found["person_id"], found["ranker"], strict=True))


def test_who_switched_off_or_changed_a_tag_meanwhile_gets_no_personal_list(store: Store, made: Bundle, tmp_path: Path) -> None:
    rights = Rights(store.database)

    def then() -> None:
        rights.switch("p01", "me", personalised=False)
        rights.change("p02", "me", deleted=["desired"])
        rights.switch("p03", "me", personalised=True)

    tally, found = lists(made, store, tmp_path / "lists.parquet", then)
    assert tally == Tally(served=10, withheld=2)
    assert "10 people served" in str(tally)
    assert "+ 2 withheld" in str(tally)
    assert found.keys() == {f"p{n:02d}" for n in range(12)} - {"p01", "p02"}
    assert (found["p11"], found["p03"]) == ("neutral", "model")  # p11 was off from the beginning: the list is everybody's
    again, later = lists(made, store, tmp_path / "later.parquet", lambda: None)
    assert again == Tally(served=12)
    assert (later["p01"], later["p02"]) == ("neutral", "model")


def test_a_purpose_needs_a_consent_that_holds_when_the_lists_leave(store: Store, made: Bundle, tmp_path: Path) -> None:
    rights = Rights(store.database)
    for person_id in ("p01", "p02", "p03", "p11"):
        rights.consent(person_id, "push", "push-1", "me", given=True)
    rights.consent("p04", "proposal", "proposal-1", "me", given=True)
    then = lambda: rights.consent("p02", "push", "push-1", "me", given=False)  # noqa: E731 (what happens meanwhile)
    tally, found = lists(made, store, tmp_path / "lists.parquet", then, "push")
    assert found.keys() == {"p01", "p03"}
    assert tally == Tally(served=2, withheld=10)


def test_reasons(store: Store) -> None:
    rights, change = Rights(store.database), store.change()
    rights.consent("p01", "push", "push-1", "me", given=True)
    rights.consent("p02", "push", "push-0", "me", given=True)  # a version that nobody knows
    rights.change("p03", "me", deleted=["skills"])
    ids = ["p01", "p02", "p03", "p04", "p11", "nobody"]
    asked = withheld(store, ids, change, DAY, "push")
    assert asked == {"p02": "no_consent", "p03": "changed", "p04": "no_consent", "p11": "off", "nobody": "unknown"}
    assert withheld(store, ids, change, DAY) == {"p03": "changed", "p11": "off", "nobody": "unknown"}
    assert withheld(store, ["p03"], store.change(), DAY) == {}


def test_a_folder_keeps_no_consents(small: Path, tmp_path: Path) -> None:
    from sqrec.cli.recommend import recommend

    with pytest.raises(RequestError, match="Consents are kept in a store"):
        recommend(str(small / "data"), bundles_folder=small / "var" / "bundles", out=tmp_path / "a.parquet", purpose="push")
