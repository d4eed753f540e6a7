"""Drop the index of offers by seller: the unique one of seller and SKU begins with the seller, too."""

from __future__ import annotations

from marketplace.core import migrating

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    migrating.drop_index('ix_offers_seller_id', 'offers')


def downgrade() -> None:
    migrating.build_index('ix_offers_seller_id', 'offers', ['seller_id'])
