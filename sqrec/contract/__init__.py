"""The data contract, said once: tables, columns, rule ids, vocabularies (version 1).

Readers, checks, requests and docs/tables.md all come from here.
"""

from sqrec.contract.rules import RULES, Rule, Severity
from sqrec.contract.shapes import Column, ColumnType, Table
from sqrec.contract.tables import TABLES
from sqrec.contract.vocabulary import (
    AMENITY_TYPES,
    EMPLOYMENT,
    FORMS,
    GRADES,
    GROUP_TAGS,
    GROUPS,
    HAZARDS,
    KEPT_APART,
    KINDS,
    KINDS_OF_EVENT,
    MODES,
    NEEDS,
    ONLINE_MODES,
    TABLE_OF_KIND,
    TAGS,
    TAKES_AWAY,
    Kind,
    SplitName,
)

__all__ = [
    "AMENITY_TYPES",
    "EMPLOYMENT",
    "FORMS",
    "GRADES",
    "GROUPS",
    "GROUP_TAGS",
    "HAZARDS",
    "KEPT_APART",
    "KINDS",
    "KINDS_OF_EVENT",
    "MODES",
    "NEEDS",
    "ONLINE_MODES",
    "RULES",
    "TABLES",
    "TABLE_OF_KIND",
    "TAGS",
    "TAKES_AWAY",
    "Column",
    "ColumnType",
    "Kind",
    "Rule",
    "Severity",
    "SplitName",
    "Table",
]
