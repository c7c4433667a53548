"""What this city calls a profile and a row: instances only."""

from features.amenities import AMENITY_REASONS, AMENITY_REPEATS, AMENITY_REQUIREMENTS, AMENITY_ROWS
from features.courses import COURSE_REASONS, COURSE_REQUIREMENTS, COURSE_ROWS
from features.groups import KEY_GROUPS
from features.jobs import JOB_REASONS, JOB_REQUIREMENTS, JOB_ROWS
from features.plain import PLAIN_ROWS
from features.profile import PROFILE

__all__ = [
    "AMENITY_REASONS",
    "AMENITY_REPEATS",
    "AMENITY_REQUIREMENTS",
    "AMENITY_ROWS",
    "COURSE_REASONS",
    "COURSE_REQUIREMENTS",
    "COURSE_ROWS",
    "JOB_REASONS",
    "JOB_REQUIREMENTS",
    "JOB_ROWS",
    "KEY_GROUPS",
    "PLAIN_ROWS",
    "PROFILE",
]
