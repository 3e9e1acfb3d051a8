"""`!apps` in the bot's direct chat: in one line and guided; every refusal leaves everything as it was."""

from collections.abc import AsyncIterator

import pytest

from hooks.local_apps import LocalApps, LocalAppsSettings
from livechat_plugin.core.content import Text
from tests.unit.desk import ANNA, BOT, Desk
from tests.unit.wiring import ADA

ADD = '!apps add contacts "Our contacts" name:string! "level:choice(gold,silver) Level" account:account'


class Chat:
    """Somebody's direct chat with the bot."""

    def __init__(self, desk: Desk, who: str, room_id: str) -> None:
        self.desk, self.who, self.room_id = desk, who, room_id

    async def say(self, text: str) -> str:
        """Write something, and read what the bot answers."""
        await self.desk.people.say(self.who, self.room_id, text)
        await self.desk.settle()
        shown = self.desk.homeserver.rooms[self.room_id].shown()
        assert shown[-1].sender == BOT, shown
        content = shown[-1].content
        assert isinstance(content, Text)
        return content.body


async def chat_with_bot(desk: Desk, who: str) -> Chat:
    if who not in desk.homeserver.profiles:
        desk.homeserver.introduce(who)
    room_id = await desk.people.open_room(who, BOT)
    await desk.settle()
    return Chat(desk, who, room_id)


@pytest.fixture
async def desk_chat() -> AsyncIterator[Chat]:
    async with Desk(LocalApps(LocalAppsSettings())).working() as desk:
        yield await chat_with_bot(desk, ADA)


async def test_an_app_is_made_shown_and_listed(desk_chat: Chat) -> None:
    chat = desk_chat
    assert await chat.say("!apps") == "There are no apps yet. Write !apps add to make one."
    assert await chat.say(ADD) == "Our contacts (contacts) is made."
    assert await chat.say("!apps list") == "Apps:\ncontacts: Our contacts (name, level, account)"
    assert await chat.say("!apps show contacts") == (
        "Our contacts (contacts), 0 items\n  name:string! Name\n  level:choice(gold, silver) Level\n"
        "  account:account Account\nNo live chat uses it."
    )


async def test_fields_are_changed(desk_chat: Chat) -> None:
    chat = desk_chat
    await chat.say(ADD)
    fields = "Our contacts (contacts) now has the fields "
    assert await chat.say("!apps fields add contacts phone:phone manager:user") == (
        fields + "name, level, account, phone, manager."
    )
    assert await chat.say("!apps fields change contacts “manager:user Account manager”") == (
        fields + "name, level, account, phone, manager."
    )
    assert await chat.say("!apps fields remove contacts phone level") == fields + "name, account, manager."
    assert await chat.say("!apps fields order contacts account") == fields + "account, name, manager."
    assert (await chat.say("!apps edit contacts name=People")).startswith("People (contacts) now has")


async def test_what_would_be_lost_must_be_confirmed(desk_chat: Chat) -> None:
    chat = desk_chat
    await chat.say(ADD)
    async with chat.desk.store.begin() as work:
        values = {"name": "Acme", "level": "gold"}
        await chat.desk.use_cases.items.add(work, "contacts", values, ANNA)
        await work.commit()
    assert await chat.say("!apps fields remove contacts level") == (
        "Nothing is changed yet. Values would be gone for ever: level in 1 item."
        " To do it, write !apps fields remove contacts level confirm=yes"
    )
    assert "now has" in await chat.say("!apps fields remove contacts level confirm=yes")
    assert await chat.say("!apps delete contacts") == (
        "Our contacts is not deleted yet. Its 1 item would be gone for ever."
        " To confirm, repeat its key: contacts, as in !apps delete contacts contacts"
    )
    assert await chat.say("!apps delete contacts contacts") == "The app contacts is deleted, with 1 item."
    assert chat.desk.stored.apps == {}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("!apps ad contacts", "I do not know !apps ad. Write !apps, !apps show <app>"),
        ("!apps show", "Which app? Write"),
        ("!apps show nothing", "There is no app 'nothing'."),
        ("!apps add contacts", "Write !apps add <app> <name> <field:type…>"),
        ("!apps add contacts Contacts name=string", "I do not know name=…. Write fields like name:string."),
        ("!apps add contacts 'Contacts name:string", "has no partner"),
        (
            "!apps add contacts Contacts a:strnig b:chioce",
            "a: there is no type 'strnig'; did you mean string?",
        ),
        (
            "!apps add contacts Contacts a:strnig b:chioce",
            "b: there is no type 'chioce'; did you mean choice?",
        ),
        ("!apps edit contacts", 'Write !apps edit contacts name="…"'),
        ("!apps fields add contacts", "Write !apps fields add|change <app>"),
        ("!apps fields drop contacts name", "Write !apps fields add|change <app>"),
        ("!apps fields add contacts a:string b=c", "Write !apps fields add|change <app>"),
        ("!apps delete", "Which app?"),
    ],
)
async def test_what_cannot_be_done_is_explained(desk_chat: Chat, command: str, words: str) -> None:
    assert words in await desk_chat.say(command)
    assert desk_chat.desk.stored.apps == {}


@pytest.mark.parametrize(
    "command",
    [
        "!apps",
        "!apps show contacts",
        "!apps add",
        ADD.replace("contacts ", "other "),
        "!apps delete contacts contacts",
    ],
)
async def test_apps_are_for_administrators_only(desk_chat: Chat, command: str) -> None:
    await desk_chat.say(ADD)
    before = desk_chat.desk.stored.apps
    anna = await chat_with_bot(desk_chat.desk, ANNA)
    assert "administrator" in (await anna.say(command)).lower()
    assert desk_chat.desk.stored.apps == before


async def test_an_app_is_made_by_answering_questions(desk_chat: Chat) -> None:
    chat = desk_chat
    assert "Key" in await chat.say("!apps add")
    assert "a-z" in await chat.say("Our Contacts")
    assert "Name" in await chat.say("contacts")
    assert "Fields" in await chat.say("Our contacts")
    assert "no type 'strnig'" in await chat.say("name:strnig!\naccount:account")
    made = await chat.say("name:string! Name\nkey_number:number Number\naccount:account Account")
    assert made == "Our contacts (contacts) is made."
    assert [field.label for field in chat.desk.stored.apps["contacts"].fields] == [
        "Name",
        "Number",
        "Account",
    ]
    await chat.say("!apps add")
    assert "There is an app 'contacts' already" in await chat.say("contacts")


async def test_a_new_app_is_offered_to_live_chats_at_once(desk_chat: Chat) -> None:
    chat = desk_chat
    catalogue = chat.desk.use_cases.app_catalogue
    assert await catalogue.account_apps() == []
    await chat.say(ADD)
    assert [app.key for app in await catalogue.account_apps()] == ["contacts"]
    await chat.say("!apps delete contacts contacts")
    assert await catalogue.account_apps() == []
