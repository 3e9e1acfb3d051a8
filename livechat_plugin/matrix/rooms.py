"""The rooms we make: only who is meant to be in them, with the least power that works."""

from typing import Any

from livechat_plugin.matrix.widgets import shown
from livechat_plugin.services.ports import RoomPlan


def creation(plan: RoomPlan) -> dict[str, Any]:
    """The body of `POST /createRoom` for a room of ours.

    The creator alone may change anything: it needs no entry of its own, since creators of rooms of version 12
    stand above power levels and must not be listed, and the homeserver lists those of older versions itself.
    """
    state: list[dict[str, Any]] = [
        # Whoever is admitted later reads the conversation from its beginning.
        {"type": "m.room.history_visibility", "content": {"history_visibility": "shared"}},
        {"type": "m.room.guest_access", "content": {"guest_access": "forbidden"}},
    ]
    if plan.join_through:
        allow = [{"type": "m.room_membership", "room_id": plan.join_through}]
        state.append({"type": "m.room.join_rules", "content": {"join_rule": "restricted", "allow": allow}})
    if plan.widget is not None:
        state += [
            {"type": kind, "state_key": key, "content": content}
            for kind, key, content in shown(plan.widget, plan.creator)
        ]
    body: dict[str, Any] = {
        "preset": "private_chat",
        "visibility": "private",
        "room_alias_name": plan.alias,
        "name": plan.name,
        "topic": plan.topic,
        "invite": list(plan.invite),
        "initial_state": state,
        "power_level_content_override": {
            "users_default": 0,
            "events_default": plan.speak_level,
            "state_default": 100,
            "invite": 100,
            "kick": 100,
            "ban": 100,
            "redact": 100,
            "notifications": {"room": 100},
            "events": {},
        },
    }
    if plan.is_space:
        body["creation_content"] = {"type": "m.space"}
    return body
