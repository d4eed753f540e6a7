"""Keep the proofs of decisions that were not proven when they were made, and find those quickly."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from marketplace.core import migrating

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

ID = sa.String(length=40, collation='C')
POLICY = """
    CREATE POLICY tenant ON routing_proofs USING ((SELECT app_is_market()) OR operator_id = ANY ((SELECT app_orgs())::text[]))"""


def upgrade() -> None:
    op.create_table(
        'routing_proofs',
        sa.Column('decision_id', ID, nullable=False), sa.Column('operator_id', ID, nullable=True), sa.Column('status', sa.Text(), nullable=False),
        *(sa.Column(f'{name}_minor', sa.BigInteger(), nullable=False) for name in ('total', 'bound', 'money')),
        sa.Column('answer', postgresql.JSONB(), nullable=False), sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('micros', sa.BigInteger(), nullable=False), sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['decision_id'], ['routing_decisions.id'], name=op.f('fk_routing_proofs_decision_id')),
        sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_routing_proofs')),
    )
    role = sa.make_url(os.environ["DATABASE_URL"]).username or "marketsquare_app"
    for statement in ("ALTER TABLE routing_proofs ENABLE ROW LEVEL SECURITY", "ALTER TABLE routing_proofs FORCE ROW LEVEL SECURITY", POLICY,
                      f'GRANT SELECT, INSERT, UPDATE, DELETE ON routing_proofs TO "{role}"'):
        op.execute(statement)
    migrating.build_index('ix_routing_decisions_created_at', 'routing_decisions', ['created_at'])


def downgrade() -> None:
    migrating.drop_index('ix_routing_decisions_created_at', 'routing_decisions')
    op.drop_table('routing_proofs')
