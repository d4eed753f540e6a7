"""Let a recorded payment be taken back, and its reference be used for the right one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import migrating

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('received_payments', sa.Column('taken_back_at', sa.DateTime(timezone=True), nullable=True))
    migrating.build_index('ix_received_payments_reference', 'received_payments', ['payment_id', 'reference'], unique=True,
                          postgresql_where='taken_back_at IS NULL')
    op.execute("-- squawk-ignore ban-drop-constraint\n"
               "ALTER TABLE received_payments DROP CONSTRAINT uq_received_payments_payment_id_reference")


def downgrade() -> None:
    migrating.drop_index('ix_received_payments_reference', 'received_payments')
    op.create_unique_constraint('uq_received_payments_payment_id_reference', 'received_payments', ['payment_id', 'reference'])
    op.drop_column('received_payments', 'taken_back_at')
