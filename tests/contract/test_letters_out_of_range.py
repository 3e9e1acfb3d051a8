"""Keys come from addresses and forms that anybody can write; what no database can hold is not there."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from livechat_plugin.services.repositories.audit import AuditFilter
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.stores import NOW, Kept

Look = Callable[[UnitOfWork, str], Awaitable[Any]]

LOOKS: dict[str, Look] = {
    "a live chat": lambda unit, key: unit.live_chats.by_slug(key),
    "a group": lambda unit, key: unit.groups.get(key),
    "its members": lambda unit, key: unit.groups.members(key),
    "groups of somebody": lambda unit, key: unit.groups.of(key),
    "an app": lambda unit, key: unit.apps.get(key),
    "an item": lambda unit, key: unit.items.get(key, key),
    "an item of an account": lambda unit, key: unit.items.by_account(key, key, key),
    "a room": lambda unit, key: unit.rooms.bindings([key]),
    "a link": lambda unit, key: unit.sign_in_links.get(key),
    "an employee": lambda unit, key: unit.employees.get(key, NOW),
    "whether they are disabled": lambda unit, key: unit.employees.is_disabled(key),
    "a note": lambda unit, key: unit.inbox.note(key),
    "a request": lambda unit, key: unit.item_requests.get(key, key),
    "the audit log": lambda unit, key: unit.audit.entries(AuditFilter(key, key, key), limit=1),
}


@pytest.mark.parametrize("key", ["sup\0port", "\ud800"])
async def test_what_has_an_impossible_key_is_not_there(kept: Kept, key: str) -> None:
    async with kept.store.read() as unit:
        for what, look in LOOKS.items():
            assert not await look(unit, key) or what == "an employee", what
