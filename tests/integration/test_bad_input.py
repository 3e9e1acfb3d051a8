"""What must not work, does not; and whoever can act is told."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from livechat_plugin.demo.person import Person
from livechat_plugin.matrix.registration import AppserviceRegistration
from tests.integration.installation import Desk, Installation, body, card_says, livechat, says

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def put_transaction(
    installation: Installation, name: str, body: bytes, token: str | None = None
) -> httpx.Response:
    registration = AppserviceRegistration.load(installation.config.parent / "livechat-registration.yaml")
    shown = registration.hs_token.get_secret_value() if token is None else token
    async with httpx.AsyncClient() as client:
        return await client.put(
            f"{installation.web}/_matrix/app/v1/transactions/{name}",
            content=body,
            headers={"Authorization": f"Bearer {shown}"} if shown else {},
        )


@pytest.mark.parametrize(
    ("token", "status", "errcode"), [("", 401, "M_MISSING_TOKEN"), ("wrong", 403, "M_FORBIDDEN")]
)
async def test_only_the_homeserver_may_push(
    installation: Installation, token: str, status: int, errcode: str
) -> None:
    answer = await put_transaction(installation, "forged", b'{"events": []}', token)
    assert (answer.status_code, answer.json()["errcode"]) == (status, errcode)


@pytest.mark.parametrize("content", [b"not json", b"[1, 2]", b'{"events": {}}', b"\xff\xfe"])
async def test_transaction_that_is_no_transaction_is_refused(
    installation: Installation, content: bytes
) -> None:
    answer = await put_transaction(installation, "broken", content)
    assert answer.status_code == 400


async def test_malformed_events_are_passed_over_and_the_rest_goes_through(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Before the broken ones")
    good = {
        "type": "m.room.message",
        "event_id": "$handmade:one",
        "room_id": served.customer_room,
        "sender": carla.user_id,
        "origin_server_ts": 1_700_000_000_000,
        "content": {"msgtype": "m.text", "body": "good among broken ones"},
    }
    broken: list[Any] = [
        17,
        {"type": "m.room.message"},
        {**good, "event_id": "$handmade:two", "content": "text"},
        {**good, "event_id": "$handmade:three", "origin_server_ts": "yesterday"},
        {
            **good,
            "event_id": "$handmade:four",
            "content": {"msgtype": "m.image", "body": "x", "url": "http://x"},
        },
    ]
    before = (await desk.installation.metrics()).get('livechat_events_total{outcome="rejected"}', 0)
    transaction = orjson.dumps({"events": [*broken[:3], good, *broken[3:]]})
    answer = await put_transaction(desk.installation, "mixed", transaction)
    assert answer.status_code == 200
    await desk.anna.wait_for(served.session_room, says("good among broken ones"))
    after = (await desk.installation.metrics())['livechat_events_total{outcome="rejected"}']
    assert after - before == len(broken)

    repeated = await put_transaction(desk.installation, "mixed-again", transaction)
    assert repeated.status_code == 200
    await carla.say(served.customer_room, "after the repetition")
    await desk.anna.wait_for(served.session_room, says("after the repetition"))
    copies = [e for e in desk.anna.events(served.session_room) if body(e) == "good among broken ones"]
    assert len(copies) == 1


async def test_invitation_into_a_group_room_is_declined_with_the_way_out(desk: Desk) -> None:
    carla = await desk.installation.customer()
    room = await create_room(desk.installation, carla, [desk.installation.ghost], is_direct=False)
    declined = await carla.wait_for(room, has_left(desk.installation.ghost))
    assert "direct chats only" in declined["content"]["reason"]


async def test_direct_chat_with_company_is_left_with_an_explanation(desk: Desk) -> None:
    carla, dan = await desk.installation.customer(), await desk.installation.customer()
    room = await carla.start_direct_chat(desk.installation.ghost)
    await carla.say(room, "just us two")
    await desk.card("just us two")
    await invite(desk.installation, carla, room, dan)
    await dan.join(room)
    await carla.wait_for(room, says("direct chats only"))
    await carla.wait_for(room, has_left(desk.installation.ghost))


async def test_customers_ghosts_and_strangers_decline_invitations(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Where is my ghost?")
    ghost = next(user for user in await desk.anna.members(served.session_room) if "_c" in user)
    room = await create_room(desk.installation, carla, [ghost], is_direct=True)
    await carla.wait_for(room, has_left(ghost))


async def test_somebody_who_is_not_among_the_customers_is_refused_with_whom_to_ask(desk: Desk) -> None:
    await desk.installation.add_chat("closed", "Closed Circle")
    carla = await desk.installation.customer()
    room = await carla.start_direct_chat(desk.installation.user_id("livechat_closed"))
    await carla.say(room, "Let me in")
    refusal = await carla.wait_for(room, says("Closed Circle is not open to you"))
    assert desk.installation.user_id("ada") in body(refusal)


async def test_second_direct_chat_goes_on_with_the_same_conversation(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "From the first room")
    second = await carla.start_direct_chat(desk.installation.ghost)
    await carla.say(second, "From the second room")
    await desk.anna.wait_for(served.session_room, says("From the second room"))
    await carla.wait_for(served.customer_room, says("goes on in the chat that you opened last"))
    await desk.anna.say(served.session_room, "I follow you")
    await carla.wait_for(second, says("I follow you"))


async def test_operators_are_told_when_the_customer_has_left(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "I will be gone")
    await carla.leave(served.customer_room)
    await desk.anna.wait_for(served.session_room, says("has left the chat"))
    written = await desk.anna.say(served.session_room, "Are you still there?")
    told = await desk.anna.wait_for(served.session_room, says("This did not reach the customer"))
    assert told["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == written

    back = await carla.start_direct_chat(desk.installation.ghost)
    await carla.say(back, "Here I am again")
    await desk.anna.wait_for(served.session_room, says("Here I am again"))


async def test_session_returns_to_the_queue_when_its_operator_is_deactivated(desk: Desk) -> None:
    installation = desk.installation
    zoe = await installation.person("zoe", auto_join=True)
    created = await asyncio.to_thread(
        livechat,
        "chats",
        "add",
        "short-staffed",
        "Short-staffed",
        f"--operator={zoe.user_id}",
        f"--operator={desk.boris.user_id}",
        "--customer=@*:livechat.localhost",
        config=installation.config,
    )
    assert created.returncode == 0, created.stderr
    queue = await desk.boris.resolve_alias("#livechat_short-staffed:livechat.localhost")
    carla = await installation.customer()
    room = await carla.start_direct_chat(installation.user_id("livechat_short-staffed"))
    await carla.say(room, "Do not leave me")
    card = await desk.boris.wait_for(queue, says("Do not leave me"))
    number = int(body(card).split()[0].removeprefix("#"))
    await zoe.wait_until(lambda: queue in zoe.rooms)
    await zoe.say(queue, f"!take {number}")
    await desk.boris.wait_for(queue, card_says(number, "Taken by Zoe"))
    await zoe.wait_until(lambda: any(body(e) == "Do not leave me" for r in zoe.rooms for e in zoe.events(r)))

    await zoe.disconnect()
    await deactivate(installation, zoe.user_id)
    await desk.boris.wait_for(queue, card_says(number, f"{zoe.user_id} left the session. Waiting."))
    await desk.boris.wait_for(queue, says(f"Session #{number} is waiting again."))
    await desk.boris.say(queue, f"!take {number}")
    await desk.boris.wait_for(queue, card_says(number, "Taken by Boris"))


async def test_customer_in_an_encrypted_room_is_told(desk: Desk) -> None:
    carla = await desk.installation.customer()
    room = await carla.start_direct_chat(desk.installation.ghost)
    await carla.send(room, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEn…"}, "m.room.encrypted")
    await carla.wait_for(room, says("cannot read encrypted messages"))


async def test_no_message_text_and_no_token_is_in_the_log(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "a very secret sentence")
    await desk.anna.say(served.session_room, "a very secret answer")
    await carla.wait_for(served.customer_room, says("a very secret answer"))
    registration = AppserviceRegistration.load(desk.installation.config.parent / "livechat-registration.yaml")
    log = desk.installation.log.read_text()
    assert log
    assert "very secret" not in log
    assert registration.as_token.get_secret_value() not in log
    assert registration.hs_token.get_secret_value() not in log


def has_left(user_id: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: (
        event["type"] == "m.room.member"
        and event.get("state_key") == user_id
        and event["content"]["membership"] == "leave"
    )


async def create_room(
    installation: Installation, person: Person, invite: list[str], *, is_direct: bool
) -> str:
    body = {"preset": "private_chat", "invite": invite, "is_direct": is_direct}
    return str(
        (await as_client(installation, person, "POST", "/_matrix/client/v3/createRoom", body))["room_id"]
    )


async def invite(installation: Installation, person: Person, room: str, other: Person) -> None:
    await as_client(
        installation, person, "POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": other.user_id}
    )


async def deactivate(installation: Installation, user_id: str) -> None:
    """As the homeserver's administrator ada does it."""
    ada = Person(installation.homeserver.url, installation.user_id("ada"), "ada")
    await as_client(installation, ada, "POST", f"/_synapse/admin/v1/deactivate/{user_id}", {"erase": False})


async def as_client(
    installation: Installation, person: Person, method: str, path: str, body: dict[str, Any]
) -> dict[str, Any]:
    """One request with a token of this person's own, for what their client has no button for."""
    name = person.user_id[1:].partition(":")[0]
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": name}
    async with httpx.AsyncClient(base_url=installation.homeserver.url) as client:
        token = (await client.post("/_matrix/client/v3/login", json=login)).json()["access_token"]
        answer = await client.request(
            method, path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=20
        )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
