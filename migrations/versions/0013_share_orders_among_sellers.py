"""Count the orders of quotas by seller, and let a storefront follow the market's policy again."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

ID = sa.String(length=40, collation='C')


def upgrade() -> None:
    op.add_column('routing_policies', sa.Column('follows_market', sa.Boolean(), nullable=False, server_default='false'))
    op.create_table(
        'routing_quota_counts',
        sa.Column('quota', ID, nullable=False), sa.Column('seller_id', ID, nullable=False), sa.Column('orders', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_routing_quota_counts_seller_id')),
        sa.PrimaryKeyConstraint('quota', 'seller_id', name=op.f('pk_routing_quota_counts')),
    )
    role = sa.make_url(os.environ["DATABASE_URL"]).username or "marketsquare_app"
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON routing_quota_counts TO "{role}"')


def downgrade() -> None:
    op.drop_table('routing_quota_counts')
    op.drop_column('routing_policies', 'follows_market')
