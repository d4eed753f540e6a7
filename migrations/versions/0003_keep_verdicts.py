"""Keep the verdict of each comparison of the books."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'verifications',
        sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('asked_by', sa.Text(), nullable=False),
        sa.Column('comparisons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('breaks', sa.Integer(), nullable=False),
        sa.Column('micros', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_verifications')),
    )
    op.create_index(op.f('ix_verifications_at'), 'verifications', ['at'])
    op.execute("CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON verifications"
               " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    role = sa.make_url(os.environ["DATABASE_URL"]).username or "marketsquare_app"
    op.execute(f'GRANT SELECT, INSERT ON verifications TO "{role}"')


def downgrade() -> None:
    op.drop_table('verifications')
