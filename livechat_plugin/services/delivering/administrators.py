"""Telling the administrators what they must know, in a room of their own."""

from dataclasses import dataclass

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import Delivery, SayInRoom, TellAdministrators, room_lane
from livechat_plugin.services.delivering.introducing import introduce_bot
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, RoomPlan, Store
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AdministratorDelivery:
    """Keeps the administrators' room, and speaks in it."""

    store: Store
    homeserver: Homeserver
    naming: Naming
    roles: Roles

    async def tell(self, _: Delivery, payload: TellAdministrators) -> Done:
        """Say it where every administrator of this moment is, or is invited."""
        async with self.store.read() as work:
            administrators = await self.roles.all_administrators(work)
        bot = self.naming.bot
        await introduce_bot(self.homeserver, self.naming)
        room_id = await self.homeserver.create_room(
            RoomPlan(self.naming.administrators_alias, bot, *wording.ADMINISTRATORS_ROOM)
        )
        people = await self.homeserver.people(room_id, bot)
        for user_id in sorted(administrators - people.keys()):
            try:
                await self.homeserver.invite(room_id, bot, user_id)
            except HomeserverRefused as error:
                log.warning("an administrator cannot be invited", user=user_id, reason=str(error))
        for user_id in sorted(people.keys() - administrators):
            if people[user_id] != "ban" and not self.naming.is_ours(user_id):
                await self.homeserver.remove(room_id, bot, user_id, wording.NO_ADMINISTRATOR)

        async def keep(work: UnitOfWork) -> None:
            words = SayInRoom(room_id, bot, payload.body, payload.html, is_loud=True)
            await work.outbox.add(room_lane(room_id), words)

        return Done(keep)
