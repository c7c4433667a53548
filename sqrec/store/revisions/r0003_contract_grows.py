"""What a resident needs to act on an item, who wrote an event and why, the fair of a vacancy, ways without steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, unknown in every row that is there: the hash of a row's cells stays as it is."""
    for table, names in {
        "jobs": ("phone", "event_id"),
        "courses": ("address", "phone"),
        "events": ("reason", "writer"),
        "people": ("walk",),
    }.items():
        for name in names:
            op.add_column(table, sa.Column(name, TEXT))
