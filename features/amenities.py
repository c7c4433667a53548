"""What makes a place fit a person: the columns of an amenity's row, what is required, and what is said about it."""

from sqrec.rank import (
    Age,
    AgeFit,
    AreaMatch,
    CoUse,
    Habit,
    HistorySize,
    HourHabit,
    Idle,
    ItemAge,
    ItemFact,
    Minutes,
    NeedMatch,
    NextAfter,
    OpenHours,
    OpenNow,
    OwnUse,
    PersonFact,
    Popularity,
    Reason,
    Requirement,
    RowBuilder,
    SameGroup,
    TextMatch,
    Way,
)

AMENITY_REPEATS = True
"""People go to the same places again and again."""

AMENITY_ROWS = RowBuilder(
    (
        NeedMatch(),
        ItemFact("type_code"),
        AgeFit(),
        ItemFact("capacity", log=True),
        OpenNow(),
        OpenHours(),
        Minutes(),
        AreaMatch(),
        TextMatch("history", "best", monotone=1),
        TextMatch("history", "mean", monotone=1),
        OwnUse("times"),
        OwnUse("share"),
        OwnUse("idle"),
        Way("last"),
        Way("nearest"),
        HourHabit("type"),
        CoUse("item", "item", form="share"),
        CoUse("item", "item"),
        NextAfter("item"),
        NextAfter("type", form="lift"),
        SameGroup("type", "best", monotone=1),
        SameGroup("type", "last", monotone=1),
        SameGroup("type", "mean", monotone=1),
        SameGroup("domain", "best", monotone=1),
        SameGroup("domain", "mean", monotone=1),
        SameGroup("place", "best", monotone=1),
        SameGroup("place", "mean", monotone=1),
        Popularity("item"),
        Popularity("item", days=30),
        Popularity("type", form="rate"),
        Popularity("domain", form="rate"),
        Popularity("place", form="rate"),
        Habit("type", "age"),
        Habit("type", "community"),
        Habit("domain", "age"),
        Habit("item", "community"),
        ItemAge(),
        Age(),
        PersonFact("employment", reads=("employment",)),
        PersonFact("education", reads=("education",)),
        HistorySize(),
        Idle(),
    )
)
"""An amenity's row."""

AMENITY_REQUIREMENTS = (Requirement("age", column="age_fit", met_from=0.0),)
"""What a place asks for, as far as it says so."""

AMENITY_REASONS = (
    Reason("needed", column="need_match", at_least=1.0),
    Reason("needed_domain", column="need_match", at_least=0.5, at_most=0.5),
    Reason("near", column="minutes", at_most=15.0),
    Reason("home_area", column="area_match", at_least=4.0),
    Reason("open_now", column="open_now", at_least=1.0),
    Reason("used_type", column="same_type_best", at_least=1.0),
    Reason("neighbours", column="habit_community_type", at_least=0.4),
    Reason("age_group", column="habit_age_type", at_least=0.4),
    Reason("popular_place", column="popularity_item", at_least=2.3),
)
"""Why a place stands in a list, most telling first."""
