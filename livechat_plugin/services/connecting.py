"""Connecting customers to items, and registering items from sessions (requirements S19, S20).

What is asked for is checked here and owed; the hooks that store items are asked when the delivery's turn comes.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livechat_plugin.core.apps import App, AppNotFound, Field
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.item_requests import ItemRequest
from livechat_plugin.core.links import AppNotChosen, NoAccountApp, NotConnected, NotServing
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.deliveries import (
    APPS_LANE,
    FindItems,
    LinkAccount,
    RefreshApps,
    RegisterItem,
    ShowCustomer,
    items_lane,
)
from livechat_plugin.services.items import check_values
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

LONGEST_QUERY = 200
LONGEST_ID = 255


def asked_fields(app: App) -> tuple[Field, ...]:
    """The fields that people fill in: all but the Account field, which the plugin fills in."""
    account = app.account_field()
    return tuple(field for field in app.fields if field is not account)


@dataclass(frozen=True, slots=True)
class Connecting:
    """The use cases of those who serve a session, on its customer's data.

    Each refuses whoever neither serves the session nor is a supervisor of the live chat (`NotServing`). The outcome
    is said in the session room; `answer_to` is the event that it answers. What was asked for in a page comes with
    the token of its form as `request`, under which the outcome is kept for that page; the same token again changes
    nothing.
    """

    roles: Roles
    catalogue: AppCatalogue
    clock: Clock

    async def connect_new(
        self,
        work: UnitOfWork,
        view: ConversationView,
        actor: str,
        values: Mapping[str, Any],
        answer_to: str | None = None,
        request: str | None = None,
    ) -> None:
        """Owe the connection of the customer to a new item of the bound app.

        Raises:
            NoAccountApp: the live chat is bound to none.
            AppNotFound: no hook offers it.
            InvalidItem: values are wrong, each with its reason.
        """
        key = await self.to_be_connected(work, view, actor)
        app = await self._known(work, self.catalogue.known_account_app, key)
        checked = check_values(asked_fields(app), values)
        owed = LinkAccount(view.conversation.id, app.key, None, checked, actor, answer_to)
        await self._owe(work, view, owed, request)

    async def connect_to(
        self,
        work: UnitOfWork,
        view: ConversationView,
        actor: str,
        item_id: str,
        answer_to: str | None = None,
        request: str | None = None,
    ) -> None:
        """Owe the connection of the customer to an item of the bound app that exists.

        Raises:
            NoAccountApp: the live chat is bound to none.
            Refused: it cannot be an item's id.
        """
        app = await self.to_be_connected(work, view, actor)
        if not item_id or len(item_id) > LONGEST_ID:
            raise Refused("item: write the number that the search shows, as in !connect #17")
        owed = LinkAccount(view.conversation.id, app, item_id, {}, actor, answer_to)
        await self._owe(work, view, owed, request)

    async def find(
        self, work: UnitOfWork, view: ConversationView, actor: str, query: str, answer_to: str | None = None
    ) -> None:
        """Owe a search among the items of the bound app.

        Raises:
            NoAccountApp: the live chat is bound to none.
            Refused: there is nothing to search for.
        """
        app = await self.to_be_connected(work, view, actor)
        query = " ".join(query.split())[:LONGEST_QUERY]
        if not query:
            raise Refused("Search for what? Write, for example, !connect find carla.")
        await work.outbox.add(
            items_lane(view.conversation.id), FindItems(view.conversation.id, app, query, answer_to)
        )

    async def register(
        self,
        work: UnitOfWork,
        view: ConversationView,
        actor: str,
        app_key: str,
        values: Mapping[str, Any],
        answer_to: str | None = None,
        request: str | None = None,
    ) -> None:
        """Owe the creation of an item from the open session.

        Raises:
            NotConnected: the customer is not connected to an item yet (requirement S20).
            AppNotChosen: the live chat registers no items of this app.
            AppNotFound: no hook offers it.
            InvalidItem: values are wrong, each with its reason.
        """
        session = await self.to_be_registered(work, view, actor, app_key)
        app = await self._known(work, self.catalogue.known_message_app, app_key)
        checked = check_values(asked_fields(app), values)
        owed = RegisterItem(view.conversation.id, session.number, app.key, checked, actor, answer_to)
        await self._owe(work, view, owed, request)

    async def show_customer(
        self, work: UnitOfWork, view: ConversationView, actor: str, answer_to: str | None = None
    ) -> None:
        """Owe the Customer Information (requirement S18).

        Raises:
            NotAnOperator: they are neither operator nor supervisor of the live chat.
        """
        session = view.session
        if not (session is not None and session.is_served_by(actor)) and not await self.roles.is_supervisor(
            work, view.live_chat, actor
        ):
            await self.roles.require_operator(work, view.live_chat, actor)
        await work.outbox.add(items_lane(view.conversation.id), ShowCustomer(view.conversation.id, answer_to))

    async def outcome(self, work: UnitOfWork, actor: str, request: str) -> ItemRequest | None:
        """What became of what somebody asked for in a page; None if they did not, or long ago."""
        return await work.item_requests.get(_digest(request), actor)

    async def require_serving(self, work: UnitOfWork, view: ConversationView, actor: str) -> Session:
        """The open session, for who serves it and for supervisors.

        Raises:
            Refused: no session is open.
            NotServing: they are neither.
        """
        if view.session is None:
            raise Refused("No session is open here. It opens again when the customer writes.")
        if view.session.is_served_by(actor) or await self.roles.is_supervisor(work, view.live_chat, actor):
            return view.session
        raise NotServing(view.session.number)

    async def to_be_connected(self, work: UnitOfWork, view: ConversationView, actor: str) -> str:
        """Key of the app whose items customers are connected to, for those who may connect them.

        Raises:
            NoAccountApp: the live chat is bound to none.
        """
        await self.require_serving(work, view, actor)
        return bound_app(view.live_chat)

    async def to_be_registered(
        self, work: UnitOfWork, view: ConversationView, actor: str, app_key: str
    ) -> Session:
        """The open session, if items of this app can be registered from it now.

        Raises:
            NotConnected: the customer is not connected to an item yet (requirement S20).
            AppNotChosen: the live chat registers no items of this app.
        """
        session = await self.require_serving(work, view, actor)
        if await work.links.get(view.account.id, bound_app(view.live_chat)) is None:
            raise NotConnected(view.account.display_name)
        if app_key not in view.live_chat.message_apps:
            raise AppNotChosen(app_key, view.live_chat.name, view.live_chat.message_apps)
        return session

    def message_apps(self, live_chat: LiveChat) -> Sequence[App]:
        """The apps whose items are registered from this live chat's sessions, as far as a hook offers them."""
        known = self.catalogue.known.message
        return [known[key] for key in live_chat.message_apps if key in known]

    async def _owe(
        self, work: UnitOfWork, view: ConversationView, owed: LinkAccount | RegisterItem, request: str | None
    ) -> None:
        """Owe it; once, if it comes from a form."""
        if request:
            owed = replace(owed, request=_digest(request))
            asked = ItemRequest(
                _digest(request),
                owed.author,
                view.conversation.id,
                view.account.id,
                owed.app,
                self.clock.now(),
                owed.session_number if isinstance(owed, RegisterItem) else None,
                owed.item_id if isinstance(owed, LinkAccount) else None,
                owed.values,
            )
            if not await work.item_requests.add(asked):
                return
        await work.outbox.add(items_lane(view.conversation.id), owed)

    async def _known(self, work: UnitOfWork, find: Callable[[str], App], key: str) -> App:
        try:
            return find(key)
        except AppNotFound:
            # It may have been made a moment ago, by another process.
            await work.outbox.add(APPS_LANE, RefreshApps())
            raise


def _digest(request: str) -> str:
    """The token of a form as it is kept: of one length, whatever was sent."""
    return hashlib.sha256(request.encode(errors="replace")).hexdigest()


def bound_app(live_chat: LiveChat) -> str:
    """Key of the app that a live chat is bound to.

    Raises:
        NoAccountApp: it is bound to none.
    """
    if live_chat.account_app is None:
        raise NoAccountApp(live_chat.name)
    return live_chat.account_app
