"""The two homeservers that keep the same promises, and the people on them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol
from urllib.parse import quote, urljoin

import aiohttp

from livechat_plugin.core.naming import Naming
from livechat_plugin.demo.homeserver import Homeserver as Synapse
from livechat_plugin.matrix.events import read_events
from livechat_plugin.services.ports import Homeserver, RoomPlan
from livechat_plugin.services.room_events import AnyRoomEvent, MembershipChanged, RejectedEvent

WIDGET, LAYOUT = "im.vector.modular.widgets", "io.element.widgets.layout"
NOBODY = "nobody-in-particular"


class People(Protocol):
    """What people with ordinary clients do; `tests.fakes.people` tells what each means."""

    async def open_room(self, user: str, *invited: str, is_direct: bool = True) -> str: ...
    async def open_space(self, user: str, name: str = "", *invited: str, is_public: bool = False) -> str: ...
    async def show_in_space(self, user: str, space: str, child: str, *, is_in: bool = True) -> str: ...
    async def invite(self, user: str, room_id: str, whom: str, *, is_direct: bool = False) -> str: ...
    async def upgrade(self, user: str, room_id: str) -> str: ...
    async def say(self, user: str, room_id: str, said: str, reply_to: str | None = None) -> str: ...
    async def edit(self, user: str, room_id: str, target: str, said: str) -> str: ...
    async def react(self, user: str, room_id: str, target: str, key: str) -> str: ...
    async def redact(self, user: str, room_id: str, target: str) -> str: ...
    async def join(self, user: str, room_id: str) -> str: ...
    async def leave(self, user: str, room_id: str) -> str: ...
    async def kick(self, user: str, room_id: str, whom: str, *, is_banned: bool = False) -> str: ...
    async def present(self, user: str, name: str, avatar_url: str | None = None) -> None: ...
    async def upload(self, user: str, name: str | None) -> str: ...
    async def seen(self, user: str, room_id: str) -> Sequence[AnyRoomEvent | RejectedEvent]: ...
    async def widget_address(self, user: str, room_id: str) -> str | None: ...
    async def put_widget(self, user: str, room_id: str, address: str) -> None: ...
    async def openid_token(self, user: str) -> str: ...
    async def lock(self, user: str) -> None: ...
    async def suspend(self, user: str) -> None: ...
    async def deactivate(self, user: str, *, is_erased: bool = False) -> None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A homeserver as the port shows it, and its people, who are made for each test."""

    homeserver: Homeserver
    people: People
    naming: Naming
    carla: str
    dan: str
    trusted: Callable[[], Homeserver]
    """The same homeserver for a plugin that was given a server administrator's token."""
    slug: str
    """Part of the names of the test's ghosts and rooms."""

    @property
    def ghost(self) -> str:
        """A ghost of the test's own."""
        return self.naming.live_chat(self.slug)

    @property
    def customer(self) -> str:
        """Another one."""
        return self.naming.customer(self.slug, 1)

    @property
    def watcher(self) -> str:
        """One that is in no room, of each test's own: Synapse gives the same mark again for two minutes."""
        return self.naming.customer(self.slug, 99)

    def plan(self, *invite: str, **more: Any) -> RoomPlan:
        """A room of the ghost's."""
        return RoomPlan(
            alias=self.naming.queue_alias(self.slug), creator=self.ghost, name="Queue", invite=invite, **more
        )

    async def shared_room(self) -> str:
        """A room of the ghost's with Carla in it."""
        await self.homeserver.ensure_ghost(self.ghost)
        room_id = await self.homeserver.create_room(self.plan(self.carla))
        await self.people.join(self.carla, room_id)
        return room_id

    async def direct_chat(self) -> str:
        """A direct chat that Carla opened with the ghost, which is in it."""
        await self.homeserver.ensure_ghost(self.ghost)
        room_id = await self.people.open_room(self.carla, self.ghost)
        await self.homeserver.join(room_id, self.ghost)
        return room_id

    async def said(self, room_id: str) -> list[AnyRoomEvent]:
        """What Carla sees in a room, comings and goings left out."""
        seen = await self.people.seen(self.carla, room_id)
        rejected = [event for event in seen if isinstance(event, RejectedEvent)]
        assert not rejected
        return [event for event in seen if not isinstance(event, MembershipChanged | RejectedEvent)]

    async def until_renamed(self, room_id: str, name: str) -> None:
        """Wait until a room shows Carla's new name; a homeserver tells the rooms one after another."""
        async with asyncio.timeout(10):
            while True:
                if any(_named(event, name) for event in await self.people.seen(self.carla, room_id)):
                    return
                await asyncio.sleep(0.05)

    async def find(self, room_id: str, event_id: str) -> AnyRoomEvent:
        """One event as Carla sees it."""
        [found] = [event for event in await self.said(room_id) if event.event_id == event_id]
        return found


class SynapsePeople:
    """People with accounts on a real Synapse."""

    def __init__(self, synapse: Synapse, session: aiohttp.ClientSession) -> None:
        self._synapse = synapse
        self._session = session
        self._tokens: dict[str, str] = {}
        self._numbers = count(1)
        self.administrator = ""

    async def arrive(self, localpart: str, *, is_administrator: bool = False) -> str:
        """Make an account and log in."""
        user = await self._synapse.register(localpart, "secret", admin=is_administrator)
        identifier = {"type": "m.id.user", "user": user}
        login = {"type": "m.login.password", "identifier": identifier, "password": "secret"}
        answer = await self._call("POST", "login", "", body=login)
        self._tokens[user] = str(answer["access_token"])
        return user

    async def open_room(self, user: str, *invited: str, is_direct: bool = True) -> str:
        # As clients do: in a direct chat both sides have the same power, and nobody can be put out.
        preset = "trusted_private_chat" if is_direct else "private_chat"
        room = {"preset": preset, "invite": list(invited), "is_direct": is_direct}
        return str((await self._call("POST", "createRoom", user, body=room))["room_id"])

    async def open_space(self, user: str, name: str = "", *invited: str, is_public: bool = False) -> str:
        space = {
            "preset": "public_chat" if is_public else "private_chat",
            "creation_content": {"type": "m.space"},
            "name": name,
            "invite": list(invited),
        }
        return str((await self._call("POST", "createRoom", user, body=space))["room_id"])

    async def show_in_space(self, user: str, space: str, child: str, *, is_in: bool = True) -> str:
        content = {"via": [self._synapse.server_name]} if is_in else {}
        path = f"rooms/{_q(space)}/state/m.space.child/{_q(child)}"
        return str((await self._call("PUT", path, user, body=content))["event_id"])

    async def upgrade(self, user: str, room_id: str) -> str:
        path = f"rooms/{_q(room_id)}/upgrade"
        return str((await self._call("POST", path, user, body={"new_version": "11"}))["replacement_room"])

    async def invite(self, user: str, room_id: str, whom: str, *, is_direct: bool = False) -> str:
        del is_direct  # clients set it themselves when they make a room
        return str(await self._call("POST", f"rooms/{_q(room_id)}/invite", user, body={"user_id": whom}))

    async def say(self, user: str, room_id: str, said: str, reply_to: str | None = None) -> str:
        relation = {"m.relates_to": {"m.in_reply_to": {"event_id": reply_to}}} if reply_to else {}
        return await self._send(user, room_id, "m.room.message", _text(said) | relation)

    async def edit(self, user: str, room_id: str, target: str, said: str) -> str:
        relation = {"rel_type": "m.replace", "event_id": target}
        edit = {**_text(f"* {said}"), "m.new_content": _text(said), "m.relates_to": relation}
        return await self._send(user, room_id, "m.room.message", edit)

    async def react(self, user: str, room_id: str, target: str, key: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": target, "key": key}
        return await self._send(user, room_id, "m.reaction", {"m.relates_to": relation})

    async def redact(self, user: str, room_id: str, target: str) -> str:
        path = f"rooms/{_q(room_id)}/redact/{_q(target)}/{next(self._numbers)}"
        return str((await self._call("PUT", path, user, body={}))["event_id"])

    async def join(self, user: str, room_id: str) -> str:
        return str(await self._call("POST", f"rooms/{_q(room_id)}/join", user, body={}))

    async def leave(self, user: str, room_id: str) -> str:
        return str(await self._call("POST", f"rooms/{_q(room_id)}/leave", user, body={}))

    async def kick(self, user: str, room_id: str, whom: str, *, is_banned: bool = False) -> str:
        path = f"rooms/{_q(room_id)}/{'ban' if is_banned else 'kick'}"
        return str(await self._call("POST", path, user, body={"user_id": whom}))

    async def present(self, user: str, name: str, avatar_url: str | None = None) -> None:
        await self._call("PUT", f"profile/{_q(user)}/displayname", user, body={"displayname": name})
        if avatar_url is not None:
            await self._call("PUT", f"profile/{_q(user)}/avatar_url", user, body={"avatar_url": avatar_url})

    async def upload(self, user: str, name: str | None) -> str:
        query = f"?filename={_q(name)}" if name else ""
        answer = await self._call("POST", f"../../media/v3/upload{query}", user, body={"some": "bytes"})
        return str(answer["content_uri"])

    async def seen(self, user: str, room_id: str) -> list[AnyRoomEvent | RejectedEvent]:
        answer = await self._call("GET", f"rooms/{_q(room_id)}/messages?dir=b&limit=200", user)
        # Read with the names of nobody, so that our ghosts are people like all others.
        return read_events(answer["chunk"][::-1], Naming(NOBODY, self._synapse.server_name), room_id)

    async def widget_address(self, user: str, room_id: str) -> str | None:
        shown = (await self.state(user, room_id, WIDGET, "livechat_panel")).get("url")
        place = (await self.state(user, room_id, LAYOUT)).get("widgets", {})
        assert ("livechat_panel" in place) == (shown is not None)
        return shown

    async def put_widget(self, user: str, room_id: str, address: str) -> None:
        path = f"rooms/{_q(room_id)}/state/{WIDGET}/livechat_panel"
        await self._call("PUT", path, user, body={"url": address})

    async def openid_token(self, user: str) -> str:
        path = f"user/{_q(user)}/openid/request_token"
        return str((await self._call("POST", path, user, body={}))["access_token"])

    def token(self, user: str) -> str:
        """Somebody's access token."""
        return self._tokens[user]

    async def lock(self, user: str) -> None:
        await self._administer("PUT", f"v2/users/{_q(user)}", {"locked": True})

    async def suspend(self, user: str) -> None:
        await self._administer("PUT", f"v1/suspend/{_q(user)}", {"suspend": True})

    async def deactivate(self, user: str, *, is_erased: bool = False) -> None:
        await self._administer("POST", f"v1/deactivate/{_q(user)}", {"erase": is_erased})

    async def _administer(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        await self._call(method, f"../../../_synapse/admin/{path}", self.administrator, body)

    async def state(self, user: str, room_id: str, kind: str, key: str = "") -> dict[str, Any]:
        """One state event's content; empty if there is none."""
        try:
            return await self._call("GET", f"rooms/{_q(room_id)}/state/{kind}/{_q(key)}", user)
        except PersonRefused:
            return {}

    async def raw(self, user: str, room_id: str, event_id: str) -> dict[str, Any]:
        """One event as it stands."""
        return await self._call("GET", f"rooms/{_q(room_id)}/event/{_q(event_id)}", user)

    async def sync(self, user: str, since: str = "") -> dict[str, Any]:
        """What the person's client gets."""
        return await self._call("GET", f"sync?timeout=0{'&since=' + since if since else ''}", user)

    async def _send(self, user: str, room_id: str, kind: str, content: Mapping[str, Any]) -> str:
        path = f"rooms/{_q(room_id)}/send/{kind}/{next(self._numbers)}"
        return str((await self._call("PUT", path, user, body=content))["event_id"])

    async def _call(
        self, method: str, path: str, user: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        base = f"{self._synapse.url}/_matrix/client/v3/"
        url = urljoin(base, path) if path.startswith("..") else base + path
        headers = {"Authorization": f"Bearer {self._tokens[user]}"} if user else {}
        async with self._session.request(method, url, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
        if not response.ok:
            raise PersonRefused(f"{method} {path}: {answer}")
        return answer


class PersonRefused(AssertionError):
    """A person did something that the homeserver does not allow."""


def _named(event: AnyRoomEvent | RejectedEvent, name: str) -> bool:
    return isinstance(event, MembershipChanged) and event.display_name == name


def _text(body: str) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": body}


def _q(part: str) -> str:
    # yarl would decode a needlessly quoted "!" or "$" again, which is the same to the homeserver.
    return quote(part, safe="")
