"""Who may do what in the rooms that we make: asked of the homeserver itself, which alone enforces it (SEC-POWER)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio

from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, Served, in_room

pytestmark = pytest.mark.asyncio(loop_scope="session")

OURS_ALONE = ("state_default", "invite", "kick", "ban", "redact")
STATE: Mapping[str, dict[str, Any]] = {
    "m.room.power_levels": {"users_default": 100},
    "m.room.join_rules": {"join_rule": "public"},
    "m.room.history_visibility": {"history_visibility": "world_readable"},
    "m.room.guest_access": {"guest_access": "can_join"},
    "m.room.tombstone": {"body": "closed", "replacement_room": "!x"},
    "m.room.server_acl": {"allow": []},
    "m.room.canonical_alias": {"alias": "#x:y"},
    "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"},
    "m.room.pinned_events": {"pinned": ["$x"]},
    "m.room.topic": {"topic": "mine"},
    "m.room.name": {"name": "mine"},
    "m.room.avatar": {"url": "mxc://x/y"},
    "m.room.third_party_invite": {"display_name": "x", "key_validity_url": "https://x", "public_key": "x"},
    "im.vector.modular.widgets": {"type": "m.custom", "url": "https://evil.example", "name": "x"},
    "io.element.widgets.layout": {"widgets": {}},
    "m.space.child": {"via": ["x"]},
    "org.example.anything": {"a": 1},
}


class Client:
    """Requests of one person, as their own client could send them."""

    def __init__(self, desk: Desk, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=desk.installation.homeserver.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    @classmethod
    async def of(cls, desk: Desk, person: Person) -> "Client":
        return cls(desk, await desk.installation.token(person.user_id[1:].partition(":")[0]))

    async def ask(self, method: str, room: str, path: str, body: Any = None) -> httpx.Response:
        return await self._client.request(
            method,
            f"/_matrix/client/v3/rooms/{quote(room)}/{path}",
            **({} if body is None else {"json": body}),
        )

    async def state(self, room: str, kind: str) -> dict[str, Any]:
        answer = await self.ask("GET", room, f"state/{kind}/")
        return dict(answer.json()) if answer.status_code == 200 else {}

    async def close(self) -> None:
        await self._client.aclose()


async def what_works(client: Client, room: str, other: str, event_id: str) -> list[str]:
    """What of all that only we may do somebody can do all the same."""
    tried = [("PUT", f"state/{kind}/", content) for kind, content in STATE.items()]
    tried += [("POST", act, {"user_id": other}) for act in ("invite", "kick", "ban", "unban")]
    tried += [
        ("PUT", f"redact/{quote(event_id)}/t1", {}),
        ("POST", "upgrade", {"new_version": "11"}),
        ("PUT", f"state/m.room.member/{quote(other)}", {"membership": "leave"}),
    ]
    return [
        path
        for method, path, body in tried
        if (await client.ask(method, room, path, body)).status_code == 200
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(desk: Desk) -> Served:
    return await desk.serve(await desk.installation.customer(), "Who has power here?")


async def rooms_of(desk: Desk, served: Served) -> dict[str, tuple[str, Person]]:
    """A room of each kind that we make, with somebody who is in it."""
    supervisors = await desk.sam.resolve_alias("#livechat_support_supervisors:livechat.localhost")
    space = await desk.anna.resolve_alias("#livechat_support_space:livechat.localhost")
    for person, room in ((desk.sam, supervisors), (desk.anna, space)):
        await in_room(person, room)
    return {
        "session room": (served.session_room, desk.anna),
        "queue room": (desk.queue, desk.boris),
        "supervisors' room": (supervisors, desk.sam),
        "space": (space, desk.anna),
    }


async def test_in_our_rooms_nobody_but_us_changes_anything(desk: Desk, served: Served) -> None:
    outsider = (await desk.installation.customer()).user_id
    for name, (room, person) in (await rooms_of(desk, served)).items():
        client = await Client.of(desk, person)
        levels = await client.state(room, "m.room.power_levels")
        assert {what: levels.get(what) for what in OURS_ALONE} == dict.fromkeys(OURS_ALONE, 100), name
        assert levels["users_default"] == 0, name
        assert all(level >= 100 for level in levels["events"].values()), (name, levels["events"])
        powerful = {user for user, level in levels["users"].items() if level > 0}
        assert all(user.startswith("@livechat") for user in powerful), (name, powerful)
        rule = await client.state(room, "m.room.join_rules")
        assert rule["join_rule"] in {"invite", "restricted"}, name
        assert (await client.state(room, "m.room.history_visibility"))["history_visibility"] == "shared", name
        assert (await client.state(room, "m.room.guest_access"))["guest_access"] == "forbidden", name
        ours = (await client.ask("GET", room, "messages?dir=b&limit=50")).json()["chunk"]
        of_ours = next(event["event_id"] for event in ours if event["sender"].startswith("@livechat"))
        assert await what_works(client, room, outsider, of_ours) == [], name
        await client.close()


async def test_strangers_come_into_none_of_our_rooms(desk: Desk, served: Served) -> None:
    outsider = await desk.installation.customer()
    client = await Client.of(desk, outsider)
    for name, (room, _) in (await rooms_of(desk, served)).items():
        assert (await client.ask("POST", room, "join", {})).status_code == 403, name
        for path in ("state", "messages?dir=b", "joined_members"):
            assert (await client.ask("GET", room, path)).status_code in {403, 404}, (name, path)
    await client.close()


async def test_an_operator_does_not_come_into_a_colleagues_session_room_or_the_customers_room(
    desk: Desk, served: Served
) -> None:
    client = await Client.of(desk, desk.boris)
    for room in (served.session_room, served.customer_room):
        assert (await client.ask("POST", room, "join", {})).status_code == 403
    await client.close()


async def test_the_customers_room_is_the_customers_and_we_have_no_power_in_it(
    desk: Desk, served: Served
) -> None:
    client = await Client.of(desk, served.customer)
    levels = await client.state(served.customer_room, "m.room.power_levels")
    ours = {user: level for user, level in levels.get("users", {}).items() if user.startswith("@livechat")}
    assert ours in ({}, {desk.installation.ghost: 100})  # what the customer's own client gave
    joined = (await client.ask("GET", served.customer_room, "joined_members")).json()["joined"]
    assert set(joined) == {served.customer.user_id, desk.installation.ghost}
    await client.close()


async def test_nobody_of_the_homeserver_takes_a_name_of_ours(desk: Desk) -> None:
    async with httpx.AsyncClient(base_url=desk.installation.homeserver.url) as client:
        for name in (
            "livechat",
            "livechat_support",
            "livechat_support_c99",
            "livechat_op_7",
            "livechat__watcher",
        ):
            body = {"username": name, "password": "x" * 20, "auth": {"type": "m.login.dummy"}}
            answer = await client.post("/_matrix/client/v3/register", json=body)
            assert answer.status_code in {400, 401, 403}, (name, answer.text)
            assert "user_id" not in answer.json()
    token = await desk.installation.token("boris")
    async with httpx.AsyncClient(
        base_url=desk.installation.homeserver.url, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        alias = quote("#livechat_anything:livechat.localhost")
        taken = await client.put(f"/_matrix/client/v3/directory/room/{alias}", json={"room_id": desk.queue})
        assert taken.status_code in {400, 403}
