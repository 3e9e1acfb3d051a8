"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite counts up only in a column declared as INTEGER.
GROWING_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(20)


def upgrade() -> None:
    create_people()
    create_conversations()
    create_sessions_and_messages()
    create_outbox()
    create_inbox()


def downgrade() -> None:
    for table in (
        "notes",
        "rejected_events",
        "held_events",
        "seen_events",
        "rooms",
        "deliveries",
        "messages",
        "sessions",
        "conversations",
        "session_rooms",
        "accounts",
        "live_chats",
        "group_members",
        "groups",
    ):
        op.drop_table(table)  # Its indexes go with it.


def create_people() -> None:
    op.create_table(
        "groups",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_groups"),
    )
    op.create_table(
        "group_members",
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("group_name", "user_id", name="pk_group_members"),
        sa.ForeignKeyConstraint(["group_name"], ["groups.name"], name="fk_group_members_group_name"),
    )
    op.create_index("ix_group_members_user_id", "group_members", ["user_id"])
    op.create_table(
        "live_chats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("operators", sa.Text(), nullable=False),
        sa.Column("customers", sa.Text(), nullable=False),
        sa.Column("supervisors", sa.Text()),
        sa.Column("routing_rule", sa.Text(), nullable=False),
        sa.Column("routing_settings", sa.Text(), nullable=False),
        sa.Column("show_operator_name", sa.Boolean(), nullable=False),
        sa.Column("queue_room", sa.Text()),
        sa.Column("supervisors_room", sa.Text()),
        sa.Column("space", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_live_chats"),
        sa.UniqueConstraint("slug", name="uq_live_chats_slug"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("avatar_url", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("network", "external_id", name="uq_accounts_network_external_id"),
        sqlite_autoincrement=True,
    )


def create_conversations() -> None:
    op.create_table(
        "session_rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_chat_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Text()),
        sa.Column("conversation_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_session_rooms"),
        sa.ForeignKeyConstraint(["live_chat_id"], ["live_chats.id"], name="fk_session_rooms_live_chat_id"),
        sqlite_autoincrement=True,
    )
    is_spare = sa.text("conversation_id IS NULL")
    op.create_index(
        "ix_session_rooms_spare",
        "session_rooms",
        ["live_chat_id", "id"],
        sqlite_where=is_spare,
        postgresql_where=is_spare,
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_chat_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("customer_room", sa.Text()),
        sa.Column("customer_state", WORD, nullable=False),
        sa.Column("session_room_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.ForeignKeyConstraint(["live_chat_id"], ["live_chats.id"], name="fk_conversations_live_chat_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_conversations_account_id"),
        sa.ForeignKeyConstraint(
            ["session_room_id"], ["session_rooms.id"], name="fk_conversations_session_room_id"
        ),
        sa.UniqueConstraint("live_chat_id", "account_id", name="uq_conversations_live_chat_id_account_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rooms",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("live_chat_id", sa.Integer()),
        sa.Column("conversation_id", sa.Integer()),
        sa.PrimaryKeyConstraint("room_id", name="pk_rooms"),
        sa.ForeignKeyConstraint(["live_chat_id"], ["live_chats.id"], name="fk_rooms_live_chat_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_rooms_conversation_id"),
        sqlite_with_rowid=False,
    )


def create_sessions_and_messages() -> None:
    op.create_table(
        "sessions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("operator", sa.Text()),
        sa.Column("priority", WORD, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("card", sa.Text()),
        sa.Column("assigned_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("number", name="pk_sessions"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_sessions_conversation_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_card", "sessions", ["card"])
    op.create_index("ix_sessions_conversation_id_number", "sessions", ["conversation_id", "number"])
    is_open = sa.text("state <> 'closed'")
    op.create_index(
        "uq_sessions_open",
        "sessions",
        ["conversation_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "messages",
        sa.Column("id", GROWING_ID, nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("session_number", sa.Integer()),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("author", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("customer_event", sa.Text()),
        sa.Column("operators_event", sa.Text()),
        sa.Column("part_of", GROWING_ID),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id"
        ),
        sa.ForeignKeyConstraint(["session_number"], ["sessions.number"], name="fk_messages_session_number"),
        sa.ForeignKeyConstraint(["part_of"], ["messages.id"], name="fk_messages_part_of"),
        sqlite_autoincrement=True,
    )
    for column, is_unique in (("customer_event", False), ("operators_event", True), ("part_of", False)):
        is_set = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"{'uq' if is_unique else 'ix'}_messages_{column}",
            "messages",
            [column],
            unique=is_unique,
            sqlite_where=is_set,
            postgresql_where=is_set,
        )


def create_outbox() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", GROWING_ID, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("state", sa.Text(), nullable=False, server_default="pending"),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sqlite_autoincrement=True,
    )
    is_pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_deliveries_pending", "deliveries", ["id"], sqlite_where=is_pending, postgresql_where=is_pending
    )


def create_inbox() -> None:
    op.create_table(
        "seen_events",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_seen_events"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_seen_events_seen_at", "seen_events", ["seen_at"])
    op.create_table(
        "held_events",
        sa.Column("id", GROWING_ID, nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_events"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_held_events_conversation_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_held_events_conversation_id", "held_events", ["conversation_id"])
    op.create_table(
        "rejected_events",
        sa.Column("id", GROWING_ID, nullable=False),
        sa.Column("event_id", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_events"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "notes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_notes"),
    )
