"""Profiles: raw facts, encoders, the person's own history before a moment."""

from sqrec.profile.encoders import (
    AreaKeys,
    Choices,
    EducationRank,
    Keys,
    MonthlyWage,
    Number,
    OccupationCodes,
    WeekSlots,
)
from sqrec.profile.history import Events, History, history_before
from sqrec.profile.person import Person, age_at
from sqrec.profile.profiler import Encoding, Facts, Profiler, Profiles
from sqrec.profile.text import HashedText

__all__ = [
    "AreaKeys",
    "Choices",
    "EducationRank",
    "Encoding",
    "Events",
    "Facts",
    "HashedText",
    "History",
    "Keys",
    "MonthlyWage",
    "Number",
    "OccupationCodes",
    "Person",
    "Profiler",
    "Profiles",
    "WeekSlots",
    "age_at",
    "history_before",
]
