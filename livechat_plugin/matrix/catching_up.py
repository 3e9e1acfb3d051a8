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

    A room that the ghost is out of tells what happened up to then, its removal included.
    """
    query = {"since": mark, "timeout": "0", "filter": unique(_TIMELINES), "set_presence": "offline"}
    answer = await client.call("GET", path_of("sync"), as_user=as_user, query=query, timeout=120)
    rooms = answer.get("rooms", {})
    events: list[AnyRoomEvent | RejectedEvent] = []
    for room_id, room in [*rooms.get("join", {}).items(), *rooms.get("leave", {}).items()]:
        timeline = room.get("timeline", {})
        if timeline.get("limited"):
            events += await _before(client, naming, as_user, room_id, timeline.get("prev_batch"), mark)
        events += read_events(timeline.get("events", []), naming, room_id)
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
    client: AppserviceClient, naming: Naming, as_user: str, room_id: str, start: str | None, mark: str
) -> list[AnyRoomEvent | RejectedEvent]:
    """What lies between the mark and the beginning of a timeline that was cut."""
    pages: list[list[AnyRoomEvent | RejectedEvent]] = []
    while start is not None:
        query = {"dir": "b", "from": start, "to": mark, "limit": "500"}
        path = path_of("rooms", room_id, "messages")
        page = await client.call("GET", path, as_user=as_user, query=query, timeout=60)
        chunk = page.get("chunk", [])
        pages.append(read_events(list(reversed(chunk)), naming, room_id))
        start = page.get("end") if chunk else None
    return [event for page in reversed(pages) for event in page]


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
