"""The homeserver as our ghosts use it: the `Homeserver` port over the Client-Server API.

Rooms and who is in them stand here; `speaking` and `watching` hold what ghosts say and what they see, `accounts`
how people's accounts stand, `files` what they uploaded; `erasing` takes away what was left.
"""

from http import HTTPStatus
from typing import Any

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.accounts import Accounts
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.matrix.erasing import Erasing
from livechat_plugin.matrix.files import Files
from livechat_plugin.matrix.rooms import creation
from livechat_plugin.matrix.spaces import Spaces
from livechat_plugin.matrix.speaking import Speaking
from livechat_plugin.matrix.watching import Watching
from livechat_plugin.matrix.widgets import hidden, shown
from livechat_plugin.services.ports import Profile, RoomPlan, RoomWidget


class MatrixHomeserver(Speaking, Watching, Spaces, Accounts, Files, Erasing):
    """Implements the `Homeserver` port.

    Args:
        client: the open HTTP client.
        naming: the names that are ours.
        admin_token: access token of a server administrator, if the plugin was given one.
    """

    def __init__(self, client: AppserviceClient, naming: Naming, admin_token: str | None = None) -> None:
        Speaking.__init__(self, client)
        Watching.__init__(self, client, naming)
        Spaces.__init__(self, client, naming)
        Accounts.__init__(self, client, naming, admin_token)
        Files.__init__(self, client, naming)
        Erasing.__init__(self, client, naming, admin_token)

    async def join(self, room_id: str, as_user: str) -> None:
        """Join the room; joining again is fine."""
        await self._client.call("POST", path_of("join", room_id), as_user=as_user, body={}, timeout=60)

    async def leave(self, room_id: str, as_user: str, reason: str) -> None:
        """Leave the room or decline the invitation; having left already is fine."""
        path = path_of("rooms", room_id, "leave")
        try:
            await self._client.call("POST", path, as_user=as_user, body={"reason": reason})
        except HomeserverRefused as error:
            if error.status not in {403, 404}:
                raise

    async def invite(self, room_id: str, as_user: str, user_id: str) -> None:
        """Invite somebody; their being invited or in the room already is fine."""
        path = path_of("rooms", room_id, "invite")
        try:
            await self._client.call("POST", path, as_user=as_user, body={"user_id": user_id})
        except HomeserverRefused:
            if await self._membership(room_id, as_user, user_id) not in {"join", "invite"}:
                raise

    async def remove(self, room_id: str, as_user: str, user_id: str, reason: str) -> None:
        """Take somebody out of the room; their being out already is fine."""
        path = path_of("rooms", room_id, "kick")
        try:
            await self._client.call(
                "POST", path, as_user=as_user, body={"user_id": user_id, "reason": reason}
            )
        except HomeserverRefused:
            if await self._membership(room_id, as_user, user_id) in {"join", "invite"}:
                raise

    async def set_profile(self, user_id: str, profile: Profile) -> None:
        """Give our ghost a name and a picture."""
        name = path_of("profile", user_id, "displayname")
        await self._client.call(
            "PUT", name, as_user=user_id, body={"displayname": profile.display_name or ""}
        )
        if profile.avatar_url is not None:
            picture = path_of("profile", user_id, "avatar_url")
            await self._client.call("PUT", picture, as_user=user_id, body={"avatar_url": profile.avatar_url})

    async def create_room(self, plan: RoomPlan) -> str:
        """Make a room, or find the one that an earlier attempt made; returns its id."""
        alias = f"#{plan.alias}:{self._naming.server_name}"
        try:
            body = creation(plan)
            answer = await self._client.call(
                "POST", path_of("createRoom"), as_user=plan.creator, body=body, timeout=60
            )
            return str(answer["room_id"])
        except HomeserverRefused as error:
            # Synapse says 409 when an earlier attempt is still under way in it, whose connection broke.
            if error.errcode != "M_ROOM_IN_USE" and error.status != HTTPStatus.CONFLICT:
                raise
        found = await self._client.call("GET", path_of("directory", "room", alias), as_user=plan.creator)
        room_id = str(found["room_id"])
        if await self._is_complete(room_id, plan.creator):
            for user_id in plan.invite:
                await self.invite(room_id, plan.creator, user_id)
            if plan.widget is not None:  # the earlier attempt may have meant another address
                await self.show_widget(room_id, plan.creator, plan.widget)
            return room_id
        # An attempt that was cut off in the middle left a torso under the alias.
        await self._client.call("DELETE", path_of("directory", "room", alias), as_user=plan.creator)
        return await self.create_room(plan)

    async def rename_room(self, room_id: str, as_user: str, name: str) -> None:
        """Give the room a name."""
        await self._set_state(room_id, as_user, "m.room.name", "", {"name": name})

    async def show_widget(self, room_id: str, as_user: str, widget: RoomWidget) -> None:
        """Show a page of ours in the room, in place of what had the same key."""
        for state in shown(widget, as_user):
            await self._set_state(room_id, as_user, *state)

    async def hide_widget(self, room_id: str, as_user: str, key: str) -> None:
        """Show it no longer."""
        for state in hidden(key):
            await self._set_state(room_id, as_user, *state)

    async def put_into_space(
        self, space: str, as_user: str, room_id: str, *, is_in: bool, is_suggested: bool = False
    ) -> None:
        """Show a room in a space, or no longer; clients show what is suggested before one has joined it."""
        content: dict[str, Any] = {"via": [self._naming.server_name]} if is_in else {}
        if is_in and is_suggested:
            content["suggested"] = True
        await self._set_state(space, as_user, "m.space.child", room_id, content)

    async def _set_state(
        self, room_id: str, as_user: str, kind: str, key: str, content: dict[str, Any]
    ) -> None:
        path = path_of("rooms", room_id, "state", kind, key)
        await self._client.call("PUT", path, as_user=as_user, body=content)

    async def _membership(self, room_id: str, as_user: str, user_id: str) -> str | None:
        path = path_of("rooms", room_id, "state", "m.room.member", user_id)
        try:
            answer = await self._client.call("GET", path, as_user=as_user)
        except HomeserverRefused:
            return None
        membership = answer.get("membership")
        return membership if isinstance(membership, str) else None

    async def _is_complete(self, room_id: str, creator: str) -> bool:
        """Whether creating the room went through to its name, which the homeserver sets last."""
        try:
            await self._client.call("GET", path_of("rooms", room_id, "state", "m.room.name"), as_user=creator)
        except HomeserverRefused:
            return False
        return True
