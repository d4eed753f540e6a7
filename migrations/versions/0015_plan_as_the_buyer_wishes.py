"""Let a cart say how it is to be planned, and a decision what was wished of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('carts', 'routing_decisions'):
        op.add_column(table, sa.Column('wish', sa.Text(), nullable=False, server_default='recommended'))


def downgrade() -> None:
    for table in ('carts', 'routing_decisions'):
        op.drop_column(table, 'wish')
