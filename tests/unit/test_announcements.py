"""Hooks are told what has happened once it is committed, and can hold up nothing."""

import asyncio
from dataclasses import replace

import pytest

from livechat_plugin import Account, Hook, HookSettings, LiveChat, Session, SessionState, hookimpl
from livechat_plugin.core.domain_events import SessionOpened
from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.announcements import Announcements
from tests.unit.desk import ANNA, CARLA, SAM, Desk
from tests.unit.wiring import hook_manager


class Diary(Hook[HookSettings]):
    def __init__(self, settings: HookSettings) -> None:
        super().__init__(settings)
        self.entries: list[tuple[str, Session, str, str]] = []

    @hookimpl
    async def livechat_on_session_opened(
        self, session: Session, live_chat: LiveChat, customer: Account
    ) -> None:
        self.entries.append(("opened", session, live_chat.slug, customer.external_id))

    @hookimpl
    def livechat_on_session_assigned(self, session: Session, live_chat: LiveChat, customer: Account) -> None:
        self.entries.append(("assigned", session, live_chat.slug, customer.external_id))

    @hookimpl
    async def livechat_on_session_closed(
        self, session: Session, live_chat: LiveChat, customer: Account
    ) -> None:
        self.entries.append(("closed", session, live_chat.slug, customer.external_id))


class Grumbler(Hook[HookSettings]):
    @hookimpl
    async def livechat_on_session_opened(self) -> None:
        raise RuntimeError("not again")

    @hookimpl
    async def livechat_on_session_assigned(self) -> None:
        raise asyncio.CancelledError


async def test_hooks_are_told_in_order_and_with_the_session_as_committed() -> None:
    diary = Diary(HookSettings())
    async with Desk(diary, Grumbler(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write()
        await desk.take()
        await desk.answer(ANNA, "!close")
        await desk.until(lambda: len(diary.entries) == 3)
        assert [entry[0] for entry in diary.entries] == ["opened", "assigned", "closed"]
        states = [entry[1].state for entry in diary.entries]
        assert states == [SessionState.WAITING, SessionState.ACTIVE, SessionState.CLOSED]
        assert diary.entries[2][1] == desk.session()
        assert {entry[2:] for entry in diary.entries} == {("support", CARLA)}


async def test_nothing_is_told_of_what_was_not_committed() -> None:
    diary = Diary(HookSettings())
    async with Desk(diary).working() as desk:
        await desk.set_up()
        await desk.write()
        await desk.until(lambda: diary.entries)
        desk.store.commit_failures.extend([ConcurrentChange("faster")] * 6)
        with pytest.raises(StoreUnavailable):  # after so many lost races; the homeserver brings it again
            await desk.command(ANNA, "!take 1")
        await desk.enter(SAM)
        await desk.answer(SAM, "!close")
        await desk.until(lambda: len(diary.entries) == 2)
        assert [entry[0] for entry in diary.entries] == ["opened", "closed"]


async def test_hooks_that_cannot_keep_up_lose_the_newest_and_hold_up_nobody() -> None:
    async with Desk().working() as desk:
        await desk.set_up()
        await desk.write()
    told: list[int] = []

    class Slow(Hook[HookSettings]):
        @hookimpl
        async def livechat_on_session_opened(self, session: Session) -> None:
            told.append(session.number)

    announcements = Announcements(Hooks(hook_manager(Slow(HookSettings()))))
    event = SessionOpened(desk.session(), desk.live_chat, desk.stored.accounts[1])
    numbered = [replace(event, session=replace(desk.session(), number=number)) for number in range(10_001)]
    announcements.publish(["of no interest", *numbered])
    running = asyncio.create_task(announcements.run())
    await desk.until(lambda: len(told) == 10_000)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert told == list(range(10_000))
