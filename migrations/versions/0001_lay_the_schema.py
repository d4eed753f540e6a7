"""Lay the schema: every table, then the policies, triggers and grants that close it."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def run(name: str) -> None:
    role = sa.make_url(os.environ["DATABASE_URL"]).username or "marketsquare_app"
    for statement in (Path(__file__).parent / name).read_text().split("\n--;\n"):
        op.execute(statement.replace("{app_role}", role))


def upgrade() -> None:
    run("0001_before.sql")
    op.create_table('audit_entries',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('on_behalf_of', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.Text(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('request_id', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries'))
    )
    op.create_table('categories',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('parent_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['categories.id'], name=op.f('fk_categories_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_categories')),
    sa.UniqueConstraint('path', name=op.f('uq_categories_path')),
    sa.UniqueConstraint('slug', name=op.f('uq_categories_slug'))
    )
    op.create_index(op.f('ix_categories_parent_id'), 'categories', ['parent_id'], unique=False)
    op.create_table('channel_events',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=False),
    sa.Column('units', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_events')),
    sa.UniqueConstraint('key', name=op.f('uq_channel_events_key'))
    )
    op.create_index('ix_channel_events_cell', 'channel_events', ['day', 'variant_id', 'seller_id'], unique=False)
    op.create_index('ix_channel_events_day', 'channel_events', ['day', 'manufacturer_id'], unique=False)
    op.create_table('daily_facts',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('region', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('units', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'kind', 'variant_id', 'seller_id', 'country', 'region', 'currency', name=op.f('pk_daily_facts'))
    )
    op.create_index('ix_daily_facts_manufacturer_id', 'daily_facts', ['manufacturer_id', 'day'], unique=False)
    op.create_table('idempotency_keys',
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('organization_id', 'key', name=op.f('pk_idempotency_keys'))
    )
    op.create_table('import_rows',
    sa.Column('import_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('row_no', sa.Integer(), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('errors', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('import_id', 'row_no', name=op.f('pk_import_rows'))
    )
    op.create_index('ix_import_rows_kind', 'import_rows', ['import_id', 'kind', 'row_no'], unique=False)
    op.create_table('journal_entries',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('sequence', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('about', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entries')),
    sa.UniqueConstraint('key', name=op.f('uq_journal_entries_key')),
    sa.UniqueConstraint('sequence', name=op.f('uq_journal_entries_sequence'))
    )
    op.create_table('ledger_accounts',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_accounts')),
    sa.UniqueConstraint('name', 'currency', name=op.f('uq_ledger_accounts_name_currency'))
    )
    op.create_index(op.f('ix_ledger_accounts_organization_id'), 'ledger_accounts', ['organization_id'], unique=False)
    op.create_table('offer_import_rows',
    sa.Column('import_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('row_no', sa.Integer(), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('new_id', sa.Text(), nullable=False),
    sa.Column('seller_sku', sa.Text(), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('location_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('condition', sa.Text(), nullable=True),
    sa.Column('quantity', sa.BigInteger(), nullable=True),
    sa.Column('lead_time_days', sa.Integer(), nullable=True),
    sa.Column('min_quantity', sa.Integer(), nullable=True),
    sa.Column('multiple', sa.Integer(), nullable=True),
    sa.Column('max_quantity', sa.Integer(), nullable=True),
    sa.Column('tiers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('column', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('import_id', 'row_no', name=op.f('pk_offer_import_rows'))
    )
    op.create_table('operator_tasks',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('about', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_operator_tasks'))
    )
    op.create_table('organizations',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('parent_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('lineage', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kinds', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('tax_id', sa.Text(), nullable=True),
    sa.Column('customer_group', sa.Text(), nullable=True),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['organizations.id'], name=op.f('fk_organizations_parent_id')),
    sa.ForeignKeyConstraint(['reseller_id'], ['organizations.id'], name=op.f('fk_organizations_reseller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organizations')),
    sa.UniqueConstraint('slug', name=op.f('uq_organizations_slug'))
    )
    op.create_index(op.f('ix_organizations_parent_id'), 'organizations', ['parent_id'], unique=False)
    op.create_index(op.f('ix_organizations_reseller_id'), 'organizations', ['reseller_id'], unique=False)
    op.create_table('outbox',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    op.create_index('ix_outbox_due', 'outbox', ['topic', 'next_at'], unique=False, postgresql_where=sa.text('done_at IS NULL AND dead_at IS NULL'))
    op.create_table('pictures',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pictures'))
    )
    op.create_table('state_changes',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('entity_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('from_state', sa.Text(), nullable=False),
    sa.Column('to_state', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('because', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_state_changes'))
    )
    op.create_table('users',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('locale', sa.Text(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email'))
    )
    op.create_table('webhook_receipts',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('event_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('object_id', sa.Text(), nullable=True),
    sa.Column('account_id', sa.Text(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_receipts')),
    sa.UniqueConstraint('gateway', 'event_id', name=op.f('uq_webhook_receipts_gateway_event_id'))
    )
    op.create_index('ix_webhook_receipts_received_at', 'webhook_receipts', ['received_at'], unique=False)
    op.create_table('addresses',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('line1', sa.Text(), nullable=False),
    sa.Column('line2', sa.Text(), nullable=True),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_addresses_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addresses'))
    )
    op.create_index(op.f('ix_addresses_organization_id'), 'addresses', ['organization_id'], unique=False)
    op.create_table('api_keys',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('permissions', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('user_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_api_keys_organization_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_keys_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_keys_token_hash'))
    )
    op.create_index(op.f('ix_api_keys_organization_id'), 'api_keys', ['organization_id'], unique=False)
    op.create_table('brands',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['manufacturer_id'], ['organizations.id'], name=op.f('fk_brands_manufacturer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_brands')),
    sa.UniqueConstraint('name_key', name=op.f('uq_brands_name_key')),
    sa.UniqueConstraint('slug', name=op.f('uq_brands_slug'))
    )
    op.create_index(op.f('ix_brands_manufacturer_id'), 'brands', ['manufacturer_id'], unique=False)
    op.create_table('catalog_imports',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('mapping', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('retires_gone', sa.Boolean(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('unmapped', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('refusal', sa.Text(), nullable=True),
    sa.Column('created_by', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('approved_by', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['manufacturer_id'], ['organizations.id'], name=op.f('fk_catalog_imports_manufacturer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_imports'))
    )
    op.create_index(op.f('ix_catalog_imports_manufacturer_id'), 'catalog_imports', ['manufacturer_id'], unique=False)
    op.create_table('cost_centers',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_cost_centers_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_centers')),
    sa.UniqueConstraint('organization_id', 'code', name=op.f('uq_cost_centers_organization_id_code'))
    )
    op.create_table('credit_lines',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('limit_minor', sa.BigInteger(), nullable=False),
    sa.Column('reserved_minor', sa.BigInteger(), nullable=False),
    sa.Column('receivable_minor', sa.BigInteger(), nullable=False),
    sa.Column('terms_days', sa.Integer(), nullable=False),
    sa.CheckConstraint('reserved_minor >= 0 AND receivable_minor >= 0', name=op.f('ck_credit_lines_used')),
    sa.ForeignKeyConstraint(['buyer_id'], ['organizations.id'], name=op.f('fk_credit_lines_buyer_id')),
    sa.ForeignKeyConstraint(['reseller_id'], ['organizations.id'], name=op.f('fk_credit_lines_reseller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_lines')),
    sa.UniqueConstraint('buyer_id', 'reseller_id', 'currency', name=op.f('uq_credit_lines_buyer_id_reseller_id_currency'))
    )
    op.create_table('freight_rules',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('freight_minor', sa.BigInteger(), nullable=False),
    sa.Column('free_from_minor', sa.BigInteger(), nullable=True),
    sa.Column('transit_days', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_freight_rules_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_freight_rules')),
    sa.UniqueConstraint('seller_id', 'country', 'currency', name=op.f('uq_freight_rules_seller_id_country_currency'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_freight_rules_seller_id'), 'freight_rules', ['seller_id'], unique=False)
    op.create_table('memberships',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('user_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_memberships_organization_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_memberships_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_memberships')),
    sa.UniqueConstraint('user_id', 'organization_id', name=op.f('uq_memberships_user_id_organization_id'))
    )
    op.create_index(op.f('ix_memberships_organization_id'), 'memberships', ['organization_id'], unique=False)
    op.create_table('offer_imports',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('errors', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('refusal', sa.Text(), nullable=True),
    sa.Column('created_by', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_offer_imports_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_imports'))
    )
    op.create_index(op.f('ix_offer_imports_seller_id'), 'offer_imports', ['seller_id'], unique=False)
    op.create_table('order_minimums',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('minimum_minor', sa.BigInteger(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('surcharge_minor', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_order_minimums_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_minimums')),
    sa.UniqueConstraint('seller_id', 'currency', name=op.f('uq_order_minimums_seller_id_currency'))
    )
    op.create_table('payment_method_rules',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('customer_group', sa.Text(), nullable=True),
    sa.Column('methods', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('max_minor', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_payment_method_rules_organization_id')),
    sa.ForeignKeyConstraint(['reseller_id'], ['organizations.id'], name=op.f('fk_payment_method_rules_reseller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_method_rules'))
    )
    op.create_index(op.f('ix_payment_method_rules_reseller_id'), 'payment_method_rules', ['reseller_id'], unique=False)
    op.create_table('payout_accounts',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('provider_account_id', sa.String(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_payout_accounts_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_accounts')),
    sa.UniqueConstraint('organization_id', 'gateway', name=op.f('uq_payout_accounts_organization_id_gateway')),
    sa.UniqueConstraint('provider_account_id', name=op.f('uq_payout_accounts_provider_account_id'))
    )
    op.create_table('payouts',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_payouts_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payouts')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_payouts_provider_id'))
    )
    op.create_index(op.f('ix_payouts_organization_id'), 'payouts', ['organization_id'], unique=False)
    op.create_table('postings',
    sa.Column('entry_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('destination_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_postings_positive')),
    sa.ForeignKeyConstraint(['destination_id'], ['ledger_accounts.id'], name=op.f('fk_postings_destination_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entries.id'], name=op.f('fk_postings_entry_id')),
    sa.ForeignKeyConstraint(['source_id'], ['ledger_accounts.id'], name=op.f('fk_postings_source_id')),
    sa.PrimaryKeyConstraint('entry_id', 'number', name=op.f('pk_postings'))
    )
    op.create_index(op.f('ix_postings_destination_id'), 'postings', ['destination_id'], unique=False)
    op.create_index(op.f('ix_postings_source_id'), 'postings', ['source_id'], unique=False)
    op.create_table('price_lists',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('owner_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('is_base', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['organizations.id'], name=op.f('fk_price_lists_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_lists')),
    sa.UniqueConstraint('owner_id', 'name', 'currency', name=op.f('uq_price_lists_owner_id_name_currency'))
    )
    op.create_index('ix_price_lists_base', 'price_lists', ['owner_id', 'currency'], unique=True, postgresql_where='is_base')
    op.create_table('product_changes',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('import_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('old', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('new', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('reviewer', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['manufacturer_id'], ['organizations.id'], name=op.f('fk_product_changes_manufacturer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product_changes'))
    )
    op.create_index(op.f('ix_product_changes_manufacturer_id'), 'product_changes', ['manufacturer_id'], unique=False)
    op.create_index(op.f('ix_product_changes_variant_id'), 'product_changes', ['variant_id'], unique=False)
    op.create_table('sales_assignments',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('user_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.ForeignKeyConstraint(['buyer_id'], ['organizations.id'], name=op.f('fk_sales_assignments_buyer_id')),
    sa.ForeignKeyConstraint(['reseller_id'], ['organizations.id'], name=op.f('fk_sales_assignments_reseller_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sales_assignments_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_assignments')),
    sa.UniqueConstraint('user_id', 'buyer_id', name=op.f('uq_sales_assignments_user_id_buyer_id'))
    )
    op.create_table('seller_pauses',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_seller_pauses_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seller_pauses'))
    )
    op.create_index(op.f('ix_seller_pauses_seller_id'), 'seller_pauses', ['seller_id'], unique=False)
    op.create_table('stock_locations',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_stock_locations_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_locations')),
    sa.UniqueConstraint('seller_id', 'code', name=op.f('uq_stock_locations_seller_id_code'))
    )
    op.create_index(op.f('ix_stock_locations_seller_id'), 'stock_locations', ['seller_id'], unique=False)
    op.create_table('storefronts',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('host', sa.String(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tagline', sa.Text(), nullable=True),
    sa.Column('primary_color', sa.Text(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('markup_bps', sa.BigInteger(), nullable=False),
    sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("primary_color ~ '^#[0-9a-f]{6}$'", name=op.f('ck_storefronts_primary_color')),
    sa.ForeignKeyConstraint(['reseller_id'], ['organizations.id'], name=op.f('fk_storefronts_reseller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_storefronts')),
    sa.UniqueConstraint('host', name=op.f('uq_storefronts_host'))
    )
    op.create_index('ix_storefronts_reseller_id', 'storefronts', ['reseller_id'], unique=False)
    op.create_table('user_sessions',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('user_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_user_sessions_organization_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_user_sessions_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_sessions'))
    )
    op.create_index(op.f('ix_user_sessions_user_id'), 'user_sessions', ['user_id'], unique=False)
    op.create_table('assortment_rules',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('storefront_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('customer_group', sa.Text(), nullable=True),
    sa.Column('effect', sa.Text(), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('category_id', sa.String(length=40, collation='C'), nullable=True),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_assortment_rules_brand_id')),
    sa.ForeignKeyConstraint(['category_id'], ['categories.id'], name=op.f('fk_assortment_rules_category_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_assortment_rules_organization_id')),
    sa.ForeignKeyConstraint(['reseller_id'], ['organizations.id'], name=op.f('fk_assortment_rules_reseller_id')),
    sa.ForeignKeyConstraint(['storefront_id'], ['storefronts.id'], name=op.f('fk_assortment_rules_storefront_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assortment_rules'))
    )
    op.create_index(op.f('ix_assortment_rules_reseller_id'), 'assortment_rules', ['reseller_id'], unique=False)
    op.create_index(op.f('ix_assortment_rules_storefront_id'), 'assortment_rules', ['storefront_id'], unique=False)
    op.create_table('carts',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('user_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('storefront_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['buyer_id'], ['organizations.id'], name=op.f('fk_carts_buyer_id')),
    sa.ForeignKeyConstraint(['storefront_id'], ['storefronts.id'], name=op.f('fk_carts_storefront_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_carts_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carts'))
    )
    op.create_index(op.f('ix_carts_buyer_id'), 'carts', ['buyer_id'], unique=False)
    op.create_index('ix_carts_open', 'carts', ['user_id', 'buyer_id', 'storefront_id'], unique=True, postgresql_where="status = 'open'")
    op.create_table('commission_rules',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('category_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('rate_bps', sa.BigInteger(), nullable=False),
    sa.Column('fixed_minor', sa.BigInteger(), nullable=False),
    sa.Column('floor_minor', sa.BigInteger(), nullable=False),
    sa.Column('cap_minor', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('base', sa.Text(), nullable=False),
    sa.Column('tax_bps', sa.BigInteger(), nullable=False),
    sa.Column('on_freight', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_commission_rules_brand_id')),
    sa.ForeignKeyConstraint(['category_id'], ['categories.id'], name=op.f('fk_commission_rules_category_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_commission_rules_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commission_rules'))
    )
    op.create_table('markup_rules',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('storefront_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('category_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('markup_bps', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_markup_rules_brand_id')),
    sa.ForeignKeyConstraint(['category_id'], ['categories.id'], name=op.f('fk_markup_rules_category_id')),
    sa.ForeignKeyConstraint(['reseller_id'], ['organizations.id'], name=op.f('fk_markup_rules_reseller_id')),
    sa.ForeignKeyConstraint(['storefront_id'], ['storefronts.id'], name=op.f('fk_markup_rules_storefront_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_markup_rules'))
    )
    op.create_index(op.f('ix_markup_rules_storefront_id'), 'markup_rules', ['storefront_id'], unique=False)
    op.create_table('price_list_assignments',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('price_list_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('owner_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('customer_group', sa.Text(), nullable=True),
    sa.Column('storefront_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('num_nonnulls(organization_id, customer_group, storefront_id) >= 1', name=op.f('ck_price_list_assignments_target')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_price_list_assignments_organization_id')),
    sa.ForeignKeyConstraint(['price_list_id'], ['price_lists.id'], name=op.f('fk_price_list_assignments_price_list_id')),
    sa.ForeignKeyConstraint(['storefront_id'], ['storefronts.id'], name=op.f('fk_price_list_assignments_storefront_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_list_assignments'))
    )
    op.create_index('ix_price_list_assignments_organization_id', 'price_list_assignments', ['organization_id'], unique=False)
    op.create_index(op.f('ix_price_list_assignments_price_list_id'), 'price_list_assignments', ['price_list_id'], unique=False)
    op.create_index('ix_price_list_assignments_storefront_id', 'price_list_assignments', ['storefront_id'], unique=False)
    op.create_table('products',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('category_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('attributes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('picture_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_products_brand_id')),
    sa.ForeignKeyConstraint(['category_id'], ['categories.id'], name=op.f('fk_products_category_id')),
    sa.ForeignKeyConstraint(['manufacturer_id'], ['organizations.id'], name=op.f('fk_products_manufacturer_id')),
    sa.ForeignKeyConstraint(['picture_id'], ['pictures.id'], name=op.f('fk_products_picture_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_products'))
    )
    op.create_index(op.f('ix_products_brand_id'), 'products', ['brand_id'], unique=False)
    op.create_index(op.f('ix_products_category_id'), 'products', ['category_id'], unique=False)
    op.create_index(op.f('ix_products_manufacturer_id'), 'products', ['manufacturer_id'], unique=False)
    op.create_table('routing_policies',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('storefront_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['storefront_id'], ['storefronts.id'], name=op.f('fk_routing_policies_storefront_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_policies'))
    )
    op.create_index('ix_routing_policies_version', 'routing_policies', ['storefront_id', 'version'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table('seller_authorizations',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('countries', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_seller_authorizations_brand_id')),
    sa.ForeignKeyConstraint(['manufacturer_id'], ['organizations.id'], name=op.f('fk_seller_authorizations_manufacturer_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_seller_authorizations_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seller_authorizations'))
    )
    op.create_index('ix_seller_authorizations_cover', 'seller_authorizations', ['brand_id', 'seller_id'], unique=False)
    op.create_index(op.f('ix_seller_authorizations_manufacturer_id'), 'seller_authorizations', ['manufacturer_id'], unique=False)
    op.create_index(op.f('ix_seller_authorizations_seller_id'), 'seller_authorizations', ['seller_id'], unique=False)
    op.create_table('orders',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('cart_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('storefront_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('placed_by', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('on_behalf_of', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('payment_method', sa.Text(), nullable=False),
    sa.Column('ship_to', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('po_number', sa.Text(), nullable=True),
    sa.Column('cost_center_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('freight_minor', sa.BigInteger(), nullable=False),
    sa.Column('surcharge_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['buyer_id'], ['organizations.id'], name=op.f('fk_orders_buyer_id')),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], name=op.f('fk_orders_cart_id')),
    sa.ForeignKeyConstraint(['cost_center_id'], ['cost_centers.id'], name=op.f('fk_orders_cost_center_id')),
    sa.ForeignKeyConstraint(['placed_by'], ['users.id'], name=op.f('fk_orders_placed_by')),
    sa.ForeignKeyConstraint(['reseller_id'], ['organizations.id'], name=op.f('fk_orders_reseller_id')),
    sa.ForeignKeyConstraint(['storefront_id'], ['storefronts.id'], name=op.f('fk_orders_storefront_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders')),
    sa.UniqueConstraint('cart_id', name=op.f('uq_orders_cart_id')),
    sa.UniqueConstraint('number', name=op.f('uq_orders_number'))
    )
    op.create_index('ix_orders_buyer_id', 'orders', ['buyer_id', 'id'], unique=False)
    op.create_index('ix_orders_reseller_id', 'orders', ['reseller_id', 'id'], unique=False)
    op.create_table('routing_decisions',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('operator_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('hop', sa.Integer(), nullable=False),
    sa.Column('because', sa.Text(), nullable=False),
    sa.Column('policy_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('problem', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('lines', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('bound_minor', sa.BigInteger(), nullable=True),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('micros', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['policy_id'], ['routing_policies.id'], name=op.f('fk_routing_decisions_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_decisions'))
    )
    op.create_index(op.f('ix_routing_decisions_order_id'), 'routing_decisions', ['order_id'], unique=False)
    op.create_table('variants',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('product_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('category_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('gtin', sa.Text(), nullable=True),
    sa.Column('mpn', sa.Text(), nullable=False),
    sa.Column('mpn_key', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('attributes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('sort_key', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('search', postgresql.TSVECTOR(), sa.Computed("to_tsvector('simple', text)", persisted=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_variants_brand_id')),
    sa.ForeignKeyConstraint(['category_id'], ['categories.id'], name=op.f('fk_variants_category_id')),
    sa.ForeignKeyConstraint(['manufacturer_id'], ['organizations.id'], name=op.f('fk_variants_manufacturer_id')),
    sa.ForeignKeyConstraint(['product_id'], ['products.id'], name=op.f('fk_variants_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_variants')),
    sa.UniqueConstraint('brand_id', 'mpn_key', name=op.f('uq_variants_brand_id_mpn_key'))
    )
    op.create_index(op.f('ix_variants_category_id'), 'variants', ['category_id'], unique=False)
    op.create_index('ix_variants_facets', 'variants', ['brand_id', 'category_id'], unique=False, postgresql_where="status = 'active'")
    op.create_index('ix_variants_gtin', 'variants', ['gtin'], unique=True, postgresql_where='gtin IS NOT NULL')
    op.create_index('ix_variants_listing', 'variants', ['sort_key', 'id'], unique=False, postgresql_where="status = 'active'")
    op.create_index(op.f('ix_variants_manufacturer_id'), 'variants', ['manufacturer_id'], unique=False)
    op.create_index('ix_variants_mpn_key', 'variants', ['mpn_key'], unique=False)
    op.create_index(op.f('ix_variants_product_id'), 'variants', ['product_id'], unique=False)
    op.create_index('ix_variants_search', 'variants', ['search'], unique=False, postgresql_using='gin')
    op.create_index('ix_variants_text', 'variants', ['text'], unique=False, postgresql_using='gin', postgresql_ops={'text': 'gin_trgm_ops'})
    op.create_table('cart_lines',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('cart_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.CheckConstraint('quantity >= 1', name=op.f('ck_cart_lines_quantity')),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], name=op.f('fk_cart_lines_cart_id')),
    sa.ForeignKeyConstraint(['variant_id'], ['variants.id'], name=op.f('fk_cart_lines_variant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cart_lines')),
    sa.UniqueConstraint('cart_id', 'variant_id', name=op.f('uq_cart_lines_cart_id_variant_id'))
    )
    op.create_table('offers',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_sku', sa.String(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('lead_time_days', sa.Integer(), nullable=False),
    sa.Column('min_quantity', sa.Integer(), nullable=False),
    sa.Column('multiple', sa.Integer(), nullable=False),
    sa.Column('max_quantity', sa.Integer(), nullable=True),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('min_quantity >= 1 AND multiple >= 1', name=op.f('ck_offers_quantities')),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_offers_brand_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_offers_seller_id')),
    sa.ForeignKeyConstraint(['variant_id'], ['variants.id'], name=op.f('fk_offers_variant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offers')),
    sa.UniqueConstraint('seller_id', 'seller_sku', name=op.f('uq_offers_seller_id_seller_sku')),
    sa.UniqueConstraint('variant_id', 'seller_id', name=op.f('uq_offers_variant_id_seller_id'))
    )
    op.create_index(op.f('ix_offers_brand_id'), 'offers', ['brand_id'], unique=False)
    op.create_index(op.f('ix_offers_seller_id'), 'offers', ['seller_id'], unique=False)
    op.create_table('order_lines',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('manufacturer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('brand_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('category_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('mpn', sa.Text(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_order_lines_order_id')),
    sa.ForeignKeyConstraint(['variant_id'], ['variants.id'], name=op.f('fk_order_lines_variant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_lines')),
    sa.UniqueConstraint('order_id', 'number', name=op.f('uq_order_lines_order_id_number'))
    )
    op.create_index(op.f('ix_order_lines_variant_id'), 'order_lines', ['variant_id'], unique=False)
    op.create_table('payments',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.String(), nullable=True),
    sa.Column('charge_id', sa.Text(), nullable=True),
    sa.Column('page_url', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('captured_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_payments_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('order_id', name=op.f('uq_payments_order_id'))
    )
    op.create_index(op.f('ix_payments_session_id'), 'payments', ['session_id'], unique=False)
    op.create_table('prices',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('price_list_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('owner_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('min_quantity', sa.Integer(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_prices_amount')),
    sa.CheckConstraint('min_quantity >= 1', name=op.f('ck_prices_min_quantity')),
    sa.ForeignKeyConstraint(['price_list_id'], ['price_lists.id'], name=op.f('fk_prices_price_list_id')),
    sa.ForeignKeyConstraint(['variant_id'], ['variants.id'], name=op.f('fk_prices_variant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prices'))
    )
    op.create_index('ix_prices_lookup', 'prices', ['variant_id', 'price_list_id', 'min_quantity', 'valid_from'], unique=True)
    op.create_index('ix_prices_price_list_id', 'prices', ['price_list_id'], unique=False)
    op.create_table('seller_orders',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('hop', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('ship_to', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('seller_goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('freight_minor', sa.BigInteger(), nullable=False),
    sa.Column('surcharge_minor', sa.BigInteger(), nullable=False),
    sa.Column('charges_tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('promised_on', sa.Date(), nullable=False),
    sa.Column('accept_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_because', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_seller_orders_order_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_seller_orders_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seller_orders')),
    sa.UniqueConstraint('number', name=op.f('uq_seller_orders_number'))
    )
    op.create_index('ix_seller_orders_open', 'seller_orders', ['accept_by'], unique=False, postgresql_where="status = 'open'")
    op.create_index(op.f('ix_seller_orders_order_id'), 'seller_orders', ['order_id'], unique=False)
    op.create_index('ix_seller_orders_seller_id', 'seller_orders', ['seller_id', 'id'], unique=False)
    op.create_table('refunds',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('payment_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_refunds_order_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_refunds_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds'))
    )
    op.create_index(op.f('ix_refunds_order_id'), 'refunds', ['order_id'], unique=False)
    op.create_index(op.f('ix_refunds_payment_id'), 'refunds', ['payment_id'], unique=False)
    op.create_table('shipments',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('carrier', sa.Text(), nullable=False),
    sa.Column('tracking_number', sa.Text(), nullable=False),
    sa.Column('shipped_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['seller_order_id'], ['seller_orders.id'], name=op.f('fk_shipments_seller_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipments'))
    )
    op.create_index(op.f('ix_shipments_seller_order_id'), 'shipments', ['seller_order_id'], unique=False)
    op.create_table('stock_levels',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('offer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('location_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('available', sa.BigInteger(), nullable=False),
    sa.Column('reserved', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('available >= 0', name=op.f('ck_stock_levels_available')),
    sa.CheckConstraint('reserved >= 0', name=op.f('ck_stock_levels_reserved')),
    sa.ForeignKeyConstraint(['location_id'], ['stock_locations.id'], name=op.f('fk_stock_levels_location_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_stock_levels_offer_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_stock_levels_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_levels')),
    sa.UniqueConstraint('offer_id', 'location_id', name=op.f('uq_stock_levels_offer_id_location_id'))
    )
    op.create_index(op.f('ix_stock_levels_location_id'), 'stock_levels', ['location_id'], unique=False)
    op.create_index(op.f('ix_stock_levels_seller_id'), 'stock_levels', ['seller_id'], unique=False)
    op.create_table('transfers',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('release_key', sa.Text(), nullable=False),
    sa.Column('order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('organization_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('payout_account_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_transfers_order_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_transfers_organization_id')),
    sa.ForeignKeyConstraint(['payout_account_id'], ['payout_accounts.id'], name=op.f('fk_transfers_payout_account_id')),
    sa.ForeignKeyConstraint(['seller_order_id'], ['seller_orders.id'], name=op.f('fk_transfers_seller_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfers')),
    sa.UniqueConstraint('release_key', name=op.f('uq_transfers_release_key'))
    )
    op.create_index(op.f('ix_transfers_order_id'), 'transfers', ['order_id'], unique=False)
    op.create_index(op.f('ix_transfers_organization_id'), 'transfers', ['organization_id'], unique=False)
    op.create_table('allocations',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('order_line_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('offer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('stock_level_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('variant_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('shipped', sa.BigInteger(), nullable=False),
    sa.Column('cancelled', sa.BigInteger(), nullable=False),
    sa.Column('unit_price_minor', sa.BigInteger(), nullable=False),
    sa.Column('seller_unit_price_minor', sa.BigInteger(), nullable=False),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('seller_goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_bps', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('price_trace', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint('quantity >= 1', name=op.f('ck_allocations_quantity')),
    sa.CheckConstraint('shipped >= 0 AND cancelled >= 0 AND shipped + cancelled <= quantity', name=op.f('ck_allocations_progress')),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_allocations_offer_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_lines.id'], name=op.f('fk_allocations_order_line_id')),
    sa.ForeignKeyConstraint(['seller_order_id'], ['seller_orders.id'], name=op.f('fk_allocations_seller_order_id')),
    sa.ForeignKeyConstraint(['stock_level_id'], ['stock_levels.id'], name=op.f('fk_allocations_stock_level_id')),
    sa.ForeignKeyConstraint(['variant_id'], ['variants.id'], name=op.f('fk_allocations_variant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocations'))
    )
    op.create_index(op.f('ix_allocations_order_line_id'), 'allocations', ['order_line_id'], unique=False)
    op.create_index(op.f('ix_allocations_seller_order_id'), 'allocations', ['seller_order_id'], unique=False)
    op.create_table('reservations',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('stock_level_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('allocation_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['seller_id'], ['organizations.id'], name=op.f('fk_reservations_seller_id')),
    sa.ForeignKeyConstraint(['stock_level_id'], ['stock_levels.id'], name=op.f('fk_reservations_stock_level_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reservations'))
    )
    op.create_index(op.f('ix_reservations_allocation_id'), 'reservations', ['allocation_id'], unique=False)
    op.create_index('ix_reservations_held', 'reservations', ['expires_at'], unique=False, postgresql_where="status = 'held'")
    op.create_index(op.f('ix_reservations_order_id'), 'reservations', ['order_id'], unique=False)
    op.create_index(op.f('ix_reservations_stock_level_id'), 'reservations', ['stock_level_id'], unique=False)
    op.create_table('line_shares',
    sa.Column('id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_order_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('allocation_id', sa.String(length=40, collation='C'), nullable=True),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('seller_goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('commission_minor', sa.BigInteger(), nullable=False),
    sa.Column('commission_tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('net_minor', sa.BigInteger(), nullable=False),
    sa.Column('margin_minor', sa.BigInteger(), nullable=False),
    sa.Column('rule', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('refunded', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint('goods_minor = net_minor + margin_minor + commission_minor + commission_tax_minor', name=op.f('ck_line_shares_split')),
    sa.ForeignKeyConstraint(['allocation_id'], ['allocations.id'], name=op.f('fk_line_shares_allocation_id')),
    sa.ForeignKeyConstraint(['seller_order_id'], ['seller_orders.id'], name=op.f('fk_line_shares_seller_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_shares')),
    sa.UniqueConstraint('allocation_id', name=op.f('uq_line_shares_allocation_id'))
    )
    op.create_index(op.f('ix_line_shares_order_id'), 'line_shares', ['order_id'], unique=False)
    op.create_index(op.f('ix_line_shares_seller_order_id'), 'line_shares', ['seller_order_id'], unique=False)
    op.create_table('shipment_lines',
    sa.Column('shipment_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('allocation_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('seller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('buyer_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('reseller_id', sa.String(length=40, collation='C'), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['allocation_id'], ['allocations.id'], name=op.f('fk_shipment_lines_allocation_id')),
    sa.ForeignKeyConstraint(['shipment_id'], ['shipments.id'], name=op.f('fk_shipment_lines_shipment_id')),
    sa.PrimaryKeyConstraint('shipment_id', 'allocation_id', name=op.f('pk_shipment_lines'))
    )
    run("0001_after.sql")


def downgrade() -> None:
    op.drop_table('shipment_lines')
    op.drop_index(op.f('ix_line_shares_seller_order_id'), table_name='line_shares')
    op.drop_index(op.f('ix_line_shares_order_id'), table_name='line_shares')
    op.drop_table('line_shares')
    op.drop_index(op.f('ix_reservations_stock_level_id'), table_name='reservations')
    op.drop_index(op.f('ix_reservations_order_id'), table_name='reservations')
    op.drop_index('ix_reservations_held', table_name='reservations', postgresql_where="status = 'held'")
    op.drop_index(op.f('ix_reservations_allocation_id'), table_name='reservations')
    op.drop_table('reservations')
    op.drop_index(op.f('ix_allocations_seller_order_id'), table_name='allocations')
    op.drop_index(op.f('ix_allocations_order_line_id'), table_name='allocations')
    op.drop_table('allocations')
    op.drop_index(op.f('ix_transfers_organization_id'), table_name='transfers')
    op.drop_index(op.f('ix_transfers_order_id'), table_name='transfers')
    op.drop_table('transfers')
    op.drop_index(op.f('ix_stock_levels_seller_id'), table_name='stock_levels')
    op.drop_index(op.f('ix_stock_levels_location_id'), table_name='stock_levels')
    op.drop_table('stock_levels')
    op.drop_index(op.f('ix_shipments_seller_order_id'), table_name='shipments')
    op.drop_table('shipments')
    op.drop_index(op.f('ix_refunds_payment_id'), table_name='refunds')
    op.drop_index(op.f('ix_refunds_order_id'), table_name='refunds')
    op.drop_table('refunds')
    op.drop_index('ix_seller_orders_seller_id', table_name='seller_orders')
    op.drop_index(op.f('ix_seller_orders_order_id'), table_name='seller_orders')
    op.drop_index('ix_seller_orders_open', table_name='seller_orders', postgresql_where="status = 'open'")
    op.drop_table('seller_orders')
    op.drop_index('ix_prices_price_list_id', table_name='prices')
    op.drop_index('ix_prices_lookup', table_name='prices')
    op.drop_table('prices')
    op.drop_index(op.f('ix_payments_session_id'), table_name='payments')
    op.drop_table('payments')
    op.drop_index(op.f('ix_order_lines_variant_id'), table_name='order_lines')
    op.drop_table('order_lines')
    op.drop_index(op.f('ix_offers_seller_id'), table_name='offers')
    op.drop_index(op.f('ix_offers_brand_id'), table_name='offers')
    op.drop_table('offers')
    op.drop_table('cart_lines')
    op.drop_index('ix_variants_text', table_name='variants', postgresql_using='gin', postgresql_ops={'text': 'gin_trgm_ops'})
    op.drop_index('ix_variants_search', table_name='variants', postgresql_using='gin')
    op.drop_index(op.f('ix_variants_product_id'), table_name='variants')
    op.drop_index('ix_variants_mpn_key', table_name='variants')
    op.drop_index(op.f('ix_variants_manufacturer_id'), table_name='variants')
    op.drop_index('ix_variants_listing', table_name='variants', postgresql_where="status = 'active'")
    op.drop_index('ix_variants_gtin', table_name='variants', postgresql_where='gtin IS NOT NULL')
    op.drop_index('ix_variants_facets', table_name='variants', postgresql_where="status = 'active'")
    op.drop_index(op.f('ix_variants_category_id'), table_name='variants')
    op.drop_table('variants')
    op.drop_index(op.f('ix_routing_decisions_order_id'), table_name='routing_decisions')
    op.drop_table('routing_decisions')
    op.drop_index('ix_orders_reseller_id', table_name='orders')
    op.drop_index('ix_orders_buyer_id', table_name='orders')
    op.drop_table('orders')
    op.drop_index(op.f('ix_seller_authorizations_seller_id'), table_name='seller_authorizations')
    op.drop_index(op.f('ix_seller_authorizations_manufacturer_id'), table_name='seller_authorizations')
    op.drop_index('ix_seller_authorizations_cover', table_name='seller_authorizations')
    op.drop_table('seller_authorizations')
    op.drop_index('ix_routing_policies_version', table_name='routing_policies', postgresql_nulls_not_distinct=True)
    op.drop_table('routing_policies')
    op.drop_index(op.f('ix_products_manufacturer_id'), table_name='products')
    op.drop_index(op.f('ix_products_category_id'), table_name='products')
    op.drop_index(op.f('ix_products_brand_id'), table_name='products')
    op.drop_table('products')
    op.drop_index('ix_price_list_assignments_storefront_id', table_name='price_list_assignments')
    op.drop_index(op.f('ix_price_list_assignments_price_list_id'), table_name='price_list_assignments')
    op.drop_index('ix_price_list_assignments_organization_id', table_name='price_list_assignments')
    op.drop_table('price_list_assignments')
    op.drop_index(op.f('ix_markup_rules_storefront_id'), table_name='markup_rules')
    op.drop_table('markup_rules')
    op.drop_table('commission_rules')
    op.drop_index('ix_carts_open', table_name='carts', postgresql_where="status = 'open'")
    op.drop_index(op.f('ix_carts_buyer_id'), table_name='carts')
    op.drop_table('carts')
    op.drop_index(op.f('ix_assortment_rules_storefront_id'), table_name='assortment_rules')
    op.drop_index(op.f('ix_assortment_rules_reseller_id'), table_name='assortment_rules')
    op.drop_table('assortment_rules')
    op.drop_index(op.f('ix_user_sessions_user_id'), table_name='user_sessions')
    op.drop_table('user_sessions')
    op.drop_index('ix_storefronts_reseller_id', table_name='storefronts')
    op.drop_table('storefronts')
    op.drop_index(op.f('ix_stock_locations_seller_id'), table_name='stock_locations')
    op.drop_table('stock_locations')
    op.drop_index(op.f('ix_seller_pauses_seller_id'), table_name='seller_pauses')
    op.drop_table('seller_pauses')
    op.drop_table('sales_assignments')
    op.drop_index(op.f('ix_product_changes_variant_id'), table_name='product_changes')
    op.drop_index(op.f('ix_product_changes_manufacturer_id'), table_name='product_changes')
    op.drop_table('product_changes')
    op.drop_index('ix_price_lists_base', table_name='price_lists', postgresql_where='is_base')
    op.drop_table('price_lists')
    op.drop_index(op.f('ix_postings_source_id'), table_name='postings')
    op.drop_index(op.f('ix_postings_destination_id'), table_name='postings')
    op.drop_table('postings')
    op.drop_index(op.f('ix_payouts_organization_id'), table_name='payouts')
    op.drop_table('payouts')
    op.drop_table('payout_accounts')
    op.drop_index(op.f('ix_payment_method_rules_reseller_id'), table_name='payment_method_rules')
    op.drop_table('payment_method_rules')
    op.drop_table('order_minimums')
    op.drop_index(op.f('ix_offer_imports_seller_id'), table_name='offer_imports')
    op.drop_table('offer_imports')
    op.drop_index(op.f('ix_memberships_organization_id'), table_name='memberships')
    op.drop_table('memberships')
    op.drop_index(op.f('ix_freight_rules_seller_id'), table_name='freight_rules')
    op.drop_table('freight_rules')
    op.drop_table('credit_lines')
    op.drop_table('cost_centers')
    op.drop_index(op.f('ix_catalog_imports_manufacturer_id'), table_name='catalog_imports')
    op.drop_table('catalog_imports')
    op.drop_index(op.f('ix_brands_manufacturer_id'), table_name='brands')
    op.drop_table('brands')
    op.drop_index(op.f('ix_api_keys_organization_id'), table_name='api_keys')
    op.drop_table('api_keys')
    op.drop_index(op.f('ix_addresses_organization_id'), table_name='addresses')
    op.drop_table('addresses')
    op.drop_index('ix_webhook_receipts_received_at', table_name='webhook_receipts')
    op.drop_table('webhook_receipts')
    op.drop_table('users')
    op.drop_table('state_changes')
    op.drop_table('pictures')
    op.drop_index('ix_outbox_due', table_name='outbox', postgresql_where=sa.text('done_at IS NULL AND dead_at IS NULL'))
    op.drop_table('outbox')
    op.drop_index(op.f('ix_organizations_reseller_id'), table_name='organizations')
    op.drop_index(op.f('ix_organizations_parent_id'), table_name='organizations')
    op.drop_table('organizations')
    op.drop_table('operator_tasks')
    op.drop_table('offer_import_rows')
    op.drop_index(op.f('ix_ledger_accounts_organization_id'), table_name='ledger_accounts')
    op.drop_table('ledger_accounts')
    op.drop_table('journal_entries')
    op.drop_index('ix_import_rows_kind', table_name='import_rows')
    op.drop_table('import_rows')
    op.drop_table('idempotency_keys')
    op.drop_index('ix_daily_facts_manufacturer_id', table_name='daily_facts')
    op.drop_table('daily_facts')
    op.drop_index('ix_channel_events_day', table_name='channel_events')
    op.drop_index('ix_channel_events_cell', table_name='channel_events')
    op.drop_table('channel_events')
    op.drop_index(op.f('ix_categories_parent_id'), table_name='categories')
    op.drop_table('categories')
    op.drop_table('audit_entries')
