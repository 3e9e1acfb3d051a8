"""Guided questions: asked one by one, answered in the bot's chat or among colleagues, or all in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from livechat_plugin.core.apps import Field, FieldType, InvalidItem
from livechat_plugin.core.content import Media
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services import commands
from livechat_plugin.services.commands.calling import Call, Command, NoReply
from livechat_plugin.services.dialogs import Filled, Keep
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.fakes import world
from tests.fakes.rooms import FakeRoom
from tests.unit.desk import ANNA, BOT, CARLA, Desk

NAME = Field("name", "Name", FieldType.STRING, is_required=True)
COLOUR = Field("colour", "Colour", FieldType.CHOICE, choices=("red", "green"))
AGE = Field("age", "Age", FieldType.NUMBER, is_required=True)


@dataclass
class Order:
    """A form that keeps what it got under a note."""

    name: str = "order"
    finished: list[Mapping[str, Any]] = field(default_factory=list)
    refusal: Refused | None = None
    late_refusal: Refused | None = None

    async def fields(self, dialog: Dialog) -> Sequence[Field]:
        shade = Field("shade", f"Which {dialog.answers.get('colour')}", FieldType.STRING)
        return (NAME, COLOUR, *([shade] if dialog.answers.get("colour") == "green" else []), AGE)

    async def check(self, dialog: Dialog, values: Mapping[str, Any]) -> None:
        if values.get("name") == "Taken":
            raise InvalidItem({"name": "is taken already"})

    async def finish(self, filled: Filled) -> Keep:
        if self.refusal:
            raise self.refusal

        async def keep(work: UnitOfWork) -> str:
            if self.late_refusal:
                raise self.late_refusal
            await work.inbox.keep_note("order", str(filled.values))
            self.finished.append({**filled.dialog.context, **filled.values})
            return "Ordered."

        return keep


async def _order(call: Call) -> NoReply:
    given = dict(part.split("=") for part in call.argument.split())
    return await call.ask("order", given, {"by": call.event.sender})


@pytest.fixture
def form(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Order:
    form = Order()
    desk.use_cases.forms["order"] = form
    places = frozenset({RoomKind.BOT, RoomKind.SESSION})
    order = Command("order", "!order", "Order something.", places, _order, Topic.CHATS)
    monkeypatch.setattr(commands, "COMMANDS", (*commands.COMMANDS, order))
    return form


class Chat:
    """Somebody's direct chat with the bot."""

    def __init__(self, desk: Desk, room: FakeRoom, user: str) -> None:
        self.desk, self.room, self.user = desk, room, user

    async def say(self, words: str | Media) -> str:
        """Write; returns what the bot says last."""
        await self.desk.people.say(self.user, self.room.room_id, words)
        await self.desk.settle()
        return self.desk.lines(self.room)[-1].partition(": ")[2]


@pytest.fixture
async def chat(desk: Desk, form: Order) -> Chat:
    room_id = await desk.people.open_room(CARLA, BOT)
    await desk.settle()
    return Chat(desk, desk.homeserver.rooms[room_id], CARLA)


async def test_questions_are_asked_one_by_one_and_the_next_depends_on_the_answers(
    chat: Chat, form: Order
) -> None:
    assert (await chat.say("!order")).startswith("Name?")
    assert (await chat.say("Chair")).startswith("Colour? 1. red 2. green")
    assert (await chat.say("2")).startswith("Which green?")
    assert (await chat.say("-")).startswith("Age?")
    assert form.finished == []
    assert await chat.say("3") == "Ordered."
    assert form.finished == [{"by": CARLA, "name": "Chair", "colour": "green", "age": 3}]
    assert chat.desk.stored.dialogs == {}


async def test_wrong_answers_are_explained_and_asked_again(chat: Chat, form: Order) -> None:
    await chat.say("!order")
    assert (await chat.say("-")).startswith("Is required and must not be empty. Name?")
    assert (await chat.say("Taken")).startswith("Is taken already. Name?")
    await chat.say("Chair")
    assert "'blue' is no choice" in await chat.say("blue")
    await chat.say("RED")
    assert "is not a number" in await chat.say("old")
    await chat.say("7")
    assert form.finished == [{"by": CARLA, "name": "Chair", "colour": "red", "age": 7}]


async def test_everything_in_one_line_asks_nothing(chat: Chat, form: Order) -> None:
    assert await chat.say("!order name=Chair age=3") == "Ordered."
    assert form.finished == [{"by": CARLA, "name": "Chair", "age": 3}]


async def test_what_is_missing_in_the_line_is_asked_if_it_is_required(chat: Chat, form: Order) -> None:
    assert (await chat.say("!order name=Chair")).startswith("Age?")
    await chat.say("3")
    assert form.finished == [{"by": CARLA, "name": "Chair", "age": 3}]


async def test_what_is_wrong_in_the_line_is_told_all_at_once_and_asked_again(chat: Chat, form: Order) -> None:
    told = await chat.say("!order name=Chair colour=blue age=old")
    assert "'blue' is no choice" in told
    assert "Age: 'old' is not a number" in told
    assert "Colour? 1. red" in told
    assert (await chat.say("red")).startswith("Age?")
    await chat.say("4")
    assert form.finished == [{"by": CARLA, "name": "Chair", "colour": "red", "age": 4}]


async def test_a_field_that_there_is_not_is_refused(chat: Chat, form: Order) -> None:
    assert "no field 'size'" in await chat.say("!order name=Chair size=3 age=3")
    assert chat.desk.stored.dialogs == {}
    assert form.finished == []


async def test_cancelling_ends_it(chat: Chat, form: Order) -> None:
    assert "Nothing is being asked" in await chat.say("!cancel")
    await chat.say("!order name=Chair")
    assert await chat.say("!cancel") == "Ended. Nothing was changed."
    assert "what you can write to me" in await chat.say("3")
    assert form.finished == []


async def test_commands_work_while_a_question_is_open(chat: Chat, form: Order) -> None:
    await chat.say("!order name=Chair")
    assert "what you can write to me" in await chat.say("!help")
    assert await chat.say("!answer 3") == "Ordered."


async def test_an_answer_may_begin_with_an_exclamation_mark_when_it_is_doubled(
    chat: Chat, form: Order
) -> None:
    await chat.say("!order age=3")
    await chat.say("!!wow")
    assert form.finished[0]["name"] == "!wow"


async def test_a_file_answers_with_its_address(chat: Chat, form: Order) -> None:
    await chat.say("!order age=3")
    await chat.say(Media("file", "mxc://example.org/abc", "chair.pdf"))
    assert form.finished[0]["name"] == "mxc://example.org/abc"


async def test_a_question_that_nobody_answered_for_a_day_is_closed(
    chat: Chat, form: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chat.say("!order name=Chair")
    monkeypatch.setattr(world, "BEGIN", world.BEGIN + timedelta(days=1))
    assert "what you can write to me" in await chat.say("3")
    assert form.finished == []


@pytest.mark.parametrize("is_late", [True, False])
async def test_when_finishing_is_refused_it_goes_back_to_the_wrong_field(
    chat: Chat, form: Order, *, is_late: bool
) -> None:
    setattr(form, "late_refusal" if is_late else "refusal", InvalidItem({"name": "is sold out"}))
    told = await chat.say("!order name=Chair age=3")
    assert told.startswith("Is sold out. Name?")
    form.refusal = form.late_refusal = None
    assert await chat.say("Table") == "Ordered."
    assert form.finished == [{"by": CARLA, "name": "Table", "age": 3}]


@pytest.mark.parametrize("is_late", [True, False])
async def test_when_it_is_not_possible_at_all_it_ends(chat: Chat, form: Order, *, is_late: bool) -> None:
    setattr(form, "late_refusal" if is_late else "refusal", Refused("The shop is closed."))
    assert await chat.say("!order name=Chair age=3") == "The shop is closed."
    assert chat.desk.stored.dialogs == {}
    assert "order" not in chat.desk.stored.notes


async def test_a_fault_in_a_form_is_told_and_ends_it(chat: Chat, form: Order) -> None:
    form.refusal = RuntimeError("a fault")  # type: ignore[assignment]
    assert "an internal error; the administrators find it in the log. Nothing was changed." in await chat.say(
        "!order name=Chair age=3"
    )
    assert chat.desk.stored.dialogs == {}


async def test_another_process_goes_on_with_the_questions(chat: Chat, form: Order) -> None:
    await chat.say("!order name=Chair")
    async with Desk(stored=chat.desk.stored, homeserver=chat.desk.homeserver).working() as later:
        later.use_cases.forms["order"] = form
        assert await Chat(later, chat.room, CARLA).say("3") == "Ordered."


async def test_a_form_that_an_update_took_away_ends_with_a_word(chat: Chat, form: Order) -> None:
    await chat.say("!order name=Chair")
    chat.desk.use_cases.forms.clear()
    assert "after an update" in await chat.say("3")
    assert chat.desk.stored.dialogs == {}


async def test_among_colleagues_only_replies_to_the_question_are_answers(desk: Desk, form: Order) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.answer(ANNA, "!order name=Chair")
    room = desk.session_room()
    question = room.shown()[-1]
    assert "!answer" in desk.lines(room)[-1]
    await desk.answer(ANNA, "Just a moment")  # a plain word is the customer's
    assert form.finished == []
    await desk.answer(ANNA, "3", question.event_id)
    assert form.finished == [{"by": ANNA, "name": "Chair", "age": 3}]
    said = desk.lines(desk.chat())
    assert any("Just a moment" in line for line in said)
    assert not any("3" in line or "Age" in line or "Chair" in line for line in said)


async def test_among_colleagues_a_reply_to_the_customer_reaches_the_customer(desk: Desk, form: Order) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.answer(ANNA, "!order name=Chair")
    [hello] = [shown for shown in desk.session_room().shown() if "Hello" in str(shown.content)]
    await desk.answer(ANNA, "Good morning", hello.event_id)
    assert form.finished == []
    assert any("Good morning" in line for line in desk.lines(desk.chat()))
    await desk.answer(ANNA, "!answer 3")
    assert form.finished == [{"by": ANNA, "name": "Chair", "age": 3}]
