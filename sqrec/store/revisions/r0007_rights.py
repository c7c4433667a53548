"""What residents had changed of their tags, their consents, and the tags that they had deleted beside their facts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make both tables, and add a column to both tables of people; nobody has deleted anything yet."""
    for table, column in (("people", "deleted"), ("restricted", "deleted_apart")):
        op.add_column(table, sa.Column(column, TEXT))
    op.create_table(
        "tag_changes",
        sa.Column("person_id", TEXT, primary_key=True),
        sa.Column("tag", TEXT, primary_key=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("value", TEXT),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
    )
    op.create_index("tag_changes_by_change", "tag_changes", ["change"])
    op.create_table(
        "consents",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("notice", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
    )
    op.create_index("consents_by_person_id", "consents", ["person_id"])
    op.create_index("consents_by_at", "consents", ["at"])
