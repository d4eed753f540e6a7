"""Count what a seller has put at a stock level and what has left it, so that what is free can be recomputed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

COUNT = """
    UPDATE stock_levels s SET consumed = t.shipped, counted = s.available + s.reserved + t.shipped FROM (
        SELECT l.id, coalesce(sum(a.shipped), 0) AS shipped FROM stock_levels l
          LEFT JOIN allocations a ON a.stock_level_id = l.id GROUP BY l.id) t
     WHERE t.id = s.id"""


def upgrade() -> None:
    for name in ('counted', 'consumed'):
        op.add_column('stock_levels', sa.Column(name, sa.BigInteger(), nullable=False, server_default='0'))
    op.execute("SELECT set_config('app.org', '*', true)")
    op.execute(COUNT)


def downgrade() -> None:
    for name in ('counted', 'consumed'):
        op.drop_column('stock_levels', name)
