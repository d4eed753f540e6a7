"""Sort the whole market's orders by their total."""

from __future__ import annotations

from marketplace.core import migrating

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    migrating.build_index('ix_orders_total', 'orders', ['total_minor', 'id'])


def downgrade() -> None:
    migrating.drop_index('ix_orders_total', 'orders')
