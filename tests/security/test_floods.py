"""Who does too much of something is slowed down, loses nothing, and harms nobody else (SEC-FLOOD)."""

from collections import Counter
from datetime import timedelta
from typing import NoReturn

import pytest

from livechat_plugin.services.deliveries import PrepareSessionRoom
from livechat_plugin.services.pace import MINUTE, REMEMBERED, Pace
from livechat_plugin.services.relay import Relay
from tests.fakes.clock import FakeClock
from tests.unit.desk import ANNA, BOT, CARLA, DAN, MALLORY, SUPPORT, Desk

LIMIT = 60


@pytest.fixture
async def busy(desk: Desk) -> Desk:
    """Carla and Dan are served by Anna; more than sixty messages a minute are slowed down."""
    for customer, number in ((CARLA, 1), (DAN, 2)):
        await desk.write(customer, "Hello")
        await desk.take(ANNA, number)
        await desk.enter(ANNA, customer)
    desk.clock.advance(120)
    desk.use_cases.customers.pace.per_minute = LIMIT
    return desk


async def flood(desk: Desk, customer: str, number: int, first: int = 0) -> list[str]:
    words = [f"flood {first + count}" for count in range(number)]
    for word in words:
        await desk.people.say(customer, desk.chat(customer).room_id, word)
    return words


def floods(desk: Desk, customer: str) -> list[str]:
    return [line.partition(": ")[2] for line in desk.lines(desk.session_room(customer)) if ": flood " in line]


async def test_a_flood_is_passed_on_little_by_little_in_order_and_nothing_is_lost(busy: Desk) -> None:
    words = await flood(busy, CARLA, 150)
    await busy.settle()
    assert floods(busy, CARLA) == words[:LIMIT]
    busy.clock.advance(5)
    await busy.settle()
    assert floods(busy, CARLA) == words[: LIMIT + 5]
    more = await flood(busy, CARLA, 3, first=150)  # does not overtake what waits
    for _ in range(20):
        busy.clock.advance(5)
        await busy.settle()
    assert floods(busy, CARLA) == [*words, *more]
    await busy.people.say(CARLA, busy.chat().room_id, "flood over")
    await busy.settle()
    assert floods(busy, CARLA)[-1] == "flood over"


async def test_who_is_slowed_down_is_told_once_and_so_are_the_operators(busy: Desk) -> None:
    await flood(busy, CARLA, 200)
    await busy.settle()
    told = Counter(
        line
        for room in (busy.chat(), busy.session_room())
        for line in busy.lines(room)
        if "very fast" in line
    )
    assert sorted(told.values()) == [1, 1]


async def test_new_names_without_number_are_slowed_down_like_words(busy: Desk) -> None:
    """Each would be work for the homeserver: the customer's ghost takes it, and the room is called by it."""
    for number in range(3 * LIMIT):
        await busy.people.present(CARLA, f"Carla {number}")
    await busy.push_pending()
    owed = [one for one in busy.stored.deliveries.values() if isinstance(one.payload, PrepareSessionRoom)]
    assert len(owed) <= LIMIT
    for _ in range(40):
        await busy.settle()
        busy.clock.advance(5)
    assert busy.homeserver.profiles[busy.ghost()].display_name == f"Carla {3 * LIMIT - 1}"


async def test_nobody_else_waits_for_a_flood(busy: Desk) -> None:
    await flood(busy, CARLA, 500)
    await busy.people.say(DAN, busy.chat(DAN).room_id, "flood of one")
    await busy.settle()
    assert floods(busy, DAN) == ["flood of one"]
    assert not [line for line in busy.lines(busy.chat(DAN)) if "very fast" in line]
    await busy.answer(ANNA, "One moment")  # nor does the operator's answer
    assert "One moment" in busy.lines(busy.chat())[-1]


async def test_changes_and_reactions_count_and_keep_their_place(busy: Desk) -> None:
    room_id = busy.chat().room_id
    first = await busy.people.say(CARLA, room_id, "flood once")
    for number in range(LIMIT):
        await busy.people.edit(CARLA, room_id, first, f"flood {number}")
    last = await busy.people.say(CARLA, room_id, "flood last")
    await busy.people.redact(CARLA, room_id, last)
    await busy.settle()
    for _ in range(3):
        busy.clock.advance(5)
        await busy.settle()
    assert floods(busy, CARLA) == [f"flood {LIMIT - 1}"]


async def test_what_waits_is_passed_on_after_a_restart(busy: Desk) -> None:
    words = await flood(busy, CARLA, LIMIT + 7)
    await busy.settle()
    async with Desk(stored=busy.stored, homeserver=busy.homeserver).working() as again:
        again.clock.advance(300)
        await again.settle()
        assert floods(again, CARLA) == words


async def test_what_waited_is_passed_on_once_also_by_a_restored_database(busy: Desk) -> None:
    """The homeserver recognizes each message by its token, in whatever portions they went out."""
    backup = busy.stored.copy()
    words = await flood(busy, CARLA, LIMIT + 7)
    events = list(busy.homeserver.unpushed)
    for _ in range(3):
        await busy.settle()
        busy.clock.advance(5)
    assert floods(busy, CARLA) == words
    async with Desk(stored=backup, homeserver=busy.homeserver).working() as restored:
        await restored.push(*events)  # as the reconciliation fetches them
        await restored.settle()
        assert floods(restored, CARLA) == words


async def test_nobody_is_held_for_ever_whatever_fails(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what waits can be handled, nor can the customer be told: it is looked at again."""
    words = await flood(busy, CARLA, LIMIT + 7)
    await busy.settle()

    async def fail(*_: object, **__: object) -> NoReturn:
        raise KeyError("a fault of ours")

    with monkeypatch.context() as failing:
        failing.setattr(Relay, "from_customer", fail)
        failing.setattr(Relay, "tell_customer", fail)
        busy.clock.advance(5)
        await busy.settle()
    assert busy.stored.failed
    for _ in range(15):
        busy.clock.advance(10)
        await busy.settle()
    assert floods(busy, CARLA) == words


async def test_a_flood_before_the_session_opens_it_once(desk: Desk) -> None:
    desk.use_cases.customers.pace.per_minute = LIMIT
    await desk.open_chat(CARLA)
    await flood(desk, CARLA, 200)
    await desk.settle()
    assert len(desk.stored.sessions) == 1


async def test_invitations_without_number_take_one_place(desk: Desk) -> None:
    """Those of one stranger, and those of one homeserver of strangers."""
    strangers = [f"@mallory{number}:elsewhere.org" for number in range(5)]
    for user in (*strangers, DAN):
        desk.homeserver.introduce(user)
    rooms = [
        await desk.people.open_room(user, whom, is_direct=False)
        for user in (*strangers, DAN)
        for whom in (SUPPORT, BOT, f"@livechat_support_c1:{SUPPORT.partition(':')[2]}")
        for _ in range(10)
    ]
    await desk.push_pending()
    lanes = {delivery.lane for delivery in desk.stored.deliveries.values()}
    assert {lane for lane in lanes if lane.startswith("declined:")} == {
        "declined:elsewhere.org",
        f"declined:{DAN}",
    }
    await desk.settle()
    assert not any(
        member.startswith("@livechat") for room in rooms for member in desk.homeserver.rooms[room].joined()
    )


async def test_strangers_from_elsewhere_are_refused_before_we_come_in(desk: Desk) -> None:
    desk.homeserver.introduce(MALLORY)
    for is_direct in (True, False):
        room_id = await desk.people.open_room(MALLORY, SUPPORT, is_direct=is_direct)
        await desk.settle()
        assert not desk.homeserver.rooms[room_id].has(SUPPORT)
    assert not desk.stored.sessions
    assert all(account.external_id != MALLORY for account in desk.stored.accounts.values())


def test_a_minutes_messages_may_come_at_once_and_then_one_by_one() -> None:
    clock = FakeClock()
    pace = Pace(clock, 3)
    assert [pace.allows(1) for _ in range(5)] == [True, True, True, False, False]
    assert pace.allows(2)
    clock.advance(20)
    assert [pace.allows(1) for _ in range(2)] == [True, False]
    clock.advance(MINUTE / timedelta(seconds=1))
    assert [pace.allows(1) for _ in range(4)] == [True, True, True, False]
    assert all(Pace(clock, 0).allows(1) for _ in range(1000))


def test_no_more_is_remembered_than_of_those_who_wrote_lately() -> None:
    clock = FakeClock()
    pace = Pace(clock, 60)
    for account in range(REMEMBERED):
        pace.allows(account)
    clock.advance(120)
    pace.allows(REMEMBERED)
    assert len(pace._free_at) == 1
