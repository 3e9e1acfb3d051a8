"""Asking those who store items, and keeping what follows in the commit that strikes the delivery off.

The hooks are asked with the delivery's token, so that one who is asked again after a crash makes no second item.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.apps import App, AppUnavailable, InvalidItem, Item, ItemNotFound
from livechat_plugin.core.domain_events import AccountLinked, MessageRegistered
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.item_requests import RequestState
from livechat_plugin.core.links import AccountLink
from livechat_plugin.hookcalls import Answer, Hooks
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.customer_information import CustomerInformationDesk
from livechat_plugin.services.customer_items import CustomerItems, believable
from livechat_plugin.services.deliveries import (
    Delivery,
    FindItems,
    ItemPayload,
    LinkAccount,
    RegisterItem,
    ShowCustomer,
    items_lane,
)
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Clock, Store
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

ATTEMPTS = 6
"""How often the place where an app is stored is asked that cannot be reached."""

PAUSE = timedelta(minutes=1)
"""Time between two attempts."""

SHOWN = 10
"""Items that a search shows."""


@dataclass(frozen=True, slots=True)
class ItemDelivery:
    """Makes the deliveries that are questions to the hooks that store items."""

    store: Store
    hooks: Hooks
    catalogue: AppCatalogue
    items: CustomerItems
    information: CustomerInformationDesk
    relay: Relay
    clock: Clock

    async def link(self, delivery: Delivery, payload: LinkAccount) -> Done:
        """Connect the customer; then keep the link, audit it, say it, announce it (requirement S19)."""
        view = await self._view(payload)
        try:
            app = await self.catalogue.account_app(payload.app)
        except Refused as error:
            return self._told(payload, f"{wording.NOT_CONNECTED}: {error}")
        answer = await self.hooks.ask(
            "livechat_choose_linked_item",
            Item,
            app=app,
            customer=view.account,
            item_id=payload.item_id,
            values=payload.values,
            author=payload.author,
            token=payload.token or delivery.token,
        )
        item = believable(answer.value, app)
        if item is None:
            return self._not_stored(delivery, payload, app, answer)
        return Done(lambda work: self._keep_link(work, payload, app, item))

    async def register(self, delivery: Delivery, payload: RegisterItem) -> Done:
        """Create the item; then keep the registration, audit it, say it, announce it (requirement S20)."""
        view = await self._view(payload)
        async with self.store.read() as work:
            session = await work.sessions.get(payload.session_number)
        try:
            app = await self.catalogue.message_app(payload.app)
        except Refused as error:
            return self._told(payload, f"{wording.NOT_REGISTERED}: {error}")
        answer = await self.hooks.ask(
            "livechat_choose_registered_item",
            Item,
            app=app,
            session=session,
            customer=view.account,
            values=payload.values,
            author=payload.author,
            token=payload.token or delivery.token,
        )
        item = believable(answer.value, app)
        if item is None:
            return self._not_stored(delivery, payload, app, answer)
        return Done(lambda work: self._keep_registration(work, payload, app, item))

    async def find(self, delivery: Delivery, payload: FindItems) -> Done:
        """Search, and say what was found."""
        try:
            app = await self.catalogue.account_app(payload.app)
        except Refused as error:
            return self._told(payload, f"{wording.NOT_FOUND}: {error}")
        answer = await self.items.find(app, payload.query)
        if answer.value is None:
            return self._not_stored(delivery, payload, app, answer)
        return self._told(payload, *wording.found_items(app, payload.query, answer.value[:SHOWN], SHOWN))

    async def show_customer(self, _: Delivery, payload: ShowCustomer) -> Done:
        """Say what is known of the customer."""
        about = await self.information.about(payload.conversation_id)
        return self._told(payload, *wording.customer_information(about))

    async def _keep_link(self, work: UnitOfWork, payload: LinkAccount, app: App, item: Item) -> None:
        view = await work.conversations.view(payload.conversation_id)
        if await self._is_gone(work, payload, item):
            return
        now = self.clock.now()
        link = AccountLink(view.account.id, app.key, item.id, item.title, item.link, payload.author, now)
        await work.links.set(link)
        await work.audit.add(
            now,
            payload.author,
            "account.linked",
            view.account.external_id,
            live_chat=view.live_chat.slug,
            app=app.key,
            item=item.id,
        )
        words = wording.account_linked(view.account, item, app, payload.author)
        await self._tell(work, view, payload, *words)
        await _answer(work, payload, RequestState.DONE, wording.connected(view.account, item))
        work.after_commit(AccountLinked(item, view.account, view.live_chat))

    async def _keep_registration(self, work: UnitOfWork, payload: RegisterItem, app: App, item: Item) -> None:
        view = await work.conversations.view(payload.conversation_id)
        if await self._is_gone(work, payload, item):
            return
        session = await work.sessions.get(payload.session_number)
        now = self.clock.now()
        is_new = await work.registrations.add(
            payload.session_number, view.account.id, item, payload.author, now
        )
        if not is_new or session is None:
            before = wording.registered_before(item, app)
            await self._tell(work, view, payload, before)
            await _answer(work, payload, RequestState.DONE, before)
            return
        await work.audit.add(
            now,
            payload.author,
            "message.registered",
            f"#{payload.session_number}",
            live_chat=view.live_chat.slug,
            app=app.key,
            item=item.id,
        )
        await self._tell(work, view, payload, *wording.message_registered(item, app, payload.author))
        await _answer(work, payload, RequestState.DONE, wording.registered(item, app))
        work.after_commit(MessageRegistered(item, session, view.account))

    async def _is_gone(self, work: UnitOfWork, payload: LinkAccount | RegisterItem, item: Item) -> bool:
        """Whether an item of ours was deleted after the hook answered with it; then the person is told."""
        is_ours = await work.apps.get(item.app) is not None
        if not is_ours or await work.items.hold(item.app, item.id) is not None:
            return False
        told = self._told(payload, f"{_WHAT[type(payload)]}: {ItemNotFound(item.app, item.id)}")
        if told.effects is not None:
            await told.effects(work)
        return True

    def _not_stored(
        self,
        delivery: Delivery,
        payload: LinkAccount | RegisterItem | FindItems,
        app: App,
        answer: Answer[Any],
    ) -> Done:
        """Nothing is kept; the person is told why, and if it is worth it, it is attempted again."""
        what = _WHAT[type(payload)]
        if isinstance(answer.refusal, InvalidItem):
            errors = answer.refusal.errors
            return self._told(payload, *wording.item_refused(what, app, errors), errors=errors)
        if isinstance(answer.refusal, AppUnavailable):
            if isinstance(payload, FindItems) or payload.attempt >= ATTEMPTS:
                return self._told(payload, wording.app_away(what, app, answer.refusal.reason, None))
            again = replace(payload, token=payload.token or delivery.token, attempt=payload.attempt + 1)
            return Done(lambda work: self._keep_trying(work, again, app, str(answer.refusal)))
        if answer.has_failed or answer.value is not None:
            return self._told(payload, wording.app_failed(what, app))
        return self._told(payload, wording.app_unstored(what, app))

    async def _keep_trying(
        self, work: UnitOfWork, again: LinkAccount | RegisterItem, app: App, reason: str
    ) -> None:
        lane = items_lane(again.conversation_id)
        await work.outbox.add(lane, again, self.clock.now() + PAUSE)
        if again.attempt == 2:  # the first one has just failed
            view = await work.conversations.view(again.conversation_id)
            minutes = (ATTEMPTS - 1) * int(PAUSE.total_seconds()) // 60
            words = wording.app_away(_WHAT[type(again)], app, reason, minutes)
            await self._tell(work, view, again, words)
            await _answer(work, again, RequestState.OWED, words)

    def _told(
        self,
        payload: ItemPayload,
        text: str,
        html: str | None = None,
        *,
        errors: Mapping[str, str] | None = None,
    ) -> Done:
        """It ends with these words: where it was asked for, and in the room unless a page has just asked."""

        async def keep(work: UnitOfWork) -> None:
            if isinstance(payload, LinkAccount | RegisterItem):
                await _answer(work, payload, RequestState.REFUSED, text, errors)
                if payload.request is not None and payload.attempt == 1:
                    return
            view = await work.conversations.view(payload.conversation_id)
            await self._tell(work, view, payload, text, html)

        return Done(keep)

    async def _tell(
        self,
        work: UnitOfWork,
        view: ConversationView,
        payload: ItemPayload,
        text: str,
        html: str | None = None,
    ) -> None:
        await self.relay.tell_operators(work, view, text, html, payload.answer_to)

    async def _view(self, payload: ItemPayload) -> ConversationView:
        async with self.store.read() as work:
            return await work.conversations.view(payload.conversation_id)


async def _answer(
    work: UnitOfWork,
    payload: LinkAccount | RegisterItem,
    state: RequestState,
    told: str,
    errors: Mapping[str, str] | None = None,
) -> None:
    """Keep the outcome for the page where it was asked for."""
    if payload.request is not None:
        await work.item_requests.answer(payload.request, state, told, errors)


_WHAT: Mapping[type[object], str] = {
    LinkAccount: wording.NOT_CONNECTED,
    RegisterItem: wording.NOT_REGISTERED,
    FindItems: wording.NOT_FOUND,
}
