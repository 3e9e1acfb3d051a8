"""The demo's homeserver and its people, on which the other integration tests and the benchmarks rely."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from livechat_plugin.demo.homeserver import Homeserver, HomeserverError
from livechat_plugin.demo.person import ClientFailed, NotSeenError, Person


@pytest.fixture
async def homeserver(tmp_path: Path) -> AsyncIterator[Homeserver]:
    async with Homeserver(tmp_path / "home server") as server:
        yield server


@pytest.fixture
async def pair(homeserver: Homeserver) -> AsyncIterator[tuple[Person, Person, str]]:
    """Anna, who accepts what she is invited to, and Carla, who has opened a direct chat with her."""
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(await _person(homeserver, "anna", auto_join=True))
        carla = await stack.enter_async_context(await _person(homeserver, "carla"))
        room = await carla.start_direct_chat(anna.user_id)
        await anna.wait_until(lambda: room in anna.rooms)
        yield anna, carla, room


async def _person(homeserver: Homeserver, name: str, *, auto_join: bool = False) -> Person:
    user_id = await homeserver.register(name, f"{name}-secret", display_name=name.title())
    return Person(homeserver.url, user_id, f"{name}-secret", auto_join=auto_join)


async def test_two_people_see_all_that_the_other_does(pair: tuple[Person, Person, str]) -> None:
    anna, carla, room = pair
    assert await anna.members(room) == {anna.user_id: "Anna", carla.user_id: "Carla"}

    said = await carla.say(room, "My bicycle is late", "My <b>bicycle</b> is late")
    seen = await anna.wait_for(room, _is(said))
    assert seen["content"]["formatted_body"] == "My <b>bicycle</b> is late"
    assert seen["sender"] == carla.user_id
    assert anna.seen_at(said) > 0

    await anna.read(room, said)
    await carla.wait_for_ephemeral(room, lambda event: anna.user_id in _readers(event, said))
    await anna.typing(room)
    await carla.wait_for_ephemeral(room, lambda event: event["content"].get("user_ids") == [anna.user_id])

    replied = await carla.wait_for(room, _is(await anna.reply(room, said, "Which one?")))
    assert replied["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == said
    edited = await anna.wait_for(room, _is(await carla.edit(room, said, "My blue bicycle is late")))
    assert edited["content"]["m.new_content"]["body"] == "My blue bicycle is late"
    assert edited["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": said}
    reacted = await carla.wait_for(room, _is(await anna.react(room, said, "👍")))
    assert reacted["content"]["m.relates_to"]["key"] == "👍"
    redacted = await anna.wait_for(room, _is(await carla.redact(room, said)))
    assert redacted["content"]["redacts"] == said

    mxc = await anna.upload(b"receipt", "application/pdf", "receipt.pdf")
    file = {"msgtype": "m.file", "body": "receipt.pdf", "url": mxc}
    assert (await carla.wait_for(room, _is(await anna.send(room, file))))["content"]["url"] == mxc

    await anna.set_display_name("Anna Berg")
    await carla.wait_for(room, lambda event: event["content"].get("displayname") == "Anna Berg")
    await anna.leave(room)
    await carla.wait_for(room, lambda event: event["content"].get("membership") == "leave")
    await anna.wait_until(lambda: room not in anna.rooms)


async def test_what_a_client_missed_is_fetched_in_order(
    homeserver: Homeserver, pair: tuple[Person, Person, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, carla, room = pair
    # The homeserver tells only the last few events of what was missed; the rest takes several pages.
    monkeypatch.setattr("livechat_plugin.demo.onlooker.TIMELINE_LIMIT", 4)
    async with await _person(homeserver, "anna") as anna:
        await carla.wait_for(room, _is(await carla.say(room, "first")))
        await anna.wait_for(room, lambda event: event["content"].get("body") == "first")
        await anna.disconnect()
        for number in range(10):
            await carla.say(room, f"message {number}")
        await anna.connect()
        await anna.wait_until(lambda: len(_texts(anna, room)) == 11)
        assert _texts(anna, room) == ["first", *(f"message {number}" for number in range(10))]
        assert anna.events(room)[0]["type"] == "m.room.create"


async def test_refusals_and_vain_waits_say_what_happened(homeserver: Homeserver) -> None:
    async with await _person(homeserver, "dan") as dan:
        with pytest.raises(ClientFailed, match="M_NOT_FOUND") as failure:
            await dan.resolve_alias(f"#nowhere:{homeserver.server_name}")
        assert (failure.value.errcode, failure.value.status) == ("M_NOT_FOUND", 404)
        with pytest.raises(ClientFailed, match="M_FORBIDDEN"):
            await dan.say("!elsewhere", "hello")

        room = await dan.start_direct_chat(await homeserver.register("boris", "secret"))
        await dan.say(room, "anybody there?")
        with pytest.raises(NotSeenError, match="anybody there"):
            await dan.wait_for(room, lambda event: event["content"].get("body") == "yes", timeout=0.5)
        async with Person(homeserver.url, f"@boris:{homeserver.server_name}", "secret") as boris:
            assert await boris.wait_for_invite() == room
            assert await boris.join_invites() == [room]
            await boris.wait_for(room, lambda event: event["content"].get("body") == "anybody there?")
            assert not boris.invites
    wrong = Person(homeserver.url, dan.user_id, "not the password")
    with pytest.raises(ClientFailed, match="M_FORBIDDEN"):
        await wrong.connect()


async def test_a_killed_homeserver_comes_back_with_everything_once(
    homeserver: Homeserver, pair: tuple[Person, Person, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, carla, room = pair
    killed = asyncio.Event()
    really_send = carla._client.room_send

    async def send_and_lose_the_answer(*request: Any) -> None:
        monkeypatch.setattr(carla._client, "room_send", really_send)
        await really_send(*request)
        await homeserver.kill()
        killed.set()
        raise aiohttp.ServerDisconnectedError

    monkeypatch.setattr(carla._client, "room_send", send_and_lose_the_answer)
    texts = [f"message {number}" for number in range(30)]
    contents = [{"msgtype": "m.text", "body": text} for text in texts]
    sends = [asyncio.create_task(carla.send(room, content, retry=True)) for content in contents]
    await killed.wait()
    assert not homeserver.running
    assert not sends[0].done()

    again = Homeserver(homeserver.directory)
    assert (again.url, again.server_name) == (homeserver.url, homeserver.server_name)
    async with again:
        event_ids = await asyncio.gather(*sends)
        last = await carla.say(room, "last")
        for person in (anna, carla):
            await person.wait_for(room, _is(last))
            assert sorted(_texts(person, room)) == sorted([*texts, "last"])
        assert set(event_ids) <= {event["event_id"] for event in anna.events(room)}
        await anna.typing(room)
        await carla.wait_for_ephemeral(room, lambda event: event["content"].get("user_ids") == [anna.user_id])


async def test_a_homeserver_that_cannot_start_says_why(tmp_path: Path) -> None:
    broken = Homeserver(tmp_path)
    with broken.config_path.open("a") as config:
        config.write("max_upload_size: plenty\n")
    with pytest.raises(HomeserverError, match="plenty"):
        await broken.start()
    assert not broken.running


def _is(event_id: str) -> Any:
    return lambda event: event["event_id"] == event_id


def _texts(person: Person, room: str) -> list[str]:
    return [event["content"]["body"] for event in person.events(room) if event["type"] == "m.room.message"]


def _readers(event: dict[str, Any], event_id: str) -> dict[str, Any]:
    readers: dict[str, Any] = event["content"].get(event_id, {}).get("m.read", {})
    return readers
