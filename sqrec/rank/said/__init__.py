"""What is only said: columns that stand in no row, computed for shown pairs alone, and the values that sentences name."""

from sqrec.rank.said.asked import AskedThere, SkillsHeld, TradeExperience, Unasked
from sqrec.rank.said.earlier import EarlierIn, EarlierSkills
from sqrec.rank.said.facts import Anywhere, LowestWageFit, Openings, SkillsListed, ToldHours
from sqrec.rank.said.levels import FirstCertificate, NextLevel
from sqrec.rank.said.nearest import Nearest
from sqrec.rank.said.standing import PeopleStanding, WageStanding
from sqrec.rank.said.titles import EarlierWords
from sqrec.rank.said.words import SharedWords

__all__ = [
    "Anywhere",
    "AskedThere",
    "EarlierIn",
    "EarlierSkills",
    "EarlierWords",
    "FirstCertificate",
    "LowestWageFit",
    "Nearest",
    "NextLevel",
    "Openings",
    "PeopleStanding",
    "SharedWords",
    "SkillsHeld",
    "SkillsListed",
    "ToldHours",
    "TradeExperience",
    "Unasked",
    "WageStanding",
]
