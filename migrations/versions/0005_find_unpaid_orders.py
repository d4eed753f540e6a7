"""Find the orders that wait for their payment by when they were placed."""

from __future__ import annotations

from marketplace.core import migrating

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    migrating.build_index('ix_orders_unpaid', 'orders', ['placed_at'], postgresql_where="status = 'pending_payment'")


def downgrade() -> None:
    migrating.drop_index('ix_orders_unpaid', 'orders')
