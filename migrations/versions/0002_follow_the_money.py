"""Follow the money to the bank: payouts with their transfers, payments received on account, accounts before their provider's id."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import op

from marketplace.core import migrating

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

ID = sa.String(length=40, collation='C')
CREDITED = """
    UPDATE payments p SET credited_minor = c.minor FROM (
        SELECT e.about->>'order_id' AS order_id, sum(x.amount_minor) AS minor FROM journal_entries e
          JOIN postings x ON x.entry_id = e.id WHERE e.kind = 'order.credited' GROUP BY 1) c
     WHERE c.order_id = p.order_id AND p.method = 'on_account'"""
POLICY = """
    CREATE POLICY tenant ON received_payments USING ((SELECT app_is_market())
        OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))"""


def upgrade() -> None:
    op.add_column('payments', sa.Column('received_minor', sa.BigInteger(), nullable=False, server_default='0'))
    op.add_column('payments', sa.Column('credited_minor', sa.BigInteger(), nullable=False, server_default='0'))
    op.add_column('payouts', sa.Column('because', sa.Text(), nullable=True))
    op.add_column('transfers', sa.Column('payout_id', ID, nullable=True))
    op.add_column('transfers', sa.Column('reversed_minor', sa.BigInteger(), nullable=False, server_default='0'))
    op.add_column('transfers', sa.Column('because', sa.Text(), nullable=True))
    op.create_foreign_key(op.f('fk_transfers_payout_id'), 'transfers', 'payouts', ['payout_id'], ['id'], postgresql_not_valid=True)
    op.execute("-- squawk-ignore ban-drop-not-null\nALTER TABLE payout_accounts ALTER COLUMN provider_account_id DROP NOT NULL")
    op.create_table(
        'received_payments',
        sa.Column('id', ID, nullable=False), sa.Column('payment_id', ID, nullable=False), sa.Column('order_id', ID, nullable=False),
        sa.Column('buyer_id', ID, nullable=False), sa.Column('reseller_id', ID, nullable=False),
        sa.Column('amount_minor', sa.BigInteger(), nullable=False), sa.Column('excess_minor', sa.BigInteger(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False), sa.Column('reference', sa.Text(), nullable=False),
        sa.Column('received_on', sa.Date(), nullable=False), sa.Column('recorded_by', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('amount_minor > 0', name=op.f('ck_received_payments_positive')),
        sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_received_payments_payment_id')),
        sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_received_payments_order_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_received_payments')),
        sa.UniqueConstraint('payment_id', 'reference', name=op.f('uq_received_payments_payment_id_reference')),
    )
    op.create_index(op.f('ix_received_payments_order_id'), 'received_payments', ['order_id'])
    role = sa.make_url(os.environ["DATABASE_URL"]).username or "marketsquare_app"
    op.execute("SELECT set_config('app.org', '*', true)")
    for statement in (CREDITED, "ALTER TABLE received_payments ENABLE ROW LEVEL SECURITY",
                      "ALTER TABLE received_payments FORCE ROW LEVEL SECURITY", POLICY,
                      f'GRANT SELECT, INSERT, UPDATE, DELETE ON received_payments TO "{role}"'):
        op.execute(statement)
    migrating.build_index('ix_transfers_payout_id', 'transfers', ['payout_id'])
    op.execute("ALTER TABLE transfers VALIDATE CONSTRAINT fk_transfers_payout_id")


def downgrade() -> None:
    op.drop_table('received_payments')
    op.alter_column('payout_accounts', 'provider_account_id', nullable=False)
    op.drop_constraint(op.f('fk_transfers_payout_id'), 'transfers')
    for table, column in (('transfers', 'payout_id'), ('transfers', 'reversed_minor'), ('transfers', 'because'), ('payouts', 'because'),
                          ('payments', 'received_minor'), ('payments', 'credited_minor')):
        op.drop_column(table, column)
