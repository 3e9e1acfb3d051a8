"""What employees write in the console: answers to customers, and notes for colleagues (requirements S18, E4).

An answer goes to the customer exactly as if it had been written in the session room: in the name that this live chat
shows (S5), veiled, in the order of the conversation. The session room shows it, too, told by the live chat's ghost, since
nobody but they themselves can write as somebody there.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Act, Edit, Redact, Say, Target
from livechat_plugin.core.content import Content, Media, MediaKind, Text, fit
from livechat_plugin.core.errors import Refused, SessionClosed
from livechat_plugin.core.sizes import size_in_words
from livechat_plugin.services.again import anew
from livechat_plugin.services.formatting import formatted
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.mirroring import CONTENT_LIMIT
from livechat_plugin.services.obstacles import is_gone, obstacle, off_duty
from livechat_plugin.services.people_names import PeopleNames
from livechat_plugin.services.ports import Clock, FileDetails, Homeserver, Store
from livechat_plugin.services.relay import Relay, note_answer
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Message
from livechat_plugin.services.session_pages import SessionPages, SessionSight
from livechat_plugin.services.unit_of_work import UnitOfWork

FILES_AT_MOST = 10
LONGEST_NAME = 60
LONGEST_NOTE = 10_000
LONGEST_ANSWER = 200_000
"""Characters; it arrives as several messages."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_KIND = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody attaches; its bytes are asked for when it is its turn."""

    name: str
    kind: str
    size: int
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody sends with one press.

    Attributes:
        token: made with the form; the same again sends nothing.
        is_note: whether it stays among employees.
    """

    token: str
    words: str = ""
    files: Sequence[Upload] = ()
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Writes, edits and takes back, for those who may; every method is a unit of work of its own."""

    store: Store
    homeserver: Homeserver
    clock: Clock
    relay: Relay
    pages: SessionPages
    names: PeopleNames
    gate: Gate

    async def send(self, by: str, number: int, draft: Draft) -> bool:
        """Answer the customer, or leave a note.

        Returns:
            Whether it was sent now; False if the same form had come before.

        Raises:
            Refused: it reaches nobody, or is too large; the words say why and what to do.
            HomeserverUnavailable: the files could not be uploaded; nothing was sent.
        """
        self._require_on()
        if not _TOKEN.fullmatch(draft.token):
            raise Refused(wording.ANSWER_TOO_OLD)
        words = draft.words.replace("\r\n", "\n").strip("\n")
        if not words.strip() and not draft.files:
            raise Refused(wording.NOTHING_WRITTEN)
        if draft.is_note and draft.files:
            raise Refused(wording.NOTES_ARE_WORDS)
        _require_short(words, is_note=draft.is_note)
        name = await self._name(by)
        contents: list[Content] = (
            [] if not words.strip() else [Text(words) if draft.is_note else formatted(words)]
        )
        contents += await self._uploaded(by, number, draft.files)

        async def send(work: UnitOfWork) -> bool:
            if not await work.inbox.mark_seen({f"console:{by}:{draft.token}"}, self.clock.now()):
                return False
            sight = await self.pages.look(work, by, number)
            if draft.is_note:
                await self._note(work, sight, words, name)
            else:
                await self._require_answering(work, sight)
                for content in contents:
                    await self._say(work, sight.view, by, name, fit(content, CONTENT_LIMIT))
                await note_answer(work, sight.view, self.clock.now())
            return True

        return await self._in_unit(send)

    async def edit(self, by: str, message_id: int, words: str) -> None:
        """Change what somebody wrote here, wherever it is shown.

        Raises:
            Refused: it is not theirs, or the new words reach the customer no more.
        """
        self._require_on()
        words = words.replace("\r\n", "\n").strip("\n")
        if not words.strip():
            raise Refused(wording.NOTHING_WRITTEN)
        name = await self._name(by)

        async def edit(work: UnitOfWork) -> bool:
            message, sight = await self._own(work, by, message_id)
            if message.written_in is None or not isinstance(message.content, Text):
                raise Refused(wording.NOT_YOURS_TO_CHANGE)
            _require_short(words, is_note=message.direction == "note")
            if message.direction == "note":
                await work.messages.change(message.id, Text(words), self.clock.now())
                await self._show(work, sight.view, Edit(_in_room(message), wording.as_note_by(name, words)))
                return True
            await self._require_answering(work, sight)
            await self._change(work, sight.view, message, fit(formatted(words), CONTENT_LIMIT), name)
            return True

        await self._in_unit(edit)

    async def take_back(self, by: str, message_id: int) -> str | None:
        """Delete what somebody wrote, wherever it is shown; also after the session, and while they are offline.

        Returns:
            What they should know: that the customer keeps it.

        Raises:
            Refused: it is not theirs.
        """
        self._require_on()
        told: list[str] = []

        async def take_back(work: UnitOfWork) -> bool:
            message, sight = await self._own(work, by, message_id)
            for part in (message, *await work.messages.parts(message.id)):
                await work.messages.change(part.id, None)
                if part.direction == "out":
                    await self._tell_customer(work, sight.view, Redact(_at_customer(part)), None, by)
                await self._show(work, sight.view, Redact(_in_room(part)))
            if message.direction == "out" and is_gone(sight.view):
                told[:] = [wording.customer_keeps(sight.view.account)]
            return True

        await self._in_unit(take_back)
        return told[0] if told else None

    async def largest_file(self) -> int | None:
        """Bytes of the largest file that can be sent; None if the homeserver does not say."""
        return await self.homeserver.largest_upload()

    async def _name(self, by: str) -> str:
        return (await self.names.one(by))[:LONGEST_NAME]

    def _require_on(self) -> None:
        if not self.gate.is_on:
            raise Refused(wording.SWITCHED_OFF_HERE)

    async def _require_answering(self, work: UnitOfWork, sight: SessionSight) -> None:
        """As in the session room: only who serves the open session and is on duty reaches the customer."""
        current = sight.view.session
        if current is not None and current.number != sight.session.number:
            raise SessionClosed(sight.session.number)
        why = obstacle(sight.view, sight.asker) or await off_duty(work, sight.asker, self.clock.now())
        if why is not None:
            raise Refused(why[0])

    async def _say(
        self, work: UnitOfWork, view: ConversationView, by: str, name: str, parts: Sequence[Content]
    ) -> None:
        first: int | None = None
        for part in parts:
            message_id = await self._keep(work, view, by, part, part_of=first)
            first = first or message_id
            await self._tell_customer(work, view, Say(part), message_id, by)
            await self._show(work, view, Say(_told(name, part)), message_id)

    async def _change(
        self, work: UnitOfWork, view: ConversationView, message: Message, new: Sequence[Content], name: str
    ) -> None:
        """Part by part, as an edit in the session room; surplus old parts go, further new ones follow."""
        by, old = message.author or "", [message, *await work.messages.parts(message.id)]
        for part, content in zip_longest(old, new):
            if part is None:
                further = await self._keep(work, view, by, content, part_of=message.id)
                await self._tell_customer(work, view, Say(content), further, by)
                await self._show(work, view, Say(_told(name, content)), further)
                continue
            await work.messages.change(part.id, content, self.clock.now())
            if content is None:
                await self._tell_customer(work, view, Redact(_at_customer(part)), None, by)
                await self._show(work, view, Redact(_in_room(part)))
            else:
                await self._tell_customer(work, view, Edit(_at_customer(part), content), None, by)
                await self._show(work, view, Edit(_in_room(part), _told(name, content)))

    async def _keep(
        self, work: UnitOfWork, view: ConversationView, by: str, content: Content, *, part_of: int | None
    ) -> int:
        return await work.messages.add(
            view.conversation.id,
            "out",
            self.clock.now(),
            session_number=view.session.number if view.session else None,
            author=by,
            content=content,
            part_of=part_of,
            written_in="console",
        )

    async def _note(self, work: UnitOfWork, sight: SessionSight, words: str, name: str) -> None:
        if not sight.can_note:
            raise Refused(wording.NO_NOTES_HERE)
        current = sight.view.session
        message_id = await work.messages.add(
            sight.view.conversation.id,
            "note",
            self.clock.now(),
            session_number=(current or sight.session).number,
            author=sight.asker,
            content=Text(words),
            written_in="console",
        )
        await self._show(work, sight.view, Say(wording.as_note_by(name, words)), message_id)

    async def _own(self, work: UnitOfWork, by: str, message_id: int) -> tuple[Message, SessionSight]:
        """What somebody wrote in a conversation that they may still see, or serve no more."""
        message = await self.pages.look_at_message(work, by, message_id)
        number = message.session_number
        latest = await work.sessions.latest(message.conversation_id, 1)
        sight = await self.pages.look(work, by, number if number is not None else latest[0].number)
        message = await work.messages.get(message_id) or message  # now that the conversation is locked
        is_own = message.author == by and message.direction in {"out", "note"} and message.part_of is None
        if not is_own or message.content is None:
            raise Refused(wording.NOT_YOURS_TO_DELETE)
        return message, sight

    async def _tell_customer(
        self, work: UnitOfWork, view: ConversationView, act: Act, message_id: int | None, by: str
    ) -> None:
        await self.relay.show_customer(work, view, act, message_id, None, by)

    async def _show(
        self, work: UnitOfWork, view: ConversationView, act: Act, message_id: int | None = None
    ) -> None:
        await self.relay.show_operators(work, view, act, message_id=message_id, as_customer=False)

    async def _uploaded(self, by: str, number: int, files: Sequence[Upload]) -> list[Content]:
        """The files in the homeserver, for those who may answer; sent they are later."""
        if not files:
            return []
        if len(files) > FILES_AT_MOST:
            raise Refused(wording.too_many_files(FILES_AT_MOST))
        most = await self.largest_file()
        for file in files:
            if most is not None and file.size > most:
                raise Refused(
                    wording.file_too_large(file.name, size_in_words(file.size), size_in_words(most))
                )
        async with self.store.read() as work:
            sight = await self.pages.look(work, by, number)
            await self._require_answering(work, sight)
        ghost = self.relay.naming.live_chat(sight.view.live_chat.slug)
        uploaded: list[Content] = []
        for file in files:
            data, kind = await file.read(), _kind(file.kind)
            url = await self.homeserver.upload_file(ghost, data, FileDetails(file.name, kind, len(data)))
            uploaded.append(Media(_sort(kind), url, file.name, info={"mimetype": kind, "size": len(data)}))
        return uploaded

    @anew
    async def _in_unit(self, act: Callable[[UnitOfWork], Awaitable[bool]]) -> bool:
        """Whether there was something to keep."""
        async with self.store.begin() as work:
            if is_new := await act(work):
                await work.commit()
            return is_new


def _told(name: str, content: Content) -> Content:
    """As the session room shows it; without formatting where that makes it too large for an event."""
    told = wording.as_told_by(name, content)
    is_too_large = isinstance(told, Text) and len(fit(told, CONTENT_LIMIT)) > 1
    return replace(told, html=None) if is_too_large and isinstance(told, Text) else told


def _at_customer(message: Message) -> Target:
    return Target(message.id, message.customer_event, message.speaker)


def _in_room(message: Message) -> Target:
    return Target(message.id, message.operators_event)


def _require_short(words: str, *, is_note: bool) -> None:
    most = LONGEST_NOTE if is_note else LONGEST_ANSWER
    if len(words) > most:
        raise Refused(wording.too_long(len(words), most))


def _kind(told: str) -> str:
    """The media type that a browser tells of a file, if it is one."""
    kind = told.partition(";")[0].strip().lower()
    return kind if _KIND.fullmatch(kind) else "application/octet-stream"


def _sort(kind: str) -> MediaKind:
    """As what a file is shown: a picture only if every client can show it."""
    if kind in _PICTURES:
        return "image"
    sort = kind.partition("/")[0]
    if sort == "audio":
        return "audio"
    return "video" if sort == "video" else "file"
