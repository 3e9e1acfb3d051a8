"""Erasing a customer's data: what becomes of the rooms, and that it goes on whatever happens."""

import pytest

from livechat_plugin.core.content import Media
from livechat_plugin.core.erasure import ErasureReport
from livechat_plugin.core.errors import NotAnAdministrator, NotConfirmed, Refused
from livechat_plugin.services.deliveries import RETENTION_LANE, DeleteFiles, EraseCustomer
from livechat_plugin.services.erasure import CustomerNotFound
from tests.unit.desk import ANNA, CARLA, DAN, SAM, SUPPORT, Desk
from tests.unit.wiring import ADA


async def serve(desk: Desk) -> None:
    """Carla is served and has sent a picture; Dan waits."""
    await desk.write(CARLA, "My printer burns")
    await desk.take(ANNA)
    picture = Media("image", desk.homeserver.upload("burning.png", by=CARLA), "burning.png")
    await desk.write(CARLA, picture)
    await desk.answer(ANNA, "Pour water on it")
    await desk.write(DAN, "My kettle drips")


async def order(desk: Desk, who: str = CARLA, name: str = CARLA) -> int:
    async with desk.store.begin() as work:
        account = await desk.use_cases.erasure.order(work, ADA, who, name)
        await work.commit()
    return account.id


async def finish(desk: Desk, number: int = 1) -> ErasureReport:
    for _ in range(5):
        await desk.settle()
        desk.clock.advance(2)
    await desk.settle()
    async with desk.store.read() as work:
        return await desk.use_cases.erasure.report(work, ADA, number)


def said_anywhere(desk: Desk) -> str:
    """Everything that is shown in any room."""
    return "\n".join(line for room in desk.homeserver.rooms.values() for line in map(str, room.shown()))


async def test_what_we_said_is_taken_back_and_our_users_are_gone(desk: Desk) -> None:
    await serve(desk)
    room, chat, ghost = desk.session_room(), desk.chat(), desk.ghost()
    await order(desk)
    report = await finish(desk)
    assert report.ended_at is not None
    assert [line for line in desk.lines(room) if "Erasure" not in line] == []
    assert not room.joined(), "nobody stays in the session room"
    assert room.name == "Erased"
    assert ghost in desk.homeserver.retired
    assert SUPPORT not in chat.joined()
    assert (chat.room_id, SUPPORT) in desk.homeserver.forgotten
    left = [shown.sender for shown in chat.shown()]
    assert set(left) == {CARLA}, "what she wrote in her own room is hers"
    shown = "\n".join(str(line) for line in desk.queue.shown())
    assert "printer" not in shown
    assert "#1" not in shown
    assert "kettle" in shown, "the other customer's card stays"
    assert len(report.files) == 1
    assert report.erased["rows of messages"] == 3


async def test_an_administrators_token_deletes_rooms_and_files(desk: Desk) -> None:
    await serve(desk)
    desk.homeserver.has_admin_token = True
    room, chat = desk.session_room(), desk.chat()
    await order(desk)
    report = await finish(desk)
    assert room.room_id not in desk.homeserver.rooms
    assert chat.room_id not in desk.homeserver.rooms
    assert desk.homeserver.files == {}
    assert report.erased["rooms deleted"] == 2
    assert report.files == ()


async def test_files_of_others_stay_whoever_names_them(desk: Desk) -> None:
    """With the administrators' token, naming somebody's file would be enough to delete it."""
    await serve(desk)
    desk.homeserver.has_admin_token = True
    hers, ghosts, annas = (desk.homeserver.upload("x.png", by=who) for who in (DAN, SUPPORT, ANNA))
    for url in (hers, ghosts, annas):
        await desk.write(CARLA, Media("image", url, "x.png"))
    sent = desk.homeserver.upload("manual.pdf", by=ANNA)
    await desk.answer(ANNA, Media("file", sent, "manual.pdf"))
    await order(desk)
    report = await finish(desk)
    assert set(desk.homeserver.files) == {hers, ghosts, annas}
    assert report.erased["files deleted"] == 2


async def test_old_files_of_others_stay_whoever_names_them(desk: Desk) -> None:
    desk.homeserver.has_admin_token = True
    hers, ours = (desk.homeserver.upload("x.png", by=who) for who in (CARLA, SUPPORT))
    async with desk.store.begin() as work:
        await work.outbox.add(RETENTION_LANE, DeleteFiles((hers, ours), DAN))
        await work.outbox.add(RETENTION_LANE, DeleteFiles((hers, ours), CARLA))
        await work.commit()
    await desk.settle()
    assert set(desk.homeserver.files) == {ours}


async def test_a_room_that_others_have_made_theirs_is_not_deleted(desk: Desk) -> None:
    await serve(desk)
    desk.homeserver.has_admin_token = True
    chat = desk.chat()
    await desk.people.invite(CARLA, chat.room_id, "@eve:example.org")
    await desk.people.join("@eve:example.org", chat.room_id)
    await desk.settle()
    await order(desk)
    report = await finish(desk)
    assert chat.room_id in desk.homeserver.rooms
    assert "@eve:example.org" in chat.joined()
    assert report.erased["rooms deleted"] == 1


async def test_what_still_waits_its_turn_opens_no_session_any_more(desk: Desk) -> None:
    await serve(desk)
    desk.use_cases.customers.pace.per_minute = 12
    for number in range(40):
        await desk.people.say(CARLA, desk.chat().room_id, f"flood {number}")
    await desk.settle()
    assert desk.stored.held
    sessions = set(desk.stored.sessions)
    await order(desk)
    await desk.until(lambda: not desk.stored.held)
    assert set(desk.stored.sessions) <= sessions
    report = await finish(desk)
    assert report.ended_at is not None
    assert "flood" not in "\n".join(str(line) for line in desk.queue.shown())


async def test_the_others_go_on(desk: Desk) -> None:
    await serve(desk)
    await order(desk)
    await finish(desk)
    await desk.command(ANNA, "!take 2")
    await desk.enter(ANNA, DAN)
    await desk.write(DAN, "It still drips")
    assert desk.lines(desk.session_room(DAN))[-1].endswith("It still drips")


async def test_who_was_erased_can_begin_anew(desk: Desk) -> None:
    await serve(desk)
    await order(desk)
    await finish(desk)
    await desk.open_chat(CARLA)
    await desk.write(CARLA, "It is me")
    assert desk.lines(desk.session_room())[-1].endswith("It is me")
    assert "printer" not in "\n".join(desk.lines(desk.session_room()))


async def test_a_process_that_is_killed_at_any_step_goes_on(desk: Desk) -> None:
    await serve(desk)
    number = await order(desk)
    stored, kills = desk.stored.copy(), 0
    while owed := [key for key, one in stored.deliveries.items() if isinstance(one.payload, EraseCustomer)]:
        later = Desk(stored=stored, homeserver=desk.homeserver)
        later.clock.advance(60 * kills)
        async with later.working():
            await later.until(lambda: owed[0] not in later.stored.deliveries)  # noqa: B023 - awaited here
        stored, kills = later.stored, kills + 1
    assert kills > 3
    desk.store.stored = stored
    report = await finish(desk, number)
    assert report.ended_at is not None
    assert CARLA not in {account.external_id for account in desk.stored.accounts.values()}


async def test_the_administrators_are_told(desk: Desk) -> None:
    await serve(desk)
    await order(desk)
    await finish(desk)
    assert "Erasure of account 1" in said_anywhere(desk)


@pytest.mark.parametrize(
    ("actor", "who", "name", "error"),
    [
        (SAM, CARLA, CARLA, NotAnAdministrator),
        (ADA, "@nobody:example.org", CARLA, CustomerNotFound),
        (ADA, "99", CARLA, CustomerNotFound),
        (ADA, CARLA, "Dan", NotConfirmed),
    ],
)
async def test_only_an_administrator_who_means_it_erases(
    desk: Desk, actor: str, who: str, name: str, error: type[Exception]
) -> None:
    await serve(desk)
    async with desk.store.begin() as work:
        with pytest.raises(error):
            await desk.use_cases.erasure.order(work, actor, who, name)


async def test_it_is_not_begun_twice(desk: Desk) -> None:
    await serve(desk)
    async with desk.store.begin() as work:
        await desk.use_cases.erasure.order(work, ADA, CARLA, CARLA)
        with pytest.raises(Refused, match="under way"):
            await desk.use_cases.erasure.order(work, ADA, CARLA, CARLA)


async def test_a_plan_changes_nothing(desk: Desk) -> None:
    await serve(desk)
    before = desk.stored.copy()
    async with desk.store.begin() as work:
        plan = await desk.use_cases.erasure.plan(work, ADA, CARLA)
        await work.commit()
    assert plan.rows["messages"] == 3
    assert desk.stored == before
