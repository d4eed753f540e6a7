"""Find companies by any part of their name: a trigram index."""

from __future__ import annotations

from marketplace.core import migrating

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    migrating.build_index('ix_organizations_name', 'organizations', ['name'], postgresql_using='gin', postgresql_ops={'name': 'gin_trgm_ops'})


def downgrade() -> None:
    migrating.drop_index('ix_organizations_name', 'organizations')
