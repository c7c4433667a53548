"""What this city calls a profile and a row: instances only."""

from features.jobs import JOB_REASONS, JOB_REQUIREMENTS, JOB_ROWS
from features.profile import PROFILE

__all__ = ["JOB_REASONS", "JOB_REQUIREMENTS", "JOB_ROWS", "PROFILE"]
