"""Rooms that people upgraded: the invitation into the room that goes on is awaited, and known for what it is.

Clients invite who was in the old room into the new one, without saying that it is a direct chat.
"""

from livechat_plugin.services.unit_of_work import UnitOfWork

_GROUP = "group:"


async def await_successor(work: UnitOfWork, room_id: str, whose: str) -> None:
    """From now on this room is known to go on for one that was closed.

    Anybody may name any room in a tombstone of theirs, so each has a note of their own.
    """
    await work.inbox.keep_note(f"{_note(room_id)}:{whose}", "")


async def succeeds(work: UnitOfWork, room_id: str, whose: str) -> bool:
    """Whether their room goes on in this one, as it was told to `await_successor`."""
    return await work.inbox.note(f"{_note(room_id)}:{whose}") is not None


async def await_group_room(work: UnitOfWork, room_id: str, former: str) -> None:
    """From now on this room is known to go on for one that groups follow."""
    await work.inbox.keep_note(_note(room_id), f"{_GROUP}{former}")


async def group_room_before(work: UnitOfWork, room_id: str) -> str | None:
    """The room that groups follow and that goes on in this one, as it was told to `await_group_room`."""
    whose = await work.inbox.note(_note(room_id)) or ""
    return whose.removeprefix(_GROUP) if whose.startswith(_GROUP) else None


def of_customer(slug: str, user_id: str) -> str:
    """A customer's direct chat with a live chat."""
    return f"customer:{slug}:{user_id}"


def of_bot(user_id: str) -> str:
    """Somebody's direct chat with the bot."""
    return f"bot:{user_id}"


def _note(room_id: str) -> str:
    return f"successor:{room_id}"
