"""Which events and lists count: why an event does not, who asked for a list, what counts today, whose offers a key speaks for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, unknown in every row that is there: what came before counts as it did."""
    op.add_column("events", sa.Column("uncounted", TEXT))
    op.add_column("rankings", sa.Column("writer", TEXT))
    op.add_column("keys", sa.Column("employer", TEXT))
    op.create_table(
        "tallies",
        sa.Column("day", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("tally", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
    )
