"""Sort the whole market's orders by their total."""

from __future__ import annotations

from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_orders_total', 'orders', ['total_minor', 'id'])


def downgrade() -> None:
    op.drop_index('ix_orders_total', table_name='orders')
