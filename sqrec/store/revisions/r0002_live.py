"""What a running service notes down: how a list was asked for, and up to which change a midnight counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the question to the log of rankings, the table of midnights, and how far work in the background has come."""
    op.add_column("rankings", sa.Column("asked", TEXT))
    op.create_index("rankings_by_request_id", "rankings", ["request_id"])
    op.add_column("batch_jobs", sa.Column("done", sa.BigInteger()))
    op.create_table(
        "midnights",
        sa.Column("midnight", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
    )
