"""What the outbox promises, and that everything kept as JSON comes back as it was."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from sqlalchemy import text

from livechat_plugin.core.acts import Act, Edit, React, Redact, Say, Target
from livechat_plugin.core.content import Content, Location, Media, Text
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.services.deliveries import (
    SLOTS,
    ActForCustomer,
    ActInSessionRoom,
    AdmitOperator,
    AdmitOperatorGhost,
    AlertWaiting,
    AlignMembers,
    AlignPerson,
    ClearSessionRoom,
    CloseLiveChat,
    ContinueDialog,
    DeleteFiles,
    Delivery,
    DismissOperatorGhost,
    DressOperatorGhost,
    EraseCustomer,
    FindItems,
    InviteGroup,
    JoinCustomerRoom,
    JoinRoom,
    LeaveRoom,
    LinkAccount,
    PassOnSlowed,
    Payload,
    PrepareSessionRoom,
    PrepareSpareRoom,
    ProvisionLiveChat,
    RefreshApps,
    RegisterItem,
    RouteSession,
    SayFarewell,
    SayInRoom,
    SendSignInLink,
    ShowCard,
    ShowCustomer,
    TellAdministrators,
    TidySession,
)
from livechat_plugin.services.deliveries.finding import ShowLiveChats
from livechat_plugin.services.deliveries.groups import (
    CatchUpGroups,
    EndGroupRoom,
    FollowGroup,
    FollowSuccessor,
    JoinGroupRoom,
    LeaveGroupRoom,
    LoseGroupRoom,
    MakeGroup,
    ReadGroupMember,
    ReadGroupRoom,
    RefreshDirectory,
)
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EncryptedSent,
    EventRedacted,
    MembershipChanged,
    MessageEdited,
    MessageSent,
    ReactionSent,
    RoomReplaced,
    SpaceChildChanged,
)
from livechat_plugin.store.database import Database
from livechat_plugin.store.repositories import outbox
from tests.contract.stores import NOW, Kept, committed_conversation, owe
from tests.fakes.store import FakeStore

CONTENTS: tuple[Content, ...] = (
    Text("Grüße 👋🏽\n\0 \"'\\"),
    Text("plain", html="<b>rich</b>", style="emote"),
    Media("image", "mxc://x/y", "cat.png"),
    Media(
        "voice",
        None,
        "grüße.ogg",
        caption="listen",
        caption_html="<i>listen</i>",
        info={"size": 12_345_678_901, "w": 1.5, "thumbnail_info": {"w": 1}, "flags": [True, None, "ü"]},
        voice={"org.matrix.msc1767.audio": {"duration": 3, "waveform": [0, 1023]}},
        encrypted={"url": "mxc://x/z", "key": {"k": "aaa", "key_ops": ["encrypt"]}, "hashes": {}},
    ),
    Location("geo:59.33,18.06;u=35", "Stockholm"),
)

ACTS: tuple[Act, ...] = (
    Say(Text("Hello")),
    *(Say(content, reply_to=Target(3, "$event")) for content in CONTENTS),
    Edit(Target(3), Text("Hello!")),
    React(Target(3, "$event"), "👍🏽"),
    Redact(Target(3)),
)

PAYLOADS: tuple[Payload, ...] = (
    *(ActInSessionRoom(1, act, as_customer=True) for act in ACTS),
    ActInSessionRoom(1, ACTS[0], as_customer=False, message_id=2, room_id="!r", speaker="@s:x"),
    *(ActForCustomer(1, act, "matrix", "!room", "@livechat_a:x") for act in ACTS),
    ActForCustomer(1, ACTS[0], "web", "visitor", "@livechat_a:x", message_id=2, warn_event="$w"),
    SayInRoom("!r", "@s:x", "words"),
    SayInRoom("!r", "@s:x", "words", html="<b>words</b>", reply_to="$e", mention="@otto:x"),
    RouteSession(1, 2),
    EraseCustomer(1, with_items=True),
    DeleteFiles(("mxc://x/1", "mxc://x/2")),
    DeleteFiles(("mxc://x/1",), "@otto:x", or_us=True),
    ShowCard(1),
    PrepareSessionRoom(1, 2),
    AdmitOperator(1, 2, "@otto:x"),
    InviteGroup(12, 7, "second level"),
    ClearSessionRoom(12, 7, "Session #12 is served by @otto:x now."),
    AlertWaiting(12, NOW, 10, times=2),
    AdmitOperatorGhost(1, "@otto:x"),
    DismissOperatorGhost(1, "@otto:x"),
    DressOperatorGhost("@otto:x"),
    AlignMembers(1),
    AlignPerson(1, "@otto:x"),
    TellAdministrators("words", "<b>words</b>"),
    TidySession(1, 2, "@otto:x"),
    TidySession(1, 2, None),
    SayFarewell(1, 2),
    JoinCustomerRoom(1, "!r"),
    JoinRoom("!r", "@livechat:x"),
    LeaveRoom("!r", "@livechat:x", "no", words="Bye"),
    ProvisionLiveChat(1),
    PrepareSpareRoom(1),
    RefreshApps(),
    LinkAccount(
        1, "contacts", None, {"name": "Carla Ω", "age": 7.5, "is_new": True, "account": ["a:b"]}, "@a:x"
    ),
    LinkAccount(1, "contacts", "17", {}, "@a:x", "$event", "token", 2),
    RegisterItem(1, 2, "complaints", {"text": "Broken"}, "@a:x"),
    RegisterItem(1, 2, "complaints", {"text": "Broken"}, "@a:x", "$event", "token", 2),
    FindItems(1, "contacts", "carla", "$event"),
    ShowCustomer(1, "$event"),
    ContinueDialog("!room", "@anna:x", "$event", "Käse"),
    ContinueDialog("!room", "@anna:x", "$event", None),
    CloseLiveChat(1),
    SendSignInLink("!bot", "@anna:x", "$event"),
    ShowLiveChats("@carla:x"),
    MakeGroup("sales", GroupSource.UNIT, "#sales:x", True, "@ada:x", "!bot", "$event"),  # noqa: FBT003
    FollowGroup("sales"),
    FollowGroup("sales", is_thorough=True),
    ReadGroupRoom("!room"),
    ReadGroupMember("!room", "@anna:x"),
    JoinGroupRoom("!room"),
    LeaveGroupRoom("!room"),
    LoseGroupRoom("!room"),
    EndGroupRoom("!room"),
    CatchUpGroups("mark"),
    FollowSuccessor("!room"),
    PassOnSlowed(7),
    RefreshDirectory(),
)

WHERE = ("$event", "!room", "@carla:x", NOW)

EVENTS: tuple[AnyRoomEvent, ...] = (
    *(MessageSent(*WHERE, content, "$earlier") for content in CONTENTS),
    MessageEdited(*WHERE, "$earlier", Text("better")),
    ReactionSent(*WHERE, "$earlier", "👍🏽"),
    EventRedacted(*WHERE, "$earlier"),
    MembershipChanged(*WHERE, "@livechat_a:x", "invite"),
    MembershipChanged(*WHERE, "@carla:x", "leave", "join", "Carla Ω", "mxc://x/y", is_direct=True),
    EncryptedSent(*WHERE),
    SpaceChildChanged(*WHERE, "!child"),
    RoomReplaced(*WHERE, "!new"),
)


@pytest.mark.parametrize(
    ("examples", "union"), [(CONTENTS, Content), (ACTS, Act), (PAYLOADS, Payload), (EVENTS, AnyRoomEvent)]
)
def test_there_is_an_example_of_every_kind(examples: tuple[object, ...], union: object) -> None:
    assert {type(example) for example in examples} == set(get_args(union))


async def test_every_payload_comes_back_as_it_was(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        added = [await owe(unit, "lane", payload) for payload in PAYLOADS]
        await unit.commit()
    async with kept.store.read() as unit:
        found = await unit.outbox.pending(0, 1000)
    assert found == added
    assert [delivery.payload for delivery in found] == list(PAYLOADS)


async def test_every_content_comes_back_as_it_was(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        for content in CONTENTS:
            message = await unit.messages.get(
                await unit.messages.add(conversation.id, "in", NOW, content=content)
            )
            assert message is not None
            assert message.content == content


async def test_every_held_event_comes_back_as_it_was_and_in_order(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        for event in EVENTS:
            await unit.inbox.hold(conversation.id, event)
        await unit.commit()
    async with kept.store.begin() as unit:
        assert await unit.inbox.release(conversation.id) == list(EVENTS)
        assert await unit.inbox.release(conversation.id) == []


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
