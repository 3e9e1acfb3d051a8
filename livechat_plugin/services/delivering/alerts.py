"""Telling supervisors that a session waits for too long."""

from dataclasses import dataclass, replace
from datetime import timedelta

from livechat_plugin.core import wording
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.session_names import session_name
from livechat_plugin.core.sessions import Session, SessionState, note_alert
from livechat_plugin.services.deliveries import (
    AlertWaiting,
    Delivery,
    SayInRoom,
    ShowCard,
    room_lane,
    session_lane,
)
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.waiting import ALERTS_AT_MOST, owe_alert

MENTIONED_AT_MOST = 50
"""Supervisors who are notified by name; of many more the homeserver would refuse the message."""


@dataclass(frozen=True, slots=True)
class AlertDelivery:
    """Looks at a session when it has waited for as long as it may."""

    naming: Naming
    clock: Clock

    async def alert(self, _: Delivery, payload: AlertWaiting) -> Done:
        """Owe the news, the mark on the card and the next alert, if nobody has taken the session."""

        async def keep(work: UnitOfWork) -> None:
            session = await work.sessions.get(payload.session_number)
            if session is None:
                return
            view = await work.conversations.view(session.conversation_id)
            if not _waits(view.session, payload):
                return
            await work.sessions.save(note_alert(session))
            await work.outbox.add(session_lane(session.number), ShowCard(session.number))
            times, live_chat = payload.times + 1, view.live_chat
            if times < ALERTS_AT_MOST:
                await owe_alert(work, replace(payload, times=times), self.clock.now())
            room_id = live_chat.supervisors_room
            if room_id is None or live_chat.supervisors is None:
                return
            supervisors = sorted(await work.groups.members(live_chat.supervisors))[:MENTIONED_AT_MOST]
            minutes = int((self.clock.now() - payload.since) / timedelta(minutes=1))
            words = wording.waits_too_long(
                session, session_name(session, live_chat, view.account), minutes, supervisors
            )
            speaker = self.naming.live_chat(live_chat.slug)
            await work.outbox.add(
                room_lane(room_id), SayInRoom(room_id, speaker, *words, mentions=tuple(supervisors))
            )

        return Done(keep)


def _waits(session: Session | None, payload: AlertWaiting) -> bool:
    """Whether it is still the same wait that the alert is about."""
    return (
        session is not None
        and session.number == payload.session_number
        and session.state is SessionState.WAITING
        and session.waiting_since == payload.since
    )
