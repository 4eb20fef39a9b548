"""Tokens that could decide before deciding had a scope of its own keep what they could: they are given it."""

import sqlalchemy as sa
from alembic import op

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None

tokens = sa.table("access_token", sa.column("id", sa.Integer), sa.column("scopes", sa.JSON))


def upgrade() -> None:
    _write(lambda scopes: [*scopes, "review"] if "deposit" in scopes and "review" not in scopes else scopes)


def downgrade() -> None:
    _write(lambda scopes: [scope for scope in scopes if scope != "review"] or ["read"])


def _write(changed) -> None:
    bind = op.get_bind()
    for token_id, scopes in bind.execute(sa.select(tokens.c.id, tokens.c.scopes)).all():
        if (after := changed(scopes)) != scopes:
            bind.execute(tokens.update().where(tokens.c.id == token_id).values(scopes=after))
