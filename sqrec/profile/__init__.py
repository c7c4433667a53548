"""Profiles: raw facts, encoders, the person's own history before a moment."""

from sqrec.base.text import HashedText
from sqrec.profile.encoders import (
    AreaKeys,
    Choices,
    Code,
    Days,
    EducationRank,
    Keys,
    MonthlyWage,
    Months,
    NeedMask,
    Number,
    OccupationCodes,
    PaidFee,
    WeekSlots,
)
from sqrec.profile.history import Events, History, history_before
from sqrec.profile.person import Person
from sqrec.profile.profiler import Encoding, Facts, Profiler, Profiles
from sqrec.profile.skills import Skills

__all__ = [
    "AreaKeys",
    "Choices",
    "Code",
    "Days",
    "EducationRank",
    "Encoding",
    "Events",
    "Facts",
    "HashedText",
    "History",
    "Keys",
    "MonthlyWage",
    "Months",
    "NeedMask",
    "Number",
    "OccupationCodes",
    "PaidFee",
    "Person",
    "Profiler",
    "Profiles",
    "Skills",
    "WeekSlots",
    "history_before",
]
