"""Find companies by any part of their name: a trigram index."""

from __future__ import annotations

from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_organizations_name', 'organizations', ['name'], postgresql_using='gin', postgresql_ops={'name': 'gin_trgm_ops'})


def downgrade() -> None:
    op.drop_index('ix_organizations_name', table_name='organizations')
