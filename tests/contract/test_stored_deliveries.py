"""What the outbox promises."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from livechat_plugin.core.acts import Say
from livechat_plugin.core.content import Text
from livechat_plugin.services.deliveries import (
    SLOTS,
    ActInSessionRoom,
    Delivery,
    Payload,
    ShowCard,
)
from livechat_plugin.store.database import Database
from livechat_plugin.store.repositories import outbox
from tests.contract.stores import NOW, Kept, owe
from tests.fakes.store import FakeStore


async def test_deliveries_are_pending_in_the_order_of_their_ids(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        added = [await owe(unit, lane, ShowCard(1)) for lane in "bacab"]
        ids = [delivery.id for delivery in added]
        assert ids == sorted(set(ids))
        assert len({delivery.token for delivery in added}) == 5
        assert await unit.outbox.pending(0, 2) == added[:2]
        assert await unit.outbox.pending(ids[1], 2) == added[2:4]
        assert await unit.outbox.pending(ids[4], 2) == []


async def test_what_is_known_is_left_out_and_the_rest_keeps_its_order(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        added = [await owe(unit, lane, ShowCard(1)) for lane in "bacabd"]
        ids = [delivery.id for delivery in added]
        assert await unit.outbox.pending(0, 10, known={ids[0], ids[2]}) == [added[1], *added[3:]]
        assert await unit.outbox.pending(0, 2, known=frozenset(ids[:3])) == added[3:5]
        assert await unit.outbox.pending(ids[2], 2, known={ids[3]}) == added[4:6]
        assert await unit.outbox.pending(0, 10, known=range(10_000)) == []


async def test_among_thousands_that_are_known_the_new_ones_are_found(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        known = {(await owe(unit, "lane", ShowCard(1))).id for _ in range(4_500)}
        new = [await owe(unit, "lane", ShowCard(number)) for number in range(1_100)]
        assert await unit.outbox.pending(0, 5_000, known) == new
        assert await unit.outbox.pending(0, 700, known) == new[:700]
        assert len(await unit.outbox.pending(0, 10_000)) == 5_600


async def test_what_is_known_is_not_parsed_again(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(database_url, print, print)
    async with database.begin() as unit:
        added = [await owe(unit, "lane", ShowCard(number)) for number in range(50)]
        await unit.commit()
    parsed: list[str] = []
    monkeypatch.setattr(outbox, "payload_from_json", parsed.append)
    async with database.read() as unit:
        found = await unit.outbox.pending(0, 100, {delivery.id for delivery in added[:-1]})
    assert [delivery.id for delivery in found] == [added[-1].id]
    assert len(parsed) == 1
    await database.close()


async def test_what_was_given_up_is_forgotten_in_time(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        failed = await owe(unit, "lane", ShowCard(1))
        waiting = await owe(unit, "lane", ShowCard(2), NOW)
        await unit.outbox.failed(failed.id, "banned")
        await unit.outbox.forget_failed(datetime.now(UTC) - timedelta(minutes=5))
        assert await is_kept(kept, unit, failed)
        await unit.outbox.forget_failed(datetime.now(UTC) + timedelta(minutes=5))
        assert not await is_kept(kept, unit, failed)
        assert await unit.outbox.pending(0, 10) == [waiting]


async def is_kept(kept: Kept, unit: Any, delivery: Delivery) -> bool:
    if isinstance(kept.store, FakeStore):
        return delivery.id in unit._unit.stored.failed
    found = await unit.outbox._db.execute(
        text("SELECT 1 FROM deliveries WHERE id = :id"), {"id": delivery.id}
    )
    return found.first() is not None


async def test_a_delivery_may_be_due_later(kept: Kept) -> None:
    due_at = NOW + timedelta(hours=1)
    async with kept.store.begin() as unit:
        delivery = await owe(unit, "lane", ShowCard(1), due_at)
        assert delivery == Delivery(delivery.id, "lane", delivery.token, ShowCard(1), due_at)
        assert await unit.outbox.pending(0, 10) == [delivery]


async def test_what_is_due_later_is_found_only_when_it_is_due(kept: Kept) -> None:
    later = NOW + timedelta(hours=1)
    async with kept.store.begin() as unit:
        owed = [await owe(unit, "lane", ShowCard(1), due_at) for due_at in (later, None, NOW, None)]
        ids = [delivery.id for delivery in owed]
        assert await unit.outbox.pending(0, 10, due_by=NOW) == owed[1:]
        assert await unit.outbox.pending(0, 2, due_by=later) == owed[:2]
        assert await unit.outbox.pending(ids[1], 10, {ids[2]}, due_by=NOW) == [owed[3]]
        assert await unit.outbox.pending(0, 10) == owed


async def test_a_delivery_is_done_once(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        delivery = await owe(unit, "lane", ShowCard(1))
        assert await unit.outbox.done(delivery.id) is True
        assert await unit.outbox.done(delivery.id) is False
        assert await unit.outbox.failed(delivery.id, "too late") is False
        assert await unit.outbox.pending(0, 10) == []


async def test_a_delivery_fails_once(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        delivery = await owe(unit, "lane", ShowCard(1))
        assert await unit.outbox.failed(delivery.id, "M_FORBIDDEN: you are banned") is True
        assert await unit.outbox.failed(delivery.id, "again") is False
        assert await unit.outbox.done(delivery.id) is False
        assert await unit.outbox.pending(0, 10) == []


async def test_the_id_of_a_delivery_is_never_used_again(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        first = await owe(unit, "lane", ShowCard(1))
        await unit.outbox.done(first.id)
        await unit.commit()
    async with kept.store.begin() as unit:
        assert (await owe(unit, "lane", ShowCard(1))).id > first.id


async def test_of_some_slots_only_their_deliveries_are_found(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        owed = [await owe(unit, f"lane {number % 9}", ShowCard(number)) for number in range(40)]
        owed += [await owe(unit, f"lane {number}", ShowCard(number), NOW) for number in range(9)]
        for slots in ({owed[0].slot}, {owed[1].slot, owed[2].slot}, set(range(SLOTS))):
            expected = [delivery for delivery in owed if delivery.slot in slots]
            assert await unit.outbox.pending(0, 100, due_by=NOW, slots=slots) == expected
            assert await unit.outbox.pending(0, 3, {expected[0].id}, slots=slots) == expected[1:4]
        assert await unit.outbox.pending(0, 100, slots=()) == []


async def test_each_delivery_tells_what_is_still_owed_before_it_in_its_lane(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        first = await owe(unit, "a", ShowCard(1))
        assert (await owe(unit, "b", ShowCard(1))).predecessor is first.predecessor is None
        second = await owe(unit, "a", ShowCard(1))
        later = await owe(unit, "a", ShowCard(1), NOW)
        third = await owe(unit, "a", ShowCard(1))
        assert [second.predecessor, later.predecessor, third.predecessor] == [first.id, second.id, second.id]
        await unit.outbox.done(third.id)
        await unit.outbox.failed(second.id, "banned")
        await unit.commit()
    async with kept.store.begin() as unit:
        assert (await owe(unit, "a", ShowCard(1))).predecessor == first.id


async def test_those_added_one_after_another_are_told_the_same(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        before = await owe(unit, "a", ShowCard(1))
        await owe(unit, "b", ShowCard(1), NOW)
        await unit.commit()
    async with kept.store.begin() as unit:
        for lane, due_at in (("a", None), ("b", None), ("a", NOW), ("a", None), ("b", None), ("c", NOW)):
            await unit.outbox.add(lane, ShowCard(2), due_at)
        await unit.commit()
    added = kept.announced.deliveries[-1]
    ids = [delivery.id for delivery in added]
    assert ids == sorted({*ids, before.id})[1:]
    assert [one.predecessor for one in added] == [before.id, None, ids[0], ids[0], ids[1], None]
    async with kept.store.begin() as unit:
        assert [one.id for one in await unit.outbox.pending(before.id + 1, 10)] == ids
        assert (await owe(unit, "a", ShowCard(3))).id > ids[-1]


async def test_what_a_process_of_the_version_before_owes_is_found_by_its_lane(database_url: str) -> None:
    database = Database(database_url, print, print)
    async with database.begin() as unit:
        new = await owe(unit, "a", ShowCard(1))
        await unit.outbox._db.execute(
            text("INSERT INTO deliveries (lane, token, payload) SELECT lane, 'old', payload FROM deliveries")
        )
        assert (await owe(unit, "a", ShowCard(2))).predecessor == new.id + 1
        found = await unit.outbox.pending(0, 10, slots={new.slot})
        assert [delivery.id for delivery in found] == [new.id, new.id + 1, new.id + 2]
        assert await unit.outbox.pending(0, 10, slots=set(range(SLOTS)) - {new.slot}) == []
    await database.close()


async def test_whether_a_lane_owes_something_now_is_known(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        first = await owe(unit, "lane", ShowCard(1))
        await unit.outbox.add("later", ShowCard(2), NOW + timedelta(minutes=1))
        await unit.commit()
    async with kept.store.begin() as unit:
        assert await unit.outbox.owes("lane")
        assert not await unit.outbox.owes("other lane")
        assert not await unit.outbox.owes("later")
        assert await unit.outbox.done(first.id)
        assert not await unit.outbox.owes("lane")


async def test_several_are_struck_off_at_once_and_each_only_once(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        first, second, third = [await owe(unit, "lane", ShowCard(number)) for number in range(3)]
        await unit.outbox.failed(third.id, "gone")

        assert await unit.outbox.all_done([second.id, first.id, third.id, 10**6]) == {first.id, second.id}
        assert await unit.outbox.all_done([second.id, first.id]) == frozenset()
        assert await unit.outbox.pending(0, 10) == []


async def test_what_follows_from_the_same_cause_has_the_same_token_again(kept: Kept) -> None:
    async def tokens(cause: str | None, *payloads: Payload) -> list[str]:
        async with kept.store.begin() as unit:
            unit.outbox.because_of(cause)
            return [(await owe(unit, "lane", payload)).token for payload in payloads]

    hello = [
        ActInSessionRoom(number, Say(Text("Hello")), as_customer=True, message_id=10 * number)
        for number in (1, 2)
    ]
    card = [ShowCard(1), ShowCard(2)]
    assert await tokens("$event", hello[0]) == await tokens("$event", hello[1]), "rows may have other numbers"
    once = await tokens("$event", *hello, *card)
    assert len(set(once)) == 4, "each is told from the others"
    assert await tokens("$event", *hello, *card) == once
    assert set(await tokens("$other", *hello, *card)).isdisjoint(once)
    by_chance = [*await tokens(None, *hello, *card), *await tokens(None, *hello, *card)]
    assert len(set(by_chance)) == 8
