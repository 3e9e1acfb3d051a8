"""Rooms that people upgraded: the invitation into the room that goes on is awaited, and known for what it is.

Clients invite who was in the old room into the new one, without saying that it is a direct chat.
"""

from livechat_plugin.services.unit_of_work import UnitOfWork


async def await_successor(work: UnitOfWork, room_id: str, whose: str) -> None:
    """From now on this room is known to go on for one that was closed."""
    await work.inbox.keep_note(_note(room_id), whose)


async def succeeds(work: UnitOfWork, room_id: str) -> str | None:
    """Whose room goes on in this one, as it was told to `await_successor`."""
    return await work.inbox.note(_note(room_id))


def of_customer(slug: str, user_id: str) -> str:
    """A customer's direct chat with a live chat."""
    return f"customer:{slug}:{user_id}"


def of_bot(user_id: str) -> str:
    """Somebody's direct chat with the bot."""
    return f"bot:{user_id}"


def of_group_room(room_id: str) -> str:
    """A room that groups follow."""
    return f"group:{room_id}"


def group_room_in(whose: str | None) -> str | None:
    """The room that groups follow, if it is one."""
    return whose.removeprefix("group:") if whose is not None and whose.startswith("group:") else None


def _note(room_id: str) -> str:
    return f"successor:{room_id}"
