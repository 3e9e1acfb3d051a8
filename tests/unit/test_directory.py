"""Groups whose members hooks know: refreshed in the background, and never emptied by a hook that fails."""

import asyncio

import pytest

from livechat_plugin import DirectoryGroup, Hook, HookSettings, hookimpl
from livechat_plugin.services.directory import Directory
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, Desk
from tests.unit.grouping import Grouping


class Staff(Hook[HookSettings]):
    """A directory with a few groups."""

    def __init__(self) -> None:
        super().__init__(HookSettings())
        self.groups: dict[str, object] = {"staff": [CARLA, DAN]}
        self.is_broken = False

    @hookimpl
    def livechat_register_groups(self) -> list[DirectoryGroup]:
        return [DirectoryGroup(name) for name in self.groups]

    @hookimpl
    async def livechat_choose_group_members(self, group: DirectoryGroup) -> object:
        if self.is_broken:
            raise OSError("the directory does not answer")
        return self.groups[group.name]


async def begin(staff: Staff) -> tuple[Desk, Grouping]:
    desk = Desk(staff)
    return desk, Grouping(desk, "", "")


async def test_the_groups_of_a_hook_are_groups_like_any_other() -> None:
    desk, groups = await begin(Staff())
    await desk.use_cases.group_side.directory.refresh()
    assert await groups.members("staff") == {CARLA, DAN}
    assert await groups.of(CARLA) == {"staff"}


async def test_a_hook_that_fails_leaves_its_groups_as_they_were() -> None:
    staff = Staff()
    desk, groups = await begin(staff)
    directory = desk.use_cases.group_side.directory
    await directory.refresh()
    staff.is_broken = True
    for _ in range(8):  # more often than any other hook may fail
        await directory.refresh()
    assert await groups.members("staff") == {CARLA, DAN}
    staff.is_broken, staff.groups["staff"] = False, [DAN]
    await directory.refresh()
    assert await groups.members("staff") == {DAN}


@pytest.mark.parametrize("answer", [None, "nonsense", 7, {"a": "b"}])
async def test_an_answer_that_is_none_changes_nothing(answer: object) -> None:
    staff = Staff()
    desk, groups = await begin(staff)
    await desk.use_cases.group_side.directory.refresh()
    staff.groups["staff"] = answer
    await desk.use_cases.group_side.directory.refresh()
    assert await groups.members("staff") == {CARLA, DAN}


async def test_an_empty_answer_empties_the_group() -> None:
    staff = Staff()
    desk, groups = await begin(staff)
    await desk.use_cases.group_side.directory.refresh()
    staff.groups["staff"] = []
    await desk.use_cases.group_side.directory.refresh()
    assert await groups.members("staff") == frozenset()


async def test_what_is_no_matrix_id_is_left_out() -> None:
    staff = Staff()
    staff.groups["staff"] = [CARLA, "dan", 7, "@*:example.org"]
    desk, groups = await begin(staff)
    await desk.use_cases.group_side.directory.refresh()
    assert await groups.members("staff") == {CARLA}


async def test_rooms_of_live_chats_follow_a_directory() -> None:
    staff = Staff()
    async with Desk(staff).working() as desk:
        await desk.set_up()
        staff.groups["staff"] = [ANNA, DAN]
        await desk.use_cases.group_side.directory.refresh()
        desk.change_live_chat(operators="staff")
        staff.groups["staff"] = [ANNA, CARLA]
        await desk.use_cases.group_side.directory.refresh()
        await desk.settle()
        assert desk.queue.memberships[CARLA] == "invite"


async def test_a_group_of_the_same_name_is_told_to_the_administrators_once() -> None:
    staff = Staff()
    staff.groups = {"support-operators": [DAN]}
    async with Desk(staff).working() as desk:
        await desk.set_up()
        for _ in range(2):
            await desk.use_cases.group_side.directory.refresh()
        await desk.settle()
        ada = Grouping(desk, "", "")
        assert await ada.members("support-operators") == {ANNA, BORIS}
        [told] = ada.alarms()
        assert "'support-operators'" in told


async def test_administrators_ask_for_it_now_and_do_not_change_the_members() -> None:
    staff = Staff()
    async with Desk(staff).working() as desk:
        await desk.set_up()
        await desk.use_cases.group_side.directory.refresh()
        ada = await Grouping.begin(desk)
        staff.groups["staff"] = [DAN]
        assert "from the directory" in await ada.ask("!groups refresh staff")
        assert await ada.members("staff") == {DAN}
        assert "they come from a directory" in await ada.ask(f"!groups edit staff +{CARLA}")
        assert "a directory" in await ada.ask("!groups show staff")


async def test_it_is_asked_at_once_for_what_is_new_and_then_again_and_again() -> None:
    staff = Staff()
    desk, groups = await begin(staff)
    directory = Directory(desk.store, desk.hooks, 0.01)
    running = asyncio.create_task(directory.run())
    try:
        async with asyncio.timeout(5):
            while await groups.members("staff") != {CARLA, DAN}:  # noqa: ASYNC110 - a round of the directory is waited for
                await asyncio.sleep(0.001)
            staff.groups["staff"] = [CARLA]
            while await groups.members("staff") != {CARLA}:  # noqa: ASYNC110 - a round of the directory is waited for
                await asyncio.sleep(0.001)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_is_known_is_not_asked_at_the_start() -> None:
    staff = Staff()
    desk, groups = await begin(staff)
    await desk.use_cases.group_side.directory.refresh()
    staff.groups["staff"] = []
    running = asyncio.create_task(Directory(desk.store, desk.hooks, 3600).run())
    for _ in range(50):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await groups.members("staff") == {CARLA, DAN}


async def test_impossible_names_are_left_out() -> None:
    staff = Staff()
    staff.groups = {"@staff": [CARLA], "fine": [DAN]}
    desk, groups = await begin(staff)
    await desk.use_cases.group_side.directory.refresh()
    assert await groups.members("fine") == {DAN}
    assert await groups.of(CARLA) == frozenset()
