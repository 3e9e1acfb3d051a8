"""What several replicas need: who is at work, and who has which of the lanes.

Processes of the version before go on working beside it: they leave `slot` empty, which everybody can read.
"""

from zlib import crc32

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SLOTS = 64
IS_PENDING_NOW = sa.text("state = 'pending' AND due_at IS NULL")
NOTES = sa.table("notes", sa.column("name", sa.Text), sa.column("value", sa.Text))


def upgrade() -> None:
    op.create_table(
        "replicas",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("backend", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("has_caught_up", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_replicas")),
        sqlite_with_rowid=False,
    )
    slots = op.create_table(
        "lane_slots",
        sa.Column("slot", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text()),
        sa.ForeignKeyConstraint(
            ["owner"], ["replicas.name"], name=op.f("fk_lane_slots_owner"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_lane_slots")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_lane_slots_owner", "lane_slots", ["owner"])
    op.bulk_insert(slots, [{"slot": slot} for slot in range(SLOTS)])

    op.add_column("deliveries", sa.Column("slot", sa.SmallInteger()))
    for name, column in (("ix_deliveries_slot", "slot"), ("ix_deliveries_lane", "lane")):
        op.create_index(
            name,
            "deliveries",
            [column, "id"],
            sqlite_where=IS_PENDING_NOW,
            postgresql_where=IS_PENDING_NOW,
        )
    op.bulk_insert(NOTES, [{"name": "schema.compatible_since", "value": "0003"}])
    deliveries = sa.table(
        "deliveries",
        sa.column("lane", sa.Text),
        sa.column("state", sa.Text),
        sa.column("slot", sa.SmallInteger),
    )
    is_pending = deliveries.c.state == "pending"
    connection = op.get_bind()
    lanes = connection.execute(sa.select(deliveries.c.lane).where(is_pending).distinct()).scalars().all()
    if lanes:
        connection.execute(
            sa.update(deliveries)
            .where(is_pending, deliveries.c.lane == sa.bindparam("in_lane"))
            .values(slot=sa.bindparam("its_slot")),
            [{"in_lane": lane, "its_slot": crc32(lane.encode()) % SLOTS} for lane in lanes],
        )


def downgrade() -> None:
    op.execute(sa.delete(NOTES).where(NOTES.c.name == "schema.compatible_since"))
    op.drop_index("ix_deliveries_lane", "deliveries")
    op.drop_index("ix_deliveries_slot", "deliveries")
    op.drop_column("deliveries", "slot")
    op.drop_table("lane_slots")
    op.drop_table("replicas")
