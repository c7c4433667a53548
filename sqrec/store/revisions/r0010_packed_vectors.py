"""Vectors of the log of lists may be packed from here on: nothing is rewritten, but older code could not read them."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Change nothing: the number alone keeps older code out."""
