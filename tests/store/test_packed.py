"""Vectors are stored packed, and read to the bit; those that were stored before are read as they stand."""

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from sqrec.store import Store
from sqrec.store.packed import packed, unpacked
from sqrec.store.pastlists import past_list
from sqrec.store.schema import STORED


@given(st.binary(max_size=700))
def test_whatever_is_packed_comes_back(vector: bytes) -> None:
    assert unpacked(packed(vector)) == vector


@given(st.lists(st.floats(allow_nan=True, width=64), max_size=80))
def test_no_vector_grows_and_none_is_taken_for_another(numbers: list[float]) -> None:
    vector = np.array(numbers, dtype="<f8").tobytes()
    told = packed(vector)
    assert told is not None
    assert len(told) <= len(vector)
    assert unpacked(told) == unpacked(vector) == vector


def test_nothing_stays_nothing() -> None:
    assert packed(None) is unpacked(None) is None
    assert unpacked(packed(b"")) == b""


VECTORS = [np.array([0.0, 1.0] * 30 + [np.nan, -0.0, 1 / 3]), np.random.default_rng(1).random(63), None]


@pytest.fixture
def logged(store_url: str) -> str:
    """Return a store with a list of three rows, one of them with a vector as it was stored before."""
    rows = [
        {
            "request_id": "r",
            "kind": "job",
            "item_id": f"j{place}",
            "position": place + 1,
            "at": 5,
            "vector": None if one is None else one.tobytes(),
        }
        for place, one in enumerate(VECTORS)
    ]
    with Store.open(store_url) as store:
        store.append_rankings(rows)
    return store_url


def raw(url: str) -> list[bytes | None]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT vector FROM rankings ORDER BY position").scalars().all()
    engine.dispose()
    return [None if one is None else bytes(one) for one in found]


def test_the_store_holds_less_and_gives_the_same(logged: str) -> None:
    regular, random, nothing = raw(logged)
    assert regular is not None and len(regular) < 60
    assert random == VECTORS[1].tobytes()
    assert nothing is None
    told = [None if one is None else one.tobytes() for one in VECTORS]
    with Store.open(logged) as store:
        (frame,) = store.rankings(0, 10)
        assert frame.sort_values("position")["vector"].tolist()[:2] == told[:2]
        assert [row["vector"] for row in past_list(store.database, "r")] == told
        assert store.append_rankings(
            [{"request_id": "r", "kind": "job", "item_id": "j0", "position": 1, "at": 5, "vector": told[0]}]
        ) == (0, 1)


def test_what_was_stored_before_is_read_as_it_stands(logged: str) -> None:
    vector = VECTORS[0].tobytes()
    engine = sa.create_engine(logged)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE rankings SET vector = :told WHERE position = 1"), {"told": vector})
    engine.dispose()
    assert raw(logged)[0] == vector
    with Store.open(logged) as store:
        assert past_list(store.database, "r")[0]["vector"] == vector


def test_a_statement_binds_vectors_packed(logged: str) -> None:
    """Whoever inserts by SQLAlchemy goes the same way as the store's own writer."""
    shown = STORED["rankings"].sql
    with Store.open(logged) as store, store.database.reading() as connection:
        vector = VECTORS[0].tobytes()
        assert connection.execute(sa.select(shown.c.item_id).where(shown.c.vector == vector)).scalars().all() == ["j0"]
