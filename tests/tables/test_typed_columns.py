"""Typed columns: the short ways, whatever a column comes as, agree with `parse`; keys of columns are keys of ids."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqrec.base.arrays import key_of, keys_of
from sqrec.base.keys import KeySet, keys_of_array
from sqrec.cities import load_city
from sqrec.contract import TABLES, Column
from sqrec.contract.parse import parse
from sqrec.rawtables import Cells
from sqrec.tables import read_folder
from sqrec.tables.typed import read_column
from tests.tables.test_pieces import as_csv, configure

ZONE = load_city("qingdao").zone
FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)

TYPED: dict[str, list[Any]] = {
    "dictionary": pa.array(["job", "面", None, "job", " x "]).dictionary_encode(),
    "ints": pa.array([1, None, -5, 2**53 + 1, 21]),
    "uint8": pa.array([1, None, 5, 0, 21], pa.uint8()),
    "floats": pa.array([1.0, None, float("nan"), -0.0, 1e300]),
    "odd floats": pa.array([float("inf"), 0.1, 2.5, 180.0, 180.5]),
    "float32": pa.array([0.1, None, 5.0, 16777216.0, 1e30], pa.float32()),
    "booleans": pa.array([True, None, False, True, True]),
    "us": pa.array(
        [datetime(2026, 1, 5, 9, 0, 0, 5, UTC), None, datetime(1899, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")
    ),
    "ns": pa.array([-1, None, 1_767_600_000_123_456_789, 0, 1], pa.timestamp("ns", "UTC")),
    "s": pa.array([-(2**40), None, 2**38, 0, 2**33], pa.timestamp("s", "Asia/Shanghai")),
    "ms": pa.array([1, None, -1, 0, 1_767_600_000_123], pa.timestamp("ms", "America/New_York")),
    "no zone": pa.array([1, None, 1_767_600_000_000, 0, 5], pa.timestamp("ms")),
    "days": pa.array([date(2026, 2, 1), None, date(1800, 1, 1), date(9999, 12, 31), date(2026, 2, 1)]),
    "lists": pa.array([["night", "cold"], None, [], ["a", None], ["面"]]),
    "lists of numbers": pa.array([[0.5, 1e20], None, [], [2.0], [3.0]]),
    "large": pa.array(["2026-01-05T09:00:00Z", None, "3.5", "no", "370282001"], pa.large_string()),
    "view": pa.array(["true", None, "", "1985-03", "x" * 200], pa.string_view()),
    "nothing": pa.nulls(5),
    "decimals": pa.array([1, None, 2, 3, 4]).cast(pa.decimal128(21, 2)),
}


@pytest.mark.parametrize("kind", TYPED)
@pytest.mark.parametrize("name", ["people", "jobs", "courses", "events", "utilities", "communities"])
def test_typed_cells_are_read_as_their_texts(kind: str, name: str) -> None:
    """Every Parquet type in every column gives what `parse` says of the text."""
    cells = Cells(TYPED[kind][:5])
    for column in TABLES[name].columns:
        assert_read_as_texts(column, cells)


def assert_read_as_texts(column: Column, cells: Cells) -> None:
    expected = [parse(column, text, ZONE) for text in cells.texts()]
    series, (places, rules) = read_column(column, cells, ZONE)
    assert list(zip(places.tolist(), rules, strict=True)) == [(i, rule) for i, (_, rule) in enumerate(expected) if rule]
    values: list[Any] = [None if value is pd.NaT or value != value else value for value in series.tolist()]
    if str(series.dtype) == "datetime64[us, UTC]":
        values = [
            None if value is None else value.value // 1000 if value.unit == "ns" else value.as_unit("us")._value
            for value in values
        ]
    assert values == [value for value, _ in expected]
    assert [np.signbit(v) for v in values if isinstance(v, float)] == [np.signbit(v) for v, _ in expected if isinstance(v, float)]


TEXTS = st.one_of(
    st.text(max_size=6),
    st.text(st.sampled_from("ab面 |@\t\n　，.é\x1c"), max_size=10),
    st.from_regex(r"\A[+-]?\d{0,18}(\.\d{0,18})?(e\d)?\Z"),
    st.from_regex(r"\A(19|20|18)\d\d-[01]\d-[0-3]\d([T ][0-2]\d:[0-6]\d(:[0-6]\d(\.\d{1,9})?)?(Z|[+-][012]\d:\d\d)?)?\Z", alphabet=st.characters(max_codepoint=127)),
    st.datetimes(datetime.fromisoformat("1895-01-01"), datetime.fromisoformat("9998-01-01")).map(lambda moment: moment.isoformat() + "+08:00"),
    st.floats().map(repr),
    st.text(st.sampled_from("='\"0a|、 "), max_size=8),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_texts_are_read_as_parse_reads_them(texts: list[str]) -> None:
    for name in ("person_id", "skills", "occupations", "wage_min", "lon", "updated_at", "personalised", "area"):
        assert_read_as_texts(TABLES["people"].column(name), Cells.of(texts))
    for column in (TABLES["jobs"].column("title"), TABLES["jobs"].column("headcount"), TABLES["jobs"].column("valid_to")):
        assert_read_as_texts(column, Cells.of(texts))
    assert_read_as_texts(TABLES["events"].column("at"), Cells.of(texts))
    assert_read_as_texts(TABLES["utilities"].column("utility"), Cells.of(texts))


@FILES
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", "d", None]),
            st.sampled_from(["p", "q", "r"]),
            st.one_of(st.none(), st.datetimes(datetime.fromisoformat("1890-01-01"), datetime.fromisoformat("2100-01-01"))),
            st.one_of(st.none(), st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-01-03"))),
            st.one_of(st.none(), st.integers(-2, 50)),
            st.one_of(st.none(), st.floats()),
        ),
        max_size=20,
    )
)
def test_a_table_is_the_same_as_csv_and_as_parquet(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    count = len(rows)
    table = pa.table(
        {
            "event_id": pa.array(columns[0], pa.string()),
            "person_id": pa.array(columns[1], pa.string()).dictionary_encode(),
            "kind": pa.array(["job"] * count, pa.string()),
            "item_id": pa.array(columns[1], pa.large_string()),
            "event": pa.array(["view"] * count, pa.string()).dictionary_encode(),
            "at": pa.array(columns[2], pa.timestamp("us", "UTC")),
            "recorded_at": pa.array(columns[3], pa.timestamp("ns", "Asia/Shanghai")),
            "position": pa.array(columns[4], pa.int16()),
            "dwell_seconds": pa.array(columns[5], pa.float64()),
        }
    )
    for kind in ("csv", "parquet"):
        (configure(tmp_path / kind) / "people.csv").write_text("person_id\np\nq\n", encoding="utf-8")
    pq.write_table(table, tmp_path / "parquet" / "events.parquet", row_group_size=7)
    texts = [Cells(column.combine_chunks()).texts() for column in table.columns]
    (tmp_path / "csv" / "events.csv").write_text(as_csv([table.column_names, *zip(*texts, strict=True)]), encoding="utf-8")
    one, other = (read_folder(tmp_path / kind, write_rejected=False) for kind in ("parquet", "csv"))
    pd.testing.assert_frame_equal(one.tables["events"], other.tables["events"])
    told = [(problem.row + 1, problem.column, problem.value, problem.rule) for problem in one.problems]
    assert told == [(problem.row, problem.column, problem.value, problem.rule) for problem in other.problems]


@given(st.lists(st.one_of(st.none(), st.text(), st.text(st.sampled_from("a面"), min_size=40, max_size=200)), max_size=20))
def test_keys_of_columns_are_the_keys_of_ids(texts: list[str | None]) -> None:
    for kind in (pa.string(), pa.large_string()):
        array = pa.array(texts, kind)
        assert keys_of_array(array).tolist() == keys_of(texts).tolist()
        assert keys_of_array(array.slice(1)).tolist() == keys_of(texts[1:]).tolist()


@pytest.mark.parametrize("length", [0, 1, 7, 8, 127, 128, 129, 255, 256, 257, 1000])
def test_keys_of_long_texts(length: int) -> None:
    assert keys_of_array(pa.array(["x" * length])).tolist() == [key_of("x" * length)]


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 40).map(lambda n: n * 1024), max_size=30), max_size=10))
def test_a_key_set_is_a_set(blocks: list[list[int]]) -> None:
    keys, known = KeySet(), set[int]()
    for block in blocks:
        again: list[bool] = []
        for key in block:
            again.append(key in known)
            known.add(key)
        assert keys.add(np.array(block, dtype=np.uint64)).tolist() == again
    everything = np.arange(1, 41 * 1024, dtype=np.uint64)
    assert set(everything[keys.holds(everything)].tolist()) == known
    assert len(keys) == len(known)


def test_a_key_set_grows() -> None:
    keys, many = KeySet(), np.random.default_rng(0).integers(1, 2**63, 5000).astype(np.uint64)
    assert not keys.add(many).any()
    assert keys.holds(many).all()
    assert not keys.holds(many + np.uint64(1)).any()
