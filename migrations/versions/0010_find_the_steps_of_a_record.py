"""Find the steps of one record: a timeline reads its own, not everybody's."""

from __future__ import annotations

from marketplace.core import migrating

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    migrating.build_index('ix_state_changes_entity_id', 'state_changes', ['entity_id', 'id'])


def downgrade() -> None:
    migrating.drop_index('ix_state_changes_entity_id', 'state_changes')
