"""Live chats made, changed, shown and deleted in the bot's chat, in one line and question by question."""

import pytest

from livechat_plugin import Hook, HookSettings, hookimpl
from livechat_plugin.core.apps import App, Field, FieldType
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.routing import RoutingRule
from livechat_plugin.core.sessions import SessionState
from tests.fakes.rooms import FakeRoom
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, SAM, Desk
from tests.unit.wiring import ADA, SERVER

ACCOUNT = Field("account", "Account", FieldType.ACCOUNT)
MANAGER = Field("manager", "Manager", FieldType.USER)


class Shop(Hook[HookSettings]):
    """Offers two apps, a rule that needs one of them, and an app that is good for nothing."""

    @hookimpl
    def livechat_register_account_apps(self) -> list[App]:
        return [App("contacts", "Contacts", (ACCOUNT, MANAGER)), App("bare", "Bare", (MANAGER,))]

    @hookimpl
    def livechat_register_message_apps(self) -> list[App]:
        return [App("complaints", "Complaints", (ACCOUNT,))]

    @hookimpl
    def livechat_register_routing_rules(self) -> list[RoutingRule]:
        return [
            RoutingRule("first_response", "First Response", "Whoever is first."),
            RoutingRule("assigned_to", "Assigned to", "By a field.", needs_account_app=True),
        ]

    @hookimpl
    def livechat_choose_routing_settings(self, rule: str) -> list[Field] | None:
        if rule != "assigned_to":
            return None
        return [
            Field("field", "Which field", FieldType.CHOICE, is_required=True, choices=("manager", "author"))
        ]


class Chat:
    """Somebody's direct chat with the bot."""

    def __init__(self, desk: Desk, room: FakeRoom, user: str) -> None:
        self.desk, self.room, self.user = desk, room, user

    async def say(self, words: str) -> str:
        """Write; returns what the bot says last."""
        await self.desk.people.say(self.user, self.room.room_id, words)
        await self.desk.settle()
        return self.desk.lines(self.room)[-1].partition(": ")[2]

    def chat(self, slug: str) -> LiveChat | None:
        return next((one for one in self.desk.stored.live_chats.values() if one.slug == slug), None)


async def chat_of(desk: Desk, user: str) -> Chat:
    room_id = await desk.people.open_room(user, BOT)
    await desk.settle()
    return Chat(desk, desk.homeserver.rooms[room_id], user)


@pytest.fixture
async def shop() -> object:
    async with Desk(Shop(HookSettings())).working() as desk:
        await desk.set_up()
        yield desk


@pytest.fixture
async def ada(shop: Desk) -> Chat:
    return await chat_of(shop, ADA)


ONE_LINE = (
    '!chats add it "IT Help Desk" account_app=contacts message_apps=complaints rule=assigned_to rule_field=manager'
    f" customers=@*:{SERVER} operators={ANNA},{BORIS} supervisors=support-supervisors show_operator_name=yes"
    ' session_name="{client} #{number}" waiting_alert=10'
)
GUIDED = [
    ("!chats add", "Short name?"),
    ("support", "There is a live chat 'support' already. Short name?"),
    ("it", "Name?"),
    ("customer support", "There is a live chat 'customer support' already. Name?"),
    ("IT Help Desk", "Bind account?"),
    ("1", "Register messages?"),
    ("complaint", "There is no app 'complaint'"),
    ("complaints", "Internal customers?"),
    ("nobody", "There is no group 'nobody'"),
    (f"@*:{SERVER}", "Show the operator's name?"),
    ("yes", "Show the operator's name to external customers too?"),
    ("-", "Routing rule?"),
    ("assigned_to", "Which field?"),
    ("1", "Operators?"),
    ("@nobody:example.org", "There is no user @nobody:example.org"),
    (f"{ANNA} {BORIS}", "Supervisors?"),
    ("support-supervisors", "Names of sessions?"),
    ("{client} #{number}", "Waiting alert?"),
    ("10", "IT Help Desk is made."),
]


async def test_one_line_makes_a_live_chat(ada: Chat) -> None:
    assert await ada.say(ONE_LINE) == (
        f"IT Help Desk is made. In a moment customers can write to @livechat_it:{SERVER}."
    )
    it = ada.chat("it")
    assert it is not None
    assert it.queue_room
    assert (it.account_app, it.message_apps, it.routing_settings) == (
        "contacts",
        ("complaints",),
        {"field": "manager"},
    )
    assert (it.operators, it.supervisors, it.waiting_alert) == ("it-operators", "support-supervisors", 10)
    assert ada.desk.stored.groups["it-operators"] == {ANNA, BORIS}
    [entry] = [e for e in ada.desk.stored.audit.values() if e.action == "live_chat.created"]
    assert (entry.actor, entry.live_chat, entry.details["operators"]) == (ADA, "it", [ANNA, BORIS])


async def test_questions_one_by_one_make_the_same_live_chat(shop: Desk, ada: Chat) -> None:
    for said, answered in GUIDED:
        told = await ada.say(said)
        assert answered in told, f"{said}: {told}"
    guided = ada.chat("it")
    async with Desk(Shop(HookSettings())).working() as other:
        await other.set_up()
        chat = await chat_of(other, ADA)
        await chat.say(ONE_LINE)
        in_one_line = chat.chat("it")
    assert guided is not None
    assert in_one_line is not None
    rooms = ("queue_room", "supervisors_room", "space")
    assert [getattr(guided, key) for key in guided.__slots__ if key not in rooms] == [
        getattr(in_one_line, key) for key in guided.__slots__ if key not in rooms
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("account_app=bare", "The app 'Bare' has no field of the type Account"),
        ("account_app=nothing", "There is no app 'nothing'"),
        ("message_apps=bare", "'Bare' has no field of the type Account"),
        ("rule=assigned_to", "Assigned to needs an app to be bound"),
        ("rule=nonsense", "There is no routing rule 'nonsense'"),
        ("account_app=contacts rule=assigned_to rule_field=name", "'name' is no choice"),
        ("supervisors=nobody", "there is no group 'nobody'"),
        ("customers=@gone:example.org", "no user @gone:example.org"),
        ("waiting_alert=soon", "'soon' is not a number"),
        ("session_name={phone}", "no placeholder {phone}"),
        ("colour=red", "no field 'colour'"),
    ],
)
async def test_a_wrong_field_is_told_and_nothing_is_half_done(ada: Chat, line: str, told: str) -> None:
    before = ada.desk.stored.copy()
    answer = await ada.say(f"!chats add it IT operators={ANNA} {line}")
    assert told.casefold() in answer.casefold()
    stored = ada.desk.stored
    assert stored.live_chats == before.live_chats
    assert stored.groups == before.groups
    assert stored.audit == before.audit


async def test_an_empty_operator_group_is_refused(ada: Chat) -> None:
    async with ada.desk.store.begin() as work:
        await work.groups.set_members("nobodies", ())
        await work.commit()
    assert "has no members, so nobody could answer" in await ada.say("!chats add it IT operators=nobodies")
    assert ada.chat("it") is None


@pytest.mark.parametrize(
    "line",
    [
        "add it IT operators=@anna:example.org",
        "edit support name=X",
        "show support",
        "delete support",
        "nonsense",
    ],
)
async def test_only_administrators_do_any_of_it(shop: Desk, line: str) -> None:
    before = shop.live_chat
    for user in (SAM, CARLA):
        chat = await chat_of(shop, user)
        assert await chat.say(f"!chats {line}") == f"Only administrators can do this. Please ask {ADA}."
    assert list(shop.stored.live_chats.values()) == [before]


async def test_one_line_changes_what_it_names(ada: Chat) -> None:
    assert await ada.say('!chats edit support name="Help Desk" supervisors= waiting_alert=5') == (
        "Help Desk is changed."
    )
    support = ada.desk.live_chat
    assert (support.name, support.supervisors, support.waiting_alert) == ("Help Desk", None, 5)
    assert (support.operators, support.version) == ("support-operators", 2)
    [entry] = [e for e in ada.desk.stored.audit.values() if e.action == "live_chat.changed"]
    assert entry.details == {"name": "Help Desk", "supervisors": [], "waiting_alert": 5}
    assert await ada.say("!chats edit support waiting_alert=5") == "Help Desk is like this already."
    assert ada.desk.live_chat.version == 2


async def test_a_change_of_name_and_people_reaches_the_homeserver(ada: Chat) -> None:
    await ada.say(f'!chats edit support name="Help Desk" operators={BORIS}')
    desk = ada.desk
    ghost = desk.homeserver.profiles[f"@livechat_support:{SERVER}"]
    assert (ghost.display_name, desk.queue.name) == ("Help Desk", "Help Desk: queue")
    assert not desk.queue.has(ANNA)
    assert desk.queue.has(BORIS)


async def test_questions_change_one_thing(ada: Chat) -> None:
    assert (await ada.say("!chats edit support")).startswith("What shall change? 1. name")
    assert "Now: Customer Support." in await ada.say("name")
    assert await ada.say("Help Desk") == "Help Desk is changed."
    await ada.say("!chats edit support")
    await ada.say("account_app")
    assert await ada.say("contacts") == "Help Desk is changed."
    await ada.say("!chats edit support")
    await ada.say("rule")
    assert (await ada.say("assigned_to")).startswith("Which field?")
    assert await ada.say("manager") == "Help Desk is changed."
    support = ada.desk.live_chat
    assert (support.routing_rule, support.routing_settings) == ("assigned_to", {"field": "manager"})
    await ada.say("!chats edit support")
    await ada.say("account_app")
    assert "needs an app" in await ada.say("-")


async def test_of_two_administrators_the_slower_one_overwrites_nothing(ada: Chat) -> None:
    other = await chat_of(ada.desk, ADA)
    await ada.say("!chats edit support")
    await ada.say("name")
    assert await other.say("!chats edit support waiting_alert=7") == "Customer Support is changed."
    assert "was changed by somebody else meanwhile" in await ada.say("Help Desk")
    assert (ada.desk.live_chat.name, ada.desk.live_chat.waiting_alert) == ("Customer Support", 7)


async def test_settings_are_shown_with_the_external_sources(ada: Chat) -> None:
    told = await ada.say("!chats show support")
    for part in (
        "Short name: support",
        "Bind account: none",
        f"External sources: Matrix: @livechat_support:{SERVER} (ready)",
        "Operator's name: hidden",
        f"Operators: support-operators: {ANNA}, {BORIS}",
    ):
        assert part in told


async def test_deleting_is_confirmed_by_name(ada: Chat) -> None:
    assert "To delete Customer Support, write its name?" in await ada.say("!chats delete support")
    assert await ada.say("support") == "Not confirmed: write its name, 'Customer Support', exactly like this."
    assert not ada.desk.live_chat.deleted_at
    assert "is deleted" in await ada.say("!chats delete support Customer Support")
    assert ada.desk.live_chat.deleted_at
    assert "There is no live chat 'support'" in await ada.say("!chats edit support name=X")
    assert "which was deleted and whose history is kept" in await ada.say(
        f"!chats add support X operators={ANNA}"
    )


async def test_deleting_ends_sessions_with_a_word_and_leaves_only_administrators(ada: Chat) -> None:
    desk = ada.desk
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.enter(SAM)
    await ada.say("!chats delete support Customer Support")
    assert desk.session().state is SessionState.CLOSED
    assert desk.lines(desk.chat())[-1].endswith(
        "Customer Support has been closed for good. Nobody reads what is written here any more."
    )
    assert set(desk.queue.joined()) == {f"@livechat_support:{SERVER}"}
    supervisors = desk.homeserver.rooms[desk.live_chat.supervisors_room or ""]
    assert supervisors.memberships[ADA] == "invite"
    assert not supervisors.has(SAM)
    session_room = desk.session_room()
    assert not session_room.has(ANNA)
    assert not session_room.has(SAM)
    await desk.people.join(ADA, supervisors.room_id)
    await desk.people.join(ADA, session_room.room_id)  # who is in one may join the other
    await desk.settle()

    lines = len(desk.lines(desk.chat()))
    await desk.write(CARLA, "Still there?")
    await desk.write(CARLA, "Hello?")
    assert len(desk.lines(desk.chat())) == lines + 3  # theirs and one answer
    assert sum("closed for good" in line for line in desk.lines(desk.chat())) == 2
    assert len(desk.stored.sessions) == 1
    assert "No live chat is open to you" in await ada.say("!chats")


async def test_deleting_many_sessions_goes_on_after_a_kill(
    ada: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livechat_plugin.services.delivering.closing.AT_ONCE", 1)
    desk = ada.desk
    for customer in (CARLA, ANNA, SAM):
        await desk.write(customer)
    await ada.say("!chats delete support Customer Support")
    assert {session.state for session in desk.stored.sessions.values()} == {SessionState.CLOSED}
