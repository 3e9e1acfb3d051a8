"""What is told after a database was restored from a backup."""

LEFT_BEHIND = (
    "The plugin's database was restored from a backup of before this session. This room is not in use any more: the"
    " session waits again in the queue room, with what the customer wrote."
)


def restored(left: int) -> str:
    """What was set right."""
    rooms = f"{left} session rooms that were used since the backup are" if left != 1 else "1 session room is"
    return f"The database is ready; {rooms} left behind. Start the plugin: it fetches what happened since."
