"""A trail that nobody changes, people who were erased, and complaints with the day on which an answer is due."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
SQLITE = (
    "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    "CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    # INSERT OR REPLACE deletes without asking the trigger for deletions.
    (
        "CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit "
        "WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number OR (chain = NEW.chain AND place = NEW.place)) "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    ),
)
POSTGRESQL = (
    (
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
    ),
    "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    "CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
)


def upgrade() -> None:
    """Chain the audit trail and refuse changes of it; make the tables."""
    for column in (
        sa.Column("chain", TEXT),
        sa.Column("place", sa.BigInteger()),
        sa.Column("person", TEXT),
        sa.Column("seal", TEXT),
        sa.Column("previous", TEXT),
        sa.Column("digest", TEXT),
    ):
        op.add_column("audit", column)
    op.create_index("audit_by_chain", "audit", ["chain", "place"], unique=True)
    op.create_index("audit_by_person", "audit", ["person"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    op.create_table(
        "person_keys",
        sa.Column("person_id", TEXT, primary_key=True),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "erased",
        sa.Column("hash", TEXT, primary_key=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "copies",
        sa.Column("copy_id", TEXT, primary_key=True),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("last_day", TEXT, nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "complaints",
        sa.Column("complaint_id", TEXT, primary_key=True),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("request_id", TEXT),
        sa.Column("filed_by", TEXT, nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.Column("due_on", TEXT, nullable=False),
        sa.Column("answer", TEXT),
        sa.Column("answered_by", TEXT),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("change", sa.BigInteger(), nullable=False),
    )
    op.create_index("complaints_by_person_id", "complaints", ["person_id"])
