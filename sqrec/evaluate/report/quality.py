"""Quality of the tables behind a report: rows accepted and rejected, problems by rule, empty cells."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqrec.tables import Folder


@dataclass(frozen=True)
class TableQuality:
    """Hold the quality of one table: rows, problems (errors and warnings) by rule, shares of unknown cells by column."""

    table: str
    rows: int
    accepted: int
    rejected: int
    problems: Mapping[str, int]
    unknown: Mapping[str, float]


def quality_of(folder: Folder, tables: Sequence[str]) -> tuple[TableQuality, ...]:
    """Return the quality of some tables of a folder, without those that are missing."""
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
