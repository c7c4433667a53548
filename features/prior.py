"""What a ranker may start from where little has happened yet: raw facts, weighed and summed."""

from collections.abc import Mapping

from sqrec.columns import Kind

PRIOR: Mapping[Kind, tuple[str, ...]] = {
    "job": (
        "occupation_desired",
        "occupation_occupations",
        "kinship_desired",
        "kinship_occupations",
        "text_desired_best",
        "text_occupations_best",
        "text_history_best",
        "education_gap",
        "experience_gap",
        "skill_coverage",
        "wage_fit",
        "item_wage",
        "form_fit",
        "hours_fit",
        "minutes",
        "area_match",
        "same_place_best",
        "popularity_item",
    ),
    "course": (
        "occupation_desired",
        "occupation_occupations",
        "text_desired_best",
        "text_occupations_best",
        "text_history_best",
        "skills_history_best",
        "skill_gap",
        "education_gap",
        "age_fit",
        "hours_fit",
        "item_fee",
        "minutes",
        "area_match",
        "same_place_best",
        "popularity_item",
    ),
    "amenity": (
        "need_match",
        "age_fit",
        "minutes",
        "area_match",
        "own_times",
        "text_history_best",
        "same_type_best",
        "same_place_best",
        "popularity_item",
    ),
}
"""Columns of each kind's rows: trade, requirements, reach, hours, wage, and how popular an item is. Weights are fitted."""
