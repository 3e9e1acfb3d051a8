"""How a session is called and how urgent it is."""

import pytest

from livechat_plugin import Priority, preview
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk


def card(desk: Desk) -> str:
    return preview(desk.card().content, 1000)


def last_room_line(desk: Desk) -> str:
    return desk.lines(desk.session_room())[-1].removeprefix("livechat_support: ")


async def test_its_operator_names_it_and_room_and_card_say_so(desk: Desk) -> None:
    await desk.write(CARLA, "It burns")
    await desk.take(ANNA)
    await desk.answer(ANNA, "!rename  Burning   printer ")
    assert desk.session().name == "Burning printer"
    assert desk.session_room().name == "Burning printer"
    assert card(desk).startswith("#1 Burning printer · Carla · Matrix It burns")
    assert last_room_line(desk) == "Session #1 is called: Burning printer"
    await desk.answer(ANNA, "!rename")
    assert desk.session().name is None
    assert desk.session_room().name == "#1 Carla"
    assert [entry.details for entry in desk.stored.audit.values() if entry.action == "session.renamed"] == [
        {"has_name": True},
        {"has_name": False},
    ]


async def test_a_name_has_an_end(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!rename " + "x" * 101)
    assert last_room_line(desk) == "The name has 101 characters; at most 100 are possible."
    assert desk.session().name is None


async def test_sessions_are_called_as_the_live_chat_says(desk: Desk) -> None:
    desk.change_live_chat(session_name="{subject} ({client}, {channel})")
    await desk.write(CARLA, "It burns")
    assert desk.session_room().name == "It burns (Carla, Matrix)"
    assert card(desk).startswith("#1 It burns (Carla, Matrix) · Matrix")


@pytest.mark.parametrize(
    ("word", "priority", "shown"),
    [
        ("high", Priority.HIGH, "🔴 high priority"),
        ("Medium", Priority.MEDIUM, "🟠 medium priority"),
        ("LOW", Priority.LOW, "🔵 low priority"),
    ],
)
async def test_the_card_shows_how_urgent_it_is(desk: Desk, word: str, priority: Priority, shown: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f"!priority {word}")
    assert desk.session().priority is priority
    assert shown in card(desk)
    assert last_room_line(desk) == f"Priority of session #1: {priority.value}."
    await desk.answer(ANNA, "!priority none")
    assert "priority" not in card(desk)
    assert [
        entry.details for entry in desk.stored.audit.values() if entry.action == "session.prioritized"
    ] == [{"before": "not set", "after": priority.value}, {"before": priority.value, "after": "not set"}]


async def test_while_nobody_serves_it_every_operator_sorts_the_queue(desk: Desk) -> None:
    await desk.write()
    await desk.command(BORIS, "!priority 1 high")
    assert desk.session().priority is Priority.HIGH
    await desk.take(ANNA)
    await desk.command(BORIS, "!priority 1 low")
    told = desk.lines(desk.queue)[-1]
    assert f"Session #1 is served by {ANNA}. Only they or a supervisor can prioritize it." in told
    await desk.command(SAM, "!priority 1 low")
    assert desk.session().priority is Priority.LOW


@pytest.mark.parametrize("text", ["!priority", "!priority 1", "!priority urgent", "!priority 1 now"])
async def test_a_priority_that_there_is_not_says_which_there_are(desk: Desk, text: str) -> None:
    await desk.write()
    await desk.command(ANNA, text)
    assert "Write how urgent it is: !priority high, medium, low, none." in desk.lines(desk.queue)[-1]


async def test_nothing_changes_after_the_end(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!close")
    await desk.command(SAM, "!priority 1 high")
    assert desk.lines(desk.queue)[-1] == "livechat_support: Session #1 is closed."
