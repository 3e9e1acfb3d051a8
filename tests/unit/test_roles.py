"""Who may do what."""

import pytest

from livechat_plugin.core.errors import NotAnAdministrator, NotAnOperator, NotASupervisor
from livechat_plugin.services.roles import Roles
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk
from tests.unit.wiring import ADA


@pytest.mark.parametrize(
    ("administrators", "actor", "is_one"),
    [
        ((ADA,), ADA, True),
        ((ADA,), SAM, False),
        ((ADA,), "@ada:elsewhere.org", False),
        ((ADA,), "cli:root", True),
        ((ADA,), "plugin", False),
        ((), ADA, False),
        (("support-supervisors",), SAM, True),
        (("support-supervisors",), ANNA, False),
        (("no such group", ADA), ADA, True),
    ],
)
async def test_administrators_are_named_themselves_or_by_their_group(
    desk: Desk, administrators: tuple[str, ...], actor: str, *, is_one: bool
) -> None:
    roles = Roles(administrators)
    async with desk.store.read() as work:
        assert await roles.is_administrator(work, actor) is is_one
        if is_one:
            await roles.require_administrator(work, actor)
        else:
            with pytest.raises(NotAnAdministrator):
                await roles.require_administrator(work, actor)


async def test_who_is_no_administrator_learns_whom_to_ask(desk: Desk) -> None:
    async with desk.store.read() as work:
        with pytest.raises(NotAnAdministrator, match=f"Please ask {ADA} or somebody of the group bosses"):
            await Roles((ADA, "bosses")).require_administrator(work, CARLA)


async def test_operators_and_supervisors_are_those_of_the_live_chats_groups(desk: Desk) -> None:
    roles, chat = desk.use_cases.roles, desk.live_chat
    async with desk.store.read() as work:
        assert [u for u in (ANNA, BORIS, SAM, CARLA) if await roles.is_operator(work, chat, u)] == [
            ANNA,
            BORIS,
        ]
        assert [u for u in (ANNA, BORIS, SAM, CARLA) if await roles.is_supervisor(work, chat, u)] == [SAM]
        await roles.require_operator(work, chat, ANNA)
        await roles.require_supervisor(work, chat, SAM)
        with pytest.raises(NotAnOperator, match="Customer Support"):
            await roles.require_operator(work, chat, SAM)
        with pytest.raises(NotASupervisor, match="Customer Support"):
            await roles.require_supervisor(work, chat, ANNA)


async def test_a_live_chat_without_supervisors_has_none(desk: Desk) -> None:
    desk.change_live_chat(supervisors=None)
    async with desk.store.read() as work:
        assert not await desk.use_cases.roles.is_supervisor(work, desk.live_chat, SAM)
