"""Exporting everything that was said with one customer: who may, and what it holds (requirement E18)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.errors import NotASupervisor, Refused, SessionNotFound
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.delivering.veiling import Veiling
from livechat_plugin.services.ports import Clock, Store
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Message
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

__all__ = ["FORMATS", "PAGE", "Exported", "ExportedConversation", "Exporting"]

FORMATS = ("html", "json")

PAGE = 500
"""Messages that are in memory at the same time, however long a conversation is."""


@dataclass(frozen=True, slots=True)
class ExportedConversation:
    """One conversation that is exported, with its sessions; what was said in it is read when it is written."""

    id: int
    live_chat: LiveChat
    account: Account
    sessions: Sequence[Session]


@dataclass(frozen=True, slots=True)
class Exported:
    """What is exported.

    Attributes:
        is_internal: whether it holds notes for colleagues, and who of them wrote what; else it is what the customer saw.
    """

    at: str
    conversations: Sequence[ExportedConversation]
    is_internal: bool


@dataclass(frozen=True, slots=True)
class Exporting:
    """Lets administrators, and supervisors of its live chat, export a conversation."""

    store: Store
    roles: Roles
    clock: Clock
    veiling: Veiling

    async def export(self, actor: str, which: str, form: str, *, is_internal: bool = False) -> Exported:
        """Begin an export, and write it into the audit log.

        Args:
            actor: who asks.
            which: the number of a session, for the conversation that it belongs to; or a customer's id on their
                network, for all their conversations.
            form: one of `FORMATS`.
            is_internal: whether notes for colleagues are in it, and who of them wrote what.

        Raises:
            NotASupervisor: who asks is neither that nor an administrator.
            SessionNotFound: no session has this number.
            Refused: no customer has this id, or there is no such format.
        """
        if form not in FORMATS:
            raise Refused(f"format: {form[:20]!r} is not known; there are {', '.join(FORMATS)}.")
        now = self.clock.now()
        async with self.store.begin() as work:
            found = [await self._conversation(work, one) for one in await self._find(work, which)]
            for one in found:
                await self._require(work, actor, one.live_chat)
                await work.audit.add(
                    now,
                    actor,
                    "conversation.exported",
                    one.account.external_id,
                    live_chat=one.live_chat.slug,
                    format=form,
                    internal=is_internal,
                )
            await work.commit()
        return Exported(now.isoformat(), found, is_internal)

    async def said(self, exported: Exported, conversation: ExportedConversation) -> AsyncIterator[Message]:
        """Everything that was said in a conversation, in order; reactions are left out.

        What was said to the customer stands there as they saw it, without what tells who said it (S5).
        """
        after, page = 0, list[Message]()
        async with self.store.read() as work:
            view = await work.conversations.view(conversation.id)
        while after == 0 or len(page) == PAGE:
            async with self.store.read() as work:
                page = list(await work.messages.following(conversation.id, after, PAGE))
            for message in page:
                if exported.is_internal:
                    yield message
                elif message.direction != "note":
                    yield await self._as_seen(view, message)
            if not page:
                return
            after = page[-1].id

    async def _as_seen(self, view: ConversationView, message: Message) -> Message:
        if message.author is None or message.content is None or message.direction != "out":
            return message
        return replace(message, content=await self.veiling.content(view, message.author, message.content))

    async def _find(self, work: UnitOfWork, which: str) -> Sequence[int]:
        if which.removeprefix("#").isdecimal() and len(which) < 11:
            number = int(which.removeprefix("#"))
            session = await work.sessions.get(number)
            if session is None:
                raise SessionNotFound(number)
            return [session.conversation_id]
        found = [
            conversation.id
            for account in await work.erasure.find(which)
            for conversation in await work.conversations.of_customer(account.network, account.external_id)
        ]
        if not found:
            raise Refused(f"There is no conversation of a customer {which[:100]!r}.")
        return found

    async def _conversation(self, work: UnitOfWork, conversation_id: int) -> ExportedConversation:
        view = await work.conversations.view(conversation_id)
        sessions = await work.sessions.latest(conversation_id, 1_000_000)
        return ExportedConversation(conversation_id, view.live_chat, view.account, list(reversed(sessions)))

    async def _require(self, work: UnitOfWork, actor: str, live_chat: LiveChat) -> None:
        if not await self.roles.is_administrator(work, actor) and (
            live_chat.deleted_at is not None or not await self.roles.is_supervisor(work, live_chat, actor)
        ):
            raise NotASupervisor(live_chat.name)
