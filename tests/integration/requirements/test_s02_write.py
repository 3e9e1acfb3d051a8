"""S2: customers and operators write text and send files as in any messenger, and each arrives as itself.

What arrives in which form stands, kind by kind and in both directions, in `tests/integration/test_relayed_content.py`.
Here it is one conversation, with real files, before and after somebody takes the session.
"""

from typing import Any

import pytest

from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, body, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea7"
    "3581e20000000049454e44ae426082"
)
CONTRACT = b"%PDF-1.4 the contract"


async def send_file(
    person: Person, room: str, data: bytes, kind: str, mime: str, name: str, caption: str
) -> str:
    """Upload and send, as a client does; returns the address."""
    url = await person.upload(data, mime, name)
    info = {"mimetype": mime, "size": len(data)}
    content: dict[str, Any] = {"msgtype": kind, "body": caption, "filename": name, "url": url, "info": info}
    await person.send(room, content)
    return url


async def test_text_and_files_go_both_ways(desk: Desk) -> None:
    carla = await desk.installation.customer()
    room = await carla.start_direct_chat(desk.installation.ghost)
    await carla.say(room, "Look at this, please")
    await send_file(carla, room, PICTURE, "m.image", "image/png", "burning.png", "my printer")
    _, card = await desk.card("Look at this, please")
    await desk.anna.react(desk.queue, card, "✋")
    session_room = await desk.session_room("Look at this, please")

    picture = await desk.anna.wait_for(session_room, says("my printer"))
    assert (picture["content"]["msgtype"], picture["content"]["filename"]) == ("m.image", "burning.png")
    assert await desk.anna.download(picture["content"]["url"]) == PICTURE

    await send_file(
        desk.anna, session_room, CONTRACT, "m.file", "application/pdf", "contract.pdf", "sign here"
    )
    contract = await carla.wait_for(room, says("sign here"))
    assert (contract["content"]["msgtype"], contract["content"]["filename"]) == ("m.file", "contract.pdf")
    assert contract["sender"] == desk.installation.ghost
    assert await carla.download(contract["content"]["url"]) == CONTRACT

    await carla.reply(room, contract["event_id"], "Signed")
    signed = await desk.anna.wait_for(session_room, says("Signed"))
    own = await desk.anna.wait_for(session_room, says("sign here"))
    assert signed["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == own["event_id"]


async def test_what_the_other_side_cannot_show_arrives_as_readable_text(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Which colour shall it be?")
    poll = {
        "org.matrix.msc1767.text": "Which colour?",
        "org.matrix.msc3381.poll.start": {
            "kind": "org.matrix.msc3381.poll.disclosed",
            "max_selections": 1,
            "question": {"org.matrix.msc1767.text": "Which colour?"},
            "answers": [
                {"id": "r", "org.matrix.msc1767.text": "Red"},
                {"id": "b", "org.matrix.msc1767.text": "Blue"},
            ],
        },
    }
    await desk.anna.send(served.session_room, poll, "org.matrix.msc3381.poll.start")
    seen = await carla.wait_for(served.customer_room, says("Which colour?"))
    assert seen["type"] == "m.room.message"
    assert "Red" in body(seen)
    assert "Blue" in body(seen)
