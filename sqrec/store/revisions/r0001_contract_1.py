"""The first schema: the contract of version 1, versions, change numbers."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
DOUBLE = sa.Double[float]()
BIGINT, INTEGER, BOOLEAN, BINARY = sa.BigInteger(), sa.Integer(), sa.Boolean(), sa.LargeBinary()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CURRENT = sa.text("valid_until IS NULL")


def needed(kind: Any, names: str) -> list[sa.Column[Any]]:
    """Return columns that are filled in every row."""
    return [sa.Column(name, kind, nullable=False, autoincrement=False) for name in names.split()]


def free(kind: Any, names: str) -> list[sa.Column[Any]]:
    """Return columns that may be unknown."""
    return [sa.Column(name, kind) for name in names.split()]


def upgrade() -> None:
    """Make every table, and the change number, which begins at 0."""
    people()
    items()
    words_and_rules()
    happenings()
    network_and_reports()
    the_stores_own()
    op.execute("INSERT INTO changes (id, change, at) VALUES (1, 0, 0)")


def people() -> None:
    """Make the tables of what is known of people, and apart from it what no ranker reads."""
    op.create_table(
        "people",
        *needed(TEXT, "person_id"),
        *free(TEXT, "birth_month education graduated_on skills occupations desired"),
        *free(DOUBLE, "experience_years"),
        *free(TEXT, "employment registered_unemployed_on"),
        *free(DOUBLE, "wage_min"),
        *free(TEXT, "forms hours needs"),
        *free(DOUBLE, "lon lat"),
        *free(TEXT, "area"),
        *free(DOUBLE, "pace"),
        *free(BOOLEAN, "personalised"),
        *free(BIGINT, "updated_at"),
        *needed(BIGINT, "content valid_from"),
        *free(BIGINT, "valid_until"),
        *needed(BIGINT, "change"),
        *free(BIGINT, "until_change"),
        sa.PrimaryKeyConstraint("person_id", "change"),
    )
    op.create_index("people_by_change", "people", ["change"])
    op.create_index("people_by_until_change", "people", ["until_change"])
    op.create_index("people_current", "people", ["person_id"], unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)
    op.create_table(
        "restricted",
        *needed(TEXT, "person_id"),
        *free(TEXT, "sex post_type hukou_area hukou_type resident_since"),
        *free(BIGINT, "local_insured_months"),
        *free(
            BOOLEAN,
            "disability low_income zero_employment_household rural_zero_transfer single_parent land_lost "
            "returned_migrant veteran rural_worker out_of_poverty",
        ),
        *free(TEXT, "recognised"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("restricted_by_change", "restricted", ["change"])


def items() -> None:
    """Make the tables of what is ranked."""
    op.create_table(
        "jobs",
        *needed(TEXT, "job_id title"),
        *free(TEXT, "occupation employer_id employer industry"),
        *free(DOUBLE, "wage_min wage_max"),
        *free(TEXT, "wage_unit education_min"),
        *free(DOUBLE, "experience_min_years"),
        *free(TEXT, "skills form mode kind hazards"),
        *free(BOOLEAN, "hazards_checked"),
        *free(BIGINT, "headcount"),
        *free(TEXT, "hours"),
        *free(DOUBLE, "days_per_week lon lat"),
        *free(TEXT, "area address benefits description source"),
        *free(BOOLEAN, "local_first"),
        *free(BIGINT, "published_at valid_to"),
        *needed(BIGINT, "content valid_from"),
        *free(BIGINT, "valid_until"),
        *needed(BIGINT, "change"),
        *free(BIGINT, "until_change"),
        sa.PrimaryKeyConstraint("job_id", "change"),
    )
    op.create_index("jobs_by_change", "jobs", ["change"])
    op.create_index("jobs_by_until_change", "jobs", ["until_change"])
    op.create_index("jobs_current", "jobs", ["job_id"], unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)
    op.create_table(
        "courses",
        *needed(TEXT, "course_id title"),
        *free(TEXT, "teaches occupation"),
        *free(BIGINT, "level"),
        *free(TEXT, "provider"),
        *free(DOUBLE, "fee"),
        *free(BOOLEAN, "subsidised online"),
        *free(TEXT, "education_min"),
        *free(DOUBLE, "age_min age_max"),
        *free(TEXT, "audience"),
        *free(DOUBLE, "capacity"),
        *free(TEXT, "start_on end_on"),
        *free(DOUBLE, "lesson_hours"),
        *free(TEXT, "schedule"),
        *free(DOUBLE, "lon lat"),
        *free(TEXT, "area"),
        *free(BIGINT, "published_at valid_to"),
        *needed(BIGINT, "content valid_from"),
        *free(BIGINT, "valid_until"),
        *needed(BIGINT, "change"),
        *free(BIGINT, "until_change"),
        sa.PrimaryKeyConstraint("course_id", "change"),
    )
    op.create_index("courses_by_change", "courses", ["change"])
    op.create_index("courses_by_until_change", "courses", ["until_change"])
    op.create_index("courses_current", "courses", ["course_id"], unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)
    op.create_table(
        "amenities",
        *needed(TEXT, "amenity_id name type"),
        *free(TEXT, "hours"),
        *free(DOUBLE, "capacity"),
        *free(TEXT, "capacity_unit services"),
        *free(DOUBLE, "age_min age_max"),
        *free(TEXT, "audience fee_note phone status"),
        *free(DOUBLE, "lon lat"),
        *free(TEXT, "area address"),
        *free(BIGINT, "published_at valid_to"),
        *needed(BIGINT, "content valid_from"),
        *free(BIGINT, "valid_until"),
        *needed(BIGINT, "change"),
        *free(BIGINT, "until_change"),
        sa.PrimaryKeyConstraint("amenity_id", "change"),
    )
    op.create_index("amenities_by_change", "amenities", ["change"])
    op.create_index("amenities_by_until_change", "amenities", ["until_change"])
    op.create_index("amenities_current", "amenities", ["amenity_id"], unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)


def words_and_rules() -> None:
    """Make the tables of taxonomies, policies, communities."""
    op.create_table(
        "skills",
        *needed(TEXT, "skill_id name"),
        *free(TEXT, "aliases broader occupations"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("skill_id"),
    )
    op.create_index("skills_by_change", "skills", ["change"])
    op.create_table(
        "occupations",
        *needed(TEXT, "code name"),
        *free(BIGINT, "level"),
        *free(TEXT, "aliases definition tasks"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("occupations_by_change", "occupations", ["change"])
    op.create_table(
        "policies",
        *needed(TEXT, "policy_id title"),
        *free(TEXT, "audience conditions benefit source_url"),
        *free(BIGINT, "valid_from valid_to"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("policy_id"),
    )
    op.create_index("policies_by_change", "policies", ["change"])
    op.create_table(
        "communities",
        *needed(TEXT, "area name"),
        *free(TEXT, "parent"),
        *free(DOUBLE, "lon lat"),
        *free(TEXT, "boundary circle_id circle_name"),
        *free(BOOLEAN, "model_circle"),
        *free(TEXT, "built"),
        *free(DOUBLE, "population households age_0_2 age_3_6 age_60_plus seekers area_total area_commercial area_service"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("area"),
    )
    op.create_index("communities_by_change", "communities", ["change"])


def happenings() -> None:
    """Make the tables of what happened, and of what was shown."""
    op.create_table(
        "events",
        *needed(TEXT, "event_id person_id kind item_id event"),
        *needed(BIGINT, "at"),
        *free(BIGINT, "recorded_at"),
        *free(TEXT, "request_id"),
        *free(BIGINT, "position"),
        *free(DOUBLE, "dwell_seconds rating"),
        *needed(BIGINT, "change"),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index("events_by_change", "events", ["change"])
    op.create_index("events_by_person_id", "events", ["person_id"])
    op.create_table(
        "rankings",
        *needed(TEXT, "request_id"),
        *free(BIGINT, "at"),
        *free(TEXT, "person_id"),
        *free(BIGINT, "person_version catalogue_version counts_as_of"),
        *free(TEXT, "kind item_id"),
        *free(BIGINT, "position"),
        *free(DOUBLE, "score propensity"),
        *free(TEXT, "bundle reach_method"),
        *free(DOUBLE, "minutes"),
        *free(BINARY, "vector"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("content"),
    )
    op.create_index("rankings_by_at", "rankings", ["at"])
    op.create_index("rankings_by_change", "rankings", ["change"])
    op.create_index("rankings_by_person_id", "rankings", ["person_id"])


def network_and_reports() -> None:
    """Make the tables of the walking network, and of what reports read."""
    op.create_table(
        "walk_nodes",
        *needed(TEXT, "node_id"),
        *needed(DOUBLE, "lon lat"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("node_id"),
    )
    op.create_index("walk_nodes_by_change", "walk_nodes", ["change"])
    op.create_table(
        "walk_edges",
        *needed(TEXT, "from to"),
        *needed(DOUBLE, "metres"),
        *free(TEXT, "kind"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("content"),
    )
    op.create_index("walk_edges_by_change", "walk_edges", ["change"])
    op.create_table(
        "utilities",
        *needed(TEXT, "person_id kind item_id"),
        *needed(BIGINT, "at"),
        *needed(DOUBLE, "utility"),
        *free(DOUBLE, "observable"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("content"),
    )
    op.create_index("utilities_by_change", "utilities", ["change"])
    op.create_table(
        "recommendations",
        *needed(TEXT, "person_id kind item_id"),
        *needed(BIGINT, "position"),
        *free(DOUBLE, "score"),
        *free(TEXT, "ranker"),
        *free(BIGINT, "at"),
        *needed(BIGINT, "content change"),
        sa.PrimaryKeyConstraint("content"),
    )
    op.create_index("recommendations_by_change", "recommendations", ["change"])


def the_stores_own() -> None:
    """Make the tables that no folder holds."""
    op.create_table(
        "changes",
        *needed(INTEGER, "id"),
        *needed(BIGINT, "change at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "folder",
        *needed(INTEGER, "id"),
        *free(TEXT, "city city_file"),
        *needed(TEXT, "crs timezone"),
        *free(TEXT, "as_of"),
        *needed(BOOLEAN, "synthetic"),
        *needed(TEXT, "tables"),
        *needed(BIGINT, "change"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "keys",
        *needed(TEXT, "key_id name hash scopes"),
        *needed(BIGINT, "created_at"),
        *free(BIGINT, "expires_at revoked_at"),
        *needed(BIGINT, "change"),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_table(
        "audit",
        sa.Column("number", NUMBER, nullable=False, autoincrement=True),
        *needed(BIGINT, "at"),
        *needed(TEXT, "what who"),
        *free(TEXT, "details"),
        *needed(BIGINT, "change"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("audit_by_at", "audit", ["at"])
    op.create_table(
        "batch_jobs",
        *needed(TEXT, "batch_job_id what who state"),
        *free(TEXT, "asked result"),
        *free(BIGINT, "rows_in accepted rejected"),
        *needed(BIGINT, "created_at"),
        *free(BIGINT, "started_at alive_at ended_at"),
        *needed(BIGINT, "change"),
        sa.PrimaryKeyConstraint("batch_job_id"),
    )
    op.create_index("batch_jobs_by_state", "batch_jobs", ["state"])
