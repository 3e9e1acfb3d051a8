"""A session's card in the queue room: one event for each session, edited as its state changes."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.errors import HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import Delivery, ShowCard
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, Store
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CardDelivery:
    """Posts cards and brings them up to date."""

    store: Store
    homeserver: Homeserver
    naming: Naming

    async def show(self, delivery: Delivery, payload: ShowCard) -> Done:
        """Show the session as it stands now, which may be further than when this was owed."""
        number = payload.session_number
        async with self.store.read() as work:
            session = await work.sessions.get(number)
            if session is None:
                return Done()
            view = await work.conversations.view(session.conversation_id)
        room_id = view.live_chat.queue_room
        if room_id is None:
            raise HomeserverUnavailable("the live chat is still being set up")
        ghost = self.naming.live_chat(view.live_chat.slug)
        body, html = wording.card(session, view.account)
        if session.card is not None:
            await self.homeserver.replace_notice(room_id, ghost, session.card, body, html, delivery.token)
            return Done()
        card = await self.homeserver.notice(room_id, ghost, body, delivery.token, html=html)
        token = f"{delivery.token}-take"
        await self.homeserver.react(room_id, ghost, card, wording.TAKE_REACTION, token)

        async def keep(work: UnitOfWork) -> None:
            await work.sessions.set_card(number, card)

        return Done(keep)
