"""Sending links into the console."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import Delivery, SendSignInLink
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, Store
from livechat_plugin.services.signing_in import SigningIn


@dataclass(frozen=True, slots=True)
class SignInDelivery:
    """Answers `!console`; done again, it sends the same link."""

    store: Store
    homeserver: Homeserver
    naming: Naming
    signing_in: SigningIn

    async def send(self, delivery: Delivery, payload: SendSignInLink) -> Done:
        """Send the link, if nobody else reads the room: whoever has it could sign in as them."""
        text, html = await self._words(delivery, payload)
        await self.homeserver.notice(
            payload.room_id,
            self.naming.bot,
            text,
            delivery.token,
            html=html,
            reply_to=payload.event_id,
            mentions=(payload.user_id,),
        )
        return Done()

    async def _words(self, delivery: Delivery, payload: SendSignInLink) -> tuple[str, str | None]:
        people = await self.homeserver.people(payload.room_id, self.naming.bot)
        for user_id, membership in people.items():
            is_other = user_id != payload.user_id and not self.naming.is_ours(user_id)
            if is_other and membership != "ban":
                return wording.console_needs_direct_chat(self.naming.bot)
        async with self.store.begin() as work:
            try:
                link = await self.signing_in.make_link(work, payload.user_id, delivery.token)
            except Refused as error:
                return str(error), None
            await work.commit()
        return wording.sign_in_link(link)
