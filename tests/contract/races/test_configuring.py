"""Two people change what live chats are made of at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hooks.local_apps import LocalApps, LocalAppsSettings
from livechat_plugin.core.apps import App, Field, FieldType, Item
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.again import anew
from livechat_plugin.services.live_chats import LiveChatForm, form_of
from tests.contract.races.service import ANNA, CARLA, Process, Service
from tests.unit.wiring import ADA, SERVER

FIELDS = (Field("name", "Name", FieldType.STRING), Field("account", "Account", FieldType.ACCOUNT))
TIMES = 6


async def told(act: Awaitable[object]) -> str | None:
    """Why it was refused."""
    try:
        await act
    except Refused as error:
        return str(error)
    return None


@anew
async def create(process: Process, slug: str, name: str) -> None:
    administration = process.use_cases.administration
    checked = await administration.checking.look(LiveChatForm(slug, name, (ANNA,), (), (f"@*:{SERVER}",)))
    async with process.store.begin() as work:
        await administration.create(work, ADA, checked)
        await work.commit()


@anew
async def bind(process: Process, app: str | None) -> None:
    administration = process.use_cases.administration
    async with process.store.read() as work:
        before = await administration.find(work, "support")
    checked = await administration.checking.look(form_of(before).changed({"account_app": app}))
    async with process.store.begin() as work:
        await administration.edit(work, ADA, checked)
        await work.commit()


@anew
async def in_unit(process: Process, act: Callable[..., Awaitable[object]]) -> None:
    async with process.store.begin() as work:
        await act(work)
        await work.commit()


@pytest.fixture
async def keeping(service: Service) -> Service:
    """Its processes keep apps."""
    for process in service.processes:
        process.use(LocalApps(LocalAppsSettings()))
    return service


async def test_a_name_is_given_to_one_live_chat_only(service: Service) -> None:
    one, two = service.processes
    for number in range(TIMES):
        refused = await asyncio.gather(
            told(create(one, f"one{number}", f"Sales {number}")),
            told(create(two, f"two{number}", f"sales {number}")),
        )
        assert sorted(words is None for words in refused) == [False, True], refused


async def test_an_app_that_is_deleted_as_a_live_chat_is_bound_to_it(keeping: Service) -> None:
    """Either it is bound, and is not deleted; or it is gone, and nothing is bound to it."""
    one, two = keeping.processes
    for number in range(TIMES):
        key = f"contacts{number}"
        await in_unit(one, lambda work, key=key: one.use_cases.apps.create(work, ADA, App(key, key, FIELDS)))
        await asyncio.gather(*(process.use_cases.app_catalogue.refresh() for process in keeping.processes))
        refused = await asyncio.gather(
            told(bind(one, key)),
            told(in_unit(two, lambda work, key=key: two.use_cases.apps.delete(work, ADA, key, key))),
        )
        bound = (await keeping.live_chat()).account_app
        async with one.store.read() as work:
            is_there = await work.apps.get(key) is not None
        assert (bound == key) == is_there, refused
        await bind(one, None)


async def test_an_item_that_is_deleted_as_a_customer_is_connected_to_it(keeping: Service) -> None:
    """Either the customer is connected, and the item stays; or it is gone, and so is the connection."""
    one, two = keeping.processes
    await in_unit(one, lambda work: one.use_cases.apps.create(work, ADA, App("contacts", "Contacts", FIELDS)))
    await asyncio.gather(*(process.use_cases.app_catalogue.refresh() for process in keeping.processes))
    await bind(one, "contacts")
    await keeping.write(CARLA, "Hello")
    for number in range(TIMES):
        made: list[Item] = []

        async def add(work: object, made: list[Item] = made, number: int = number) -> None:
            made.append(await one.use_cases.items.add(work, "contacts", {"name": f"Carla {number}"}, ADA))  # type: ignore[arg-type]

        await in_unit(one, add)
        item = made[-1]

        async def connect(item: Item = item) -> None:
            async with one.store.begin() as work:
                view = await work.conversations.view(1)
                await one.use_cases.connecting.connect_to(work, view, ANNA, item.id)
                await work.commit()
            await keeping.settle()

        async def delete(item: Item = item, number: int = number) -> None:
            await asyncio.sleep(0.002 * number)
            await in_unit(
                two,
                lambda work: two.use_cases.item_desk.delete(
                    work, ADA, "contacts", item.id, item.version or 0
                ),
            )

        await asyncio.gather(told(connect()), told(delete()))
        async with one.store.read() as work:
            is_there = await work.items.get("contacts", item.id) is not None
            link = await work.links.get(1, "contacts")
        assert link is None or link.item_id != item.id or is_there
