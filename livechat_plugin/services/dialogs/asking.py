"""Beginning a dialog, answering and ending it: what happens of it while somebody's message is handled.

What follows from an answer is a delivery, because hooks may be asked for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from livechat_plugin.core.content import Content, Media, Text
from livechat_plugin.services.deliveries import ContinueDialog, dialog_lane
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.room_events import MessageSent
from livechat_plugin.services.unit_of_work import UnitOfWork

OPEN_FOR = timedelta(days=1)
"""How long a question stays open; what is written later is no answer to it."""


@dataclass(frozen=True, slots=True)
class Dialogs:
    """The forms that people are filling in."""

    async def begin(
        self,
        work: UnitOfWork,
        event: MessageSent,
        form: str,
        given: Mapping[str, str] | None = None,
        context: Mapping[str, Any] | None = None,
        *,
        asks_all: bool | None = None,
    ) -> None:
        """Begin a form with whoever wrote the message, in its room, in place of another one there.

        Args:
            work: the unit of work in which the message is handled.
            event: the message.
            form: the form's name.
            given: answers that were written with the command already, by field key or label.
            context: what the form is about; as JSON can hold it.
            asks_all: whether what is not required is asked too; if nothing is said, when no answer is given.
        """
        answers = dict(given or {})
        is_guided = not answers if asks_all is None else asks_all
        await work.dialogs.keep(
            Dialog(
                event.room_id, event.sender, form, event.at, dict(context or {}), answers, asks_all=is_guided
            )
        )
        await self._go_on(work, event, None)

    async def is_open(self, work: UnitOfWork, event: MessageSent) -> bool:
        """Whether whoever wrote the message is being asked something in its room."""
        dialog = await work.dialogs.get(event.room_id, event.sender)
        return dialog is not None and event.at - dialog.at < OPEN_FOR

    async def answer(self, work: UnitOfWork, event: MessageSent, answer: str) -> bool:
        """Take an answer to the open question; False if nothing is asked."""
        dialog = await work.dialogs.get(event.room_id, event.sender)
        if dialog is None or event.at - dialog.at >= OPEN_FOR:
            return False
        await work.dialogs.keep(replace(dialog, at=max(dialog.at, event.at)))
        await self._go_on(work, event, answer)
        return True

    async def cancel(self, work: UnitOfWork, room_id: str, user_id: str) -> bool:
        """End it, nothing is done; False if nothing is asked."""
        return await work.dialogs.end(room_id, user_id)

    async def _go_on(self, work: UnitOfWork, event: MessageSent, answer: str | None) -> None:
        go_on = ContinueDialog(event.room_id, event.sender, event.event_id, answer)
        await work.outbox.add(dialog_lane(event.room_id, event.sender), go_on)


def answer_in(content: Content) -> str:
    """What a message answers: its words, or the address of its file."""
    match content:
        case Text(body=body):
            return body
        case Media(url=str(url)):
            return url
        case _:
            return ""
