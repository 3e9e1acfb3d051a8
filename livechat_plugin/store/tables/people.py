"""Groups of people."""

from sqlalchemy import Column, ForeignKey, Table, Text

from livechat_plugin.store.tables.metadata import metadata

groups = Table("groups", metadata, Column("name", Text, primary_key=True))

group_members = Table(
    "group_members",
    metadata,
    Column("group_name", Text, ForeignKey("groups.name"), primary_key=True),
    Column("user_id", Text, primary_key=True, index=True),
)
