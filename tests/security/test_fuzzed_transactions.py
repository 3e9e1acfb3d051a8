"""Whatever a transaction holds, it is answered, and what is good in it is taken in."""

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livechat_plugin.services.room_events import MessageSent
from livechat_plugin.web.damaged import Unreadable, events_of
from tests.unit.test_transactions import EVENT, Web

EXAMPLES = int(os.environ.get("LIVECHAT_FUZZ_EXAMPLES", "60"))
FUZZED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

GOOD = [json.dumps({**EVENT, "event_id": f"$good{number}"}).encode() for number in range(2)]

TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
NUMBERS = (
    st.integers() | st.floats() | st.sampled_from([10**400, -(10**30), 1e308, float("nan"), float("inf")])
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
LIKE_EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "event_id": VALUES | st.just("$bad"),
        "type": VALUES
        | st.sampled_from(["m.room.message", "m.room.member", "m.reaction", "m.room.tombstone"]),
        "sender": VALUES | st.just("@carla:example.org"),
        "room_id": VALUES | st.just("!room"),
        "state_key": VALUES,
        "origin_server_ts": VALUES | st.just(1_700_000_000_000),
        "content": VALUES,
        "unsigned": VALUES,
    },
)
DEEP = st.integers(1, 3000).map(
    lambda depth: b'{"event_id": "$deep", "content": ' + b"[" * depth + b"]" * depth + b"}"
)
LONG = st.integers(1, 9000).map(
    lambda digits: b'{"event_id": "$long", "origin_server_ts": ' + b"9" * digits + b"}"
)
TWICE = st.just(b'{"event_id": "$a", "event_id": "$b", "content": {}, "content": null}')
HALVES = st.sampled_from(
    [b'{"event_id": "$half\\ud800"}', b'{"event_id": "$x", "content": {"\\udfff": "\\ud83d"}}']
)
BROKEN = st.sampled_from(
    [b'{"event_id": "$bytes", "type": "\xff\xfe"}', b'{"event_id": "$nul\\u0000"}', b"NaN", b"-"]
)
BAD = st.one_of(
    LIKE_EVENTS.map(lambda event: json.dumps(event).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
    *(DEEP, LONG, TWICE, HALVES, BROKEN),
)


def transaction(*events: bytes) -> bytes:
    return b'{"ephemeral": [], "events": [' + b", ".join(events) + b"]}"


@FUZZED
@given(st.lists(BAD, max_size=5), st.lists(BAD, min_size=1, max_size=5))
async def test_good_events_are_taken_in_whatever_stands_beside_them(
    before: list[bytes], after: list[bytes]
) -> None:
    web = Web()
    answer = await web.push(transaction(*before, GOOD[0], *after, GOOD[1]))
    assert answer.status_code == 200
    good = [event.event_id for event in web.taken.events if isinstance(event, MessageSent)]
    assert [event_id for event_id in good if event_id.startswith("$good")] == ["$good0", "$good1"]


@FUZZED
@given(st.one_of(st.binary(max_size=200), VALUES.map(lambda value: json.dumps(value).encode())))
async def test_what_is_no_transaction_is_refused_and_breaks_nothing(body: bytes) -> None:
    web = Web()
    assert (await web.push(body)).status_code in {200, 400}


@FUZZED
@given(VALUES, VALUES)
async def test_neither_do_signals_break_anything(events: Any, signals: Any) -> None:
    web = Web()
    body = json.dumps({"events": events, "ephemeral": signals, "extra": signals}).encode()
    assert (await web.push(body)).status_code in {200, 400}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"events": [',
        b'{"events": [{}',
        b'{"events": [{}]',
        b'{"events": "\\ud800"}',
        b'{"other": {"events": [1]}, "x": "\\ud800"}',
        b'["events", [1]]',
        b'{"events": [1]}}',
        b'"' + b'\\"' * 100_000,
    ],
)
def test_a_body_that_is_cut_off_has_no_events(body: bytes) -> None:
    with pytest.raises(Unreadable):
        events_of(body)


def test_commas_and_brackets_in_words_divide_nothing() -> None:
    words = {"body": 'a "quoted", [bracketed] {thing} \\', "list": [1, [2, {"events": [3]}]]}
    body = b'{"events": [' + json.dumps(words).encode() + b', {"event_id": "$half\\ud800"}]}'
    assert events_of(body)[0] == words
