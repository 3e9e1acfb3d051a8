"""Everything that one side of a conversation can send, and how one knows it again on the other side."""

import base64
import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from livechat_plugin.demo.person import Person, Predicate, RoomEvent

PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
VOICE: Final = "org.matrix.msc3245.voice"
HTML: Final = "org.matrix.custom.html"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message: what is sent, and which keys must be the same in the other side's copy."""

    name: str
    content: Mapping[str, Any]
    same: tuple[str, ...] = ()
    type: str = "m.room.message"

    def is_copied_in(self, event: RoomEvent) -> bool:
        """Whether the event is the copy."""
        content = event["content"]
        return event["type"] == self.type and all(
            content.get(key) == self.content.get(key) for key in (*self.same, "msgtype", "body")
        )

    def in_thread(self, root: str) -> "Kind":
        """The same in a thread, whose copy is none."""
        answered = {"m.in_reply_to": {"event_id": root}, "is_falling_back": True}
        thread = {"rel_type": "m.thread", "event_id": root, **answered}
        return replace(self, content={**self.content, "m.relates_to": thread})


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it was sent, and its copy as the other side sees it."""

    event_id: str
    kind: Kind
    copy: RoomEvent

    @property
    def original(self) -> RoomEvent:
        """What was sent, in the form of an event."""
        return {"type": self.kind.type, "content": self.kind.content}


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of a conversation.

    Attributes:
        writer: who acts, in `writers_room`.
        reader: who sees it, in `readers_room`, as done by the Matrix user `speaker`.
        began: when this conversation began, in milliseconds; what is older belongs to an earlier one.
    """

    writer: Person
    writers_room: str
    reader: Person
    readers_room: str
    speaker: str
    began: int

    @property
    def reader_name(self) -> str:
        """The first part of the reader's Matrix id."""
        return self.reader.user_id[1:].partition(":")[0]

    async def sees(self, predicate: Predicate) -> RoomEvent:
        """The event that satisfies the predicate, as the reader sees it."""
        return await self.reader.wait_for(
            self.readers_room,
            lambda event: (
                event["origin_server_ts"] >= self.began
                and event["sender"] == self.speaker
                and predicate(event)
            ),
        )

    async def send(self, kind: Kind) -> Said:
        """Send a message, and wait until the reader sees it."""
        event_id = await self.writer.send(self.writers_room, dict(kind.content), kind.type)
        return Said(event_id, kind, await self.sees(kind.is_copied_in))

    async def upload(self) -> dict[str, str]:
        """Upload a file of each sort; returns the addresses by the sort's name."""
        # The plugin never looks into a file, and neither does the homeserver: the film is only called one.
        files = {
            "image": (PIXEL, "image/png"),
            "file": (b"Model: Inferno 3000\n", "text/plain"),
            "sound": (_silence(), "audio/wav"),
            "video": (b"a short film", "video/mp4"),
        }
        return {name: await self.writer.upload(data, mime, name) for name, (data, mime) in files.items()}


def plain(body: str) -> Kind:
    """A plain text message."""
    return Kind("text", {"msgtype": "m.text", "body": body})


def kinds(files: Mapping[str, str], words: Mapping[str, str]) -> list[Kind]:
    """Every kind of message that stands for itself.

    Args:
        files: addresses as from `Way.upload`.
        words: what is said, by the kind's name.
    """
    picture = {"mimetype": "image/png", "w": 1, "h": 1, "size": len(PIXEL)}
    sound = {"mimetype": "audio/wav", "duration": 1000}
    formatted = {"format": HTML, "formatted_body": words["formatted text"]}
    plain_text = words["formatted text"].replace("<b>", "").replace("</b>", "")

    def media(name: str, msgtype: str, file: str, info: Mapping[str, Any], **more: Any) -> Kind:
        content = {"msgtype": msgtype, "body": words[name], "url": files[file], "info": info, **more}
        return Kind(name, content, ("url", "info", *more))

    return [
        Kind("formatted text", {"msgtype": "m.text", "body": plain_text, **formatted}, tuple(formatted)),
        Kind("emote", {"msgtype": "m.emote", "body": words["emote"]}),
        media("image", "m.image", "image", picture),
        media("image with a caption", "m.image", "image", picture, filename="printer.png"),
        media("file", "m.file", "file", {"mimetype": "text/plain", "size": 20}),
        media("audio", "m.audio", "sound", sound),
        media("voice message", "m.audio", "sound", sound, **{VOICE: {}}),
        media("video", "m.video", "video", {"mimetype": "video/mp4", "w": 640, "h": 360, "duration": 2000}),
        Kind(
            "sticker",
            {"body": words["sticker"], "url": files["image"], "info": picture},
            ("url", "info"),
            "m.sticker",
        ),
        Kind(
            "location",
            {"msgtype": "m.location", "body": words["location"], "geo_uri": "geo:48.2082,16.3738"},
            ("geo_uri",),
        ),
    ]


def _silence() -> bytes:
    """A second of it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000)
    return file.getvalue()
