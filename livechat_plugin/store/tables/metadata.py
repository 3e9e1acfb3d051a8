"""What all tables belong to."""

from sqlalchemy import MetaData

SCHEMA_REVISION = "0004"
"""The migration that these tables correspond to."""

COMPATIBLE_SINCE = "schema.compatible_since"
"""Name of the note in the database that holds the oldest revision whose code works on its tables.

A migration that an older process could not go on working beside raises it; until then old and new replicas work side
by side, and a replica of before can be started again.
"""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
