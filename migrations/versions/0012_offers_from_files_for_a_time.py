"""Let an offer file say from when to when an offer holds, and keep which of its columns were not read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('valid_from', 'valid_to'):
        op.add_column('offer_import_rows', sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column('offer_imports', sa.Column('unread', postgresql.JSONB(), nullable=False, server_default='[]'))


def downgrade() -> None:
    op.drop_column('offer_imports', 'unread')
    for name in ('valid_from', 'valid_to'):
        op.drop_column('offer_import_rows', name)
