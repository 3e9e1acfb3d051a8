"""Telling open pages at once what has changed: server-sent events, one connection for each page.

`hello` comes first, with the mark of the moment: a page made at that mark has missed nothing. Then `changed`, with the
topics, one in each line. The page asks for the parts that show them.
"""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.errors import LivechatError, Refused
from livechat_plugin.services.live import (
    OPERATORS,
    account_topic,
    conversation_topic,
    live_chat_topic,
    person_topic,
)
from livechat_plugin.services.standing import Standing, standing_of
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.web.console.rendering import DeskOf
from livechat_plugin.web.console.streaming import LiveStream
from livechat_plugin.web.console.visitor import SignedIn

MOST_TOPICS = 100

router = APIRouter()


@router.get("/live")
async def live(request: Request, visitor: SignedIn, desk: DeskOf, topics: str = "") -> Response:
    """Follow topics, as far as this person may; what they may not is left out silently."""
    wanted = list(dict.fromkeys(topics.split()))[:MOST_TOPICS]
    async with desk.store.read() as work:
        allowed = await _followed(work, await standing_of(work, desk.roles, visitor.user_id), wanted)

    async def may_go_on() -> bool:
        """Whether they are signed in still, and may follow all of it."""
        if request.app.state.visitors.of(request) is None:
            return False
        try:
            async with desk.store.read() as work:
                standing = await desk.signing_in.require_role(work, visitor.user_id)
                return await _followed(work, standing, allowed) == allowed
        except LivechatError:  # no role any more; or the database is away, and the page asks again
            return False

    return LiveStream(desk.live, allowed, visitor.user_id, may_go_on)


async def _followed(work: UnitOfWork, standing: Standing, wanted: Sequence[str]) -> Sequence[str]:
    """Those that they may follow; with a conversation goes its customer, whose items are shown beside it."""
    found = {topic for topic in wanted if await may_follow(work, standing, topic)}
    for topic in [topic for topic in found if topic.startswith(conversation_topic(0)[:-1])]:
        view = await work.conversations.view(int(topic.partition(":")[2]))
        found.add(account_topic(view.account.id))
    return [topic for topic in wanted if topic in found]


async def may_follow(work: UnitOfWork, standing: Standing, topic: str) -> bool:
    """Whether somebody may learn that something about a topic has changed."""
    if topic == person_topic(standing.user_id):
        return True
    number = topic.partition(":")[2]
    if topic == OPERATORS:
        return standing.is_administrator or bool(standing.supervisor_of)
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        return False
    if topic == live_chat_topic(int(number)):
        return standing.is_administrator or any(chat.id == int(number) for chat in standing.live_chats)
    if topic == account_topic(int(number)):
        return await _knows_account(work, standing, int(number))
    return topic == conversation_topic(int(number)) and await _sees_conversation(work, standing, int(number))


async def _knows_account(work: UnitOfWork, standing: Standing, account_id: int) -> bool:
    """Whether the customer has written to a live chat where they work."""
    for chat in standing.live_chats:
        if await work.conversations.find(chat.id, account_id) is not None:
            return True
    return False


async def _sees_conversation(work: UnitOfWork, standing: Standing, conversation_id: int) -> bool:
    """What a topic tells is only that something happened, so whoever works in the live chat may follow it."""
    try:
        view = await work.conversations.view(conversation_id)
    except (LookupError, Refused):
        return False
    session = view.session
    if session is not None and session.is_served_by(standing.user_id):
        return True
    if session is not None and session.offered_to in await work.groups.of(standing.user_id):
        return True
    return any(chat.id == view.live_chat.id for chat in standing.live_chats)
