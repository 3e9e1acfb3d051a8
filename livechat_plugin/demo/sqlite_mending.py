"""Mending the SQLite database of a Synapse that was killed.

Synapse numbers events in the order of their arrival. Killed while it stores several at once, it leaves a gap in
the numbers, and after the restart its SQLite variant counts on from below the gap: it gives out numbers that are
taken, refuses the events that get them ("UNIQUE constraint failed: events.stream_ordering"), and every sync fails
from then on. Its PostgreSQL variant has a sequence and does not know the trouble. Here the position that Synapse
starts counting from is moved behind everything that is stored.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

_HIGHEST = """
    SELECT MAX(
        (SELECT COALESCE(MAX(stream_ordering), 1) FROM events),
        (SELECT COALESCE(MAX(event_stream_ordering), 1) FROM ex_outlier_stream),
        (SELECT COALESCE(MAX(stream_id), 1) FROM current_state_delta_stream)
    )
"""


def move_position_behind_events(database: Path) -> None:
    """Do it, if there is a database; the homeserver must not be running."""
    if not database.exists():
        return
    with closing(sqlite3.connect(database)) as db, db:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'stream_positions'").fetchone() is None:
            return
        highest = db.execute(_HIGHEST).fetchone()[0]
        db.execute("UPDATE stream_positions SET stream_id = ? WHERE stream_name = 'events'", (highest,))
