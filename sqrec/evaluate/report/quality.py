"""What the tables are like that a report rests on: rows taken and refused, problems by rule, cells left empty."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqrec.tables import Folder


@dataclass(frozen=True)
class TableQuality:
    """Hold how one table was read: rows, problems (errors and warnings) by rule, the share of unknown cells by column."""

    table: str
    rows: int
    accepted: int
    rejected: int
    problems: Mapping[str, int]
    unknown: Mapping[str, float]


def quality_of(folder: Folder, tables: Sequence[str]) -> tuple[TableQuality, ...]:
    """Look at some tables of a folder; one that is not there, or comes from a store, is not told."""
    told = [folder.reports[name] for name in tables if name in folder.reports]
    return tuple(
        TableQuality(
            one.table,
            one.rows_in,
            one.accepted,
            one.rejected,
            dict(Counter(problem.rule for problem in one.problems).most_common()),
            dict(sorted(one.unknown.items(), key=lambda share: (-share[1], share[0]))),
        )
        for one in told
    )
