"""`!sessions` and `!history`: who sees what, where, and how it is narrowed."""

from dataclasses import replace

import pytest

from livechat_plugin import Text
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.services.session_lists import SessionLists, SessionQuery, Shown
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, DAN, SAM, Desk
from tests.unit.wiring import SERVER

EVE = f"@eve:{SERVER}"


@pytest.fixture
async def busy(desk: Desk) -> Desk:
    """#1 of Carla is Anna's, #2 of Dan is Boris's, #3 of Eve waits, and #4 of Frank is over."""
    for customer in (EVE, f"@frank:{SERVER}"):
        desk.homeserver.introduce(customer)
    await desk.write(CARLA, "The printer burns")
    await desk.write(DAN, "My invoice")
    await desk.write(EVE, "Hello?")
    await desk.write(f"@frank:{SERVER}", "Never mind")
    await desk.take(ANNA, 1)
    await desk.command(BORIS, "!take 2")
    await desk.command(BORIS, "!take 4")
    await desk.enter(BORIS, f"@frank:{SERVER}")
    await desk.people.say(BORIS, desk.session_room(f"@frank:{SERVER}").room_id, "!close")
    await desk.settle()
    desk.clock.advance(3600)
    return desk


async def asked(desk: Desk, user: str, text: str) -> list[str]:
    """The lines of the answer in the queue room."""
    await desk.command(user, text)
    content = desk.queue.shown()[-1].content
    assert isinstance(content, Text)
    return content.body.split("\n")


async def asked_numbers(desk: Desk, user: str, text: str) -> list[int]:
    return [int(line[1:].split()[0]) for line in await asked(desk, user, text) if line.startswith("#")]


async def bot_says(desk: Desk, user: str, text: str) -> str:
    room_id = await desk.people.open_room(user, BOT)
    await desk.settle()
    await desk.people.say(user, room_id, text)
    await desk.settle()
    return desk.lines(desk.homeserver.rooms[room_id])[-1]


@pytest.mark.parametrize(
    ("user", "text", "expected"),
    [
        (SAM, "!sessions", [1, 2, 3]),
        (SAM, "!sessions all", [4, 3, 2, 1]),
        (SAM, "!sessions waiting", [3]),
        (SAM, "!sessions Active", [1, 2]),
        (SAM, "!sessions closed", [4]),
        (SAM, "!sessions mine", []),
        (SAM, "!sessions active operator=@anna", [1]),
        (SAM, f"!sessions operator={BORIS}", [2]),
        (SAM, "!sessions all operator=boris", [4, 2]),
        (SAM, "!sessions all printer", [1]),
        (SAM, '!sessions all "never mind"', [4]),
        (SAM, "!sessions all customer=carla", [1]),
        (SAM, f"!sessions all customer={DAN}", [2]),
        (SAM, "!sessions all since=2026-01-02", []),
        (SAM, "!sessions all since=2026-01-01T08:59", [4, 3, 2, 1]),
        (SAM, "!sessions all priority=high", []),
        (ANNA, "!sessions", [1, 3]),
        (ANNA, "!sessions all", [3, 1]),
        (ANNA, "!sessions mine", [1]),
        (ANNA, "!sessions closed", []),
        (ANNA, "!sessions operator=@boris", []),
        (ANNA, "!sessions active operator=me", [1]),
        (BORIS, "!sessions closed", [4]),
        (BORIS, "!sessions all", [4, 3, 2]),
    ],
)
async def test_supervisors_see_all_and_operators_the_queue_and_their_own(
    busy: Desk, user: str, text: str, expected: list[int]
) -> None:
    assert await asked_numbers(busy, user, text) == expected


async def test_a_list_says_how_things_stand(busy: Desk) -> None:
    await busy.command(ANNA, "!priority 3 high")
    assert (await asked(busy, ANNA, "!sessions")) == [
        "Sessions of Customer Support, open:",
        f"#1 Carla · Matrix · served by {ANNA}",
        "#3 Eve · Matrix · 🔴 high priority · waiting for 1 hour",
    ]


async def test_supervisors_get_a_link_to_step_in_by(busy: Desk) -> None:
    room_id = busy.session_room().room_id
    line = (await asked(busy, SAM, "!sessions active operator=anna"))[1]
    assert line.endswith(f" · https://matrix.to/#/{room_id}?via={SERVER}")
    await busy.people.join(SAM, room_id)


async def test_the_reason_of_the_routing_is_told(busy: Desk) -> None:
    busy.stored.sessions[3] = replace(busy.session(3), routing="Olga is away")
    assert (await asked(busy, SAM, "!sessions waiting"))[1].count("Olga is away") == 1


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "!sessions wating",
            "There are no such sessions of Customer Support. Did you mean !sessions waiting?",
        ),
        ("!sessions xyz", "There are no such sessions of Customer Support."),
        ("!sessions open closed", "Write one of open, waiting, active, closed, mine, all, not several."),
        ("!sessions colour=red", "colour: sessions are not found by this. There are customer, operator,"),
        ("!sessions priority=urgent", "priority: 'urgent' is none of high, medium, low, none."),
        ("!sessions since=yesterday", "since: 'yesterday' is no date: write it like 2026-11-22"),
        ("!sessions page=two", "page: 'two' is not a number."),
        ("!sessions page=0", "page: 0 is not between 1 and 50."),
        ("!sessions page=51", "page: 51 is not between 1 and 50. Narrow the list instead"),
        ("!sessions operator=@*", "'@*' is not a Matrix id"),
        ('!sessions "open', "has no partner"),
    ],
)
async def test_mistakes_are_explained(busy: Desk, text: str, answer: str) -> None:
    assert answer in (await asked(busy, SAM, text))[0]


async def test_long_lists_come_in_pages(desk: Desk) -> None:
    for number in range(23):
        customer = f"@c{number}:{SERVER}"
        desk.homeserver.introduce(customer)
        await desk.write(customer)
    first = await asked(desk, SAM, "!sessions")
    assert len(first) == 22
    assert first[-1] == "There are more: add page=2."
    assert await asked_numbers(desk, SAM, "!sessions page=2") == [21, 22, 23]
    assert await asked_numbers(desk, SAM, "!sessions all page=2") == [3, 2, 1]
    assert await asked_numbers(desk, SAM, "!sessions page=3") == []


async def test_the_supervisors_room_and_session_rooms_take_it_too(busy: Desk) -> None:
    supervisors = busy.homeserver.rooms[busy.live_chat.supervisors_room or ""]
    await busy.people.say(SAM, supervisors.room_id, "!sessions waiting")
    await busy.settle()
    assert "#3 Eve" in busy.lines(supervisors)[-1]
    await busy.answer(ANNA, "!sessions mine")
    assert "#1 Carla" in busy.lines(busy.session_room())[-1]
    assert "#1 Carla" not in "".join(busy.lines(busy.chat()))


async def test_the_bot_tells_of_all_live_chats_where_one_works(busy: Desk) -> None:
    await busy.add_live_chat(LiveChatForm("it", "IT Help", (ANNA,), (BORIS,), (f"@*:{SERVER}",)))
    room = await busy.people.open_room(CARLA, f"@livechat_it:{SERVER}")
    await busy.settle()
    await busy.people.say(CARLA, room, "No network")
    await busy.settle()
    told = await bot_says(busy, ANNA, "!sessions waiting")
    assert "#3 Eve · Matrix · waiting for 1 hour · Customer Support" in told
    assert "#5 Carla · Matrix · waiting for less than a minute · IT Help" in told
    assert "#3" not in await bot_says(busy, ANNA, "!sessions waiting chat=it")
    assert "#5" not in await bot_says(busy, SAM, "!sessions")
    assert "There is no live chat 'nowhere'." in await bot_says(busy, ANNA, "!sessions chat=nowhere")


async def test_nobody_else_learns_anything(busy: Desk) -> None:
    assert "You are neither operator nor supervisor of any live chat." in await bot_says(
        busy, CARLA, "!sessions all"
    )
    told = await bot_says(busy, CARLA, "!sessions all chat=support")
    assert f"{CARLA} is neither operator nor supervisor of Customer Support." in told
    for text in ("!assign 1 @boris", "!takeover 1", "!priority 1 high"):
        assert "There is no session #1 here." in await bot_says(busy, CARLA, text)
    busy.stored.groups["support-operators"] = frozenset({BORIS})
    assert "neither operator nor supervisor" in (await asked(busy, ANNA, "!sessions mine"))[0]


async def test_a_cut_search_says_so(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fakes.repositories.session_lists.LOOKED_THROUGH", 2)
    assert (await asked(busy, SAM, "!sessions all printer"))[0].endswith(
        "The newest 10000 were looked through."
    )


async def test_other_interfaces_get_the_same_as_values(busy: Desk) -> None:
    async with busy.store.read() as work:
        page = await SessionLists().page(work, SAM, SessionQuery(Shown.ACTIVE), busy.live_chat)
    first, second = page.rows
    assert (first.name, first.account.external_id, first.session.operator) == ("#1 Carla", CARLA, ANNA)
    assert second.room_id == busy.session_room(DAN).room_id
    assert not page.has_more


# --- history ---


async def test_the_history_of_a_customer(desk: Desk) -> None:
    await desk.write(CARLA, "The printer burns")
    await desk.take(ANNA)
    await desk.answer(ANNA, "Use water")
    await desk.answer(ANNA, "!note careless")
    await desk.answer(ANNA, "!history")
    assert desk.lines(desk.session_room())[-1] == "livechat_support: Carla has no earlier sessions."
    desk.clock.advance(60)
    await desk.answer(ANNA, "!close")
    desk.clock.advance(60)
    await desk.write(CARLA, "Now it is wet")
    await desk.take(BORIS, 2)
    await desk.answer(BORIS, "!history")
    told = desk.lines(desk.session_room())[-1]
    assert (
        f"#1 · 2026-01-01 09:00 UTC to 2026-01-01 09:01 UTC · served by {ANNA} · 2 messages · The printer burns"
    ) in told
    assert "#2" not in told
    await desk.answer(BORIS, "!history 1")
    assert "no earlier sessions" in desk.lines(desk.session_room())[-1]
    await desk.answer(BORIS, "!history soon")
    assert "'soon' is not a session number" in desk.lines(desk.session_room())[-1]


async def test_a_long_history_comes_in_pages(desk: Desk) -> None:
    await desk.write(CARLA)
    await desk.enter(SAM)
    for _ in range(21):
        await desk.answer(SAM, "!close")
        await desk.write(CARLA)
    await desk.answer(SAM, "!history")
    assert "Earlier ones: !history 2" in desk.lines(desk.session_room())[-1]
    await desk.answer(SAM, "!history 2")
    assert "#1 ·" in desk.lines(desk.session_room())[-1]


async def test_who_does_not_work_here_gets_no_history(desk: Desk) -> None:
    await desk.write()
    desk.homeserver.change_membership(desk.session_room(), desk.session_room().creator, DAN, "invite")
    await desk.people.join(DAN, desk.session_room().room_id)
    await desk.answer(DAN, "!history")
    assert "neither operator nor supervisor" in desk.lines(desk.session_room())[-1]
    assert desk.session_room().memberships[DAN] == "leave"


# --- settings ---


async def test_supervisors_read_the_settings_and_learn_who_changes_them(busy: Desk) -> None:
    busy.change_live_chat(session_name="{client} {date}", waiting_alert=5)
    told = "\n".join(await asked(busy, SAM, "!settings"))
    for words in (
        "Customer Support",
        "support-operators",
        ANNA,
        "{client} {date}",
        "after 5 min",
        "first_response",
    ):
        assert words in told
    assert told.endswith("Administrators change this in the bot's chat, with !chats edit support.")
    assert "Customer Support" in await bot_says(busy, SAM, "!settings support")
    assert "Which live chat?" in await bot_says(busy, SAM, "!settings")


async def test_nobody_else_reads_them(busy: Desk) -> None:
    assert "Only supervisors of Customer Support" in (await asked(busy, ANNA, "!settings"))[0]
    assert "Only supervisors of Customer Support" in await bot_says(busy, CARLA, "!settings support")


async def test_who_worked_in_a_deleted_live_chat_sees_nothing_of_it_any_more(busy: Desk) -> None:
    busy.change_live_chat(deleted_at=busy.clock.now())
    room_id = await busy.people.open_room(SAM, BOT)
    await busy.settle()
    for command in ("!sessions closed chat=support", "!sessions closed", "!settings support"):
        await busy.people.say(SAM, room_id, command)
        await busy.settle()
        answer = busy.lines(busy.homeserver.rooms[room_id])[-1]
        assert "Never mind" not in answer
        assert "Frank" not in answer
        assert "Waiting alert" not in answer
