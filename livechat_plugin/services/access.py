"""Who may write to a live chat (requirements S3, S4): asked when they write, and again for each new session.

Groups let in people of this homeserver only. Who comes from another one is an external customer, and is let in by a
pattern or their own id among the live chat's customers, or not at all: nobody gets in by being invited into a room.
"""

from collections.abc import Sequence

from livechat_plugin.core.live_chats import LiveChat, may_write
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.unit_of_work import UnitOfWork


async def is_open_to(work: UnitOfWork, naming: Naming, live_chat: LiveChat, user_id: str) -> bool:
    """Whether this person may open sessions in the live chat now."""
    return live_chat.deleted_at is None and may_write(
        live_chat, user_id, await _groups(work, naming, user_id)
    )


async def open_to(work: UnitOfWork, naming: Naming, user_id: str) -> Sequence[LiveChat]:
    """The live chats that this person may open sessions in, by name."""
    groups = await _groups(work, naming, user_id)
    return [
        live_chat
        for live_chat in await work.live_chats.all()
        if live_chat.deleted_at is None and may_write(live_chat, user_id, groups)
    ]


async def _groups(work: UnitOfWork, naming: Naming, user_id: str) -> frozenset[str]:
    return await work.groups.of(user_id) if naming.is_local(user_id) else frozenset()
