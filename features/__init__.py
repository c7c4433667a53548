"""What this city calls a profile and a row: instances only."""

from features.amenities import (
    AMENITY_FAMILIES,
    AMENITY_REASONS,
    AMENITY_REPEATS,
    AMENITY_REQUIREMENTS,
    AMENITY_ROWS,
    AMENITY_TOLD,
)
from features.courses import COURSE_FAMILIES, COURSE_REASONS, COURSE_REQUIREMENTS, COURSE_ROWS, COURSE_TOLD
from features.groups import KEY_GROUPS
from features.jobs import JOB_REQUIREMENTS, JOB_ROWS
from features.plain import PLAIN_ROWS
from features.profile import PROFILE
from features.said_of_jobs import JOB_FAMILIES, JOB_REASONS, JOB_TOLD

__all__ = [
    "AMENITY_FAMILIES",
    "AMENITY_REASONS",
    "AMENITY_REPEATS",
    "AMENITY_REQUIREMENTS",
    "AMENITY_ROWS",
    "AMENITY_TOLD",
    "COURSE_FAMILIES",
    "COURSE_REASONS",
    "COURSE_REQUIREMENTS",
    "COURSE_ROWS",
    "COURSE_TOLD",
    "JOB_FAMILIES",
    "JOB_REASONS",
    "JOB_REQUIREMENTS",
    "JOB_ROWS",
    "JOB_TOLD",
    "KEY_GROUPS",
    "PLAIN_ROWS",
    "PROFILE",
]
