"""Keep how well sellers keep their promises, day by day, and find what was done to one record in the trail."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import op

from marketplace.core import migrating

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

COUNTS = ('window_days', 'answered', 'accepted', 'silent', 'due', 'late', 'cut')
RATES = ('acceptance_bps', 'late_bps', 'cancellation_bps', 'return_bps', 'rating_bps')
POLICY = "CREATE POLICY tenant ON seller_scores USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))"


def upgrade() -> None:
    op.create_table(
        'seller_scores',
        sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS],
        *[sa.Column(name, sa.BigInteger(), nullable=True) for name in RATES],
        sa.Column('score_bps', sa.BigInteger(), nullable=False),
        sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_seller_scores_seller_id')),
        sa.PrimaryKeyConstraint('seller_id', 'day', name=op.f('pk_seller_scores')),
    )
    role = sa.make_url(os.environ["DATABASE_URL"]).username or "marketsquare_app"
    for statement in ("ALTER TABLE seller_scores ENABLE ROW LEVEL SECURITY", "ALTER TABLE seller_scores FORCE ROW LEVEL SECURITY", POLICY,
                      f'GRANT SELECT, INSERT, UPDATE, DELETE ON seller_scores TO "{role}"'):
        op.execute(statement)
    migrating.build_index('ix_audit_entries_entity_id', 'audit_entries', ['entity_id'])


def downgrade() -> None:
    migrating.drop_index('ix_audit_entries_entity_id', 'audit_entries')
    op.drop_table('seller_scores')
