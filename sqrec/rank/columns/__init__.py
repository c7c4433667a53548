"""The columns of a row: small frozen classes, declared with their settings in `features/`."""

from sqrec.rank.columns.alike import SkillsAlike
from sqrec.rank.columns.couse import CoUse
from sqrec.rank.columns.facts import Age, AgeFit, DaysToStart, ItemFact, PersonFact
from sqrec.rank.columns.fit import FormFit, Gap, HoursFit, ShiftReach, SkillCoverage, WageFit
from sqrec.rank.columns.following import HourHabit, NextAfter
from sqrec.rank.columns.history import HistorySize, Idle, SameGroup, TextMatch
from sqrec.rank.columns.kinship import Kinship
from sqrec.rank.columns.learning import AlreadyKnown, EarlierJobs, LevelStep, SkillGap
from sqrec.rank.columns.needs import NeedMatch, OpenHours, OpenNow
from sqrec.rank.columns.occupation import OccupationMatch
from sqrec.rank.columns.own import OwnUse
from sqrec.rank.columns.place import AreaMatch, ItemAge, Minutes
from sqrec.rank.columns.popularity import Habit, Popularity
from sqrec.rank.columns.way import Way

__all__ = [
    "Age",
    "AgeFit",
    "AlreadyKnown",
    "AreaMatch",
    "CoUse",
    "DaysToStart",
    "EarlierJobs",
    "FormFit",
    "Gap",
    "Habit",
    "HistorySize",
    "HourHabit",
    "HoursFit",
    "Idle",
    "ItemAge",
    "ItemFact",
    "Kinship",
    "LevelStep",
    "Minutes",
    "NeedMatch",
    "NextAfter",
    "OccupationMatch",
    "OpenHours",
    "OpenNow",
    "OwnUse",
    "PersonFact",
    "Popularity",
    "SameGroup",
    "ShiftReach",
    "SkillCoverage",
    "SkillGap",
    "SkillsAlike",
    "TextMatch",
    "WageFit",
    "Way",
]
