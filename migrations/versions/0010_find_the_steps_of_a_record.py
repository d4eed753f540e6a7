"""Find the steps of one record: a timeline reads its own, not everybody's."""

from __future__ import annotations

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_state_changes_entity_id', 'state_changes', ['entity_id', 'id'])


def downgrade() -> None:
    op.drop_index('ix_state_changes_entity_id', table_name='state_changes')
