"""What makes a job fit a person: the columns of a job's row, what is required, and what is said about it."""

from sqrec.rank import (
    AreaMatch,
    FormFit,
    Gap,
    HistorySize,
    HoursFit,
    Idle,
    ItemAge,
    Minutes,
    Popularity,
    Reason,
    Requirement,
    RowBuilder,
    SameGroup,
    SkillCoverage,
    TextMatch,
    WageFit,
)

JOB_ROWS = RowBuilder(
    (
        Gap("education", "education", reads=("education",)),
        Gap("experience", "experience", reads=("experience_years",)),
        SkillCoverage(),
        WageFit(),
        FormFit(),
        HoursFit(),
        Minutes(),
        AreaMatch(),
        TextMatch("desired", "best", monotone=1),
        TextMatch("desired", "mean", monotone=1),
        TextMatch("occupations", "best", monotone=1),
        TextMatch("occupations", "last", monotone=1),
        TextMatch("history", "best", monotone=1),
        TextMatch("history", "last", monotone=1),
        TextMatch("history", "mean", monotone=1),
        TextMatch("history", "recent", monotone=1),
        SameGroup("employer", "best", monotone=1),
        SameGroup("employer", "last", monotone=1),
        SameGroup("employer", "recent", monotone=1),
        SameGroup("place", "best", monotone=1),
        SameGroup("place", "last", monotone=1),
        SameGroup("place", "recent", monotone=1),
        SameGroup("region", "best", monotone=1),
        SameGroup("region", "last", monotone=1),
        SameGroup("region", "mean", monotone=1),
        SameGroup("title", "last", monotone=1),
        Popularity("item"),
        Popularity("item", days=7),
        Popularity("item", days=30),
        Popularity("employer"),
        Popularity("employer", form="rate"),
        Popularity("place"),
        Popularity("place", form="rate"),
        Popularity("title"),
        Popularity("title", form="rate"),
        Popularity("region", form="rate"),
        ItemAge(),
        HistorySize(),
        Idle(),
    )
)
"""A job's row."""

JOB_REQUIREMENTS = (
    Requirement("education", column="education_gap", met_from=0.0),
    Requirement("experience", column="experience_gap", met_from=0.0),
    Requirement("skills", column="skill_coverage", met_from=1.0),
)
"""What a job asks for, as far as it says so."""

JOB_REASONS = (
    Reason("wanted", column="text_desired_best", at_least=0.35),
    Reason("past_occupation", column="text_occupations_best", at_least=0.35),
    Reason("like_earlier", column="text_history_best", at_least=0.35),
    Reason("same_employer", column="same_employer_best", at_least=1.0),
    Reason("near", column="minutes", at_most=15.0),
    Reason("home_area", column="area_match", at_least=4.0),
    Reason("same_place", column="same_place_best", at_least=1.0),
    Reason("skills_met", column="skill_coverage", at_least=1.0),
    Reason("wage_met", column="wage_fit", at_least=0.0),
    Reason("hours_met", column="hours_fit", at_least=1.0),
    Reason("popular", column="popularity_item", at_least=2.3),
    Reason("new", column="item_age", at_most=7.0),
)
"""Why a job stands in a list, most telling first."""
