"""Whether the tables of a database are fit for this version of the plugin."""

from enum import Enum, auto

from livechat_plugin.store.tables import SCHEMA_REVISION


class SchemaState(Enum):
    """How a database stands to this version of the plugin."""

    FIT = auto()
    """Its tables are those of this version, or of a newer one that leaves it working."""
    OLDER = auto()
    """It has not been migrated yet."""
    NEWER = auto()
    """A newer version migrated it in a way that this one cannot work with."""

    @property
    def remedy(self) -> str:
        """What somebody must do about it."""
        return _REMEDIES[self]


_REMEDIES = {
    SchemaState.FIT: "",
    SchemaState.OLDER: "the database is not up to date; run `livechat migrate`",
    SchemaState.NEWER: "a newer version of the plugin has migrated the database, and this one cannot work with it; "
    "install that version, or restore the backup of before",
}


def judge(revision: str | None, compatible_since: str | None, ours: str = SCHEMA_REVISION) -> SchemaState:
    """What to make of a database.

    Args:
        revision: the last migration that it has seen; None if there was none.
        compatible_since: the oldest revision whose code works on its tables, if that is known.
        ours: the revision that the code is made for.
    """
    if revision is None or revision < ours:
        return SchemaState.OLDER
    if revision == ours or (compatible_since is not None and compatible_since <= ours):
        return SchemaState.FIT
    return SchemaState.NEWER
