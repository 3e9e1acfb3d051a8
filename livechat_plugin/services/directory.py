"""Groups whose members hooks know, such as those of a company's directory: asked again and again in the background."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.errors import ConcurrentChange, ConfigurationError, InvalidGroup, StoreUnavailable
from livechat_plugin.core.groups import (
    DirectoryGroup,
    Group,
    GroupSource,
    check_group_name,
    check_members,
)
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.again import anew
from livechat_plugin.services.deliveries import (
    ADMINISTRATORS_LANE,
    Delivery,
    RefreshDirectory,
    TellAdministrators,
)
from livechat_plugin.services.delivering.outcome import Done, Effects
from livechat_plugin.services.groups import people_changed
from livechat_plugin.services.ports import Store
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

AFTER_TROUBLE = 5.0
"""Seconds until the next attempt when the database was away."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Keeps what hooks tell about groups; a hook that fails leaves its groups as they were.

    Attributes:
        interval: seconds between two rounds.
    """

    store: Store
    hooks: Hooks
    interval: float

    async def run(self) -> None:
        """Ask again and again, until cancelled; at once only for groups of which nothing is known yet."""
        pause = 0.0 if await self._has_news() else self.interval
        while True:
            await asyncio.sleep(pause)
            pause = self.interval
            try:
                await self.refresh()
            except (StoreUnavailable, ConcurrentChange):
                pause = AFTER_TROUBLE

    @anew
    async def refresh(self) -> None:
        """One round: ask, then keep everything at once.

        Raises:
            StoreUnavailable: nothing was kept.
        """
        keep = await self._ask()
        async with self.store.begin() as work:
            await keep(work)
            await work.commit()

    async def deliver(self, _: Delivery, payload: RefreshDirectory) -> Done:
        """A round because an administrator asked for it."""
        del payload
        return Done(await self._ask())

    async def _has_news(self) -> bool:
        try:
            offered = {group.name for group in await self._offered()}
            async with self.store.read() as work:
                return not offered <= await work.groups.names()
        except StoreUnavailable:
            return True

    async def _offered(self) -> list[DirectoryGroup]:
        try:
            offered = await self.hooks.register(
                "livechat_register_groups", DirectoryGroup, lambda group: group.name
            )
        except ConfigurationError as error:
            log.warning("the groups of hooks stay as they were", reason=str(error))
            return []
        return [group for group in offered if _is_possible(group)]

    async def _ask(self) -> Effects:
        members: dict[str, frozenset[str]] = {}
        for group in await self._offered():
            answer = await self.hooks.choose("livechat_choose_group_members", list, group=group)
            if answer is not None:
                members[group.name] = _people(group, answer)

        async def keep(work: UnitOfWork) -> None:
            await _keep(work, members)

        return keep


async def _keep(work: UnitOfWork, members: Mapping[str, frozenset[str]]) -> None:
    for name, people in sorted(members.items()):
        known = await work.groups.get(name)
        if known is not None and known.source is not GroupSource.DIRECTORY:
            await _tell_clash(work, name)
            continue
        if known is None:
            await work.groups.add(Group(name, GroupSource.DIRECTORY))
        before = await work.groups.members(name)
        if people != before:
            await work.groups.set_members(name, people)
            await people_changed(work, {name}, people ^ before)


async def _tell_clash(work: UnitOfWork, name: str) -> None:
    """Once, not in every round."""
    note = f"directory_clash:{name}"
    if not await work.inbox.note(note):
        await work.inbox.keep_note(note, "told")
        await work.outbox.add(ADMINISTRATORS_LANE, TellAdministrators(wording.directory_clash(name)))


def _is_possible(group: DirectoryGroup) -> bool:
    try:
        return check_group_name(group.name) == group.name
    except InvalidGroup as error:
        log.warning("a hook's group has an impossible name", group=group.name, reason=error.reason)
        return False


def _people(group: DirectoryGroup, answer: list[object]) -> frozenset[str]:
    people: set[str] = set()
    for member in answer:
        try:
            people.update(check_members([member] if isinstance(member, str) else [""]))
        except InvalidGroup:
            log.warning("a hook names somebody without a Matrix id; left out", group=group.name)
    return frozenset(people)
