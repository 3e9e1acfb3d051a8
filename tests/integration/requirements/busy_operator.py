"""An operator who does in a session room whatever a client can do, telling who they are in every place for it."""

import base64
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from livechat_plugin.demo.both_ways import PIXEL
from livechat_plugin.demo.person import ClientFailed, Person

HTML = "org.matrix.custom.html"


@dataclass
class BusyOperator:
    """Somebody with a name that stands nowhere else.

    Attributes:
        markers: a word of each message; the customer has seen it all when they have seen these.
    """

    person: Person
    display_name: str
    avatar: str
    colleague: str
    number: int
    markers: list[str] = field(default_factory=list)

    @property
    def localpart(self) -> str:
        return self.person.user_id[1:].partition(":")[0]

    @property
    def traces(self) -> tuple[str, ...]:
        """What would tell of them: id, first part of it, names, picture."""
        return (
            self.person.user_id,
            self.localpart,
            self.display_name,
            *self.display_name.split(),
            self.avatar.rpartition("/")[2],
        )

    @property
    def pill(self) -> str:
        return f'<a href="https://matrix.to/#/{self.person.user_id}">{self.display_name}</a>'

    async def do_everything(self, room: str, seen: str) -> list[str]:
        """All of it; `seen` is the copy of something that the customer said. Returns the messages' ids."""
        said = await self._write(room, seen)
        await self._change(room, seen, said)
        await self._send_files(room)
        await self._send_oddities(room)
        await self._signal(room, seen)
        await self._slip(room)
        return said

    def _mark(self) -> str:
        self.markers.append(f"mark{self.number}x{len(self.markers):02}end")
        return self.markers[-1]

    async def _write(self, room: str, seen: str) -> list[str]:
        me, name, you = self.person.user_id, self.display_name, self.colleague
        quote = f"<mx-reply><blockquote>In reply to {self.pill}<br>{name}</blockquote></mx-reply>"
        mark = self._mark
        own = await self.person.send(room, _text(f"{me} speaking, https://matrix.to/#/{me} {mark()}"))
        contents: list[dict[str, Any]] = [
            _text(f"{name}: pill {mark()}", f"{self.pill}: pill {self.markers[-1]}") | _mentions(me),
            _text(f"{name}: old pill {mark()}", f"<b>{self.pill}</b>: old pill {self.markers[-1]}"),
            _text(f"{self.localpart}: no link {mark()}") | _mentions(me),
            _text(f"ask {you} {mark()}", f'ask <a href="matrix:u/{you[1:]}">{you}</a> {self.markers[-1]}'),
            _text(f"link {mark()}", f'<a href="https://app.example/#/user/{me}">x</a> {self.markers[-1]}'),
            _text(
                f"in tags {mark()}", f'<span title="{me}" data-mx-spoiler="{me}">{self.markers[-1]}</span>'
            ),
            _text(
                f"in pieces {mark()}", f"@{self.localpart}:<i>{me.partition(':')[2]}</i> {self.markers[-1]}"
            ),
            _text(f"picture {mark()}", f'<img src="{self.avatar}" alt="me"> {self.markers[-1]}'),
            _text(f"> <{me}> {name}\n\nquoting myself {mark()}", f"{quote}quoting myself {self.markers[-1]}")
            | _reply(own),
            _text(f"> <{me}> {name}\n\nquoting you {mark()}", f"{quote}quoting you {self.markers[-1]}")
            | _reply(seen)
            | _mentions(me),
            _text(f"> <{me}> x\n\nin a thread {mark()}")
            | {
                "m.relates_to": {
                    "rel_type": "m.thread",
                    "event_id": own,
                    "is_falling_back": True,
                    **_in_reply(own),
                }
            },
            {"msgtype": "m.emote", "body": f"{me} waves {mark()}"},
            {"msgtype": "m.notice", "body": f"{me} notices {mark()}"},
            {"msgtype": "org.example.odd", "body": f"{me} is odd {mark()}", "org.example.author": name},
            _text(f"keys {mark()}")
            | {
                "org.example.author": me,
                "com.beeper.per_message_profile": {"id": me, "displayname": name, "avatar_url": self.avatar},
                "m.relates_to": {"org.example.by": me},
            },
        ]
        return [own, *[await self.person.send(room, content) for content in contents]]

    async def _change(self, room: str, seen: str, said: list[str]) -> None:
        me, name = self.person.user_id, self.display_name
        edit = _text(f"> <{me}> {name}\n\nedited by {me} {self._mark()}", f"edited by {self.pill}")
        replaced = {"rel_type": "m.replace", "event_id": said[1]}
        await self.person.send(
            room, _text(f"* {name}", f"* {self.pill}") | {"m.new_content": edit, "m.relates_to": replaced}
        )
        await self.person.react(room, seen, "👍")
        reaction = await self.person.react(room, seen, f"{me}")
        await self.person.redact(room, reaction, f"{name} takes it back")
        await self.person.redact(room, said[2], f"deleted by {name}")

    async def _send_files(self, room: str) -> None:
        me, name = self.person.user_id, self.display_name
        first = name.split()[0]
        end = PIXEL.index(b"IEND") - 4
        texts = chunk(b"tEXt", f"Author\0{name} {me}".encode())
        image = await self.person.upload(
            PIXEL[:end] + texts + PIXEL[end:], "image/png", f"{first}s iPhone {self.localpart}.png"
        )
        text = await self.person.upload(b"nothing in it", "text/plain", f"report by {name}.txt")
        info = {
            "mimetype": f"image/png; name={first}.png",
            "size": len(PIXEL),
            "w": 1,
            "h": 1,
            "thumbnail_url": image,
            "thumbnail_info": {"mimetype": f"image/png; by={name}", "by": me},
            "xyz.amorgan.blurhash": f"by {name}",
            "org.example.owner": name,
        }
        keys = {"kty": "oct", "alg": "A256CTR", "k": base64.b64encode(b"0" * 32).decode(), "by": name}
        file = {"url": text, "v": "v2", "key": keys, "iv": "x", "hashes": {"sha256": "x", "by": me}, "by": me}
        files: list[tuple[str, dict[str, Any]]] = [
            ("m.image", {"url": image, "info": info}),
            ("m.file", {"url": text, "info": {"mimetype": f"text/plain; author={name}"}}),
            ("m.video", {"url": image, "info": info}),
            ("m.audio", {"url": text, "info": {"mimetype": "audio/ogg"}}),
            (
                "m.audio",
                {
                    "url": text,
                    "org.matrix.msc3245.voice": {"by": name},
                    "org.matrix.msc1767.audio": {"duration": 1, "waveform": [1, me], "by": name},
                },
            ),
            ("m.file", {"file": file, "info": {"thumbnail_file": file}}),
        ]
        for number, (msgtype, more) in enumerate(files):
            content = {
                "msgtype": msgtype,
                "body": f"{first}s file {self._mark()} {self.localpart}.png",
                **more,
            }
            await self.person.send(room, content)
            caption = {"filename": f"{number} {name}.png", "body": f"by {me} {self._mark()}"}
            formatted = {"format": HTML, "formatted_body": f"by {self.pill} {self.markers[-1]}"}
            await self.person.send(room, content | caption | formatted | _mentions(me))
        sticker = {"body": f"{name} waves {self._mark()}", "url": image, "info": info}
        await self.person.send(room, sticker, "m.sticker")

    async def _send_oddities(self, room: str) -> None:
        me, name = self.person.user_id, self.display_name
        location = {
            "msgtype": "m.location",
            "geo_uri": f"geo:1,2;{me}",
            "body": f"{name}'s location {self._mark()}",
        }
        shared = {"org.matrix.msc3488.location": {"description": f"{name}'s"}, "m.asset": {"type": "m.self"}}
        await self.person.send(room, location | shared)
        question = {"org.matrix.msc1767.text": f"Do you like {me}? {self._mark()}"}
        answers = [{"id": "1", "org.matrix.msc1767.text": f"Yes, {me}"}]
        poll = {"question": question, "answers": answers}
        await self.person.send(room, {"org.matrix.msc3381.poll.start": poll}, "org.matrix.msc3381.poll.start")
        await self.person.send(room, {"by": me, "body": name}, "org.example.anything")

    async def _signal(self, room: str, seen: str) -> None:
        await self.person.typing(room)
        await self.person.read(room, seen)
        for kind in ("m.read", "m.read.private", "m.fully_read"):
            path = f"/_matrix/client/v3/rooms/{room}/receipt/{kind}/{seen}"
            await self.person._request("POST", path, {})
        await self.person.typing(room, typing=False)

    async def _slip(self, room: str) -> None:
        """Notes and commands, right and wrong ones; none of them is the customer's business."""
        for words in (
            "!note by {}",
            " !note by {}",
            "!nte by {}",
            "!rename by {}",
            "!priority high",
            "!help",
        ):
            await self.person.say(room, words.format(self.display_name))
        edited = await self.person.say(room, f"!note by {self.display_name}")
        await self.person.edit(room, edited, f"!note still by {self.display_name}")
        for state in ("m.room.name", "m.room.topic"):
            path = f"/_matrix/client/v3/rooms/{room}/state/{state}"
            try:
                await self.person._request("PUT", path, {"name": self.display_name})
            except ClientFailed:
                continue


def _text(body: str, html: str | None = None) -> dict[str, Any]:
    formatted = {"format": HTML, "formatted_body": html} if html is not None else {}
    return {"msgtype": "m.text", "body": body, **formatted}


def _mentions(*user_ids: str) -> dict[str, Any]:
    return {"m.mentions": {"user_ids": list(user_ids)}}


def _in_reply(event_id: str) -> dict[str, Any]:
    return {"m.in_reply_to": {"event_id": event_id}}


def _reply(event_id: str) -> dict[str, Any]:
    return {"m.relates_to": _in_reply(event_id)}


def chunk(kind: bytes, body: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
