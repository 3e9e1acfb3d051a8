"""Everything that people send arrives as itself on the other side, in both directions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, Served, body, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

MXC = "mxc://livechat.localhost/abcdefghijklmnop"
IMAGE_INFO = {"mimetype": "image/png", "size": 12345, "w": 640, "h": 480}

CONTENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "text": ("m.room.message", {"msgtype": "m.text", "body": "plain words äöü 🦊"}),
    "formatted": (
        "m.room.message",
        {
            "msgtype": "m.text",
            "body": "bold words",
            "format": "org.matrix.custom.html",
            "formatted_body": "<b>bold</b> words",
        },
    ),
    "emote": ("m.room.message", {"msgtype": "m.emote", "body": "waves"}),
    "notice": ("m.room.message", {"msgtype": "m.notice", "body": "from my own bot"}),
    "image": (
        "m.room.message",
        {"msgtype": "m.image", "body": "cat.png", "filename": "cat.png", "url": MXC, "info": IMAGE_INFO},
    ),
    "captioned image": (
        "m.room.message",
        {
            "msgtype": "m.image",
            "body": "this is my cat",
            "filename": "cat.png",
            "url": MXC,
            "info": IMAGE_INFO,
            "format": "org.matrix.custom.html",
            "formatted_body": "this is my <i>cat</i>",
        },
    ),
    "file": (
        "m.room.message",
        {
            "msgtype": "m.file",
            "body": "contract.pdf",
            "filename": "contract.pdf",
            "url": MXC,
            "info": {"mimetype": "application/pdf", "size": 99},
        },
    ),
    "audio": (
        "m.room.message",
        {
            "msgtype": "m.audio",
            "body": "song.ogg",
            "filename": "song.ogg",
            "url": MXC,
            "info": {"mimetype": "audio/ogg", "size": 77, "duration": 1500},
        },
    ),
    "voice": (
        "m.room.message",
        {
            "msgtype": "m.audio",
            "body": "Voice message.ogg",
            "filename": "Voice message.ogg",
            "url": MXC,
            "info": {"mimetype": "audio/ogg", "size": 55, "duration": 900},
            "org.matrix.msc3245.voice": {},
            "org.matrix.msc1767.audio": {"duration": 900, "waveform": [1, 5, 9]},
        },
    ),
    "video": (
        "m.room.message",
        {
            "msgtype": "m.video",
            "body": "clip.mp4",
            "filename": "clip.mp4",
            "url": MXC,
            "info": {"mimetype": "video/mp4", "size": 500, "w": 320, "h": 200, "duration": 3000},
        },
    ),
    "sticker": ("m.sticker", {"body": "smiling fox", "url": MXC, "info": {"w": 128, "h": 128}}),
    "location": (
        "m.room.message",
        {"msgtype": "m.location", "body": "The office", "geo_uri": "geo:52.52,13.4"},
    ),
}


@dataclass
class Way:
    """One direction of a served session: who writes where, and who reads where."""

    writer: Person
    writes_in: str
    reader: Person
    reads_in: str

    async def arrives(self, content: dict[str, Any], kind: str = "m.room.message") -> dict[str, Any]:
        """Send it; the event that the reader sees for it."""
        known = {event["event_id"] for event in self.reader.events(self.reads_in)}
        await self.writer.send(self.writes_in, content, kind)
        return await self.next(lambda event: event["event_id"] not in known and event["type"] == kind)

    async def next(self, predicate: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        return await self.reader.wait_for(self.reads_in, predicate)

    async def says(self, text: str) -> tuple[str, str]:
        """Say it; the event's id for the writer and for the reader."""
        written = await self.writer.say(self.writes_in, text)
        seen = await self.next(lambda event: body(event) == text)
        return written, seen["event_id"]


@pytest.fixture(params=["from the customer", "from the operator"])
def direction(request: pytest.FixtureRequest) -> str:
    return str(request.param)


_served: dict[int, Served] = {}


async def way(desk: Desk, direction: str) -> Way:
    """One served session for all tests of this module: what they send differs."""
    if id(desk) not in _served:
        _served[id(desk)] = await desk.serve(await desk.installation.customer(), "Let us exchange things")
    served = _served[id(desk)]
    ways = {
        "from the customer": Way(served.customer, served.customer_room, served.operator, served.session_room),
        "from the operator": Way(served.operator, served.session_room, served.customer, served.customer_room),
    }
    return ways[direction]


@pytest.mark.parametrize("name", CONTENTS)
async def test_content_arrives_as_itself(desk: Desk, direction: str, name: str) -> None:
    kind, content = CONTENTS[name]
    seen = await (await way(desk, direction)).arrives(content, kind)
    mentions = seen["content"].pop("m.mentions", None)
    assert seen["content"] == content
    assert mentions == {}


async def test_unknown_keys_do_not_ride_along(desk: Desk, direction: str) -> None:
    content = {
        "msgtype": "m.text",
        "body": f"with more keys {direction}",
        "com.beeper.per_message_profile": {"id": "x", "displayname": "Anna"},
        "m.mentions": {"user_ids": ["@anna:livechat.localhost"]},
    }
    seen = await (await way(desk, direction)).arrives(content)
    assert seen["content"] == {"msgtype": "m.text", "body": content["body"], "m.mentions": {}}


async def test_hostile_html_is_made_harmless(desk: Desk, direction: str) -> None:
    html = f'<b onclick="x()">{direction}</b><script>alert(1)</script><img src="https://evil.example/x.png">'
    content = {
        "msgtype": "m.text",
        "body": f"hostile {direction}",
        "format": "org.matrix.custom.html",
        "formatted_body": html,
    }
    seen = await (await way(desk, direction)).arrives(content)
    assert seen["content"]["formatted_body"] == f"<b>{direction}</b><img>"


async def test_reply_points_at_the_right_message_on_the_other_side(desk: Desk, direction: str) -> None:
    there = await way(desk, direction)
    back = Way(there.reader, there.reads_in, there.writer, there.writes_in)
    _, own_copy = await there.says(f"my own words {direction}")
    theirs, seen_theirs = await back.says(f"a question {direction}")

    await there.writer.reply(there.writes_in, seen_theirs, f"an answer {direction}")
    answer = await there.next(says(f"an answer {direction}"))
    assert answer["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == theirs

    own = next(
        e["event_id"] for e in there.writer.events(there.writes_in) if body(e) == f"my own words {direction}"
    )
    await there.writer.reply(there.writes_in, own, f"an addition {direction}")
    addition = await there.next(says(f"an addition {direction}"))
    assert addition["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == own_copy


async def test_messages_of_a_thread_arrive_as_plain_messages(desk: Desk, direction: str) -> None:
    there = await way(desk, direction)
    root, _ = await there.says(f"thread root {direction}")
    content = {
        "msgtype": "m.text",
        "body": f"inside the thread {direction}",
        "m.relates_to": {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        },
    }
    seen = await there.arrives(content)
    assert body(seen) == f"inside the thread {direction}"
    assert "m.relates_to" not in seen["content"]


async def test_edit_changes_the_copy(desk: Desk, direction: str) -> None:
    there = await way(desk, direction)
    written, copy = await there.says(f"a tpyo {direction}")
    await there.writer.edit(there.writes_in, written, f"a typo {direction}")
    seen = await there.next(
        lambda e: e["content"].get("m.new_content", {}).get("body") == f"a typo {direction}"
    )
    assert seen["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": copy}


async def test_deletion_deletes_the_copy(desk: Desk, direction: str) -> None:
    there = await way(desk, direction)
    written, copy = await there.says(f"not for you {direction}")
    await there.writer.redact(there.writes_in, written)
    await there.next(
        lambda e: e["type"] == "m.room.redaction" and copy in {e.get("redacts"), e["content"].get("redacts")}
    )


async def test_reaction_arrives_and_can_be_taken_back(desk: Desk, direction: str) -> None:
    there = await way(desk, direction)
    back = Way(there.reader, there.reads_in, there.writer, there.writes_in)
    theirs, seen_theirs = await back.says(f"do you like it {direction}")
    reaction = await there.writer.react(there.writes_in, seen_theirs, "❤️")
    seen = await there.next(
        lambda e: e["type"] == "m.reaction" and e["content"]["m.relates_to"]["event_id"] == theirs
    )
    assert seen["content"]["m.relates_to"]["key"] == "❤️"
    await there.writer.redact(there.writes_in, reaction)
    await there.next(
        lambda e: (
            e["type"] == "m.room.redaction"
            and seen["event_id"] in {e.get("redacts"), e["content"].get("redacts")}
        )
    )


async def test_typing_is_shown_by_the_ghost(desk: Desk, direction: str) -> None:
    there = await way(desk, direction)

    def is_ghost_typing() -> bool:
        """What the reader's client shows now: the last signal counts."""
        signals = [e for e in there.reader.ephemeral(there.reads_in) if e["type"] == "m.typing"]
        users = signals[-1]["content"]["user_ids"] if signals else []
        return any(user.startswith("@livechat_") for user in users)

    await there.writer.typing(there.writes_in, typing=True)
    await there.reader.wait_until(is_ghost_typing)
    await there.writer.typing(there.writes_in, typing=False)
    await there.reader.wait_until(lambda: not is_ghost_typing())


async def test_read_receipt_is_shown_by_the_ghost(desk: Desk, direction: str) -> None:
    there = await way(desk, direction)
    written, copy = await there.says(f"have you read this {direction}")
    await there.reader.read(there.reads_in, copy)
    shown = await there.writer.wait_for_ephemeral(
        there.writes_in, lambda e: e["type"] == "m.receipt" and written in e["content"]
    )
    readers = shown["content"][written]["m.read"]
    assert all(user.startswith("@livechat_") for user in readers)


async def test_full_message_of_64_kb_arrives_whole(desk: Desk, direction: str) -> None:
    there = await way(desk, direction)
    text = f"{direction} " + "word " * 12_900  # as much as the homeserver takes in one event
    known = {event["event_id"] for event in there.reader.events(there.reads_in)}
    await there.writer.say(there.writes_in, text)

    def arrived() -> str:
        return "".join(
            body(event) for event in there.reader.events(there.reads_in) if event["event_id"] not in known
        )

    await there.reader.wait_until(lambda: len(arrived()) >= len(text))
    assert arrived() == text
