"""What alembic runs. `livechat_plugin.store.migrate` gives it a connection with a transaction begun."""

from alembic import context

from livechat_plugin.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew.
)
with context.begin_transaction():
    context.run_migrations()
