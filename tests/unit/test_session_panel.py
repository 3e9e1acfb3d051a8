"""Which session rooms show the session panel."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from livechat_plugin.services import attempts
from livechat_plugin.services.ports import RoomWidget
from livechat_plugin.services.session_panel import NO_PANEL, SessionPanel, panel_address
from tests.fakes.faults import absence, refusal
from tests.fakes.homeserver import FakeHomeserver
from tests.unit.desk import ANNA, DAN, Desk

PANEL = SessionPanel(panel_address("https://livechat.example.org"))
MOVED = SessionPanel(panel_address("https://chat.example.org/livechat/"))


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk(panel=PANEL)
    async with desk.working():
        await desk.set_up()
        yield desk


def shown_panel(desk: Desk) -> str | None:
    """What is kept of Carla's session room."""
    room = desk.stored.conversation(1).session_room
    assert room is not None
    return room.panel


class Grudging(FakeHomeserver):
    """A homeserver that lets nobody put widgets into rooms.

    Args:
        before: the homeserver as it was.
    """

    def __init__(self, before: FakeHomeserver) -> None:
        self.__dict__ = before.__dict__

    async def show_widget(self, room_id: str, as_user: str, widget: RoomWidget) -> None:
        raise refusal()


async def test_clients_fill_in_the_room_and_the_theme_but_not_who_looks() -> None:
    assert PANEL.address == (
        "https://livechat.example.org/panel/?room=$matrix_room_id&theme=$org.matrix.msc2873.client_theme"
    )
    assert (MOVED.address or "").startswith("https://chat.example.org/livechat/panel/?")


async def test_session_rooms_made_ahead_show_the_panel(desk: Desk) -> None:
    spare = list(desk.stored.session_rooms.values())
    assert spare
    for room in spare:
        assert room.panel == PANEL.address
        widget = desk.homeserver.rooms[room.room_id or ""].widget
        assert widget == RoomWidget("livechat_panel", "Customer Information", PANEL.address or "")
    assert desk.queue.widget is None


async def test_taking_a_session_costs_no_request_for_a_room_that_shows_the_panel(desk: Desk) -> None:
    await desk.write()
    plain = Desk()
    async with plain.working():
        await plain.set_up()
        await plain.write()
        before, plain_before = desk.homeserver.faults.calls, plain.homeserver.faults.calls
        await desk.take()
        await plain.take()
        assert desk.homeserver.faults.calls - before == plain.homeserver.faults.calls - plain_before
    assert plain.session_room().widget is None


async def test_rooms_made_under_other_settings_are_set_right_when_somebody_is_let_in(desk: Desk) -> None:
    await desk.write()
    await desk.write(DAN)
    last = desk
    for number, panel in ((1, MOVED), (3, NO_PANEL), (4, PANEL), (5, MOVED)):
        last = Desk(panel=panel, stored=last.stored, homeserver=desk.homeserver)
        async with last.working():
            await last.take(number=number)
            assert last.session_room().widget == panel.widget
            assert shown_panel(last) == panel.address
            await last.answer(ANNA, "!close")
            await last.write(said="Again")
    assert last.session_room(DAN).widget == PANEL.widget  # nobody was let in there


async def test_a_homeserver_that_refuses_the_panel_keeps_nobody_out(desk: Desk) -> None:
    await desk.write()
    later = Desk(panel=MOVED, stored=desk.stored, homeserver=Grudging(desk.homeserver))
    async with later.working():
        await later.take()
        assert later.session_room().has(ANNA)
        assert later.session_room().widget == PANEL.widget
        assert shown_panel(later) == PANEL.address  # so it is tried again


async def test_a_homeserver_that_goes_away_meanwhile_is_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "_backoff", lambda _: 0.001)
    await desk.write()
    later = Desk(panel=MOVED, stored=desk.stored, homeserver=desk.homeserver)
    async with later.working():
        await later.people.say(ANNA, later.queue.room_id, "!take 1")
        later.homeserver.faults.fail(absence(), times=7)
        await later.settle()
        await later.until(lambda: shown_panel(later) == MOVED.address)
        assert later.session_room().widget == MOVED.widget
        assert later.session_room().memberships[ANNA] == "invite"
