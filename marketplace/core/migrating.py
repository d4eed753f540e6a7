"""What migrations do to tables that are in use: indexes come and go without stopping whoever writes.

An index is built beside the work, which no transaction can hold, so what the migration did before is committed first.
A build that was cut off leaves an index that serves nobody: the next try begins by dropping it.
"""

from __future__ import annotations

from typing import Any

from alembic import op


def build_index(name: str, table: str, columns: list[str], **how: Any) -> None:
    """Build an index while the table is written to; `how` as for `op.create_index`. Effects: commits before and after."""
    with op.get_context().autocommit_block():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True, **how)


def drop_index(name: str, table: str) -> None:
    """Drop an index while the table is used. Effects: commits before and after."""
    with op.get_context().autocommit_block():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
