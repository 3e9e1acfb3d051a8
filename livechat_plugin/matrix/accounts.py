"""How people's accounts stand: asked of Synapse's admin API, or made out from what ghosts see."""

from collections.abc import Collection
from typing import Any

import structlog

from livechat_plugin.core.employees import AccountState
from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.client import OUR_FAULT, AppserviceClient, path_of

log = structlog.get_logger()

ADMIN_API = "/_synapse/admin/v2"
OPENID_USERINFO = "/_matrix/federation/v1/openid/userinfo"
"""Of the Server-Server API, but not signed: whoever shows a token may ask whose it is."""
PATIENCE = 5.0
"""Seconds to wait for each answer; a session waits for it."""


class Accounts:
    """The part of `MatrixHomeserver` that knows how accounts stand.

    What a ghost sees, measured on Synapse 1.163: an account that was deactivated has left all its rooms, and one
    that was erased as well has no profile. One that is locked or suspended looks like any other, and all of them
    can be invited. So only the admin API tells the whole truth.

    Args:
        client: the open HTTP client.
        naming: the names that are ours.
        admin_token: access token of a server administrator, if the plugin was given one.
    """

    def __init__(self, client: AppserviceClient, naming: Naming, admin_token: str | None) -> None:
        self._client = client
        self._naming = naming
        self._admin_token = admin_token

    async def account_state(
        self, user_id: str, as_user: str | None = None, rooms: Collection[str] = ()
    ) -> AccountState:
        """How somebody's account stands; see the port."""
        if self._admin_token is not None and self._naming.is_local(user_id):
            try:
                return await self._told(user_id, self._admin_token)
            except (HomeserverRefused, HomeserverUnavailable) as error:
                if isinstance(error, HomeserverUnavailable) and error.errcode not in OUR_FAULT:
                    raise
                log.warning("the homeserver refuses the admin token", reason=str(error))
        return await self._seen(user_id, as_user, rooms)

    async def verify_openid(self, token: str) -> str | None:
        """Whom a client got this OpenID token for; see the port."""
        if not token.isascii() or not token.isprintable():
            return None  # a homeserver gives nobody such a token, and refuses to look at it
        query = {"access_token": token}
        try:
            answer = await self._client.call("GET", OPENID_USERINFO, query=query, token="", timeout=PATIENCE)
        except HomeserverUnavailable as error:
            if error.errcode in OUR_FAULT:  # it is the visitor's token that is unknown, not ours
                return None
            raise
        user_id = answer.get("sub")
        return user_id if isinstance(user_id, str) and self._naming.is_local(user_id) else None

    async def _told(self, user_id: str, token: str) -> AccountState:
        path = path_of("users", user_id, api=ADMIN_API)
        try:
            answer = await self._client.call("GET", path, token=token, timeout=PATIENCE)
        except HomeserverRefused as error:
            if error.errcode == "M_NOT_FOUND":
                return AccountState.DEACTIVATED
            raise
        for state in (AccountState.DEACTIVATED, AccountState.LOCKED, AccountState.SUSPENDED):
            if answer.get(state.value) is True:
                return state
        return AccountState.ACTIVE

    async def _seen(self, user_id: str, as_user: str | None, rooms: Collection[str]) -> AccountState:
        is_local = self._naming.is_local(user_id)
        if is_local and not await self._has_profile(user_id):
            return AccountState.DEACTIVATED
        memberships = [await self._own_membership(room_id, as_user, user_id) for room_id in rooms]
        has_left = bool(memberships) and all(membership == "leave" for membership in memberships)
        return AccountState.DEACTIVATED if has_left else AccountState.UNKNOWN

    async def _has_profile(self, user_id: str) -> bool:
        try:
            await self._client.call("GET", path_of("profile", user_id), timeout=PATIENCE)
        except HomeserverRefused as error:
            return error.status != 404
        return True

    async def _own_membership(self, room_id: str, as_user: str | None, user_id: str) -> str | None:
        """What somebody made of their membership; None if nothing, or if others put them out."""
        path = path_of("rooms", room_id, "state", "m.room.member", user_id)
        query = {"format": "event"}
        try:
            event = await self._client.call("GET", path, as_user=as_user, query=query, timeout=PATIENCE)
        except HomeserverRefused:
            return None
        content: Any = event.get("content")
        membership = content.get("membership") if isinstance(content, dict) else None
        return membership if event.get("sender") == user_id and isinstance(membership, str) else None
