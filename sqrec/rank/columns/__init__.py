"""The columns of a row: small frozen classes, declared with their settings in `features/`."""

from sqrec.rank.columns.fit import FormFit, Gap, HoursFit, SkillCoverage, WageFit
from sqrec.rank.columns.history import HistorySize, Idle, SameGroup, TextMatch
from sqrec.rank.columns.place import AreaMatch, ItemAge, Minutes
from sqrec.rank.columns.popularity import Popularity

__all__ = [
    "AreaMatch",
    "FormFit",
    "Gap",
    "HistorySize",
    "HoursFit",
    "Idle",
    "ItemAge",
    "Minutes",
    "Popularity",
    "SameGroup",
    "SkillCoverage",
    "TextMatch",
    "WageFit",
]
