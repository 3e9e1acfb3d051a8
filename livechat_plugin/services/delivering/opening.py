"""The first and last words of a session, and who gets it: where the hooks are asked.

They are asked after the customer's message is stored and acknowledged, with no unit of work open, so that a slow
hook holds up nothing but its own session (invariant 7).
"""

import asyncio
from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.content import Content, Text
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.domain_events import SessionOpened
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.routing import Admit, AssignTo, OfferToGroup, Refuse, Route
from livechat_plugin.core.sessions import Priority, Session, SessionState, offer
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import (
    Delivery,
    RouteSession,
    SayFarewell,
    ShowCard,
    session_lane,
)
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Clock, Store
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.routing import Routing
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.waiting import watch_waiting


@dataclass(frozen=True, slots=True)
class Decision:
    """What the hooks say of a new session."""

    admission: Admit | Refuse
    priority: Priority | None
    greeting: str | None
    route: Route


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens sessions as the hooks decide, and says good-bye at their end."""

    store: Store
    hooks: Hooks
    routing: Routing
    assignments: Assignments
    relay: Relay
    clock: Clock

    async def route(self, _: Delivery, payload: RouteSession) -> Done:
        """Ask whether the session opens, what greets the customer and who gets it; then make it so."""
        number = payload.session_number
        async with self.store.read() as work:
            session = await work.sessions.get(number)
            if session is None or session.state is not SessionState.OPENING:
                return Done()
            view = await work.conversations.view(session.conversation_id)
            message = await work.messages.get(payload.message_id)
        first = message.content if message and message.content else Text(session.subject)
        decision = await self._decide(session, view.live_chat, view.account, first)

        async def keep(work: UnitOfWork) -> None:
            await self._keep(work, number, decision)

        return Done(keep)

    async def farewell(self, _: Delivery, payload: SayFarewell) -> Done:
        """Ask for the last words and owe them to the customer."""
        async with self.store.read() as work:
            session = await work.sessions.get(payload.session_number)
            view = await work.conversations.view(payload.conversation_id)
        if session is None:
            return Done()
        words = await self.hooks.choose(
            "livechat_choose_farewell", str, session=session, live_chat=view.live_chat, customer=view.account
        )

        async def keep(work: UnitOfWork) -> None:
            now = await work.conversations.view(payload.conversation_id)
            if words:
                await self.relay.say(work, now, session, words, self.clock.now())
            await OperatorNames(self.relay.naming).leave(work, now, session.operator)

        return Done(keep)

    async def _decide(
        self, session: Session, live_chat: LiveChat, customer: Account, first: Content
    ) -> Decision:
        who = {"session": session, "live_chat": live_chat, "customer": customer}
        admission = await self.hooks.choose(
            "livechat_choose_admission", (Admit, Refuse), **who, first_message=first
        )
        if isinstance(admission, Refuse):
            return Decision(admission, None, None, OfferToGroup())
        priority, greeting, route = await asyncio.gather(
            self.hooks.choose("livechat_choose_priority", Priority, **who),
            self.hooks.choose("livechat_choose_greeting", str, **who),
            self.routing.choose(session, live_chat, customer),
        )
        return Decision(admission or Admit(), priority, greeting, route)

    async def _keep(self, work: UnitOfWork, number: int, decision: Decision) -> None:
        session = await work.sessions.get(number)
        if session is None or session.state is not SessionState.OPENING:
            return
        view = await work.conversations.view(session.conversation_id)
        if view.live_chat.deleted_at is not None:
            # Deleted by another writer while the customer wrote, who could not see this session to end it.
            words = wording.live_chat_closed(view.live_chat)
            await self.relay.say(work, view, session, words, self.clock.now())
            await self.assignments.close(work, view, session, reason=wording.LIVE_CHAT_DELETED)
            return
        if isinstance(decision.admission, Refuse):
            await self.assignments.close(work, view, session, reason="Refused.")
            await self.relay.tell_customer(work, view, decision.admission.words)
            return
        route = await self.routing.confirm(work, view, decision.route)
        waiting = offer(session, decision.priority, wording.routed(route))
        await work.sessions.save(waiting)
        if isinstance(route, AssignTo):
            await self._greet(work, view, session, decision)
            opened = await self.assignments.assign(work, view, waiting, route.user_id)
        else:
            opened = waiting
            await watch_waiting(work, view.live_chat, waiting)
            # First, since what is owed first is sent first: the operators wait for it, the customer has said what they had to.
            await work.outbox.add(session_lane(number), ShowCard(number))
            await self._greet(work, view, session, decision)
        work.after_commit(SessionOpened(opened, view.live_chat, view.account))

    async def _greet(
        self, work: UnitOfWork, view: ConversationView, session: Session, decision: Decision
    ) -> None:
        if decision.greeting:
            await self.relay.say(work, view, session, decision.greeting, self.clock.now())
