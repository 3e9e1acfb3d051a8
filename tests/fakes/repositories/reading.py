from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from livechat_plugin.services.repositories.reading import UNREAD_COUNTED, ReadMark
from tests.fakes.stored import Repository, in_utc, must_exist


class FakeReading(Repository):
    async def advance(self, conversation_id: int, reader: str, message_id: int, at: datetime) -> bool:
        must_exist(self._all.conversations, conversation_id)
        before = self._all.read_marks.get((conversation_id, reader))
        if before is not None and before.message_id >= message_id:
            return False
        self._all.read_marks[conversation_id, reader] = ReadMark(reader, message_id, in_utc(at))
        return True

    async def follow(self, conversation_id: int, reader: str, message_id: int, at: datetime) -> None:
        await self.advance(conversation_id, reader, message_id, at)

    async def marks(self, conversation_id: int) -> Sequence[ReadMark]:
        found = [mark for (of, _), mark in self._all.read_marks.items() if of == conversation_id]
        return sorted(sorted(found, key=lambda m: m.reader), key=lambda m: m.at, reverse=True)

    async def marks_of(self, reader: str, conversations: Collection[int]) -> Mapping[int, ReadMark]:
        marks = self._all.read_marks
        return {of: marks[of, reader] for of in conversations if (of, reader) in marks}

    async def unread(self, reader: str, sessions: Collection[int]) -> Mapping[int, int]:
        counts = {number: self._unread(reader, number) for number in sessions}
        return {number: count for number, count in counts.items() if count}

    def _unread(self, reader: str, number: int) -> int:
        if number not in self._all.sessions:
            return 0
        mark = self._all.read_marks.get((self._all.sessions[number].conversation_id, reader))
        count = sum(
            message.session_number == number
            and message.id > (mark.message_id if mark else 0)
            and message.direction == "in"
            and message.content is not None
            and message.part_of is None
            for message in self._all.messages.values()
        )
        return min(count, UNREAD_COUNTED)
