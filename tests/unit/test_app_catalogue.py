"""The apps that hooks offer: remembered, found again when somebody makes one, and never a reason to stop."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from livechat_plugin import AccountFieldMissing, App, Field, FieldType, Hook, HookSettings, hookimpl
from livechat_plugin.core.apps import AppNotFound
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.bus import APPS
from livechat_plugin.services.deliveries import APPS_LANE, RefreshApps
from tests.unit.desk import Desk
from tests.unit.wiring import hook_manager

ACCOUNT = Field("account", "Account", FieldType.ACCOUNT)


def app(key: str, name: str | None = None, *fields: Field) -> App:
    return App(key, name or key.title(), fields or (ACCOUNT,))


class Offering(Hook[HookSettings]):
    def __init__(self, account: Sequence[App] = (), message: Sequence[App] = ()) -> None:
        super().__init__(HookSettings())
        self.account, self.message = list(account), list(message)
        self.asked = 0
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.may_answer.set()
        self.error: Exception | None = None

    @hookimpl
    async def livechat_register_account_apps(self) -> list[App]:
        self.asked += 1
        self.is_asked.set()
        offered = list(self.account)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return offered

    @hookimpl
    async def livechat_register_message_apps(self) -> list[App]:
        return self.message


class OfferingMore(Offering):
    """Another one."""


def catalogue(*hooks: Offering) -> AppCatalogue:
    return AppCatalogue(Hooks(hook_manager(*hooks)))


async def test_the_apps_of_all_hooks_are_listed_by_name() -> None:
    one = Offering([app("contacts"), app("z", "appliances")], [app("complaints")])
    other = OfferingMore([app("debtors")], [app("contacts")])
    apps = catalogue(one, other)
    assert [found.name for found in await apps.account_apps()] == ["appliances", "Contacts", "Debtors"]
    assert [found.key for found in await apps.message_apps()] == ["complaints", "contacts"]
    assert await apps.account_app("debtors") == app("debtors")
    assert await apps.message_app("complaints") == app("complaints")
    assert one.asked == 1


async def test_an_app_without_an_account_field_is_left_out_with_the_reason() -> None:
    plain = app("plain", "Plain", Field("name", "Name", FieldType.STRING))
    apps = catalogue(Offering([app("contacts"), plain], [plain]))
    with capture_logs() as lines:
        assert [found.key for found in await apps.account_apps()] == ["contacts"]
    assert await apps.message_apps() == []
    assert [line["app"] for line in lines] == ["plain"]
    with pytest.raises(AccountFieldMissing, match="'Plain' has no field of the type Account"):
        await apps.account_app("plain")
    with pytest.raises(AccountFieldMissing):
        await apps.message_app("plain")


async def test_a_lookup_that_finds_nothing_asks_again() -> None:
    hook = Offering()
    apps = catalogue(hook)
    with pytest.raises(AppNotFound, match="There is no app 'contacts'"):
        await apps.account_app("contacts")
    hook.account.append(app("contacts"))
    assert await apps.account_app("contacts") == app("contacts")
    hook.message.append(app("complaints"))
    assert await apps.message_app("complaints") == app("complaints")
    assert hook.asked == 3


async def test_those_who_ask_while_others_wait_share_an_answer_that_is_no_older_than_their_question() -> None:
    hook = Offering()
    hook.may_answer.clear()
    apps = catalogue(hook)
    first = asyncio.create_task(apps.renew())
    await hook.is_asked.wait()
    others = [asyncio.create_task(apps.account_app("contacts")) for _ in range(5)]
    await asyncio.sleep(0)
    hook.account.append(app("contacts"))  # too late for the first question, in time for the others
    hook.may_answer.set()
    await first
    assert await asyncio.gather(*others) == [app("contacts")] * 5
    assert hook.asked == 2


async def test_what_is_known_is_told_without_asking() -> None:
    hook = Offering([app("contacts")], [app("complaints")])
    apps = catalogue(hook)
    with pytest.raises(AppNotFound):
        apps.known_account_app("contacts")
    assert hook.asked == 0
    await apps.refresh()
    assert apps.known_account_app("contacts") == app("contacts")
    assert apps.known_message_app("complaints") == app("complaints")
    with pytest.raises(AppNotFound):
        apps.known_message_app("contacts")


async def test_what_was_known_stays_when_a_hook_cannot_answer() -> None:
    hook = Offering([app("contacts")])
    apps = catalogue(hook)
    await apps.refresh()
    hook.error = RuntimeError("no disk")
    with pytest.raises(ConfigurationError, match="no disk"):
        await apps.refresh()
    with capture_logs() as lines, pytest.raises(AppNotFound):
        await apps.account_app("debtors")
    assert "could not be read anew" in lines[0]["event"]
    assert await apps.account_app("contacts") == app("contacts")


async def test_a_change_of_another_process_is_learned_from_a_delivery() -> None:
    hook = Offering()
    async with Desk(hook).working() as desk:
        apps = desk.use_cases.app_catalogue
        assert await apps.account_apps() == []
        hook.account.append(app("contacts"))
        async with desk.store.begin() as work:
            await work.outbox.add(APPS_LANE, RefreshApps())
            await work.commit()
        await desk.settle()
        assert apps.known_account_app("contacts") == app("contacts")
        assert desk.bus.topics == [APPS]  # for the processes that did not deliver it
        hook.error = RuntimeError("no disk")
        async with desk.store.begin() as work:
            await work.outbox.add(APPS_LANE, RefreshApps())
            await work.commit()
        await desk.settle()
        assert apps.known_account_app("contacts") == app("contacts")
