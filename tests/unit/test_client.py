"""The answers of a homeserver, or of what stands before it, as errors that say what to do about them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
from aiohttp import web

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.matrix.gateway import MatrixHomeserver
from livechat_plugin.services.ports import Profile, RoomPlan
from livechat_plugin.services.room_events import MessageSent

GHOST = "@livechat_support:example.org"
Answer = tuple[int, Any]


NAMING = Naming("livechat", "example.org")
AnyStub = TypeVar("AnyStub", bound="Stub")


class Stub:
    """Answers as told, and remembers what was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[web.BaseRequest] = []

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request)
        status, body = self.answers.pop(0) if self.answers else (200, {})
        if isinstance(body, dict):
            return web.json_response(body, status=status)
        return web.Response(text=body, status=status)


@asynccontextmanager
async def served(stub: AnyStub) -> AsyncIterator[tuple[AnyStub, AppserviceClient]]:
    runner = web.ServerRunner(web.Server(stub.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    client = AppserviceClient(f"http://127.0.0.1:{runner.addresses[0][1]}/", "as-token")
    await client.start()
    yield stub, client
    await client.close()
    await runner.cleanup()


@pytest.fixture
async def stub() -> AsyncIterator[tuple[Stub, AppserviceClient]]:
    async with served(Stub()) as connected:
        yield connected


StubAndClient = tuple[Stub, AppserviceClient]


class Holding(Stub):
    """Holds what asks for news, as long as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.held = asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/sync"):
            self.held.set()
            await asyncio.sleep(60)
        return await super().handle(request)


@pytest.fixture
async def holding() -> AsyncIterator[tuple[Holding, AppserviceClient]]:
    async with served(Holding()) as connected:
        yield connected


async def test_an_error_of_the_homeserver_ends_the_watch_since_it_may_have_lost_what_it_should_push(
    holding: tuple[Holding, AppserviceClient],
) -> None:
    server, client = holding
    watching = asyncio.create_task(MatrixHomeserver(client, NAMING).wait(GHOST, "mark", 30))
    await server.held.wait()
    for status, errcode in ((403, "M_FORBIDDEN"), (404, "M_NOT_FOUND")):
        server.answers.append((status, {"errcode": errcode, "error": ""}))
        with pytest.raises(HomeserverRefused):
            await client.call("GET", path_of("account", "whoami"))
    await asyncio.sleep(0)
    assert not watching.done()
    server.answers.append((500, {"errcode": "M_UNKNOWN", "error": "Internal server error"}))
    with pytest.raises(HomeserverUnavailable):
        await client.call("GET", path_of("account", "whoami"))
    async with asyncio.timeout(5):
        with pytest.raises(HomeserverUnavailable):
            await watching
    assert not client.troubled.is_set()


async def test_a_ghost_is_named_in_the_query_and_the_token_in_a_header(stub: StubAndClient) -> None:
    server, client = stub
    await client.call("PUT", path_of("rooms", "!a/b?c", "x"), as_user=GHOST, with_device=True, body={"a": 1})
    await client.call("GET", path_of("sync"))
    asked, plain = server.asked
    assert asked.raw_path.startswith("/_matrix/client/v3/rooms/!a%2Fb%3Fc/x?")
    assert dict(asked.query) == {"user_id": GHOST, "device_id": "LIVECHAT"}
    assert asked.headers["Authorization"] == "Bearer as-token"
    assert "as-token" not in asked.raw_path
    assert dict(plain.query) == {}


@pytest.mark.parametrize(
    ("answer", "is_reachable", "retry_after"),
    [
        ((502, "<html>Bad gateway</html>"), False, None),
        ((200, "<html>Welcome</html>"), False, None),
        ((404, "Not found"), False, None),
        ((404, {"detail": "no Matrix here"}), False, None),
        ((200, "[]"), False, None),
        ((500, {"errcode": "M_UNKNOWN", "error": "Internal server error"}), True, None),
        ((403, "<html>This looks dangerous</html>"), True, None),
        ((401, {"errcode": "M_UNKNOWN_TOKEN", "error": "x"}), False, None),
        ((401, {"errcode": "M_MISSING_TOKEN", "error": "x"}), False, None),
        ((400, {"errcode": "M_EXCLUSIVE", "error": "x"}), False, None),
        ((429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}), True, 1.5),
        ((429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": "soon"}), True, None),
    ],
)
async def test_what_may_succeed_later(
    stub: StubAndClient, answer: Answer, *, is_reachable: bool, retry_after: float | None
) -> None:
    server, client = stub
    server.answers.append(answer)
    with pytest.raises(HomeserverUnavailable) as error:
        await client.call("GET", path_of("sync"))
    assert (error.value.is_reachable, error.value.retry_after) == (is_reachable, retry_after)


async def test_what_is_too_large_for_a_proxy_never_will(stub: StubAndClient) -> None:
    server, client = stub
    server.answers.append((413, "<html>Too large</html>"))
    with pytest.raises(HomeserverRefused, match="M_TOO_LARGE"):
        await client.call("PUT", path_of("rooms"), body={})


@pytest.mark.parametrize("errcode", ["M_FORBIDDEN", "M_TOO_LARGE", "ORG_EXAMPLE_NO"])
async def test_what_never_will(stub: StubAndClient, errcode: str) -> None:
    server, client = stub
    server.answers.append((403, {"errcode": errcode, "error": "No."}))
    with pytest.raises(HomeserverRefused) as error:
        await client.call("GET", path_of("sync"))
    assert (error.value.errcode, error.value.status, str(error.value)) == (errcode, 403, f"{errcode}: No.")


async def test_a_homeserver_that_is_too_slow_is_unavailable(stub: StubAndClient) -> None:
    _, client = stub
    with pytest.raises(HomeserverUnavailable, match="does not answer: "):
        await client.call("GET", path_of("sync"), timeout=0.00001)


def homeserver(client: AppserviceClient) -> MatrixHomeserver:
    return MatrixHomeserver(client, Naming("livechat", "example.org"))


Call = Callable[[MatrixHomeserver], Awaitable[object]]
FORBIDDEN: Answer = (403, {"errcode": "M_FORBIDDEN", "error": "No."})


@pytest.mark.parametrize(
    "call",
    [
        lambda hs: hs.remove("!r", GHOST, "@anna:example.org", "why"),
        lambda hs: hs.leave("!r", GHOST, "why"),
        lambda hs: hs.ensure_ghost(GHOST),
        lambda hs: hs.create_room(RoomPlan("alias", GHOST, "Queue")),
    ],
)
async def test_what_is_broken_is_not_taken_for_done(stub: StubAndClient, call: Call) -> None:
    server, client = stub
    server.answers.extend([(400, {"errcode": "M_BAD_JSON", "error": "x"}), (200, {"membership": "join"})])
    with pytest.raises(HomeserverRefused):
        await call(homeserver(client))


async def test_somebody_who_blocks_invitations_is_refused(stub: StubAndClient) -> None:
    server, client = stub
    for membership in ((200, {"membership": "leave"}), (200, {"membership": 7}), FORBIDDEN):
        server.answers.extend([(403, {"errcode": "ORG.MATRIX.MSC4155.M_INVITE_BLOCKED"}), membership])
        with pytest.raises(HomeserverRefused):
            await homeserver(client).invite("!r", GHOST, "@anna:example.org")


async def test_a_picture_without_a_name_and_a_name_without_a_picture(stub: StubAndClient) -> None:
    server, client = stub
    server.answers.extend(
        [(200, {"displayname": "", "avatar_url": "mxc://x/1"}), (200, {"displayname": "x" * 300})]
    )
    assert await homeserver(client).profile("@carla:example.org") == Profile(None, "mxc://x/1")
    assert await homeserver(client).profile("@carla:example.org") == Profile("x" * 256)


async def test_a_timeline_that_was_cut_twice_is_put_together_in_order(stub: StubAndClient) -> None:
    server, client = stub

    def event(number: int) -> dict[str, Any]:
        return {
            "event_id": f"${number}",
            "sender": "@carla:example.org",
            "origin_server_ts": number,
            "type": "m.room.message",
            "content": {"msgtype": "m.text", "body": str(number)},
        }

    timeline = {"limited": True, "prev_batch": "p3", "events": [event(5), event(6)]}
    odd_invite = {"invite_state": {"events": [{"type": "m.room.member", "state_key": "@other:x"}]}}
    broken_invite = {"invite_state": {"events": [{"type": "m.room.member", "state_key": GHOST}]}}
    rooms = {"join": {"!r": {"timeline": timeline}}, "invite": {"!a": odd_invite, "!b": broken_invite}}
    server.answers.extend(
        [
            (200, {"next_batch": "s9", "rooms": rooms}),
            (200, {"chunk": [event(4), event(3)], "end": "p2"}),
            (200, {"chunk": [event(2), event(1)], "end": "p1"}),
            (200, {"chunk": []}),
        ]
    )
    changes = await homeserver(client).changes(GHOST, "s1")
    assert [e.event_id for e in changes.events] == [f"${number}" for number in range(1, 7)]
    assert all(isinstance(e, MessageSent) and e.room_id == "!r" for e in changes.events)
    assert (list(changes.invitations), changes.mark) == ([], "s9")
    assert [request.query.get("from") for request in server.asked[1:]] == ["p3", "p2", "p1"]
    assert all(request.query["to"] == "s1" for request in server.asked[1:])
