"""Finding what the homeserver did not push: its queue for application services is partly in memory only.

One incremental sync of a live chat's ghost tells everything that happened in all its rooms since a mark, in one
request whose answer grows with what happened, not with how many rooms there are.
"""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

import orjson

from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.matrix.events import read_event, read_events
from livechat_plugin.services.ports import Changes
from livechat_plugin.services.room_events import AnyRoomEvent, MembershipChanged, RejectedEvent

_NOTHING: dict[str, Any] = {"types": []}
_TIMELINES: dict[str, Any] = {
    "room": {
        "timeline": {"limit": 1000, "lazy_load_members": True},
        "state": {"types": [], "lazy_load_members": True},
        "ephemeral": _NOTHING,
        "account_data": _NOTHING,
    },
    "presence": _NOTHING,
    "account_data": _NOTHING,
}


async def changes_since(client: AppserviceClient, naming: Naming, as_user: str, mark: str) -> Changes:
    """Everything that happened in the ghost's rooms since the mark, in order within each room.

    Of the time before it came into a room nothing is among it but its invitation; a room that the ghost is out of tells what happened up to then, its removal included.
    """
    query = {"since": mark, "timeout": "0", "filter": unique(_TIMELINES), "set_presence": "offline"}
    answer = await client.call("GET", path_of("sync"), as_user=as_user, query=query, timeout=120)
    rooms = answer.get("rooms", {})
    events: list[AnyRoomEvent | RejectedEvent] = []
    for room_id, room in [*rooms.get("join", {}).items(), *rooms.get("leave", {}).items()]:
        timeline = room.get("timeline", {})
        happened: list[Any] = []
        if timeline.get("limited"):
            happened += await _before(client, as_user, room_id, timeline.get("prev_batch"), mark)
        happened += timeline.get("events", [])
        events += read_events(_while_inside(happened, as_user), naming, room_id)
    invitations = [
        invitation
        for room_id, room in rooms.get("invite", {}).items()
        if (invitation := _invitation(room_id, room, naming, as_user, mark)) is not None
    ]
    return Changes(events, invitations, str(answer["next_batch"]))


def unique(wanted: Mapping[str, Any]) -> str:
    """A sync's filter with something in it that says nothing, and makes the request another one each time.

    Synapse remembers an answer for two minutes and repeats it to whoever asks the same: after a second start within
    them, what happened between the two would be missing from it.
    """
    return orjson.dumps({**wanted, "livechat.request": token_hex(8)}).decode()


async def _before(
    client: AppserviceClient, as_user: str, room_id: str, start: str | None, mark: str
) -> list[Any]:
    """What lies between the mark and the beginning of a timeline that was cut."""
    newest_first: list[Any] = []
    while start is not None:
        query = {"dir": "b", "from": start, "to": mark, "limit": "500"}
        path = path_of("rooms", room_id, "messages")
        page = await client.call("GET", path, as_user=as_user, query=query, timeout=60)
        chunk = page.get("chunk", [])
        newest_first += chunk
        start = page.get("end") if chunk else None
    return newest_first[::-1]


def _while_inside(happened: list[Any], as_user: str) -> list[Any]:
    """Without what the ghost was not there for: that is never pushed to us, and what matters of it is read otherwise.

    Its invitation stays: a database that was restored from a backup knows nothing of it.
    """
    inside: list[Any] = []
    out_since = 0
    for event in happened:
        membership, before = _own_membership(event, as_user)
        if membership == "join" and before != "join":
            inside[out_since:] = [e for e in inside[out_since:] if _own_membership(e, as_user)[0] == "invite"]
        inside.append(event)
        if membership in {"leave", "ban"}:
            out_since = len(inside)
    return inside


def _own_membership(event: Any, as_user: str) -> tuple[str | None, str | None]:
    """What the ghost became by this event, and what it was before."""
    if not isinstance(event, Mapping) or event.get("type") != "m.room.member":
        return None, None
    if event.get("state_key") != as_user:
        return None, None
    before = event.get("unsigned", {}).get("prev_content", {})
    return event.get("content", {}).get("membership"), before.get("membership")


def _invitation(
    room_id: str, room: Mapping[str, Any], naming: Naming, as_user: str, mark: str
) -> MembershipChanged | None:
    """The invitation of a ghost; sync strips its id, so one is made of the room and the mark."""
    for stripped in room.get("invite_state", {}).get("events", []):
        if stripped.get("type") == "m.room.member" and stripped.get("state_key") == as_user:
            whole = {"event_id": f"$invitation:{room_id}:{mark}", "origin_server_ts": 0, **stripped}
            event = read_event(whole, naming, room_id)
            return event if isinstance(event, MembershipChanged) else None
    return None
