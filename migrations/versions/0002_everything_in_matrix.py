"""Apps and items, employees and groups from rooms, the audit log, dialogs, and more of live chats and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite counts up only in a column declared as INTEGER.
GROWING_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(20)
IS_OPEN = sa.text("state <> 'closed'")


def upgrade() -> None:
    extend_live_chats()
    extend_sessions()
    extend_conversations()
    create_people()
    create_items()
    create_records()
    part_pending()


def part_pending() -> None:
    """What is due later has an index of its own: a look for what is due need not pass over it."""
    op.drop_index("ix_deliveries_pending", "deliveries")
    now, later = (sa.text(f"state = 'pending' AND due_at IS {what}") for what in ("NULL", "NOT NULL"))
    op.create_index("ix_deliveries_pending", "deliveries", ["id"], sqlite_where=now, postgresql_where=now)
    op.create_index("ix_deliveries_due", "deliveries", ["due_at"], sqlite_where=later, postgresql_where=later)


def downgrade() -> None:
    op.drop_index("ix_deliveries_due", "deliveries")
    op.drop_index("ix_deliveries_pending", "deliveries")
    is_pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_deliveries_pending", "deliveries", ["id"], sqlite_where=is_pending, postgresql_where=is_pending
    )
    for table in (
        "postponed_events",
        "dialogs",
        "audit",
        "registrations",
        "account_links",
        "item_accounts",
        "items",
        "apps",
        "customer_spaces",
        "operator_ghosts",
        "absences",
        "employees",
        "room_members",
        "group_rooms",
    ):
        op.drop_table(table)  # Its indexes go with it.
    for index in (
        "ix_sessions_open_live_chat",
        "ix_sessions_operator_number",
        "ix_sessions_live_chat_id_number",
    ):
        op.drop_index(index, "sessions")
    op.drop_index("ix_messages_session_number_id", "messages")
    for table, columns in (
        ("groups", ("room_id", "source")),
        ("sessions", ("alerts", "waiting_since", "live_chat_id", "routing", "offered_to", "name")),
        ("conversations", ("shown_ghost", "shown_operator")),
        ("messages", ("speaker",)),
        (
            "live_chats",
            (
                "version",
                "deleted_at",
                "waiting_alert",
                "session_name",
                "show_operator_name_to_external",
                "message_apps",
                "account_app",
            ),
        ),
    ):
        for column in columns:
            op.drop_column(table, column)


def extend_live_chats() -> None:
    for column in (
        sa.Column("account_app", sa.Text()),
        sa.Column("message_apps", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("show_operator_name_to_external", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("session_name", sa.Text(), nullable=False, server_default="#{number} {client}"),
        sa.Column("waiting_alert", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("deleted_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ):
        op.add_column("live_chats", column)


def extend_sessions() -> None:
    for column in (
        sa.Column("name", sa.Text()),
        sa.Column("offered_to", sa.Text()),
        sa.Column("routing", sa.Text()),
        sa.Column("live_chat_id", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("waiting_since", MOMENT),
        sa.Column("alerts", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("sessions", column)
    op.execute("UPDATE sessions SET waiting_since = opened_at WHERE state = 'waiting'")
    op.execute(
        "UPDATE sessions SET live_chat_id ="
        " (SELECT c.live_chat_id FROM conversations c WHERE c.id = sessions.conversation_id)"
    )
    op.create_index("ix_messages_session_number_id", "messages", ["session_number", "id"])
    op.create_index("ix_sessions_live_chat_id_number", "sessions", ["live_chat_id", "number"])
    op.create_index("ix_sessions_operator_number", "sessions", ["operator", "number"])
    op.create_index(
        "ix_sessions_open_live_chat",
        "sessions",
        ["live_chat_id", "number"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def extend_conversations() -> None:
    op.add_column("conversations", sa.Column("shown_operator", sa.Text()))
    op.add_column("conversations", sa.Column("shown_ghost", sa.Text()))
    op.add_column("messages", sa.Column("speaker", sa.Text()))


def create_people() -> None:
    op.add_column("groups", sa.Column("source", WORD, nullable=False, server_default="list"))
    op.add_column("groups", sa.Column("room_id", sa.Text()))
    op.create_table(
        "group_rooms",
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.PrimaryKeyConstraint("group_name", "room_id", name="pk_group_rooms"),
        sa.ForeignKeyConstraint(["group_name"], ["groups.name"], name="fk_group_rooms_group_name"),
    )
    op.create_index("ix_group_rooms_room_id", "group_rooms", ["room_id"])
    op.create_table(
        "room_members",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "user_id", name="pk_room_members"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_room_members_user_id", "room_members", ["user_id"])
    op.create_table(
        "employees",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("user_id", name="pk_employees"),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_absences_user_id", "absences", ["user_id"])
    op.create_table(
        "operator_ghosts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text()),
        sa.Column("avatar_url", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_operator_ghosts"),
        sa.UniqueConstraint("user_id", name="uq_operator_ghosts_user_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "customer_spaces",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text()),
        sa.PrimaryKeyConstraint("user_id", name="pk_customer_spaces"),
    )


def create_items() -> None:
    op.create_table(
        "apps",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("key", name="pk_apps"),
    )
    op.create_table(
        "items",
        sa.Column("id", GROWING_ID, nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("editor", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("token", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.ForeignKeyConstraint(["app"], ["apps.key"], name="fk_items_app"),
        sa.UniqueConstraint("token", name="uq_items_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_items_app_id", "items", ["app", "id"])
    op.create_table(
        "item_accounts",
        sa.Column("item_id", GROWING_ID, nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("item_id", "network", "external_id", name="pk_item_accounts"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_item_accounts_item_id"),
    )
    op.create_index("ix_item_accounts_account", "item_accounts", ["network", "external_id", "app"])
    op.create_table(
        "account_links",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text()),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "app", name="pk_account_links"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account_links_account_id"),
    )
    op.create_index("ix_account_links_app_item_id", "account_links", ["app", "item_id"])
    op.create_table(
        "registrations",
        sa.Column("id", GROWING_ID, nullable=False),
        sa.Column("session_number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text()),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
        sa.ForeignKeyConstraint(
            ["session_number"], ["sessions.number"], name="fk_registrations_session_number"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_registrations_account_id"),
        sa.UniqueConstraint("app", "item_id", name="uq_registrations_app_item_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_registrations_session_number", "registrations", ["session_number"])
    op.create_index("ix_registrations_account_id_id", "registrations", ["account_id", "id"])


def create_records() -> None:
    op.create_table(
        "audit",
        sa.Column("id", GROWING_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("live_chat", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_live_chat_id", "audit", ["live_chat", "id"])
    op.create_index("ix_audit_actor_id", "audit", ["actor", "id"])
    op.create_table(
        "dialogs",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("again", sa.Text(), nullable=False),
        sa.Column("asks_all", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "user_id", name="pk_dialogs"),
    )
    op.create_table(
        "postponed_events",
        sa.Column("id", GROWING_ID, nullable=False),
        sa.Column("conversation_id", sa.Integer()),
        sa.Column("event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_postponed_events"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_postponed_events_conversation_id"
        ),
        sqlite_autoincrement=True,
    )
