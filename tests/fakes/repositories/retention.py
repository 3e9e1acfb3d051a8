from dataclasses import replace
from datetime import datetime

from livechat_plugin.services.files_said import Said, uploader_of
from livechat_plugin.services.repositories.messages import Message
from livechat_plugin.services.repositories.retention import Expired
from tests.fakes.stored import Repository


class FakeRetention(Repository):
    async def messages(self, closed_before: datetime, after: int, limit: int) -> Expired:
        every = self._all
        found = [message for number, message in sorted(every.messages.items()) if number > after][:limit]
        old = [message for message in found if self._is_old(message, closed_before)]
        ids = {message.id for message in old}
        for message in list(every.messages.values()):
            if message.id in ids or message.part_of in ids:
                del every.messages[message.id]
        for message in old:
            if message.session_number is not None:
                session = every.sessions[message.session_number]
                every.sessions[session.number] = replace(
                    session, subject="", name=None, outcome=None, routing=None
                )
            for key, mark in list(every.read_marks.items()):
                if key[0] == message.conversation_id and mark.message_id <= message.id:
                    del every.read_marks[key]
        is_end = len(found) < limit or found[-1].at >= closed_before
        contents = [
            Said(message.id, uploader_of(message.direction, message.author), message.content)
            for message in old
            if message.content is not None
        ]
        return Expired(len(old), None if is_end else found[-1].id, contents)

    async def audit(self, before: datetime, limit: int) -> int:
        old = sorted((entry.at, entry.id) for entry in self._all.audit.values() if entry.at < before)[:limit]
        for _, number in old:
            del self._all.audit[number]
        return len(old)

    def _is_old(self, message: Message, closed_before: datetime) -> bool:
        if message.session_number is None:
            return message.at < closed_before
        closed_at = self._all.sessions[message.session_number].closed_at
        return closed_at is not None and closed_at < closed_before
