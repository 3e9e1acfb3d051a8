"""Whether employees work: who may be given sessions, and who may take them and answer (requirements E1, S17)."""

from dataclasses import dataclass

import structlog

from livechat_plugin.core.employees import (
    AccountState,
    obstacle_of_account,
    obstacle_to_getting,
    require_on_duty,
)
from livechat_plugin.core.errors import LivechatError
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.ports import Clock, Homeserver
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Availability:
    """Answers for everybody who gives sessions to employees."""

    clock: Clock
    homeserver: Homeserver
    naming: Naming

    async def obstacle(self, work: UnitOfWork, user_id: str) -> str | None:
        """Why a rule gives somebody no session, in words that follow their name: "is away"; None if it may.

        Only what they or an administrator said counts; how their account stands is asked of the homeserver, with
        `account_obstacle`, outside of units of work.
        """
        return obstacle_to_getting(await work.employees.hold(user_id, self.clock.now()), self.clock.now())

    async def require_on_duty(self, work: UnitOfWork, user_id: str) -> None:
        """Go on for those who may take sessions and answer: everybody but the offline and the disabled.

        Raises:
            NotOnDuty: they are either; the words tell the way out.
        """
        require_on_duty(await work.employees.hold(user_id, self.clock.now()))

    async def account_obstacle(self, user_id: str, live_chat: LiveChat) -> str | None:
        """Why somebody's account keeps them from getting a session; None if it does not, or if nobody knows.

        Asked of the homeserver at each assignment, so never inside a unit of work. Trouble with the answer holds
        up no session.
        """
        ghost = self.naming.live_chat(live_chat.slug)
        rooms = [room_id for room_id in (live_chat.queue_room, live_chat.space) if room_id is not None]
        try:
            state = await self.homeserver.account_state(user_id, ghost, rooms)
        except LivechatError as error:
            log.warning("the state of an account is not known", user_id=user_id, reason=str(error))
            state = AccountState.UNKNOWN
        return obstacle_of_account(state)
