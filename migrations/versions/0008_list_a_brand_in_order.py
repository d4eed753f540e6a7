"""List one brand's products in their order without reading the others'."""

from __future__ import annotations

from marketplace.core import migrating

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    migrating.build_index('ix_variants_brand_listing', 'variants', ['brand_id', 'sort_key', 'id'], postgresql_where="status = 'active'")


def downgrade() -> None:
    migrating.drop_index('ix_variants_brand_listing', 'variants')
