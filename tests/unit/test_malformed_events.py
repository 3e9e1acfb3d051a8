"""Malformed room events, one by one, and arbitrary nonsense: named and passed over, never a failure."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin.matrix.events import MatrixEventReader, read_event, read_events, read_signals
from livechat_plugin.services.room_events import MessageSent, RejectedEvent
from tests.unit.test_reading_events import CARLA, NAMING, NEW, answers, message, raw, relates, without

REPLACE: dict[str, Any] = relates(rel_type="m.replace", event_id="$0")
MALFORMED: list[tuple[Any, str]] = [
    *((value, "the event is not an object") for value in (None, 7, "event", [message()])),
    *((without(message(), key), key) for key in ("event_id", "room_id", "sender", "origin_server_ts", "type", "content")),
    *((message() | {key: 7}, key) for key in ("event_id", "room_id", "sender", "type", "content")),
    *((message() | {"origin_server_ts": value}, "origin_server_ts") for value in ("now", None, -1, 1.5, 10**18)),
    (raw("m.room.message", {"body": "x"}), "content.msgtype"),
    (raw("m.room.message", {"msgtype": "m.text"}), "content.body"),
    (raw("m.room.message", {"msgtype": "m.text", "body": 7}), "content.body"),
    (raw("m.room.message", {"msgtype": "m.location", "body": "x"}), "content.geo_uri"),
    (raw("m.room.message", {"msgtype": "m.image", "body": "x"}), "content.url"),
    (raw("m.room.message", {"msgtype": "m.image", "body": "x", "url": "http://x"}), "content.url"),
    (raw("m.room.message", {"msgtype": "m.file", "body": "x", "file": {"url": 7}}), "content.url"),
    (raw("m.sticker", {"body": "x"}), "content.url"),
    (message(**REPLACE), "m.new_content"),
    (message(**REPLACE, **{"m.new_content": {"msgtype": "m.text"}}), "content.body"),
    (message(**relates(rel_type="m.replace"), **{"m.new_content": NEW}), "event_id"),
    (raw("m.reaction", {"x": 1}), "m.relates_to"),
    (raw("m.reaction", relates(key="x")), "event_id"),
    (raw("m.reaction", relates(event_id="$0")), "key"),
    (raw("m.room.redaction", {}), "redacts"),
    (raw("m.room.redaction", {"redacts": 7}), "redacts"),
    (raw("m.poll.start", {"x": 1}), "poll"),
    (raw("m.room.member", {"membership": "join"}), "state_key"),
    (raw("m.room.member", {}, state_key=CARLA), "content.membership"),
    (raw("m.room.member", {"membership": "hovering"}, state_key=CARLA), "content.membership"),
    *(
        (event, what)
        for odd in ("$1\0", "$\ud800")
        for event, what in (
            *((message() | {key: odd}, key) for key in ("event_id", "room_id", "sender")),
            (raw("m.room.member", {"membership": "join"}, state_key=odd), "state_key"),
            (message(**relates(**{"m.in_reply_to": {"event_id": odd}})), "event_id"),
            (message(**relates(rel_type="m.replace", event_id=odd), **{"m.new_content": NEW}), "event_id"),
            (raw("m.reaction", relates(event_id=odd, key="x")), "event_id"),
            (raw("m.reaction", relates(event_id="$0", key=odd)), "key"),
            (raw("m.room.redaction", {"redacts": odd}), "redacts"),
            (raw("m.room.redaction", {}, redacts=odd), "redacts"),
        )
    ),
    (message(info=json.loads("[" * 900 + "]" * 900)), "nested"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "what"), MALFORMED, ids=lambda value: repr(value)[:60])
def test_a_malformed_event_is_rejected_and_named_and_told_what_is_wrong(event: Any, what: str) -> None:
    rejected = read_event(event, NAMING)
    assert isinstance(rejected, RejectedEvent)
    assert what in rejected.reason
    has_id = isinstance(event, dict) and event.get("event_id") == "$1"
    assert rejected.event_id == ("$1" if has_id else None)


def test_the_events_beside_a_malformed_one_are_read() -> None:
    events = read_events([message("one"), raw("m.reaction", {"x": 1}), message("two")], NAMING)
    assert [type(event) for event in events] == [MessageSent, RejectedEvent, MessageSent]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "msgtype",
        "body",
        "format",
        "formatted_body",
        "url",
        "file",
        "filename",
        "info",
        "geo_uri",
        "m.relates_to",
        "m.new_content",
        "rel_type",
        "event_id",
        "m.in_reply_to",
        "is_falling_back",
        "key",
        "redacts",
        "membership",
        "displayname",
        "avatar_url",
        "m.poll",
        "question",
        "answers",
        "m.text",
        "thumbnail_url",
        "thumbnail_info",
        "thumbnail_file",
        "org.matrix.msc3245.voice",
        "org.matrix.msc1767.audio",
        "waveform",
    ]
)
WORDS = st.sampled_from(
    ["m.text", "m.image", "m.audio", "m.location", "m.replace", "mxc://e/1", "join", "$0", "x"]
)
SHAPED = st.recursive(
    WORDS | JSON,
    lambda inner: st.dictionaries(KEYS, inner, max_size=6) | st.lists(inner, max_size=3),
    max_leaves=20,
)
KINDS = st.sampled_from(
    ["m.room.message", "m.sticker", "m.reaction", "m.room.redaction", "m.room.member", "m.poll.start", "x"]
)


@given(JSON)
def test_reading_arbitrary_json_never_fails(nonsense: Any) -> None:
    reader = MatrixEventReader(NAMING)
    for value in (nonsense, [nonsense]):
        assert isinstance(reader.events(value), list)
        assert isinstance(reader.signals(value), list)


@given(KINDS, SHAPED, st.dictionaries(st.sampled_from(["state_key", "unsigned", "redacts"]), SHAPED))
def test_reading_what_almost_is_an_event_never_fails(kind: str, content: Any, more: dict[str, Any]) -> None:
    event = read_event(raw(kind, content, **more), NAMING)
    assert not isinstance(event, RejectedEvent) or (event.event_id == "$1" and event.reason)


@given(SHAPED)
def test_reading_what_almost_are_signals_never_fails(content: Any) -> None:
    for kind in ("m.typing", "m.receipt"):
        list(read_signals([{"type": kind, "room_id": "!r", "content": content}], NAMING))


def test_huge_messages_are_read_quickly() -> None:
    for body in ("x" * 65_000, "> " * 30_000, "> <@a:b> \n" * 6_000, "!" * 65_000, "\n" * 65_000):
        [event] = read_events([message(body, **answers())], NAMING)
        assert isinstance(event, MessageSent)
