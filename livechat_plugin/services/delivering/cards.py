"""A session's card in the queue room: one event for each session, edited as its state changes."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Edit, Say, Target
from livechat_plugin.core.content import Text
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.session_names import session_name
from livechat_plugin.services.deliveries import Delivery, ShowCard
from livechat_plugin.services.delivering.not_made import not_made
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, Store


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
            raise not_made(view.live_chat, "the queue room")
        ghost = self.naming.live_chat(view.live_chat.slug)
        operator = (
            (await self.homeserver.profile(session.operator)).display_name if session.operator else None
        )
        name = session_name(session, view.live_chat, view.account)
        body, html = wording.card(session, view.account, name, operator)
        # An ordinary message, since clients notify nobody of notices; nor do they of edits.
        if session.card is not None:
            edit = Edit(Target(None, session.card), Text(body, html))
            await self.homeserver.act(room_id, ghost, edit, delivery.token)
            return Done()
        card = await self.homeserver.act(room_id, ghost, Say(Text(body, html)), delivery.token)
        # At once, since the first operator may react before this delivery is struck off.
        async with self.store.begin() as work:
            await work.sessions.set_card(number, card)
            await work.commit()
        await self.homeserver.react(room_id, ghost, card, wording.TAKE_REACTION, f"{delivery.token}-take")
        return Done()
