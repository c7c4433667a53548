"""Kinds, events and every closed list of words."""

from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal["job", "course", "amenity"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TABLE_OF_KIND: Mapping[Kind, str] = {"job": "jobs", "course": "courses", "amenity": "amenities"}

GRADES: Mapping[str, int] = {
    "impression": 0,
    "dismiss": 0,
    "view": 1,
    "save": 2,
    "apply": 3,
    "enrol": 3,
    "visit": 3,
    "interview": 4,
    "hire": 5,
    "complete": 5,
    "reached": 0,
    "unsuitable": 0,
}
"""Events, and how strongly each speaks for an item; `reached` (somebody told the person of it, as on a call) is no interest yet,
`unsuitable` is an adviser's word, `dismiss` the resident's own."""
TAKES_AWAY = frozenset({"dismiss", "unsuitable"})
"""Events that take an item from the person's lists."""

KINDS_OF_EVENT: Mapping[str, tuple[Kind, ...]] = {
    "enrol": ("course", "amenity"),
    "interview": ("job",),
    "hire": ("job",),
    "complete": ("job", "course"),
}
"""Events that do not go with every kind."""

FORMS = ("full_time", "part_time", "flexible", "temporary", "internship")
MODES = ("on_site", "fixed_point", "home_visit", "online_order", "delivery", "remote")
ONLINE_MODES = ("online_order", "remote")
"""Modes of work that are bound to no place."""
JOB_KINDS = ("market", "public_welfare", "event")
EMPLOYMENT = ("employed", "unemployed", "flexible", "student", "retired")
WAGE_UNITS = ("month", "day", "hour")
HAZARDS = (
    "night",
    "height",
    "toxic",
    "heavy_load",
    "heat",
    "cold",
    "underground",
    "entertainment_venue",
    "other",
)
GROUPS = (
    "graduate",
    "hard_to_employ",
    "youth_unemployed",
    "veteran",
    "rural_worker",
    "out_of_poverty",
    "disabled",
    "low_income",
    "elderly",
    "flexible_worker",
    "registered_unemployed",
)
TAGS = (
    *("birth_month", "education", "graduated_on", "skills", "occupations", "desired", "experience_years", "employment"),
    *("registered_unemployed_on", "wage_min", "forms", "hours", "needs", "location", "area", "pace", "walk"),
)
"""Facts of people as tags; `location` is lon and lat."""
KEPT_APART = (
    *("sex", "post_type", "hukou_area", "hukou_type", "resident_since", "local_insured_months", "disability", "low_income"),
    *("zero_employment_household", "rural_zero_transfer", "single_parent", "land_lost", "returned_migrant", "veteran"),
    *("rural_worker", "out_of_poverty", "recognised"),
)
"""Facts of the table `restricted` as tags."""
GROUP_TAGS = tuple(f"group:{group}" for group in GROUPS)
"""Key groups as tags."""
STATUS = ("open", "closed", "planned")
WALKS = ("any", "no_steps")
"""Ways on foot that a person takes: any, or none with steps (pram, wheelchair)."""
BUILT = ("new", "old", "village", "other")

AMENITY_TYPES: Mapping[str, tuple[str, str]] = {
    "convenience_store": ("shopping", "basic"),
    "breakfast": ("meals", "basic"),
    "market": ("shopping", "basic"),
    "repair": ("repair", "basic"),
    "elder_care": ("elder_care", "basic"),
    "childcare": ("childcare", "quality"),
    "supermarket": ("shopping", "basic"),
    "fresh_store": ("shopping", "basic"),
    "front_warehouse": ("shopping", "basic"),
    "hairdresser": ("personal", "basic"),
    "laundry": ("personal", "basic"),
    "pharmacy": ("health", "basic"),
    "print_shop": ("errands", "basic"),
    "recycling": ("errands", "basic"),
    "car_wash": ("errands", "basic"),
    "housekeeping": ("housekeeping", "basic"),
    "parcel_locker": ("post", "basic"),
    "post_express": ("post", "basic"),
    "canteen": ("meals", "public"),
    "clinic": ("health", "public"),
    "bank": ("finance", "public"),
    "culture": ("culture", "public"),
    "employment_station": ("employment", "public"),
    "community_centre": ("community", "public"),
    "restaurant": ("meals", "quality"),
    "bakery": ("meals", "quality"),
    "cafe": ("meals", "quality"),
    "bookshop": ("culture", "quality"),
    "gym": ("sport", "quality"),
    "training_place": ("learning", "quality"),
    "wellness": ("leisure", "quality"),
    "florist": ("leisure", "quality"),
    "pet_service": ("leisure", "quality"),
    "travel": ("leisure", "quality"),
    "other": ("other", "other"),
}
"""Types of amenities with their domain and class."""

NEEDS = (
    *(f"type:{name}" for name in AMENITY_TYPES),
    *(f"domain:{name}" for name in dict.fromkeys(domain for domain, _ in AMENITY_TYPES.values())),
)
"""What a person may say to need: a type of amenity or a whole domain."""

EDUCATION = (
    *("10", "11", "12", "13", "14", "15", "16", "17", "18", "19"),
    *("20", "21", "22", "23", "28", "30", "31", "32", "33"),
    *("40", "41", "42", "43", "44", "45", "46", "47", "48", "49"),
    *("60", "61", "62", "63", "70", "71", "73", "80", "81", "83", "90"),
)
"""The codes of GB/T 4658-2006."""
SplitName = Literal["time", "last", "none"]
"""What is held out of the events: all after a moment, each person's last one, or nothing."""
