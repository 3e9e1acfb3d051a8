"""Seeing to it that supervisors learn of a session that waits for too long (issue 3, supervisors)."""

from datetime import datetime, timedelta

from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.deliveries import AlertWaiting, waiting_lane
from livechat_plugin.services.unit_of_work import UnitOfWork

ALERTS_AT_MOST = 3
"""How often the supervisors are told of the same wait."""


async def watch_waiting(work: UnitOfWork, live_chat: LiveChat, session: Session) -> None:
    """Owe the supervisors an alert for a session that has just come into the queue, if the live chat has one set.

    The setting counts as it stands now: a change of it concerns those that come into the queue later.
    """
    if live_chat.waiting_alert > 0 and session.waiting_since is not None:
        alert = AlertWaiting(session.number, session.waiting_since, live_chat.waiting_alert)
        await owe_alert(work, alert, session.waiting_since)


async def owe_alert(work: UnitOfWork, alert: AlertWaiting, last: datetime) -> None:
    """Due when the session has waited since `last` for as long as it may."""
    lane = waiting_lane(alert.session_number)
    await work.outbox.add(lane, alert, last + timedelta(minutes=alert.minutes))
