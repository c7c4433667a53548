"""What makes a place fit a person: the columns of an amenity's row, what is required, and what is said about it."""

from sqrec.rank import (
    Age,
    AgeFit,
    AreaMatch,
    CoUse,
    EarlierIn,
    Family,
    Habit,
    HistorySize,
    HourHabit,
    Idle,
    ItemAge,
    ItemFact,
    Minutes,
    Nearest,
    NeedMatch,
    NextAfter,
    OpenHours,
    Openings,
    OpenNow,
    OwnUse,
    PeopleStanding,
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

AMENITY_REQUIREMENTS = (Requirement("age", column="age_fit", met_from=0.0, asks=("age_min", "age_max"), told=("birth_month",)),)
"""What is asked for, as far as the item says so."""

AMENITY_FAMILIES = (
    Family("need", ("need_match",)),
    Family(
        "own",
        (
            "own_times",
            "own_share",
            "own_idle",
        ),
        where="own_times",
    ),
    Family(
        "history",
        (
            "text_history_best",
            "text_history_mean",
            "same_type_best",
            "same_type_last",
            "same_type_mean",
            "same_domain_best",
            "same_domain_mean",
            "same_place_best",
            "same_place_mean",
            "way_last",
            "way_nearest",
        ),
    ),
    Family(
        "together",
        (
            "co_item_item_share",
            "co_item_item",
            "next_item",
            "next_type_lift",
        ),
        said="never",
    ),
    Family(
        "type",
        (
            "item_type_code",
            "habit_hour_type",
            "popularity_type_rate",
            "popularity_domain_rate",
        ),
        said="never",
    ),
    Family(
        "open",
        (
            "open_now",
            "open_hours",
        ),
    ),
    Family(
        "reach",
        (
            "minutes",
            "area_match",
        ),
        impersonal=True,
    ),
    Family("post", ("item_capacity",), said="outstanding"),
    Family("freshness", ("item_age",), said="outstanding", impersonal=True),
    Family(
        "popularity",
        (
            "popularity_item",
            "popularity_item_30d",
            "popularity_place_rate",
        ),
        said="outstanding",
    ),
    Family(
        "person",
        (
            "age",
            "age_fit",
            "person_employment",
            "person_education",
            "history_size",
            "idle",
            "habit_age_type",
            "habit_community_type",
            "habit_age_domain",
            "habit_community_item",
        ),
        said="never",
    ),
)
"""What an amenity's columns speak of. Columns of the plain baseline are among them."""

AMENITY_TOLD = RowBuilder(
    (
        EarlierIn("item"),
        EarlierIn("type"),
        EarlierIn("domain"),
        EarlierIn("place"),
        Nearest("type"),
        Openings(),
        PeopleStanding("type"),
        PeopleStanding("all", part=100, days=0),
    )
)
"""What is only said."""

AMENITY_REASONS = (
    Reason("needed", "need", column="need_match", at_least=1.0),
    Reason("needed_domain", "need", column="need_match", at_least=0.5),
    Reason("been_here", "own", column="earlier_item", at_least=3.0),
    Reason("looked_here", "own", column="earlier_item", at_least=1.0),
    Reason("used_type", "history", column="earlier_type", at_least=3.0),
    Reason("looked_at_type", "history", column="earlier_type", at_least=1.0),
    Reason("near_earlier", "history", column="way_nearest", at_most=1000.0),
    Reason("used_domain", "history", column="earlier_domain", at_least=1.0),
    Reason("same_place", "history", column="earlier_place", at_least=1.0),
    Reason("seen_before", "history", column="earlier_item", at_least=1.0),
    Reason("open_now", "open", column="open_now", at_least=1.0),
    Reason("opening", "open", column="open_hours", at_least=0.0),
    Reason("nearest_type", "reach", column="nearest_type", at_least=1.0),
    Reason("near", "reach", column="minutes", at_most=15.0),
    Reason("walk", "reach", column="minutes", at_most=60.0),
    Reason("home_area", "reach", column="area_match", at_least=1.0),
    Reason("distance", "reach", column="minutes", at_least=0.0),
    Reason("roomy", "post", column="openings", at_least=1.5),
    Reason("new", "freshness", column="item_age", at_most=7.0),
    Reason("popular_place", "popularity", column="people_type", at_least=10.0),
    Reason("popular_of_all", "popularity", column="people_all", at_least=10.0),
)
"""Why it stands in a list: of each family the first true one is said."""
