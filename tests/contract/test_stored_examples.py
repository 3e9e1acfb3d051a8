"""Every payload, content and held event comes back from the store as it was."""

from typing import get_args

import pytest

from livechat_plugin.core.acts import Act, Edit, React, Redact, Say, Target
from livechat_plugin.core.content import Content, Location, Media, Text
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.services.deliveries import (
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
    RelayEarly,
    RouteSession,
    SayFarewell,
    SayInRoom,
    SendSignInLink,
    ShowCard,
    ShowCustomer,
    TakeByCard,
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
from tests.contract.stores import NOW, Kept, committed_conversation, owe

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
    TakeByCard(7, ReactionSent("$event", "!room", "@anna:x", NOW, "$card", "✋")),
    RelayEarly(7, "customer", ReactionSent("$event", "!room", "@carla:x", NOW, "$earlier", "👍")),
    RelayEarly(7, "operators", EventRedacted("$event", "!room", "@anna:x", NOW, "$earlier")),
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
