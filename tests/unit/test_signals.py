"""Typing and read receipts: passed on between the customer and the assigned operator, and to nobody else."""

import asyncio
from dataclasses import replace

import pytest

from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services import signals
from livechat_plugin.services.room_events import ReadUpTo, Signal, TypingChanged
from tests.fakes.faults import absence
from tests.unit.desk import ANNA, CARLA, SAM, SUPPORT, Desk, event_ids


@pytest.fixture
async def served(desk: Desk) -> Desk:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.enter(SAM)
    await desk.answer(ANNA, "Hi")
    return desk


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "LOOK_AGAIN_AFTER", 0.001)


async def typing(desk: Desk, room_id: str, *users: str) -> None:
    await desk.signals.relay([TypingChanged(room_id, frozenset(users))])


async def test_operators_see_the_customers_ghost_typing(served: Desk) -> None:
    await typing(served, served.chat().room_id, CARLA)
    assert served.session_room().typing == {served.ghost()}
    await typing(served, served.chat().room_id)
    assert served.session_room().typing == set()


async def test_the_customer_sees_the_live_chat_typing_and_not_who_it_is(served: Desk) -> None:
    await typing(served, served.session_room().room_id, SAM, ANNA)
    assert served.chat().typing == {SUPPORT}
    await typing(served, served.session_room().room_id, SAM)
    assert served.chat().typing == set()


async def test_others_in_the_session_room_type_unseen(served: Desk) -> None:
    await typing(served, served.session_room().room_id, SAM)
    assert served.chat().typing == set()


async def test_nobody_is_asked_to_stop_who_did_not_begin(served: Desk) -> None:
    calls = served.homeserver.faults.calls
    await typing(served, served.chat().room_id)
    assert served.homeserver.faults.calls == calls


async def test_who_was_seen_typing_by_another_process_stops_typing(served: Desk) -> None:
    another = Desk(stored=served.store.stored, homeserver=served.homeserver)
    for desk in (served, another):
        desk.bus.is_alone = False
    await typing(served, served.chat().room_id, CARLA)
    assert served.session_room().typing == {served.ghost()}
    await typing(another, served.chat().room_id)
    assert served.session_room().typing == set()


async def test_the_customers_reading_is_shown_to_the_operators(served: Desk) -> None:
    answer = event_ids(served.chat().shown(), "Hi")[0]
    await served.signals.relay([ReadUpTo(served.chat().room_id, CARLA, answer)])
    assert served.session_room().read == {served.ghost(): event_ids(served.session_room().shown(), "Hi")[0]}


async def test_the_operators_reading_is_shown_to_the_customer(served: Desk) -> None:
    hello = event_ids(served.session_room().shown(), "Hello")[0]
    await served.signals.relay([ReadUpTo(served.session_room().room_id, SAM, hello)])
    assert served.chat().read == {}
    await served.signals.relay([ReadUpTo(served.session_room().room_id, ANNA, hello)])
    assert served.chat().read == {SUPPORT: event_ids(served.chat().shown(), "Hello")[0]}


async def test_reading_ones_own_side_or_what_is_unknown_says_nothing(served: Desk) -> None:
    chat, room = served.chat(), served.session_room()
    own = event_ids(chat.shown(), "Hello")[0]
    note = await served.answer(ANNA, "!note secret")
    for signal in (
        ReadUpTo(chat.room_id, CARLA, own),
        ReadUpTo(chat.room_id, CARLA, "$unknown"),
        ReadUpTo(room.room_id, ANNA, event_ids(room.shown(), "Hi")[0]),
        ReadUpTo(room.room_id, ANNA, note),
    ):
        await served.signals.relay([signal])
    assert chat.read == room.read == {}


async def test_signals_in_rooms_without_a_conversation_are_passed_over(served: Desk) -> None:
    calls = served.homeserver.faults.calls
    await typing(served, served.queue.room_id, ANNA)
    await typing(served, "!unknown", ANNA)
    await served.signals.relay([ReadUpTo("!unknown", ANNA, "$1")])
    assert served.homeserver.faults.calls == calls


async def test_after_the_close_nobody_sees_who_types(served: Desk) -> None:
    room = served.session_room().room_id
    await served.answer(ANNA, "!close")
    await typing(served, room, ANNA)
    assert served.chat().typing == set()


async def test_before_the_first_session_there_is_nobody_to_show_it_to(desk: Desk) -> None:
    await desk.open_chat(CARLA)
    await typing(desk, desk.chat().room_id, CARLA)
    assert desk.meter.of("signals_dropped", "typing") == 0


async def test_a_signal_that_cannot_be_passed_on_is_counted_and_the_next_goes_on(served: Desk) -> None:
    hello = event_ids(served.session_room().shown(), "Hello")[0]
    served.homeserver.faults.fail(absence(), 2)
    read = ReadUpTo(served.session_room().room_id, ANNA, hello)
    await served.signals.relay([TypingChanged(served.chat().room_id, frozenset({CARLA})), read, read])
    assert served.meter.of("signals_dropped", "typing") == 1
    assert served.meter.of("signals_dropped", "read") == 1
    assert served.chat().read.keys() == {SUPPORT}


# --- who has read what ---


def marks(desk: Desk) -> dict[str, str]:
    """What everybody has read last, by their first words."""
    said = {message.id: message.content for message in desk.stored.messages.values()}
    found: dict[str, str] = {}
    for (_, reader), mark in desk.stored.read_marks.items():
        content = said[mark.message_id]
        assert isinstance(content, Text)
        found[reader] = content.body
    return found


async def test_it_is_kept_how_far_the_customer_and_employees_have_read(served: Desk) -> None:
    assert marks(served) == {ANNA: "Hi"}  # who answers has read what was said before
    room, chat = served.session_room(), served.chat()
    hello = event_ids(room.shown(), "Hello")[0]
    await served.signals.relay(
        [
            ReadUpTo(chat.room_id, CARLA, event_ids(chat.shown(), "Hi")[0]),
            ReadUpTo(room.room_id, SAM, hello),
            ReadUpTo(room.room_id, ANNA, hello),  # she has read further than that
        ]
    )
    assert marks(served) == {ANNA: "Hi", CARLA: "Hi", SAM: "Hello"}


async def test_ghosts_strangers_and_unknown_events_leave_no_mark(served: Desk) -> None:
    room, chat = served.session_room(), served.chat()
    hello = event_ids(room.shown(), "Hello")[0]
    await served.signals.relay(
        [
            ReadUpTo(room.room_id, served.ghost(), hello),
            ReadUpTo(chat.room_id, SUPPORT, event_ids(chat.shown(), "Hi")[0]),
            ReadUpTo(chat.room_id, SAM, event_ids(chat.shown(), "Hi")[0]),
            ReadUpTo(room.room_id, SAM, "$never-seen"),
            ReadUpTo("!elsewhere", SAM, hello),
        ]
    )
    assert marks(served) == {ANNA: "Hi"}


async def test_what_comes_together_is_kept_together_after_it_was_passed_on(served: Desk) -> None:
    hello = event_ids(served.session_room().shown(), "Hello")[0]
    before = served.store.commits
    reads = [ReadUpTo(served.session_room().room_id, user, hello) for user in (SAM, ANNA, SAM)]
    await served.signals.relay(reads)
    assert served.store.commits == before + 1
    await served.signals.relay(reads)
    assert served.store.commits == before + 1  # nothing goes forward, nothing is written


async def test_a_database_that_is_away_costs_the_mark_and_not_the_signal(served: Desk) -> None:
    hello = event_ids(served.session_room().shown(), "Hello")[0]
    served.store.commit_failures.append(StoreUnavailable("away"))
    await served.signals.relay([ReadUpTo(served.session_room().room_id, user, hello) for user in (SAM, ANNA)])
    assert served.chat().read == {SUPPORT: event_ids(served.chat().shown(), "Hello")[0]}
    assert SAM not in marks(served)


async def test_a_receipt_that_is_quicker_than_the_plugin_counts_as_soon_as_the_copy_is_known(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is in the session room, and read there, before its delivery is struck off."""
    monkeypatch.setattr(signals, "LOOK_AGAIN_AFTER", 0.2)
    room = served.session_room()
    hello = event_ids(room.shown(), "Hello")[0]
    message = next(one for one in served.stored.messages.values() if one.operators_event == hello)
    served.stored.messages[message.id] = replace(message, operators_event=None)
    relaying = asyncio.create_task(served.signals.relay([ReadUpTo(room.room_id, SAM, hello)]))
    await asyncio.sleep(0.05)
    assert SAM not in marks(served)
    served.stored.messages[message.id] = message
    await relaying
    assert marks(served)[SAM] == "Hello"


async def test_what_stays_unknown_is_not_looked_for_for_ever(served: Desk) -> None:
    room = served.session_room()
    async with asyncio.timeout(5):
        await served.signals.relay([ReadUpTo(room.room_id, SAM, f"$unknown{n}") for n in range(3)])
    assert SAM not in marks(served)


async def test_an_older_receipt_that_is_looked_at_again_does_not_take_the_place_of_a_later_one(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "LOOK_AGAIN_AFTER", 0.05)
    room = served.session_room()
    hello = event_ids(room.shown(), "Hello")[0]
    message = next(one for one in served.stored.messages.values() if one.operators_event == hello)
    served.stored.messages[message.id] = replace(message, operators_event=None)
    pass_on, later = served.signals._pass_on, ReadUpTo(room.room_id, SAM, hello)
    came: list[ReadUpTo] = []

    async def overtaken(signal: Signal, marks: dict[tuple[int, str], int]) -> bool:
        """The later one comes while the older one is looked at for the second time."""
        is_unknown = await pass_on(signal, marks)
        if signal != later and served.signals._is_waiting and not came:
            came.append(later)
            await served.signals.relay([later])
        return is_unknown

    monkeypatch.setattr(served.signals, "_pass_on", overtaken)
    relaying = asyncio.create_task(served.signals.relay([ReadUpTo(room.room_id, SAM, "$older")]))
    await asyncio.sleep(0.08)
    served.stored.messages[message.id] = message
    await relaying
    assert marks(served)[SAM] == "Hello"
