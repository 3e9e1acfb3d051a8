"""Links into the console: who gets one, where, and what it is good for."""

import re

import pytest

from livechat_plugin.core.content import Text
from livechat_plugin.core.signing_in import AT_MOST, GOOD_FOR, REMEMBERED_FOR, WITHIN
from livechat_plugin.store.codec import payload_to_json
from tests.fakes.rooms import FakeRoom, Shown
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, SAM, Desk
from tests.unit.wiring import ADA, ADDRESS

LINK = re.compile(rf"{re.escape(ADDRESS)}/console/sign-in/([A-Za-z0-9_-]+)")


async def chat_with_bot(desk: Desk, user: str) -> FakeRoom:
    room_id = await desk.people.open_room(user, BOT)
    await desk.settle()
    return desk.homeserver.rooms[room_id]


async def ask(desk: Desk, user: str, room: FakeRoom | None = None) -> Shown:
    """Write `!console`; returns the answer."""
    room = room or await chat_with_bot(desk, user)
    await desk.people.say(user, room.room_id, "!console")
    await desk.settle()
    return room.shown()[-1]


def words(shown: Shown) -> str:
    assert isinstance(shown.content, Text)
    return shown.content.body


def token_in(shown: Shown) -> str:
    found = LINK.search(words(shown))
    assert found is not None, words(shown)
    return found[1]


async def link_of(desk: Desk, user: str) -> str:
    return token_in(await ask(desk, user))


@pytest.mark.parametrize("user", [ANNA, SAM, ADA], ids=["operator", "supervisor", "administrator"])
async def test_whoever_has_a_role_gets_a_link(desk: Desk, user: str) -> None:
    shown = await ask(desk, user)
    assert len(token_in(shown)) == 43  # 32 bytes
    assert isinstance(shown.content, Text)
    assert f'<a href="{LINK.search(words(shown))[0]}">' in (shown.content.html or "")  # type: ignore[index]
    assert "ten minutes" in words(shown)


async def test_who_has_no_role_is_told_whom_to_ask(desk: Desk) -> None:
    shown = await ask(desk, CARLA)
    assert not LINK.search(words(shown))
    assert f"please ask {ADA}" in words(shown)


async def test_who_is_disabled_gets_no_link(desk: Desk) -> None:
    async with desk.store.begin() as work:
        await work.employees.set_disabled(ANNA, is_disabled=True)
        await work.commit()
    assert "disabled" in words(await ask(desk, ANNA))


@pytest.mark.parametrize("is_in", [True, False], ids=["in the room", "invited"])
async def test_where_others_read_along_nobody_gets_a_link(desk: Desk, is_in: bool) -> None:  # noqa: FBT001
    room = await chat_with_bot(desk, ANNA)
    await desk.people.invite(ANNA, room.room_id, BORIS)
    if is_in:
        await desk.people.join(BORIS, room.room_id)
    assert f"https://matrix.to/#/{BOT}" in words(await ask(desk, ANNA, room))
    assert not desk.stored.sign_in_links
    token_in(await ask(desk, ANNA))  # in another chat


async def test_rooms_of_the_team_show_the_way_to_the_bot(desk: Desk) -> None:
    await desk.write(CARLA)
    await desk.take(ANNA)
    await desk.people.join(SAM, desk.session_room().room_id)
    for user, room in (
        (ANNA, desk.queue),
        (ANNA, desk.session_room()),
        (SAM, desk.homeserver.rooms[desk.live_chat.supervisors_room or ""]),
    ):
        answer = words(await ask(desk, user, room))
        assert f"https://matrix.to/#/{BOT}" in answer
        assert not LINK.search(answer)
    assert not any("console" in line for line in desk.lines(desk.chat()))


async def test_what_stands_in_the_link_is_kept_nowhere(desk: Desk) -> None:
    token = await link_of(desk, ANNA)
    [kept] = desk.stored.sign_in_links.values()
    assert kept.user_id == ANNA
    assert token not in repr(desk.stored)
    owed = [*desk.stored.deliveries.values(), *(failed for failed, _ in desk.stored.failed.values())]
    assert not any(token in payload_to_json(delivery.payload) for delivery in owed)


async def test_a_newer_link_ends_the_earlier_one(desk: Desk) -> None:
    first, second = await link_of(desk, ANNA), await link_of(desk, ANNA)
    signing_in = desk.use_cases.signing_in
    async with desk.store.read() as work:
        with pytest.raises(Exception, match="no longer good"):
            await signing_in.look(work, first)
        assert (await signing_in.look(work, second)).user_id == ANNA


async def test_only_some_links_a_minute(desk: Desk) -> None:
    room = await chat_with_bot(desk, ANNA)
    for _ in range(AT_MOST):
        token_in(await ask(desk, ANNA, room))
    assert "wait a minute" in words(await ask(desk, ANNA, room))
    token_in(await ask(desk, BORIS))  # others are not held up
    desk.clock.advance(WITHIN.total_seconds() + 1)
    token_in(await ask(desk, ANNA, room))


async def test_old_links_are_forgotten_when_somebody_asks_for_one(desk: Desk) -> None:
    await link_of(desk, ANNA)
    desk.clock.advance((GOOD_FOR + REMEMBERED_FOR).total_seconds() + 1)
    await link_of(desk, BORIS)
    assert [link.user_id for link in desk.stored.sign_in_links.values()] == [BORIS]


async def test_the_homeserver_may_fail_and_the_same_link_is_sent_later(desk: Desk) -> None:
    room = await chat_with_bot(desk, ANNA)
    desk.homeserver.faults.lose_answers()
    token = token_in(await ask(desk, ANNA, room))
    assert len(desk.stored.sign_in_links) == 1
    async with desk.store.read() as work:
        assert (await desk.use_cases.signing_in.look(work, token)).user_id == ANNA


async def test_help_shows_the_command_to_those_who_can_use_it(desk: Desk) -> None:
    for user, is_shown in ((ANNA, True), (SAM, True), (ADA, True), (CARLA, False)):
        room = await chat_with_bot(desk, user)
        await desk.people.say(user, room.room_id, "!help")
        await desk.settle()
        assert ("!console" in words(room.shown()[-1])) is is_shown, user
