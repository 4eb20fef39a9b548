"""Runs migrations on the application's own engine, one transaction a step, so that a failed step leaves no trace."""

from alembic import context

from repository import models  # noqa: F401  (fills the metadata)
from repository.db import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        render_as_batch=True,
        user_module_prefix="db.",
        include_object=context.config.attributes.get("include_object"),
    )
    with context.begin_transaction():
        context.run_migrations()
