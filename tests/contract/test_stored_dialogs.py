"""What the repository of dialogs promises."""

from dataclasses import replace
from datetime import timedelta

from livechat_plugin.services.repositories.dialogs import Dialog
from tests.contract.stores import NOW, Kept

ANNA, BORIS = "@anna:x", "@boris:x"
DIALOG = Dialog(
    "!room",
    ANNA,
    "chats.add",
    NOW,
    {"slug": "käse", "version": 3},
    {"name": "Käse", "phone": ""},
    ("age", "colour"),
    asks_all=False,
)


async def test_a_dialog_comes_back_as_it_was(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        assert await unit.dialogs.get("!room", ANNA) is None
        await unit.dialogs.keep(DIALOG)
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.dialogs.get("!room", ANNA) == DIALOG
        assert await unit.dialogs.get("!room", BORIS) is None
        assert await unit.dialogs.get("!other", ANNA) is None


async def test_each_person_has_one_dialog_in_a_room(kept: Kept) -> None:
    others = [replace(DIALOG, user_id=BORIS), replace(DIALOG, room_id="!other")]
    async with kept.store.begin() as unit:
        for dialog in (DIALOG, *others):
            await unit.dialogs.keep(dialog)
        changed = replace(DIALOG, form="apps.add", answers={}, context={}, asks_all=True)
        await unit.dialogs.keep(changed)
        assert await unit.dialogs.get("!room", ANNA) == changed
        assert await unit.dialogs.end("!room", ANNA) is True
        assert await unit.dialogs.end("!room", ANNA) is False
        assert await unit.dialogs.get("!room", ANNA) is None
        for dialog in others:
            assert await unit.dialogs.get(dialog.room_id, dialog.user_id) == dialog


async def test_dialogs_that_nobody_goes_on_with_are_forgotten(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.dialogs.keep(DIALOG)
        await unit.dialogs.keep(replace(DIALOG, user_id=BORIS, at=NOW - timedelta(seconds=1)))
        await unit.dialogs.forget(NOW)
        assert await unit.dialogs.get("!room", ANNA) == DIALOG
        assert await unit.dialogs.get("!room", BORIS) is None
