"""What the repository of the audit log promises."""

from datetime import timedelta
from typing import Any

import pytest

from livechat_plugin.core.audit import AuditEntry
from livechat_plugin.services.repositories.audit import AuditFilter
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.stores import NOW, Kept


async def write_down(unit: UnitOfWork) -> None:
    for minute, actor, action, subject, live_chat in (
        (0, "@ada:x", "plugin.switched_off", "plugin", None),
        (1, "@ada:x", "hook.switched_on", "greeting", "support"),
        (2, "@sam:x", "hook.switched_off", "greeting", "support"),
        (3, "@sam:x", "hook.configured", "greeting", "sales"),
    ):
        at = NOW + timedelta(minutes=minute)
        await unit.audit.add(at, actor, action, subject, live_chat=live_chat)


async def test_an_entry_comes_back_as_it_was(kept: Kept) -> None:
    details = {"from": None, "to": ["@boris:x", 3, {"naïve": True}], "actor": "@x:y", "at": "09:00"}
    async with kept.store.begin() as unit:
        await unit.audit.add(NOW, "@ada:x", "hook.configured", "Käufer", live_chat="support", **details)
        await unit.audit.add(NOW, "cli:root", "hook.switched_off", "b\0ad \ud800")
        await unit.commit()
    async with kept.store.read() as unit:
        plain, full = await unit.audit.entries(limit=10)
    assert full == AuditEntry(full.id, NOW, "@ada:x", "hook.configured", "Käufer", details, "support")
    assert plain == AuditEntry(plain.id, NOW, "cli:root", "hook.switched_off", "bad ?")
    assert plain.id > full.id


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["hook.configured", "hook.switched_off", "hook.switched_on", "plugin.switched_off"]),
        ({"live_chat": "support"}, ["hook.switched_off", "hook.switched_on"]),
        ({"live_chat": "other"}, []),
        ({"actor": "@ada:x"}, ["hook.switched_on", "plugin.switched_off"]),
        ({"action": "hook.switched_on"}, ["hook.switched_on"]),
        ({"action": "hook"}, ["hook.configured", "hook.switched_off", "hook.switched_on"]),
        ({"action": "hoo%"}, []),
        ({"action": "hook.switched"}, []),
        ({"since": NOW + timedelta(minutes=2)}, ["hook.configured", "hook.switched_off"]),
        ({"until": NOW + timedelta(minutes=2)}, ["hook.switched_on", "plugin.switched_off"]),
        ({"actor": "@sam:x", "live_chat": "sales"}, ["hook.configured"]),
    ],
)
async def test_entries_are_chosen(kept: Kept, wanted: dict[str, Any], found: list[str]) -> None:
    async with kept.store.begin() as unit:
        await write_down(unit)
        chosen = await unit.audit.entries(AuditFilter(**wanted), limit=10)
    assert [entry.action for entry in chosen] == found


async def test_pages_follow_each_other(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await write_down(unit)
        wanted = AuditFilter(action="hook")
        first = await unit.audit.entries(wanted, limit=2)
        second = await unit.audit.entries(wanted, limit=2, before=first[-1].id)
        assert await unit.audit.entries(wanted, limit=2, before=second[-1].id) == []
        assert [*first, *second] == await unit.audit.entries(wanted, limit=10)
        assert len(first) == 2
