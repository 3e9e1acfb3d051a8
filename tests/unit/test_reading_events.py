"""Room events from the homeserver's JSON: every kind, every way of being malformed, and arbitrary nonsense."""

from datetime import UTC, datetime
from typing import Any

import pytest

from livechat_plugin import Location, Media, Text
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.events import MatrixEventReader, read_event, read_events, read_signals
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EncryptedSent,
    EventRedacted,
    MembershipChanged,
    MessageEdited,
    MessageSent,
    ReactionSent,
    ReadUpTo,
    TypingChanged,
)

NAMING = Naming("livechat", "example.org")
CARLA = "@carla:example.org"
AT = datetime(2026, 1, 1, tzinfo=UTC)
BASE = ("$1", "!room", CARLA, AT)


def raw(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    event = {
        "event_id": "$1",
        "room_id": "!room",
        "sender": CARLA,
        "origin_server_ts": int(AT.timestamp() * 1000),
        "type": kind,
        "content": content,
    }
    return event | more


def message(body: str = "Hello", /, **content: Any) -> dict[str, Any]:
    return raw("m.room.message", {"msgtype": "m.text", "body": body, **content})


def without(event: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != key}


def relates(**relation: Any) -> dict[str, Any]:
    return {"m.relates_to": relation}


def answers(**more: Any) -> dict[str, Any]:
    return relates(**{"m.in_reply_to": {"event_id": "$0"}}, **more)


QUOTING = "> <@boris:example.org> do we refund her?\n\nYes"
NEW: dict[str, Any] = {"msgtype": "m.text", "body": "new"}
READ: list[tuple[dict[str, Any], AnyRoomEvent | None]] = [
    (message(), MessageSent(*BASE, Text("Hello"))),
    (message(msgtype="m.emote"), MessageSent(*BASE, Text("Hello", style="emote"))),
    (message(msgtype="m.notice"), MessageSent(*BASE, Text("Hello", style="notice"))),
    (message(msgtype="org.example.card"), MessageSent(*BASE, Text("Hello"))),
    (message(msgtype="m.key.verification.request"), None),
    (message(**answers()), MessageSent(*BASE, Text("Hello"), "$0")),
    (message(**answers(rel_type="m.thread", event_id="$t", is_falling_back=True)), MessageSent(*BASE, Text("Hello"))),
    (message(**answers(rel_type="m.thread", event_id="$t")), MessageSent(*BASE, Text("Hello"), "$0")),
    (message(QUOTING, **answers()), MessageSent(*BASE, Text("Yes"), "$0")),
    (message(QUOTING, **answers(rel_type="m.thread", event_id="$t", is_falling_back=True)), MessageSent(*BASE, Text("Yes"))),
    (message(QUOTING, **relates(**{"m.in_reply_to": {"event_id": 1}})), MessageSent(*BASE, Text("Yes"))),
    (message(QUOTING, **relates(**{"m.in_reply_to": None})), MessageSent(*BASE, Text("Yes"))),
    (message(QUOTING), MessageSent(*BASE, Text(QUOTING))),
    (message(**relates(rel_type="m.thread", event_id="$t")), MessageSent(*BASE, Text("Hello"))),
    (message(**{"m.relates_to": "nonsense"}), MessageSent(*BASE, Text("Hello"))),
    (message(**relates(**{"m.in_reply_to": {"event_id": 1}})), MessageSent(*BASE, Text("Hello"))),
    (
        message("* new", **relates(rel_type="m.replace", event_id="$0"), **{"m.new_content": NEW}),
        MessageEdited(*BASE, "$0", Text("new")),
    ),
    (
        raw("m.room.message", {"msgtype": "m.location", "body": "Here", "geo_uri": "geo:1,2"}),
        MessageSent(*BASE, Location("geo:1,2", "Here")),
    ),
    (
        raw("m.sticker", {"body": "a cat", "url": "mxc://e/1", "info": {"w": 1}, **answers()}),
        MessageSent(*BASE, Media("sticker", "mxc://e/1", "a cat", info={"w": 1}), "$0"),
    ),
    (raw("m.reaction", relates(event_id="$0", key="👍")), ReactionSent(*BASE, "$0", "👍")),
    (raw("m.room.redaction", {"redacts": "$0"}), EventRedacted(*BASE, "$0")),
    (raw("m.room.redaction", {}, redacts="$0"), EventRedacted(*BASE, "$0")),
    (raw("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"}), EncryptedSent(*BASE)),
    (
        raw("m.poll.start", {"m.poll": {"question": {"m.text": [{"body": "Tea?"}]}, "answers": [{"m.text": "Yes"}]}}),
        MessageSent(*BASE, Text("📊 Tea?\n1. Yes")),
    ),
    (
        raw(
            "org.matrix.msc3381.poll.start",
            {
                "org.matrix.msc3381.poll.start": {
                    "question": {"org.matrix.msc1767.text": "Tea?"},
                    "answers": [{"org.matrix.msc1767.text": "Yes"}, {"body": "No"}, 7, {"m.text": [7]}],
                }
            },
        ),
        MessageSent(*BASE, Text("📊 Tea?\n1. Yes\n2. No\n3. \n4. ")),
    ),
    (raw("m.poll.start", {"m.poll": {"question": {"body": "Tea?"}}}), MessageSent(*BASE, Text("📊 Tea?"))),
    # What does not concern us, and what was deleted before it came.
    (raw("m.room.topic", {"topic": "x"}, state_key=""), None),
    (raw("m.room.message", {"msgtype": "m.text", "body": "state"}, state_key=""), None),
    (raw("org.example.unknown", {"x": 1}), None),
    *((raw(kind, {}), None) for kind in ("m.room.message", "m.sticker", "m.reaction", "m.room.encrypted", "m.poll.start")),
]  # fmt: skip


@pytest.mark.parametrize(("event", "expected"), READ, ids=lambda value: repr(value)[-60:])
def test_every_kind_of_event(event: dict[str, Any], expected: AnyRoomEvent | None) -> None:
    assert read_event(event, NAMING) == expected


def member(user: str = CARLA, **content: Any) -> dict[str, Any]:
    return raw("m.room.member", {"membership": "join", **content}, state_key=user)


def test_memberships_with_names_and_what_was_before() -> None:
    joined = member(displayname="Carla", avatar_url="mxc://e/1")
    expected = MembershipChanged(*BASE, CARLA, "join", None, "Carla", "mxc://e/1")
    assert read_event(joined, NAMING) == expected
    before = joined | {"unsigned": {"prev_content": {"membership": "invite"}}}
    read = read_event(before, NAMING)
    assert isinstance(read, MembershipChanged)
    assert read.previous == "invite"


def test_an_invitation_of_ours_by_somebody_else() -> None:
    event = member("@livechat_support:example.org", membership="invite", is_direct=True)
    assert read_event(event, NAMING) == MembershipChanged(
        *BASE, "@livechat_support:example.org", "invite", is_direct=True
    )


@pytest.mark.parametrize(
    "content",
    [
        {"displayname": 7, "avatar_url": 7, "is_direct": "yes"},
        {"displayname": "", "avatar_url": "http://tracker", "is_direct": None},
    ],
)
def test_odd_details_of_a_membership_are_passed_over(content: dict[str, Any]) -> None:
    unsigned = {"unsigned": {"prev_content": {"membership": "nonsense"}}}
    assert read_event(member(**content) | unsigned, NAMING) == MembershipChanged(*BASE, CARLA, "join")


def test_a_name_of_many_pages_is_cut() -> None:
    read = read_event(member(displayname="x" * 60_000), NAMING)
    assert isinstance(read, MembershipChanged)
    assert read.display_name == "x" * 256


def test_a_name_loses_what_nobody_can_keep_and_a_picture_with_it_is_none() -> None:
    read = read_event(member(displayname="Car\0la\ud800", avatar_url="mxc://e/\0"), NAMING)
    assert isinstance(read, MembershipChanged)
    assert (read.display_name, read.avatar_url) == ("Carla\ufffd", None)


@pytest.mark.parametrize(
    "sender", ["@livechat:example.org", "@livechat_support:example.org", "@livechat_support_c1:example.org"]
)
def test_what_we_did_ourselves_is_dropped_also_when_it_is_odd(sender: str) -> None:
    assert read_events([message() | {"sender": sender}, {"sender": sender}], NAMING) == []


def test_a_ghost_of_another_server_is_somebody_else() -> None:
    [event] = read_events([message() | {"sender": "@livechat_support:elsewhere.org"}], NAMING)
    assert isinstance(event, MessageSent)


def test_in_a_timeline_the_room_is_known() -> None:
    [event] = read_events([without(message(), "room_id")], NAMING, "!timeline")
    assert isinstance(event, MessageSent)
    assert event.room_id == "!timeline"


@pytest.mark.parametrize("nonsense", [None, {}, "events", 7])
def test_no_list_holds_no_events(nonsense: Any) -> None:
    assert read_events(nonsense, NAMING) == []
    assert list(read_signals(nonsense, NAMING)) == []


def test_typing_and_receipts_are_read_and_ours_left_out() -> None:
    ghost = "@livechat_support:example.org"
    signals = MatrixEventReader(NAMING).signals(
        [
            {"type": "m.typing", "room_id": "!r", "content": {"user_ids": [CARLA, ghost, 7]}},
            {"type": "m.typing", "room_id": "!r", "content": {"user_ids": "nonsense"}},
            {"type": "m.typing", "room_id": "!\0", "content": {"user_ids": [CARLA]}},
            {"type": "m.receipt", "room_id": "!r", "content": {"$\0": {"m.read": {CARLA: {}}}}},
            {"type": "m.receipt", "room_id": "!r", "content": {"$1": {"m.read": {"@\0": {}}}}},
            {
                "type": "m.receipt",
                "room_id": "!r",
                "content": {"$1": {"m.read": {CARLA: {"ts": 1}, ghost: {}}}},
            },
            {
                "type": "m.receipt",
                "room_id": "!r",
                "content": {"$1": {"m.read.private": {CARLA: {}}}, "$2": 7},
            },
            {"type": "m.presence", "room_id": "!r", "content": {}},
            {"type": "m.typing", "content": {"user_ids": [CARLA]}},
            {"type": "m.typing", "room_id": "!r", "content": []},
            "nonsense",
        ]
    )
    assert signals == [
        TypingChanged("!r", frozenset({CARLA})),
        TypingChanged("!r", frozenset()),
        ReadUpTo("!r", CARLA, "$1"),
    ]
