"""What the models alone do not say to the database: functions, policies, append-only tables, grants.

The first migration and the tests both apply these statements, so the two cannot differ.
"""

from collections.abc import Iterator

from marketplace.core import tenancy
from marketplace.core.db import Base

EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")
APPEND_ONLY = ("audit_entries", "journal_entries", "postings", "state_changes", "verifications")

FREEZE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$;
"""


def before_tables() -> Iterator[str]:
    """Statements that tables and indexes need to be there."""
    for extension in EXTENSIONS:
        yield f"CREATE EXTENSION IF NOT EXISTS {extension}"
    yield tenancy.FUNCTIONS
    yield FREEZE


def after_tables(app_role: str) -> Iterator[str]:
    """Statements that close what the tables leave open: policies, triggers, and what `app_role` may do."""
    yield from tenancy.policies()
    for table in APPEND_ONLY:
        yield (
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    yield from grants(app_role)


def grants(app_role: str) -> Iterator[str]:
    """What the application's role may do; it owns nothing."""
    yield f'GRANT USAGE ON SCHEMA public TO "{app_role}"'
    for table in sorted(Base.metadata.tables):
        rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        yield f'GRANT {rights} ON {table} TO "{app_role}"'
    yield f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{app_role}"'
