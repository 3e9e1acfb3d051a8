"""What the console needs: links to sign in, who has read what, when sessions were answered first."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite counts up only in a column declared as INTEGER.
GROWING_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("state <> 'closed'")


def upgrade() -> None:
    op.add_column("session_rooms", sa.Column("panel", sa.Text()))
    op.add_column("sessions", sa.Column("answered_after", sa.Integer()))
    op.add_column("sessions", sa.Column("lasted", sa.Integer()))
    figures = ["live_chat_id", "opened_at", "operator", "answered_after", "lasted"]
    op.create_index("ix_sessions_figures", "sessions", figures)
    op.create_index(
        "ix_sessions_open_states",
        "sessions",
        ["live_chat_id", "state", "waiting_since"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    for name, column, condition in (
        ("ix_sessions_waiting", "live_chat_id", "state IN ('opening', 'waiting')"),
        ("ix_sessions_active_operator", "operator", "state = 'active'"),
    ):
        where = sa.text(condition)
        op.create_index(name, "sessions", [column, "number"], sqlite_where=where, postgresql_where=where)
    op.add_column("messages", sa.Column("edited_at", MOMENT))
    op.add_column("messages", sa.Column("written_in", sa.Text()))
    op.add_column("messages", sa.Column("failure", sa.Text()))
    op.create_index("ix_messages_conversation_id_id", "messages", ["conversation_id", "id"])
    op.create_table(
        "read_marks",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("message_id", GROWING_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_read_marks_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "reader", name=op.f("pk_read_marks")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_links")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sign_in_links_user_id", "sign_in_links", ["user_id"])
    op.create_index("ix_sign_in_links_expires_at", "sign_in_links", ["expires_at"])

    op.create_table(
        "item_requests",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("session_number", sa.Integer()),
        sa.Column("item_id", sa.Text()),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_item_requests_conversation_id")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_item_requests_account_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_item_requests")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_item_requests_at", "item_requests", ["at"])


def downgrade() -> None:
    op.drop_table("item_requests")
    op.drop_table("sign_in_links")
    op.drop_table("read_marks")
    op.drop_index("ix_messages_conversation_id_id", "messages")
    op.drop_column("messages", "failure")
    op.drop_column("messages", "written_in")
    op.drop_column("messages", "edited_at")
    op.drop_index("ix_sessions_active_operator", "sessions")
    op.drop_index("ix_sessions_waiting", "sessions")
    op.drop_index("ix_sessions_open_states", "sessions")
    op.drop_index("ix_sessions_figures", "sessions")
    op.drop_column("sessions", "lasted")
    op.drop_column("sessions", "answered_after")
    op.drop_column("session_rooms", "panel")
