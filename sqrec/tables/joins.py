"""Whether what happened meets anybody and anything: events whose ids join nothing teach nothing."""

import re
from collections.abc import Mapping

from sqrec.contract import KINDS, TABLE_OF_KIND
from sqrec.tables.reports import TableCheck

_OF = {"unknown-person": "people", "unknown-item": "items"}
_FLOAT = re.compile(r"-?\d+\.0+")


def unjoined(checks: Mapping[str, TableCheck]) -> list[str]:
    """Return a sentence for each side of the events that nothing joins: no event meets a person, or none an item.

    A side whose tables are not there, or empty, is not asked; events of kinds without a table do not count.
    """
    events = checks.get("events")
    if events is None or not events.accepted:
        return []
    sides = {"unknown-person": ["people"], "unknown-item": [TABLE_OF_KIND[kind] for kind in KINDS]}
    return [
        _sentence(rule, events)
        for rule, tables in sides.items()
        if any(name in checks and checks[name].accepted for name in tables) and events.tally.times.get(rule, 0) == events.accepted
    ]


def _sentence(rule: str, events: TableCheck) -> str:
    examples = [problem.value for problem in events.tally.examples[rule]]
    hint = "; these ids look like floats: write them as text, without the .0" if all(map(_FLOAT.fullmatch, examples)) else ""
    return (
        f"None of {events.accepted} events names one of the {_OF[rule]} that are there ({', '.join(examples)}, …): nothing joins,"
        f" so nothing can be learnt from them{hint}."
    )
