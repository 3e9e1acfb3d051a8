"""Who gets a new session: what the hooks say, and whether it can be (requirements S11, S16, S17)."""

from dataclasses import dataclass

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.apps import App
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.live_chats import DEFAULT_RULE, LiveChat
from livechat_plugin.core.routing import AssignTo, OfferToGroup, Route
from livechat_plugin.core.sessions import Session
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.availability import Availability
from livechat_plugin.services.customer_items import CustomerItems
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Routing:
    """Chooses the route of a new session.

    Whatever is wrong with the employee whom a rule names, the session is offered to the operators, and its record
    says why.
    """

    hooks: Hooks
    availability: Availability
    apps: AppCatalogue
    items: CustomerItems

    async def choose(self, session: Session, live_chat: LiveChat, customer: Account) -> Route:
        """Ask the hooks, and the homeserver how the account of the employee stands whom they name.

        Not to be called within a unit of work. What is in the database is looked at by `confirm`.
        """
        route = await self.hooks.choose(
            "livechat_choose_route",
            (OfferToGroup, AssignTo),
            session=session,
            live_chat=live_chat,
            customer=customer,
            account_app=await self._app(live_chat),
            item=await self.items.connected(live_chat, customer),
        )
        if route is None:
            is_default = live_chat.routing_rule == DEFAULT_RULE
            return OfferToGroup(None if is_default else wording.no_answer(live_chat.routing_rule))
        if isinstance(route, AssignTo):
            obstacle = await self.availability.account_obstacle(route.user_id, live_chat)
            if obstacle is not None:
                return OfferToGroup(wording.not_given(route, obstacle))
        return route

    async def confirm(self, work: UnitOfWork, view: ConversationView, route: Route) -> Route:
        """The route as it can be kept, in the unit of work that keeps it."""
        if isinstance(route, AssignTo):
            obstacle = await self._obstacle(work, view, route.user_id)
            if obstacle is not None:
                return OfferToGroup(wording.not_given(route, obstacle))
        return route

    async def _app(self, live_chat: LiveChat) -> App | None:
        if live_chat.account_app is None:
            return None
        try:
            return await self.apps.account_app(live_chat.account_app)
        except Refused as error:
            log.warning("the app that a live chat is bound to is not there", reason=str(error))
            return None

    async def _obstacle(self, work: UnitOfWork, view: ConversationView, user_id: str) -> str | None:
        groups = await work.groups.of(user_id)
        if not groups & {view.live_chat.operators, view.live_chat.supervisors}:
            log.warning("a rule names somebody who is not of the live chat", user_id=user_id)
            return wording.NOT_OF_THE_LIVE_CHAT
        if user_id == view.account.external_id:
            return wording.IS_THE_CUSTOMER
        return await self.availability.obstacle(work, user_id)
