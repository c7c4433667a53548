"""Whose a key is, for which area, and on which day it was last used."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns; a key of before has no role, and so may do nothing."""
    for name in ("role", "area", "used_on"):
        op.add_column("keys", sa.Column(name, TEXT))
