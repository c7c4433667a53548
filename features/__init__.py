"""What this city calls a profile and a row: instances only."""

from features.groups import KEY_GROUPS
from features.jobs import JOB_REASONS, JOB_REQUIREMENTS, JOB_ROWS
from features.profile import PROFILE

__all__ = ["JOB_REASONS", "JOB_REQUIREMENTS", "JOB_ROWS", "KEY_GROUPS", "PROFILE"]
