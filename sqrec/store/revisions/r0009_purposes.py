"""What a key is for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Keep the purposes of keys; those of before have none of their own, and serve what their scopes serve."""
    op.add_column("keys", sa.Column("purposes", TEXT))
