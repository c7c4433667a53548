"""Ranking: candidates, pairs, counts, rows, rankers, order, reasons."""

from sqrec.rank.bulk import recommend_everybody
from sqrec.rank.candidates import CandidateIndex, candidates
from sqrec.rank.columns import (
    AreaMatch,
    FormFit,
    Gap,
    HistorySize,
    HoursFit,
    Idle,
    ItemAge,
    Minutes,
    Popularity,
    SameGroup,
    SkillCoverage,
    TextMatch,
    WageFit,
)
from sqrec.rank.policy import SERVED, WHOLE, Policy, Spread
from sqrec.rank.ranker import Boosted, Linear, Random, Ranker
from sqrec.rank.reasons import Reason, Requirement
from sqrec.rank.recommender import Ranking, Recommender, Scene
from sqrec.rank.rows import RowBuilder

__all__ = [
    "SERVED",
    "WHOLE",
    "AreaMatch",
    "Boosted",
    "CandidateIndex",
    "FormFit",
    "Gap",
    "HistorySize",
    "HoursFit",
    "Idle",
    "ItemAge",
    "Linear",
    "Minutes",
    "Policy",
    "Popularity",
    "Random",
    "Ranker",
    "Ranking",
    "Reason",
    "Recommender",
    "Requirement",
    "RowBuilder",
    "SameGroup",
    "Scene",
    "SkillCoverage",
    "Spread",
    "TextMatch",
    "WageFit",
    "candidates",
    "recommend_everybody",
]
